//! The extractors of axum and actix-web: [`Delivery`](crate::Delivery), [`Event`](crate::Event) and [`RawBody`].
//!
//! The adapters enable the implementations by the private features `_axum` and `_actix`.

#[cfg(feature = "_actix")]
pub(crate) mod actix;
#[cfg(feature = "_axum")]
mod axum;
mod error;
mod raw_body;

pub use error::ExtractError;
pub use raw_body::RawBody;
