use std::convert::Infallible;
use std::fmt;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::ConfigError;
use countersign_inbox::{Acceptor, Inbox};
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_layer::Layer;
use tower_service::Service;

use super::InboxFuture;
use super::accept::Accept;
use crate::verify::BoxError;
use crate::{FullBody, VerifyWebhook, VerifyWebhookLayer};

/// Makes services of the endpoints of an [`Inbox`]. A trait, to be imported beside it, because `countersign-inbox` depends on no framework.
pub trait InboxExt {
    /// Returns the service of an endpoint: it verifies a delivery, stores it, and then responds with 2xx; the inbox
    /// runs the handlers. Verification is built in and cannot be omitted.
    ///
    /// The service is a whole endpoint, for any request body of the server. With axum:
    ///
    /// ```
    /// use axum::Router;
    /// use countersign::providers::proxiant;
    /// use countersign::{ConfigError, Event, Secret, Verifier};
    /// use countersign_inbox::{Context, Endpoint, Inbox, InboxStore};
    /// use countersign_tower::InboxExt;
    ///
    /// async fn handle(event: Event<proxiant::Event>, context: Context) {}
    ///
    /// // SQLite on one machine, PostgreSQL on several.
    /// fn app(store: impl InboxStore, secret: String) -> Result<Router, ConfigError> {
    ///     let verifier = Verifier::new(&proxiant::PROVIDER, Secret::new(secret)?)?;
    ///     let inbox = Inbox::start(store, [Endpoint::new("proxiant", verifier).on(handle)])?;
    ///     Ok(Router::new().route_service("/webhooks/proxiant", inbox.service("proxiant")?))
    /// }
    /// ```
    ///
    /// `route_service` accepts every method, because many handshakes and some deliveries are a `GET`; unsigned requests
    /// are rejected in any case. `post_service(service)` accepts `POST` only. The type is not an axum `Handler`, because
    /// that trait belongs to axum and this crate depends on `axum-core` only.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the names that there are, if the inbox accepts nothing for an endpoint of this name.
    fn service(&self, endpoint: &str) -> Result<InboxService, ConfigError>;
}

impl InboxExt for Inbox {
    fn service(&self, endpoint: &str) -> Result<InboxService, ConfigError> {
        InboxService::new(self.acceptor(endpoint)?)
    }
}

/// An endpoint of an [`Inbox`] as a service: [`InboxExt::service`].
#[derive(Clone)]
#[must_use]
pub struct InboxService {
    verified: VerifyWebhook<Accept, FullBody>,
}

impl InboxService {
    /// # Errors
    ///
    /// None: an inbox starts only with complete receivers.
    fn new(acceptor: Acceptor) -> Result<Self, ConfigError> {
        let layer = VerifyWebhookLayer::try_new(acceptor.receiver().clone())?.with_full_body();
        Ok(Self { verified: layer.layer(Accept::new(acceptor)) })
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
