//! Receives Stripe's events with the types of async-stripe.
//!
//! ```sh
//! cd examples/stripe_events
//! STRIPE_SECRET=whsec_… cargo run
//! ```
//!
//! `cargo run -- fixtures3.json` decodes the objects in a file of <https://github.com/stripe/openapi>.

mod events;
#[cfg(test)]
mod objects;

use std::error::Error;

use axum::Router;
use axum::routing::post;
use countersign::{Event, EventCatalog, Secret, Verifier, providers};
use countersign_tower::VerifyWebhookLayer;
use tokio::net::TcpListener;

use crate::events::Stripe;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Some(fixtures) = std::env::args().nth(1) {
        return check(&fixtures);
    }
    let verifier = Verifier::new(&providers::STRIPE, Secret::from_env("STRIPE_SECRET")?)?;
    let app = Router::new().route("/webhooks/stripe", post(handle)).layer(VerifyWebhookLayer::new(verifier));
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}/webhooks/stripe", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

async fn handle(event: Event<Stripe>) {
    match event.data {
        Stripe::Charge(charge) => println!("{} of {}", charge.object.amount, charge.object.id),
        Stripe::Customer(customer) => println!("{}", customer.object.id),
        Stripe::Invoice(invoice) => println!("{} of an invoice", invoice.object.amount_due),
        Stripe::PaymentIntent(intent) => println!("{} is {:?}", intent.object.id, intent.object.status),
        Stripe::Other(event) => println!("{} can wait", event.event_type),
        other => println!("{}", other.variant()),
    }
}

/// Decodes Stripe's examples of the objects that this program knows.
fn check(fixtures: &str) -> Result<(), Box<dyn Error>> {
    let fixtures: serde_json::Value = serde_json::from_slice(&std::fs::read(fixtures)?)?;
    let (mut decoded, mut failed) = (0, 0);
    for event_type in Stripe::TAGS {
        let Some((name, _)) = event_type.rsplit_once('.') else { continue };
        let object = fixtures.pointer(&format!("/resources/{}", events::resource(name)));
        let Some(object) = object else { continue };
        match Stripe::decode(event_type, &serde_json::json!({ "object": object })) {
            Ok(_) => decoded += 1,
            Err(error) => {
                failed += 1;
                println!("{event_type}: {error}");
            }
        }
    }
    println!("{decoded} decoded, {failed} not");
    if failed == 0 { Ok(()) } else { Err("some objects do not fit".into()) }
}
