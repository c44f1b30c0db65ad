//! Handles each webhook of GitHub once, with axum and SQLite: `GITHUB_SECRET=… cargo run -p webhooks-dedupe`.
//! It listens on `ADDR`, 127.0.0.1:3000 by default.

use std::sync::Arc;

use axum::{Router, routing::post};
use countersign::{Delivery, SecretSet, Verifier, providers};
use countersign_inbox::inline::{ClaimContext, Deduplicator};
use countersign_sqlite::SqliteStore;
use countersign_tower::{DedupeLayer, VerifyWebhookLayer};
use tower::ServiceBuilder;

async fn received(delivery: Delivery, claim: ClaimContext) {
    println!("{:?}: {:?}, key {}", delivery.id(), delivery.event_type(), claim.idempotency_key());
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::new(&providers::GITHUB, SecretSet::from_env("GITHUB_SECRET")?)?;
    let store = Arc::new(SqliteStore::open("handled.db")?);
    let dedupe = Deduplicator::builder(store, "github", verifier.provider()).build()?;
    let layers = ServiceBuilder::new()
        .layer(VerifyWebhookLayer::try_new(verifier)?)
        .layer(DedupeLayer::new(dedupe.clone()));
    let app = Router::new().route("/hooks/github", post(received).layer(layers));
    let addr = std::env::var("ADDR").unwrap_or("127.0.0.1:3000".to_owned());
    let listener = tokio::net::TcpListener::bind(addr).await?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async { tokio::signal::ctrl_c().await.unwrap_or(()) })
        .await?;
    // Handlers outlive the connections of their requests.
    dedupe.idle().await;
    Ok(())
}
