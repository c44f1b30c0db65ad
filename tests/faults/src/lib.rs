//! Kills a real inbox during operations and checks that nothing was lost.
//!
//! The provider is the oracle: it records which events were acknowledged, and resends the others, as providers do.
//! The victim is a separate program, with a store on disk and a file of effects. A [`round`](Round) starts it,
//! sends events, has it killed at a named [point](POINTS), starts it again, and then asserts:
//!
//! * I1: acknowledged events were handled at least once;
//! * I2: no two handlers of one event overlap in one process, and fencing tokens only grow;
//! * I3: finished events never run again, however often they are sent;
//! * I4: failed events run again;
//! * I5: of the events with one ordering key, one runs at a time, and the next one when it is done.
//!
//! Other tests keep it alive, and remove its resources: its [disk](BrokenDisk), the [room](SmallDisk) on it, its
//! [sessions](Held) of PostgreSQL, or its [clients](Client). No unstored event may be acknowledged, and the same
//! process must continue when the resources are back.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the end of a test"
)]

mod client;
#[cfg(target_os = "linux")]
mod disk;
mod effects;
mod point;
#[cfg(target_os = "linux")]
mod power;
mod provider;
mod round;
mod rounds;
mod session;
mod setup;
#[cfg(target_os = "linux")]
mod small;
mod victim;

pub use client::{Client, Parts};
#[cfg(target_os = "linux")]
pub use disk::BrokenDisk;
pub use effects::{Effect, Effects, Phase, key_of};
pub use point::{POINTS, POINTS_OF_STATEMENTS};
#[cfg(target_os = "linux")]
pub use power::{Disk, Lost, Recording};
pub use provider::{Answer, Provider};
pub use round::{CONCURRENCY, Outcome, Round};
pub use rounds::{Choices, Failure, Runner};
pub use session::Held;
pub use setup::Setup;
#[cfg(target_os = "linux")]
pub use small::SmallDisk;
pub use victim::{Victim, until};

/// The secret of the victim and the provider.
pub const SECRET: &str = "whsec_victim";
