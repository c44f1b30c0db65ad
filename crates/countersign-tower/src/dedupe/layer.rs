use std::fmt;
use std::marker::PhantomData;

use countersign_inbox::inline::Deduplicator;
use tower_layer::Layer;

use super::Dedupe;
use crate::SameBody;

/// Passes each delivery to the inner service once. [`inline`](countersign_inbox::inline) lists the responses to
/// duplicates and failures.
///
/// It belongs inside [`VerifyWebhookLayer`](crate::VerifyWebhookLayer), whose verified delivery it needs. The inner
/// service runs in a task of its own, which a closed connection does not end.
///
/// ```
/// use std::sync::Arc;
///
/// use bytes::Bytes;
/// use countersign::{Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
/// use countersign::receiver::Receiver;
/// use countersign_inbox::inline::{DUPLICATE, Deduplicator};
/// use countersign_inbox::MemoryStore;
/// use countersign_tower::{DedupeLayer, VerifyWebhookLayer};
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
///
/// async fn handle(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, BoxError> {
///     Ok(Response::new(Full::from("handled")))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let secret = Secret::new("the endpoint's secret")?;
/// let provider = &providers::preflix::PROVIDER;
/// let store = Arc::new(MemoryStore::new(100_000));
/// let dedupe = Deduplicator::builder(store, "audits", provider).build()?;
/// let now = UnixTime::from_secs(1_700_000_000);
/// let receiver = Receiver::builder(Verifier::new(provider, secret.clone())?).with_clock(now).build()?;
/// let service = ServiceBuilder::new()
///     .layer(VerifyWebhookLayer::new(receiver))
///     .layer(DedupeLayer::new(dedupe))
///     .service(service_fn(handle));
///
/// let body = r#"{"id":"evt_7b2","type":"audit.started","data":{}}"#;
/// let headers = Signer::new(provider, secret)?.sign(&SigningRequest::new(body, now))?;
/// let send = || {
///     let mut request = Request::post("/webhooks/preflix").body(Full::from(body)).unwrap();
///     request.headers_mut().extend(headers.clone());
///     service.clone().oneshot(request)
/// };
///
/// let first = send().await?;
/// assert_eq!((first.status().as_u16(), first.headers().get(DUPLICATE)), (200, None));
/// let second = send().await?;
/// assert_eq!((second.status().as_u16(), &second.headers()[DUPLICATE]), (200, &"done".parse()?));
/// # Ok(())
/// # }
/// ```
///
/// Without a verified delivery, which indicates a wrong order of layers, no request reaches the inner service:
///
/// ```
/// # use std::sync::Arc;
/// # use bytes::Bytes;
/// # use countersign::providers;
/// # use countersign_inbox::inline::Deduplicator;
/// # use countersign_inbox::MemoryStore;
/// # use countersign_tower::DedupeLayer;
/// # use http::{Request, Response};
/// # use http_body_util::Full;
/// # use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
/// # async fn handle(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, BoxError> {
/// #     unreachable!("nothing gets here that is not verified")
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// # let store = Arc::new(MemoryStore::new(100_000));
/// # let dedupe = Deduplicator::builder(store, "audits", &providers::preflix::PROVIDER).build()?;
/// let service = ServiceBuilder::new().layer(DedupeLayer::new(dedupe)).service(service_fn(handle));
///
/// let unverified = Request::post("/webhooks/acme").body(Full::from("{}"))?;
/// assert_eq!(service.oneshot(unverified).await?.status(), 500);
/// # Ok(())
/// # }
/// ```
#[must_use]
#[derive(Clone)]
pub struct DedupeLayer<M = SameBody> {
    dedupe: Deduplicator,
    mode: PhantomData<M>,
}

impl DedupeLayer {
    /// Creates a layer for one endpoint.
    pub fn new(dedupe: Deduplicator) -> Self {
        Self { dedupe, mode: PhantomData }
    }

    /// Converts every response body to axum's, like
    /// [`VerifyWebhookLayer::with_axum_body`](crate::VerifyWebhookLayer::with_axum_body).
    #[cfg(feature = "axum")]
    pub fn with_axum_body(self) -> DedupeLayer<crate::AxumBody> {
        DedupeLayer { dedupe: self.dedupe, mode: PhantomData }
    }
}

impl<S, M> Layer<S> for DedupeLayer<M> {
    type Service = Dedupe<S, M>;

    fn layer(&self, inner: S) -> Self::Service {
        Dedupe::new(inner, self.dedupe.clone())
    }
}

impl<M> fmt::Debug for DedupeLayer<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupeLayer").field("dedupe", &self.dedupe).finish_non_exhaustive()
    }
}
