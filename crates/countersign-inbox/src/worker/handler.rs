use std::future::Future;

use super::context::Context;
use super::outcome::Outcome;

/// Handles what arrives at a source: an [`Event<T>`](countersign::Event) of certain types, or any
/// [`Delivery`](countersign::Delivery).
///
/// Implemented for asynchronous functions and closures that return anything that turns into an [`Outcome`]: `()`, an
/// `Outcome`, or a `Result` of either with an error that can be printed.
///
/// An attempt may run more than once: when the process ends after the handler and before its outcome is stored. What
/// must not happen twice either goes into the store's own transaction ([`TxInbox`](crate::TxInbox)), or gets the
/// [`idempotency_key`](Context::idempotency_key) passed on to whoever can tell.
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
