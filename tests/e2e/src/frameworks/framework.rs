use std::future::Future;

use countersign::EventCatalog;
use countersign::providers::{preflix, printprice, proxiant, redpin};
use countersign::receiver::Receiver;

use crate::{Answer, Case, Catalog, Request};

/// A framework with the middleware under test.
pub trait Framework {
    /// Runs `POST /webhooks/*`, with a handler that takes the delivery.
    fn plain(receiver: Receiver, request: Request) -> impl Future<Output = Answer>;

    /// Runs the endpoint with a handler that takes events of `T`.
    fn typed<T: EventCatalog + Send + 'static>(
        receiver: Receiver,
        request: Request,
    ) -> impl Future<Output = Answer>;
}

/// Runs a case.
pub async fn play<F: Framework>(case: &Case) -> Answer {
    let (receiver, request) = (case.receiver.clone(), case.request.clone());
    match case.sender.catalog {
        None => F::plain(receiver, request).await,
        Some(Catalog::Preflix) => F::typed::<preflix::Event>(receiver, request).await,
        Some(Catalog::Redpin) => F::typed::<redpin::Event>(receiver, request).await,
        Some(Catalog::PrintPrice) => F::typed::<printprice::Event>(receiver, request).await,
        Some(Catalog::Proxiant) => F::typed::<proxiant::Event>(receiver, request).await,
    }
}
