//! Events that are signed, a store that fails when it is told to, and what was counted and logged.

mod counts;
mod events;
mod logs;
mod store;

use std::sync::Arc;
use std::time::Duration;

use countersign::Event;
use countersign_inbox::worker::{Backoff, Context, Handler, Source, Worker, WorkerBuilder, WorkerHandle};

pub(crate) use counts::Counts;
#[cfg(feature = "opentelemetry")]
pub(crate) use events::verified;
pub(crate) use events::{Audited, completed, deliver, event, sign, verifier};
pub(crate) use logs::Logs;
pub(crate) use store::{Fault, Store};

/// A worker whose backoff is exactly known: 1 s at most, and never later than that.
pub(crate) fn builder(store: &Arc<Store>, source: Source) -> WorkerBuilder {
    Worker::builder(store.clone())
        .with_source(source)
        .with_backoff(Backoff::new(Duration::from_secs(1), Duration::from_secs(1)))
}

/// A source with one handler, for audits that are completed.
pub(crate) fn source(handler: impl Handler<Event<Audited>>) -> Source {
    Source::new("audits", verifier("a")).on::<Audited>(handler)
}

/// Runs a handler for all audits.
pub(crate) fn run(store: &Arc<Store>, handler: impl Handler<Event<Audited>>) -> WorkerHandle {
    builder(store, source(handler)).build().unwrap().spawn()
}

/// Lets time pass; everything that is due in it happens.
pub(crate) async fn pass(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// A handler that has nothing to do.
pub(crate) async fn nothing(_: Event<Audited>, _: Context) {}

/// A handler whose turn it is not.
pub(crate) async fn must_not_run(event: Event<Audited>, _: Context) {
    panic!("{event:?} was not to be handled")
}
