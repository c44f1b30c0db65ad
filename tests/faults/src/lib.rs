//! Kills a real inbox in the middle of things and looks whether anything was lost.
//!
//! The provider is the oracle: it writes down what was acknowledged, and sends again what was not, as providers do. The
//! victim is a program of its own, with a store on disk and a file of effects. A [`round`](Round) starts it, sends, has
//! it killed at a named [point](POINTS), starts it again, and then asserts:
//!
//! * I1: what was acknowledged was handled, at least once;
//! * I2: no two handlers of one event overlap in one process, and fencing tokens only grow;
//! * I3: what is done never runs again, however often it is sent;
//! * I4: what failed runs again.
//!
//! Others leave it alive, and take away what it stands on: its [disk](BrokenDisk), the [room](SmallDisk) on it, its
//! [sessions](Held) of PostgreSQL, or its [clients](Client). Then nothing is acknowledged that is not stored, and the same
//! process goes on when it has everything again.

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
pub use effects::{Effect, Effects, Phase};
pub use point::{POINTS, POINTS_OF_STATEMENTS};
pub use provider::{Answer, Provider};
pub use round::{CONCURRENCY, Outcome, Round};
pub use rounds::{Lonely, rounds};
pub use session::Held;
pub use setup::Setup;
#[cfg(target_os = "linux")]
pub use small::SmallDisk;
pub use victim::{Victim, until};

/// The victim's, and the provider's.
pub const SECRET: &str = "whsec_victim";
