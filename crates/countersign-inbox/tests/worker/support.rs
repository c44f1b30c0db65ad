//! Signed events, a store with controlled failures, and recorded metrics and logs.

mod counts;
mod events;
mod store;

use std::sync::Arc;
use std::time::Duration;

use countersign::Event;
use countersign_inbox::{Acceptor, Backoff, Context, Durability, Endpoint, Handler, Inbox, InboxBuilder};

pub(crate) use counts::Counts;
pub(crate) use events::{Audited, completed, deliver, event, sign, verified, verifier};
pub(crate) use store::{InjectedError, Store};

/// Returns a builder with an exact backoff of at most 1 s.
pub(crate) fn builder(store: &Arc<Store>, source: Endpoint) -> InboxBuilder {
    Inbox::builder(store.clone())
        .with_endpoint(source)
        .with_backoff(Backoff::new(Duration::from_secs(1), Duration::from_secs(1)))
}

/// Returns a source with one handler, for completed audits.
pub(crate) fn source(handler: impl Handler<Event<Audited>>) -> Endpoint {
    Endpoint::new("audits", verifier("a")).on::<Audited>(handler)
}

/// Runs a handler for all audits.
pub(crate) fn run(store: &Arc<Store>, handler: impl Handler<Event<Audited>>) -> Inbox {
    builder(store, source(handler)).start_working().unwrap()
}

/// Returns the acceptor of an endpoint whose store may forget.
pub(crate) fn accepting(store: &Arc<Store>, endpoint: Endpoint) -> Acceptor {
    let name = endpoint.name().to_owned();
    let inbox = Inbox::builder(store.clone()).with_endpoint(endpoint);
    let inbox = inbox.insecure_allow_durability(Durability::Memory).start_accepting().unwrap();
    inbox.acceptor(&name).unwrap()
}

/// Advances the time; everything due in it happens.
pub(crate) async fn pass(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// A handler without effect.
pub(crate) async fn nothing(_: Event<Audited>, _: Context) {}

/// A handler that must not be called.
pub(crate) async fn must_not_run(event: Event<Audited>, _: Context) {
    panic!("{event:?} was not to be handled")
}
