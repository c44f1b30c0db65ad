use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use countersign::{DecodeError, Delivery, Event, EventCatalog};

use super::context::Context;
use super::outcome::Outcome;
use super::verdict::Verdict;

/// A handler with its type erased.
pub(crate) trait Route: Send + Sync {
    fn run(self: Arc<Self>, delivery: Delivery, context: Context) -> RouteFuture;
}

pub(crate) type RouteFuture = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// Passes the data of its types to a handler.
pub(crate) struct Typed<T, H> {
    handler: H,
    data: PhantomData<fn() -> T>,
}

/// Passes the delivery to a handler.
pub(crate) struct Untyped<H>(pub(crate) H);

impl<T, H> Typed<T, H> {
    pub(crate) const fn new(handler: H) -> Self {
        Self { handler, data: PhantomData }
    }
}

impl<T, H> Route for Typed<T, H>
where
    T: EventCatalog + Send + 'static,
    H: Handler<Event<T>>,
{
    fn run(self: Arc<Self>, delivery: Delivery, context: Context) -> RouteFuture {
        Box::pin(async move {
            match Event::decode(delivery) {
                Ok(event) => self.handler.handle(event, context).await.into(),
                Err(error) if error.version().is_some() => Verdict::Keep { error: error.to_string() },
                Err(error) => Verdict::undecodable(describe(&error)),
            }
        })
    }
}

impl<H: Handler<Delivery>> Route for Untyped<H> {
    fn run(self: Arc<Self>, delivery: Delivery, context: Context) -> RouteFuture {
        Box::pin(async move { self.0.handle(delivery, context).await.into() })
    }
}

/// Returns the path and the cause, without values of the body.
fn describe(error: &DecodeError) -> String {
    match error.cause() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

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
