//! What `example-inbox` (axum) and `example-inbox-actix` have in common: everything but the server.
//!
//! | Module | |
//! |---|---|
//! | `causes` | what an error says, with its causes |
//! | `config` | the environment |
//! | `store` | SQLite or PostgreSQL |
//! | `handlers` | what is done about events, and the worker that does it |
//! | `effects` | the file that stands for what handlers do to the world |
//! | `signal` | when to end |

mod causes;
mod config;
mod effects;
mod handlers;
mod signal;
mod store;

pub use causes::causes;
pub use config::Config;
pub use effects::{Effect, Effects};
pub use handlers::worker;
pub use signal::termination;
pub use store::{Store, StoreUrl};

/// The name of the endpoint: what the receiving side and the worker know its events by, and a part of what they are
/// remembered by. It stays the same for as long as ids are remembered.
pub const ENDPOINT: &str = "proxiant";
