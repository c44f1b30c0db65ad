//! Handles each delivery once, before it is answered: a claim around the handler, with axum or with actix.
//!
//! ```sh
//! DEMO=1 EFFECTS=effects.jsonl FRAMEWORK=actix cargo run -p example-dedupe
//! ```
//!
//! See `config.rs` for the variables of the environment.

mod config;
mod effects;
mod handler;
mod serve;
mod signal;
mod store;

use std::error::Error;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

use countersign_inbox::IdentityPolicy;
use countersign_inbox::inline::Deduplicator;

use crate::config::{Config, Framework};
use crate::effects::Effects;
use crate::handler::Handler;
use crate::serve::Place;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("example-dedupe: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let store = store::open(&config.store).await.map_err(|error| format!("STORE: {}", causes(&*error)))?;
    let effects = Effects::open(config.effects.as_deref()).map_err(|error| format!("EFFECTS: {error}"))?;
    let handler = Arc::new(Handler::new(effects, config.behaviour));

    // The body identifies events without an id.
    let endpoint = IdentityPolicy::new(&*config.provider.slug).with_body_as_id();
    let path = format!("/webhooks/{}", config.provider.slug);
    let dedupe = Deduplicator::builder(store, endpoint, config.provider)
        .with_lease(config.lease)
        .build()
        .map_err(|error| format!("LEASE_MS: {error}"))?;
    let at = Place { addr: config.addr, path };
    match config.framework {
        Framework::Axum => serve::axum(&at, config.receiver, dedupe.clone(), handler).await?,
        Framework::Actix => serve::actix(&at, config.receiver, dedupe.clone(), handler).await?,
    }
    // Handlers outlive the connections of their requests.
    dedupe.idle().await;
    Ok(())
}

/// Formats an error with its sources, because the error alone ("the database cannot be reached") is rarely
/// sufficient.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        said = format!("{said}: {error}");
        source = error.source();
    }
    said
}
