//! The pages.

mod audit;
mod changed;
mod confirm;
mod errors;
mod event;
mod events;
mod health;
mod json;
mod kinds;
mod overview;
mod pause;
mod plan;
mod problem;
mod progress;
mod providers;
mod ranges;
mod rejections;
mod request;
mod rows;
mod seen;
mod sparkline;
mod subscriptions;
mod timeline;
mod windows;

pub(crate) use audit::audit;
pub(crate) use changed::changed;
pub(crate) use confirm::{change, confirm};
pub(crate) use errors::errors;
pub(crate) use event::{event, reveal};
pub(crate) use events::{dead_letters, events};
pub(crate) use overview::overview;
pub(crate) use pause::{confirm_pause, pause};
pub(crate) use problem::problem;
pub(crate) use providers::providers;
pub(crate) use rejections::rejections;
pub(crate) use subscriptions::subscriptions;
