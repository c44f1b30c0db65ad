//! Stores the webhooks of Proxiant before they are acknowledged, with axum and SQLite:
//! `PROXIANT_SECRET=… cargo run -p webhooks-inbox`.
//! It listens on `ADDR`, 127.0.0.1:3000 by default.

use axum::Router;
use countersign::providers::proxiant;
use countersign::{Event, EventCatalog, SecretSet, Verifier};
use countersign_inbox::{Context, Endpoint, Inbox};
use countersign_sqlite::SqliteStore;
use countersign_tower::InboxExt;
use serde::Deserialize;

#[derive(Deserialize, EventCatalog)]
#[event("job.served")]
struct JobServed {
    job: proxiant::Job,
}

async fn served(event: Event<JobServed>, context: Context) -> Result<(), std::io::Error> {
    println!("{:?}: {} was served, attempt {}", event.delivery.id(), event.data.job.id, context.attempt());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt::init();
    let verifier = Verifier::new(&proxiant::PROVIDER, SecretSet::from_env("PROXIANT_SECRET")?)?;
    let inbox =
        Inbox::start(SqliteStore::open("inbox.db")?, [Endpoint::new("proxiant", verifier).on(served)])?;
    let app = Router::new().route_service("/hooks/proxiant", inbox.service("proxiant")?);
    let addr = std::env::var("ADDR").unwrap_or("127.0.0.1:3000".to_owned());
    let listener = tokio::net::TcpListener::bind(addr).await?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async { tokio::signal::ctrl_c().await.unwrap_or(()) })
        .await?;
    let _report = inbox.drain().await;
    Ok(())
}
