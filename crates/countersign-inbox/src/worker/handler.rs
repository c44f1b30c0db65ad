use std::future::Future;

use super::context::Context;
use super::outcome::Outcome;

/// Handles the events of a source: an [`Event<T>`](countersign::Event) of certain types, or any
/// [`Delivery`](countersign::Delivery).
///
/// Implemented for asynchronous functions and closures that return anything that turns into an [`Outcome`]: `()`, an
/// `Outcome`, or a `Result` of either with an error that can be printed.
///
/// A handler may run more than once for an event: if the process ends after the handler and before its outcome is
/// stored. An effect that must not happen twice belongs into the store's own transaction
/// ([`TxInbox`](crate::TxInbox)), or must carry the [`idempotency_key`](Context::idempotency_key) to a system that
/// detects duplicates.
pub trait Handler<E>: Send + Sync + 'static {
    /// Handles one event.
    fn handle(&self, event: E, context: Context) -> impl Future<Output = Outcome> + Send;
}

impl<E, F, R> Handler<E> for F
where
    E: Send + 'static,
    F: Fn(E, Context) -> R + Send + Sync + 'static,
    R: Future<Output: Into<Outcome>> + Send,
{
    async fn handle(&self, event: E, context: Context) -> Outcome {
        self(event, context).await.into()
    }
}
