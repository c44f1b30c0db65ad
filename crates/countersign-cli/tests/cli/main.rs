//! Tests of the command as a user runs it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod app;
mod catalogue;
mod check_scheme;
#[cfg(all(feature = "console", feature = "sqlite"))]
mod console;
#[cfg(feature = "demo")]
mod demo;
#[cfg(all(feature = "console", feature = "demo"))]
mod demo_console;
mod example;
mod explain;
mod forward;
mod http2;
mod https;
mod identify;
#[cfg(feature = "sqlite")]
mod inbox;
mod listen;
mod pipes;
mod pty;
mod record;
mod replay;
mod secrets;
mod shell;
mod sign;
mod simulate;
mod subscriptions;
mod support;
mod trigger;
mod tui;
mod types;
mod verify;
