//! The same endpoint in each framework.

pub(crate) mod actix;
pub(crate) mod axum;
mod framework;
pub(crate) mod tower;

pub use actix::{Actix, ask as ask_actix};
pub use axum::{Axum, ask as ask_axum};
pub use framework::{Framework, play};
pub use tower::Tower;
