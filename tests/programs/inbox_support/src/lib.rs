//! The parts that `example-inbox` (axum) and `example-inbox-actix` share: everything except the server. `example-dedupe`
//! shares the provider.
//!
//! | Module | Content |
//! |---|---|
//! | `causes` | formats an error with its sources |
//! | `config` | configuration from environment variables |
//! | `provider` | the provider and its receiver, from environment variables |
//! | `store` | SQLite or PostgreSQL |
//! | `handlers` | the handlers, and the inbox that runs them |
//! | `effects` | the file that stands in for the effects of handlers |
//! | `signal` | termination signals |

mod causes;
mod config;
mod effects;
mod handlers;
mod provider;
mod signal;
mod store;

pub use causes::causes;
pub use config::Config;
pub use effects::{Effect, Effects};
pub use handlers::inbox;
pub use provider::{provider, receiver, secret_name, variable};
pub use signal::termination;
pub use store::{StoreUrl, open};
