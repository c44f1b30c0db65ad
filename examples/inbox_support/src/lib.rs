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
