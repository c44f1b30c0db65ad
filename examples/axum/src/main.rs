//! Verifies the webhooks of GitHub with axum: `GITHUB_SECRET=… cargo run -p webhooks-axum`.
//! It listens on `ADDR`, 127.0.0.1:3000 by default.

use axum::{Router, routing::post};
use countersign::{Event, EventCatalog, SecretSet, Verifier, providers};
use countersign_tower::VerifyWebhookLayer;
use serde::Deserialize;

#[derive(Deserialize, EventCatalog)]
enum GitHub {
    #[event("push")]
    Push(Push),
    #[event(unknown)]
    Other,
}

#[derive(Deserialize)]
struct Push {
    after: String,
}

async fn received(event: Event<GitHub>) {
    if let GitHub::Push(push) = event.data {
        println!("now at {}", push.after);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secrets = SecretSet::from_env("GITHUB_SECRET")?;
    let verifier = Verifier::new(&providers::GITHUB, secrets)?;
    let layer = VerifyWebhookLayer::try_new(verifier)?;
    let app = Router::new().route("/hooks/github", post(received).layer(layer));
    let addr = std::env::var("ADDR").unwrap_or("127.0.0.1:3000".to_owned());
    let listener = tokio::net::TcpListener::bind(addr).await?;
    axum::serve(listener, app).await?;
    Ok(())
}
