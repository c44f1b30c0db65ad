//! Declarations, compiled once: everything about a scheme that does not depend on a request.

mod declaration;
