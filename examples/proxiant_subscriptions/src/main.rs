//! Subscribes at Proxiant, receives the ping `webhook.test`, and deletes the subscription: against a simulated Proxiant, or
//! against the API that the environment names.
//!
//! ```sh
//! cargo run -p example-proxiant-subscriptions
//! ```
//!
//! | Variable | Meaning |
//! |---|---|
//! | `PROXIANT_API`, `PROXIANT_API_KEY` | the API and its key; by default a simulated Proxiant is started |
//! | `PROXIANT_SECRET` | the secret of the subscription; a default for the simulation |
//! | `ADDR` | the address to listen on; default `127.0.0.1:0` |
//! | `PUBLIC_URL` | the URL under which Proxiant reaches this program; default is `ADDR` |

mod api;

use std::env;
use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use countersign::providers::proxiant;
use countersign::receiver::Receiver;
use countersign::{Event, Secret, Verifier};
use countersign_testkit::simulators::Proxiant;
use countersign_tower::VerifyWebhookLayer;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::api::{Api, Subscription};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulated = if env::var_os("PROXIANT_API").is_none() { Some(Proxiant::start().await?) } else { None };
    let api = match &simulated {
        Some(proxiant) => Api::new(proxiant.base_url(), proxiant.api_key().to_owned()),
        None => Api::new(env::var("PROXIANT_API")?, env::var("PROXIANT_API_KEY")?),
    };
    let secret = env::var("PROXIANT_SECRET").unwrap_or_else(|_| "whsec_of-the-simulation".to_owned());

    // The receiver must listen before the subscription is created: the ping comes at once.
    let (pinged, mut pings) = mpsc::channel(1);
    let receiver = Receiver::builder(Verifier::new(&proxiant::PROVIDER, Secret::new(&*secret)?)?).build()?;
    let hook = post(receive).layer(VerifyWebhookLayer::new(receiver)).with_state(pinged);
    let listener = TcpListener::bind(env::var("ADDR").unwrap_or_else(|_| "127.0.0.1:0".to_owned())).await?;
    let origin = env::var("PUBLIC_URL").unwrap_or(format!("http://{}", listener.local_addr()?));
    tokio::spawn(async { axum::serve(listener, Router::new().route("/webhooks/proxiant", hook)).await });

    print("before", &api.list().await?);
    let created = api.create(&format!("{origin}/webhooks/proxiant"), &secret).await?;
    println!("created {}", created.id);
    let id = timeout(PING_LIMIT, pings.recv()).await.map_err(|_| "no ping came")?;
    println!("received webhook.test {}", id.unwrap_or_default());
    print("subscribed", &api.list().await?);
    api.delete(&created.id).await?;
    println!("deleted {}", created.id);
    print("after", &api.list().await?);
    Ok(())
}

/// Receives verified events, and reports the ping.
async fn receive(State(pinged): State<mpsc::Sender<String>>, event: Event<proxiant::Event>) {
    if matches!(event.data, proxiant::Event::WebhookTest) {
        let id = event.delivery.id().map(|id| id.as_str().to_owned());
        // A second ping is not waited for.
        let _ = pinged.try_send(id.unwrap_or_default());
    }
}

fn print(when: &str, subscriptions: &[Subscription]) {
    println!("{when}: {} subscriptions", subscriptions.len());
    for Subscription { id, url, events, active, last_delivery_status } in subscriptions {
        let status = last_delivery_status.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        println!("  {id} {url} {} active={active} last={status}", events.join(","));
    }
}

/// The ping comes within seconds, unless this program cannot be reached.
const PING_LIMIT: Duration = Duration::from_secs(30);
