use std::fmt;
use std::future::{Ready, ready};

use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use countersign_inbox::inline::Deduplicator;

use super::DedupeMiddleware;

/// Middleware that passes each delivery to the handler once. [`inline`](countersign_inbox::inline) lists the
/// responses to duplicates and failures.
///
/// It belongs inside [`VerifyWebhook`](crate::VerifyWebhook), whose verified delivery it needs: actix runs the
/// middleware that was wrapped last first, so `wrap(Dedupe::new(…))` comes before `wrap(VerifyWebhook::new(…))`.
/// The inner service runs in a task of its own on the same thread, which a closed connection does not end.
///
/// ```
/// use std::sync::Arc;
///
/// use actix_web::{App, test, web};
/// use countersign::{Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
/// use countersign_actix::{Dedupe, VerifyWebhook};
/// use countersign_inbox::inline::Deduplicator;
/// use countersign_inbox::MemoryStore;
///
/// # actix_web::rt::System::new().block_on(async {
/// let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let store = Arc::new(MemoryStore::new(100_000));
/// let dedupe = Deduplicator::builder(store, "messages", &providers::SVIX).build()?;
/// let hook = web::resource("/hook")
///     .wrap(Dedupe::new(dedupe))
///     .wrap(VerifyWebhook::new(Verifier::new(&providers::SVIX, secret.clone())?))
///     .route(web::post().to(async || "handled"));
/// let app = test::init_service(App::new().service(hook)).await;
///
/// let now = UnixTime::from(std::time::SystemTime::now());
/// let signing = SigningRequest::new("{}", now).with_id("msg_1");
/// let headers = Signer::new(&providers::SVIX, secret)?.sign(&signing)?;
/// let request = || {
///     let request = test::TestRequest::post().uri("/hook").set_payload("{}");
///     let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
///     headers.fold(request, |request, header| request.insert_header(header)).to_request()
/// };
///
/// let first = test::call_service(&app, request()).await;
/// assert_eq!(test::read_body(first).await, "handled");
/// let second = test::call_service(&app, request()).await;
/// assert_eq!(second.status(), 200);
/// assert_eq!(second.headers().get("x-webhook-duplicate").unwrap(), "done");
/// assert_eq!(test::read_body(second).await, "");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
///
/// Without a verified delivery, which indicates a wrong order of middleware, no request reaches the handler:
///
/// ```
/// # use std::sync::Arc;
/// #
/// # use actix_web::{App, HttpResponse, test, web};
/// # use countersign::providers;
/// # use countersign_actix::Dedupe;
/// # use countersign_inbox::inline::Deduplicator;
/// # use countersign_inbox::MemoryStore;
/// # actix_web::rt::System::new().block_on(async {
/// # let store = Arc::new(MemoryStore::new(100_000));
/// # let dedupe = Deduplicator::builder(store, "messages", &providers::SVIX).build()?;
/// let hook = web::resource("/{tenant}/hook").wrap(Dedupe::new(dedupe)).route(web::post().to(HttpResponse::Ok));
/// let app = test::init_service(App::new().service(hook)).await;
///
/// let unverified = test::TestRequest::post().uri("/acme/hook").to_request();
/// assert_eq!(test::call_service(&app, unverified).await.status(), 500);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
///
/// A panic of the handler results in an [`Error`], because actix owns the request at that point. Middleware around
/// this one receives the error, and actix makes the response of it.
#[derive(Clone)]
#[must_use]
pub struct Dedupe {
    dedupe: Deduplicator,
}

impl Dedupe {
    /// Creates middleware for one endpoint. Create the [`Deduplicator`] outside the app factory, which runs once per
    /// worker.
    pub fn new(dedupe: Deduplicator) -> Self {
        Self { dedupe }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Dedupe
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = DedupeMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(DedupeMiddleware::new(service, self.dedupe.clone())))
    }
}

impl fmt::Debug for Dedupe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dedupe").field("dedupe", &self.dedupe).finish_non_exhaustive()
    }
}
