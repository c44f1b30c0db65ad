//! The endpoints of the demo, on both frameworks.

use actix_web::web::{self, ServiceConfig};
use axum::routing::{MethodRouter, post};
use countersign::receiver::Receiver;
use countersign::{ConfigError, EventCatalog, Provider, Secret, SecretSet, UnixTime, Verifier};
use countersign_actix::VerifyWebhook;
use countersign_tower::VerifyWebhookLayer;

use super::answer::Answer;

/// Creates a receiver during a key rotation, with a small limit and a fixed clock.
pub(super) fn receiver(provider: &'static Provider, now: UnixTime) -> Result<Receiver, ConfigError> {
    let verifier = Verifier::new(provider, secrets()?)?;
    Receiver::builder(verifier).with_body_limit(BODY_LIMIT).with_clock(now).build()
}

/// Returns both secrets.
pub(super) fn secrets() -> Result<SecretSet, ConfigError> {
    Ok(SecretSet::named(NEW_KEY, Secret::new(NEW_SECRET)?).with(OLD_KEY, Secret::new(OLD_SECRET)?))
}

/// Creates an axum endpoint for the events of `T`.
pub(super) fn on_axum<T: EventCatalog + Send + 'static>(receiver: Receiver) -> MethodRouter {
    async fn handle<T: EventCatalog>(event: countersign::Event<T>) -> String {
        Answer::handled(event.data.variant(), event.delivery.key()).to_reply()
    }
    post(handle::<T>).layer(VerifyWebhookLayer::new(receiver))
}

/// Creates an actix endpoint for the events of `T`.
pub(super) fn on_actix<T: EventCatalog + 'static>(
    config: &mut ServiceConfig,
    path: &str,
    receiver: Receiver,
) {
    async fn handle<T: EventCatalog>(event: countersign::Event<T>) -> String {
        Answer::handled(event.data.variant(), event.delivery.key()).to_reply()
    }
    let hook = web::resource(path).wrap(VerifyWebhook::new(receiver));
    config.service(hook.route(web::post().to(handle::<T>)));
}

/// The names of the two keys, and their secrets, in a form that all four providers accept.
pub(super) const NEW_KEY: &str = "new";
pub(super) const OLD_KEY: &str = "old";
pub(super) const NEW_SECRET: &str = "whsec_bmV3IHNlY3JldCBvZiB0aGUgZGVtbyEh";
pub(super) const OLD_SECRET: &str = "whsec_b2xkIHNlY3JldCBvZiB0aGUgZGVtbyEh";
/// A small limit, so that a body above it is sent quickly.
pub(super) const BODY_LIMIT: usize = 64 << 10;
