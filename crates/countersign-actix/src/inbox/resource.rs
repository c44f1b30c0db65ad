use std::fmt;

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::{HttpRequest, web};
use countersign::receiver::Receiver;
use countersign::{ConfigError, Delivery};
use countersign_inbox::Acceptor;

use super::accept::accept;
use crate::VerifyWebhook;

/// Receives webhooks in durable mode: it verifies a delivery, stores it, and then responds with 2xx; a
/// [worker](countersign_inbox) runs the handlers. Verification is built in and cannot be omitted.
///
/// The resource is a whole endpoint, for [`App::service`](actix_web::App::service) and
/// [`Scope::service`](actix_web::Scope::service):
///
/// ```
/// use std::sync::Arc;
///
/// use actix_web::{App, web};
/// use countersign::providers::proxiant;
/// use countersign::{ConfigError, Secret, Verifier};
/// use countersign_actix::InboxService;
/// use countersign_inbox::{Acceptor, Endpoint};
///
/// // SQLite on one machine, PostgreSQL on several. Created once, and cloned into the app factory.
/// fn inbox(store: Arc<dyn countersign_inbox::InboxStore>, secret: String) -> Result<InboxService, ConfigError> {
///     let verifier = Verifier::new(&proxiant::PROVIDER, Secret::new(secret)?)?;
///     let acceptor = Acceptor::builder(store, Endpoint::new("proxiant"), verifier.provider()).build()?;
///     Ok(InboxService::new("/webhooks/proxiant", verifier, acceptor))
/// }
/// # fn app(inbox: InboxService) {
/// App::new().service(inbox.clone());
/// # }
/// ```
///
/// Every method is accepted, because many handshakes and some deliveries are a `GET`; unsigned requests are
/// rejected in any case. Inside a scope, with tenants:
///
/// ```
/// # use std::sync::Arc;
/// # use actix_web::{App, web};
/// # use countersign::receiver::{Receiver, RequestHead, ResolveError, Tenant};
/// # use countersign::{ConfigError, SecretSet, Verifier};
/// # use countersign_actix::InboxService;
/// # use countersign_inbox::{Acceptor, Endpoint};
/// # async fn secrets_of(tenant: &str) -> Result<Option<SecretSet>, ResolveError> { Ok(None) }
/// async fn tenant(request: RequestHead) -> Result<Option<Tenant>, ResolveError> {
///     let Some(id) = request.last_path_segment() else { return Ok(None) };
///     Ok(secrets_of(&id).await?.map(|secrets| Tenant::new(id, secrets)))
/// }
///
/// # fn app(store: Arc<dyn countersign_inbox::InboxStore>, verifier: Verifier) -> Result<(), ConfigError> {
/// let acceptor = Acceptor::builder(store, Endpoint::new("proxiant"), verifier.provider()).build()?;
/// let receiver = Receiver::new(verifier).with_tenants(tenant);
/// let inbox = InboxService::new("/{tenant}", receiver, acceptor);
/// App::new().service(web::scope("/webhooks").service(inbox));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct InboxService {
    path: String,
    receiver: Receiver,
    acceptor: Acceptor,
}

impl InboxService {
    /// Creates a resource at this path, as for [`web::resource`], that verifies with this receiver and stores with
    /// this acceptor. A [`Verifier`](countersign::Verifier) converts into a receiver with the defaults.
    ///
    /// # Panics
    ///
    /// If [`Receiver::check`] refuses the receiver; [`try_new`](Self::try_new) returns the error instead.
    // A panic by contract: it is documented, happens at start-up, and `try_new` returns the error instead.
    #[expect(clippy::panic, reason = "documented, at start-up; `try_new` returns the error")]
    #[track_caller]
    pub fn new(path: impl Into<String>, receiver: impl Into<Receiver>, acceptor: Acceptor) -> Self {
        match Self::try_new(path, receiver, acceptor) {
            Ok(inbox) => inbox,
            Err(error) => panic!("{error}"),
        }
    }

    /// Builds the resource, and returns an error where [`new`](Self::new) panics.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] of [`Receiver::check`].
    pub fn try_new(
        path: impl Into<String>,
        receiver: impl Into<Receiver>,
        acceptor: Acceptor,
    ) -> Result<Self, ConfigError> {
        let receiver = receiver.into();
        receiver.check()?;
        Ok(Self { path: path.into(), receiver, acceptor })
    }

    /// Returns the path, and the middleware that verifies there.
    pub(crate) fn resource(&self) -> (String, VerifyWebhook) {
        // Does not panic: `try_new` has checked the receiver, and `counting` sets nothing but its answer to a rejection.
        (self.path.clone(), VerifyWebhook::new(self.acceptor.counting(&self.receiver)))
    }
}

impl HttpServiceFactory for InboxService {
    fn register(self, config: &mut AppService) {
        let (path, verify) = self.resource();
        let Self { receiver, acceptor, .. } = self;
        let handler = move |delivery: Delivery, req: HttpRequest| {
            accept(receiver.clone(), acceptor.clone(), delivery, req)
        };
        web::resource(path).wrap(verify).default_service(web::to(handler)).register(config);
    }
}

impl fmt::Debug for InboxService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxService")
            .field("path", &self.path)
            .field("receiver", &self.receiver)
            .field("acceptor", &self.acceptor)
            .finish()
    }
}
