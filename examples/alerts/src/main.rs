//! Sends the alerts of an inbox to a chat, and to another service as webhooks that are signed by us:
//!
//! ```sh
//! GITHUB_SECRET=… CHAT_URL=https://hooks.slack.com/services/… \
//!     ALERTS_URL=https://alerts.example.com/webhooks ALERTS_SECRET=whsec_… cargo run -p example-alerts
//! ```
//!
//! Either of the two can be left out. It listens on `ADDR`, 127.0.0.1:3000 by default.

mod chat;
mod signed;
#[cfg(test)]
mod tests;

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use countersign::{Delivery, Secret, SecretSet, Verifier, providers};
use countersign_inbox::{Alert, CircuitBreaker, Context, Endpoint, Inbox};
use countersign_sqlite::SqliteStore;
use countersign_tower::InboxExt;
use tokio::net::TcpListener;

use crate::chat::Chat;
use crate::signed::SignedWebhook;

/// An error of a receiver, for the log.
type SendError = Box<dyn Error + Send + Sync>;

/// The receivers of alerts.
#[derive(Default)]
struct Receivers {
    chat: Option<Chat>,
    signed: Option<SignedWebhook>,
}

impl Receivers {
    fn from_env() -> Result<Self, Box<dyn Error>> {
        let chat = env::var("CHAT_URL").ok().map(Chat::new).transpose()?;
        let signed = match env::var("ALERTS_URL") {
            Ok(url) => Some(SignedWebhook::new(url, Secret::from_env("ALERTS_SECRET")?)?),
            Err(_) => None,
        };
        Ok(Self { chat, signed })
    }

    /// Sends an alert to all receivers. One that fails does not keep it from the other.
    async fn send(&self, alert: &Alert) -> Result<(), SendError> {
        let chat = async {
            match &self.chat {
                Some(chat) => chat.send(alert).await,
                None => Ok(()),
            }
        };
        let signed = async {
            match &self.signed {
                Some(signed) => signed.send(alert).await,
                None => Ok(()),
            }
        };
        let (chat, signed) = tokio::join!(chat, signed);
        chat.and(signed)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let receivers = Arc::new(Receivers::from_env()?);
    let verifier = Verifier::new(&providers::GITHUB, SecretSet::from_env("GITHUB_SECRET")?)?;
    let endpoint =
        Endpoint::new("github", verifier).otherwise(handle).with_circuit_breaker(CircuitBreaker::after(5));
    let inbox = Inbox::builder(SqliteStore::open("inbox.db")?)
        .with_endpoint(endpoint)
        .on_alert(move |alert: Alert| {
            let receivers = Arc::clone(&receivers);
            async move { receivers.send(&alert).await }
        })
        .start()?;
    let app = Router::new().route_service("/webhooks/github", inbox.service("github")?);
    let listener = TcpListener::bind(env::var("ADDR").unwrap_or("127.0.0.1:3000".to_owned())).await?;
    println!("listening on http://{}/webhooks/github", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(async { tokio::signal::ctrl_c().await.unwrap_or(()) })
        .await?;
    let _report = inbox.drain().await;
    Ok(())
}

async fn handle(delivery: Delivery, context: Context) {
    println!("attempt {}: {:?}", context.attempt(), delivery.event_type());
}

/// Creates a client that gives up before the inbox does.
fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().timeout(Duration::from_secs(10)).build()
}
