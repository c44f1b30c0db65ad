//! Inline mode in every framework, with a scripted handler and a store that fails on demand.

mod apps;
mod deliveries;
mod handler;
mod store;

pub use apps::{App, HANDLED, Stack, actix_app, axum_app, stacks};
pub use deliveries::{ANONYMOUS, github, github_receiver, preflix, preflix_receiver, verified, verified_for};
pub use handler::{Does, Handler};
pub use store::{Faulty, InjectedError, Op};
