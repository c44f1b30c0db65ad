use std::error::Error;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use countersign::{DecodeError, Delivery, Event, EventCatalog};

use super::context::Context;
use super::handler::Handler;
use super::verdict::{Death, Verdict};

/// A handler, whatever its type.
pub(super) trait Route: Send + Sync {
    fn run(self: Arc<Self>, delivery: Delivery, context: Context) -> RouteFuture;
}

pub(super) type RouteFuture = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// Gets the data of its types.
pub(super) struct Typed<T, H> {
    handler: H,
    data: PhantomData<fn() -> T>,
}

/// Gets the delivery.
pub(super) struct Untyped<H>(pub(super) H);

impl<T, H> Typed<T, H> {
    pub(super) const fn new(handler: H) -> Self {
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
                Err(error) => Verdict::Dead { why: Death::Decode, error: describe(&error) },
            }
        })
    }
}

impl<H: Handler<Delivery>> Route for Untyped<H> {
    fn run(self: Arc<Self>, delivery: Delivery, context: Context) -> RouteFuture {
        Box::pin(async move { self.0.handle(delivery, context).await.into() })
    }
}

/// The path, and the field where one is missing. Other causes quote the body, which may hold anything.
fn describe(error: &DecodeError) -> String {
    let cause = error.source().map(ToString::to_string).filter(|cause| cause.starts_with("missing field"));
    match cause {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
