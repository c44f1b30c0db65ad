//! The programs that are built, and the SDKs that are installed, next to these tests.

mod batch;
mod binary;
mod example;
mod http;
mod sdk;

pub use batch::batch;
pub use binary::binary;
pub use example::{Example, Received};
pub use http::{ask_to_continue, post};
pub use sdk::Sdk;
