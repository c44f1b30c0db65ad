//! Periodic maintenance: creates and drops daily partitions, deletes old rows, and keeps plans up to date.

mod analyze;
mod drop;
mod growth;
mod interval;
mod maintain;
mod make;
mod partitions;
mod sweep;

pub(crate) use growth::Growth;
pub(crate) use interval::Interval;
pub(crate) use partitions::Partitions;
