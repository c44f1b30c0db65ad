use std::future::{Ready, ready};

use actix_web::HttpResponse;
use actix_web::body::EitherBody;
use actix_web::dev::{RequestHead, Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::ConnectionType;
use countersign::__private::to_actix;
use countersign::receiver::Receiver;
use countersign::{__private, ConfigError};

use super::service::VerifyWebhookMiddleware;

/// Middleware that verifies a request before the wrapped services run. See the [crate documentation](crate).
///
/// For [`App::wrap`](actix_web::App::wrap), [`Scope::wrap`](actix_web::Scope::wrap) and
/// [`Resource::wrap`](actix_web::Resource::wrap). With the defaults:
///
/// ```
/// use actix_web::{App, test, web};
/// use countersign::{Delivery, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
/// use countersign_actix::VerifyWebhook;
///
/// # actix_web::rt::System::new().block_on(async {
/// let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let verifier = Verifier::new(&providers::SVIX, secret.clone())?;
/// let hook = web::resource("/hook")
///     .wrap(VerifyWebhook::new(verifier))
///     .route(web::post().to(async |delivery: Delivery| delivery.id().unwrap().as_str().to_owned()));
/// let app = test::init_service(App::new().service(hook)).await;
///
/// let now = UnixTime::from(std::time::SystemTime::now());
/// let signing = SigningRequest::new("{}", now).with_id("msg_1");
/// let headers = Signer::new(&providers::SVIX, secret)?.sign(&signing)?;
/// let signed = |body: &'static str| {
///     headers.iter().fold(test::TestRequest::post().uri("/hook").set_payload(body), |request, (name, value)| {
///         request.insert_header((name.as_str(), value.as_bytes()))
///     })
/// };
///
/// let accepted = test::call_service(&app, signed("{}").to_request()).await;
/// assert_eq!(accepted.status(), 200);
/// let tampered = test::call_service(&app, signed("[]").to_request()).await;
/// assert_eq!(tampered.status(), 401);
/// assert_eq!(test::read_body(tampered).await, r#"{"title":"signature_mismatch","status":401}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
///
/// With options, for a whole scope:
///
/// ```
/// use actix_web::{App, HttpResponse, test, web};
/// use countersign::receiver::{Budget, Receiver, RejectionBody};
/// use countersign::{Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
/// use countersign_actix::VerifyWebhook;
///
/// # actix_web::rt::System::new().block_on(async {
/// let secret = Secret::new("an endpoint secret")?;
/// let verifier = Verifier::new(&providers::preflix::PROVIDER, secret.clone())?;
/// let receiver = Receiver::builder(verifier)
///     .with_body_limit(16)
///     .with_budget(Budget::new(16 << 20))
///     .with_rejection_body(|problem| RejectionBody::text(problem.title()))
///     .build()?;
/// let hooks = web::scope("/hooks")
///     .wrap(VerifyWebhook::new(receiver))
///     .route("/preflix", web::post().to(HttpResponse::NoContent));
/// let app = test::init_service(App::new().service(hooks)).await;
///
/// let signer = Signer::new(&providers::preflix::PROVIDER, secret)?;
/// let signed = |body: &'static str| {
///     let now = UnixTime::from(std::time::SystemTime::now());
///     let headers = signer.sign(&SigningRequest::new(body, now)).unwrap();
///     let request = test::TestRequest::post().uri("/hooks/preflix").set_payload(body);
///     headers.iter().fold(request, |request, (name, value)| {
///         request.insert_header((name.as_str(), value.as_bytes()))
///     })
/// };
///
/// let accepted = test::call_service(&app, signed("16 bytes or less").to_request()).await;
/// assert_eq!(accepted.status(), 204);
/// let too_large = test::call_service(&app, signed("more than 16 bytes").to_request()).await;
/// assert_eq!(too_large.status(), 413);
/// assert_eq!(test::read_body(too_large).await, "payload_too_large");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct VerifyWebhook {
    receiver: Receiver,
}

impl VerifyWebhook {
    /// Creates middleware that verifies with this receiver; a [`Verifier`](countersign::Verifier) converts into a
    /// receiver with the defaults.
    ///
    /// Create the receiver once and clone it into the app factory: its workers then share one budget.
    ///
    /// # Panics
    ///
    /// If [`Receiver::check`] refuses the receiver: a configuration error is detected at start-up instead of by the
    /// first delivery. App factories run in the threads of a server, where a panic is easily overlooked: call
    /// `Receiver::check` before, or create the middleware with [`try_new`](Self::try_new) outside, and clone it.
    // A panic by contract: it is documented, happens at start-up, and `try_new` returns the error instead.
    #[expect(clippy::panic, reason = "documented, at start-up; `try_new` returns the error")]
    #[track_caller]
    pub fn new(receiver: impl Into<Receiver>) -> Self {
        match Self::try_new(receiver) {
            Ok(middleware) => middleware,
            Err(error) => panic!("{error}"),
        }
    }

    /// Builds the middleware, and returns an error where [`new`](Self::new) panics.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] of [`Receiver::check`].
    pub fn try_new(receiver: impl Into<Receiver>) -> Result<Self, ConfigError> {
        let receiver = receiver.into();
        receiver.check()?;
        Ok(Self { receiver })
    }
}

impl VerifyWebhook {
    /// Returns the rejection of a request with an invalid head, for the `expect` service of a server. `None` means
    /// that the request continues.
    ///
    /// [`ExpectHandler`](crate::ExpectHandler) calls it, and builds the server. actix answers `Expect: 100-continue`
    /// before any middleware is called: a plain `HttpServer` always writes `100 Continue`, so that a sender transmits a
    /// body that is then rejected. The rejection follows at once, and closes the connection. (actix-http calls an `expect`
    /// service with the head first; `HttpServer` sets none and has no way to set one.)
    #[must_use]
    pub fn refusal(&self, head: &RequestHead) -> Option<HttpResponse> {
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        let rejection = self.receiver.check_head(head.method.as_str(), target, head.headers()).err()?;
        __private::rejected(self.receiver.provider(), &rejection);
        let mut response = to_actix(self.receiver.answer(&rejection));
        // It is unknown whether the sender transmits its body nevertheless.
        response.head_mut().set_connection_type(ConnectionType::Close);
        Some(response)
    }
}

impl<S, B> Transform<S, ServiceRequest> for VerifyWebhook
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>> + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = S::Error;
    type Transform = VerifyWebhookMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(VerifyWebhookMiddleware::new(service, self.receiver.clone())))
    }
}
