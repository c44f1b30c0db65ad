//! Durable mode in each framework, with a scripted store.

mod scripted;
mod server;
mod stack;

pub use scripted::{Gate, Scripted, Step};
pub use server::Server;
pub use stack::Stack;
