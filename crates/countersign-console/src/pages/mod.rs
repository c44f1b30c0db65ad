//! The pages.

mod audit;
mod changed;
mod confirm;
mod errors;
mod event;
mod events;
mod json;
mod overview;
mod pause;
mod plan;
mod problem;
mod providers;
mod rejections;
mod request;
mod rows;
mod sparkline;
mod timeline;

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
