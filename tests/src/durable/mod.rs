//! Durable mode in each framework, with a store that does what a test wants.

mod scripted;
mod server;
mod stack;

pub use scripted::{Gate, Scripted, Step};
pub use server::Server;
pub use stack::Stack;
