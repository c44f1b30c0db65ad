//! Counts deliveries and attempts in this process, and adds them to the store every few seconds.

mod counts;
mod recorder;
mod rejections;
mod sweeper;

pub(crate) use counts::SuccessSampler;
pub(crate) use recorder::Recorder;
pub(crate) use rejections::counting;
pub(crate) use sweeper::{BETWEEN_SWEEPS, SWEEP_EVERY, sweep};
