//! The error types, one for each of three audiences.
//!
//! * [`ConfigError`]: for the developer, at set-up; names the field and the cure.
//! * [`ConfigWarning`]: for the developer, at set-up; describes how a valid declaration weakens protection.
//! * [`VerifyError`] and its [`ErrorKind`]: for the operator, in logs and counters.
//! * The sender sees none of them: an adapter responds with a status and the kind, see
//!   [`Rejection`](crate::receiver::Rejection).

mod causes;
mod config;
mod kind;
mod verify;

pub use causes::Causes;
pub use config::{ConfigError, ConfigWarning};
pub use kind::ErrorKind;
pub use verify::{CheckSubject, VerifyError};
