use std::fmt;

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::{HttpRequest, web};
use countersign::{ConfigError, Delivery};
use countersign_inbox::{Acceptor, Inbox};

use super::accept::accept;
use crate::VerifyWebhook;

/// Makes resources of the endpoints of an [`Inbox`]. A trait, to be imported beside it, because `countersign-inbox` depends on no framework.
pub trait InboxExt {
    /// Returns the resource of an endpoint at this path, as for [`web::resource`]: it verifies a delivery, stores it, and
    /// then responds with 2xx; the inbox runs the handlers. Verification is built in and cannot be omitted.
    ///
    /// The resource is a whole endpoint, for [`App::service`](actix_web::App::service) and
    /// [`Scope::service`](actix_web::Scope::service):
    ///
    /// ```
    /// use actix_web::App;
    /// use countersign::providers::proxiant;
    /// use countersign::{ConfigError, Event, Secret, Verifier};
    /// use countersign_actix::{InboxExt, InboxService};
    /// use countersign_inbox::{Context, Endpoint, Inbox, InboxStore};
    ///
    /// async fn handle(event: Event<proxiant::Event>, context: Context) {}
    ///
    /// // SQLite on one machine, PostgreSQL on several. Started once, and cloned into the app factory.
    /// fn service(store: impl InboxStore, secret: String) -> Result<InboxService, ConfigError> {
    ///     let verifier = Verifier::new(&proxiant::PROVIDER, Secret::new(secret)?)?;
    ///     let inbox = Inbox::start(store, [Endpoint::new("proxiant", verifier).on(handle)])?;
    ///     inbox.service("/webhooks/proxiant", "proxiant")
    /// }
    /// # fn app(service: InboxService) {
    /// App::new().service(service.clone());
    /// # }
    /// ```
    ///
    /// Every method is accepted, because many handshakes and some deliveries are a `GET`; unsigned requests are
    /// rejected in any case.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the names that there are, if the inbox accepts nothing for an endpoint of this name.
    fn service(&self, path: impl Into<String>, endpoint: &str) -> Result<InboxService, ConfigError>;
}

impl InboxExt for Inbox {
    fn service(&self, path: impl Into<String>, endpoint: &str) -> Result<InboxService, ConfigError> {
        InboxService::new(path.into(), self.acceptor(endpoint)?)
    }
}

/// An endpoint of an [`Inbox`] as a resource: [`InboxExt::service`].
#[derive(Clone)]
#[must_use]
pub struct InboxService {
    path: String,
    verify: VerifyWebhook,
    acceptor: Acceptor,
}

impl InboxService {
    /// # Errors
    ///
    /// None: an inbox starts only with complete receivers.
    fn new(path: String, acceptor: Acceptor) -> Result<Self, ConfigError> {
        Ok(Self { path, verify: VerifyWebhook::try_new(acceptor.receiver().clone())?, acceptor })
    }

    /// Returns the path, and the middleware that verifies there.
    pub(crate) fn resource(&self) -> (String, VerifyWebhook) {
        (self.path.clone(), self.verify.clone())
    }
}

impl HttpServiceFactory for InboxService {
    fn register(self, config: &mut AppService) {
        let Self { path, verify, acceptor } = self;
        let handler = move |delivery: Delivery, req: HttpRequest| accept(acceptor.clone(), delivery, req);
        web::resource(path).wrap(verify).default_service(web::to(handler)).register(config);
    }
}

impl fmt::Debug for InboxService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxService").field("path", &self.path).field("acceptor", &self.acceptor).finish()
    }
}
