use std::convert::Infallible;
use std::fmt;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::ConfigError;
use countersign::receiver::Receiver;
use countersign_inbox::Acceptor;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_layer::Layer;
use tower_service::Service;

use super::InboxFuture;
use super::accept::Accept;
use crate::unreadable::BoxError;
use crate::{FullBody, VerifyWebhook, VerifyWebhookLayer};

/// Receives webhooks in durable mode: it verifies a delivery, stores it, and then responds with 2xx; a
/// [worker](countersign_inbox) runs the handlers. Verification is built in and cannot be omitted.
///
/// The service is a whole endpoint, for any request body of the server. With axum:
///
/// ```
/// use std::sync::Arc;
///
/// use axum::Router;
/// use countersign::providers::proxiant;
/// use countersign::{ConfigError, Secret, Verifier};
/// use countersign_inbox::{Acceptor, Endpoint};
/// use countersign_tower::InboxService;
///
/// // SQLite on one machine, PostgreSQL on several.
/// fn app(store: Arc<dyn countersign_inbox::InboxStore>, secret: String) -> Result<Router, ConfigError> {
///     let verifier = Verifier::new(&proxiant::PROVIDER, Secret::new(secret)?)?;
///     let acceptor = Acceptor::builder(store, Endpoint::new("proxiant"), verifier.provider()).build()?;
///     Ok(Router::new().route_service("/webhooks/proxiant", InboxService::new(verifier, acceptor)))
/// }
/// ```
///
/// `route_service` accepts every method, because many handshakes and some deliveries are a `GET`; unsigned requests
/// are rejected in any case. `post_service(inbox)` accepts `POST` only. The type is not an axum `Handler`, because
/// that trait belongs to axum and this crate depends on `axum-core` only.
///
/// With several tenants, the resolver names the one for which an event is stored:
///
/// ```
/// # use std::sync::Arc;
/// # use axum::Router;
/// # use countersign::providers::proxiant;
/// # use countersign::receiver::{Receiver, RequestHead, ResolveError, Tenant};
/// # use countersign::{ConfigError, Secret, SecretSet, Verifier};
/// # use countersign_inbox::{Acceptor, Endpoint};
/// # use countersign_tower::InboxService;
/// # async fn secrets_of(tenant: &str) -> Result<Option<SecretSet>, ResolveError> { Ok(None) }
/// async fn tenant(request: RequestHead) -> Result<Option<Tenant>, ResolveError> {
///     let Some(id) = request.last_path_segment() else { return Ok(None) };
///     Ok(secrets_of(&id).await?.map(|secrets| Tenant::new(id, secrets)))
/// }
///
/// # fn app(store: Arc<dyn countersign_inbox::InboxStore>, verifier: Verifier) -> Result<Router, ConfigError> {
/// let acceptor = Acceptor::builder(store, Endpoint::new("proxiant"), verifier.provider()).build()?;
/// let receiver = Receiver::new(verifier).with_tenants(tenant);
/// let app = Router::new().route_service("/webhooks/{tenant}", InboxService::new(receiver, acceptor));
/// # Ok(app)
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct InboxService {
    verified: VerifyWebhook<Accept, FullBody>,
}

impl InboxService {
    /// Creates a service that verifies with this receiver, and stores with this acceptor. A
    /// [`Verifier`](countersign::Verifier) converts into a receiver with the defaults.
    ///
    /// # Panics
    ///
    /// If [`Receiver::check`] refuses the receiver; [`try_new`](Self::try_new) returns the error instead.
    #[track_caller]
    pub fn new(receiver: impl Into<Receiver>, acceptor: Acceptor) -> Self {
        let receiver = receiver.into();
        let layer = VerifyWebhookLayer::new(acceptor.counting(&receiver));
        Self::of(layer, receiver, acceptor)
    }

    /// Builds the service, and returns an error where [`new`](Self::new) panics.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] of [`Receiver::check`].
    pub fn try_new(receiver: impl Into<Receiver>, acceptor: Acceptor) -> Result<Self, ConfigError> {
        let receiver = receiver.into();
        let layer = VerifyWebhookLayer::try_new(acceptor.counting(&receiver))?;
        Ok(Self::of(layer, receiver, acceptor))
    }

    fn of(layer: VerifyWebhookLayer, receiver: Receiver, acceptor: Acceptor) -> Self {
        Self { verified: layer.with_full_body().layer(Accept::new(receiver, acceptor)) }
    }
}

impl<B> Service<Request<B>> for InboxService
where
    B: Body<Error: Into<BoxError>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = InboxFuture<B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<B>>::poll_ready(&mut self.verified, cx)
    }

    fn call(&mut self, request: Request<B>) -> InboxFuture<B> {
        InboxFuture::new(self.verified.call(request))
    }
}

impl fmt::Debug for InboxService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxService").field("verified", &self.verified).finish()
    }
}
