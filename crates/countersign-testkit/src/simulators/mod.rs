//! Simulated providers: real senders over HTTP, and sample events of every provider of the catalogue.

mod message;
mod preflix;
mod printprice;
mod proxiant;
mod redpin;
mod sample;
mod scripts;
mod transport;
mod wire;

pub use message::Message;
pub use sample::{Sample, SampleError};
pub use scripts::event_types;
pub use transport::{Answer, Outcome, Transport};
pub use wire::Wire;
