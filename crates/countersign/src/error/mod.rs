//! Errors for their three audiences.
//!
//! * [`ConfigError`]: for the developer, when something is set up; says the field and the cure.
//! * [`ConfigWarning`]: for the developer, likewise; of a declaration that works and protects less than it seems to.
//! * [`VerifyError`], and its [`ErrorKind`]: for the operator, in logs and counters.
//! * The sender sees neither: an adapter answers with a status and the kind, see [`Rejection`](crate::receiver::Rejection).

mod config;
mod kind;
mod verify;

pub use config::{ConfigError, ConfigWarning};
pub use kind::ErrorKind;
pub use verify::{Checked, VerifyError};
