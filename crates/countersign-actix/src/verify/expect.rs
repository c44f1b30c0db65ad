//! Only for actix: hyper asks for a body when it is first polled, which the tower layer does after it checked the head.

use std::fmt;
use std::future::{Ready, ready};
use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_http::{HttpService, Request};
use actix_server::ServerBuilder;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, ResourceDef, Response, Service, ServiceFactory, Url, always_ready};
use actix_web::error::InternalError;
use actix_web::{Error, HttpResponse};

use super::layer::VerifyWebhook;

/// Refuses requests whose head is out of order before the server asks for their body.
///
/// A sender of `Expect: 100-continue` waits for `100 Continue` before it transmits the body. actix writes that line before
/// any middleware is called, and its `HttpServer` has no way to set another `expect` service. A server that is built with
/// [`listen`](Self::listen) calls this one first: a missing or malformed signature, a stale timestamp or an announced
/// length above the limit is answered at once, without `100 Continue`.
///
/// ```no_run
/// use actix_web::{App, web};
/// use actix_web::dev::Server;
/// use countersign::{Secret, Verifier, providers};
/// use countersign_actix::{ExpectHandler, VerifyWebhook};
///
/// #[actix_web::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let verifier = Verifier::new(&providers::STRIPE, Secret::new("whsec_of_yours")?)?;
///     let verify = VerifyWebhook::new(verifier);
///     let expect = ExpectHandler::new().with_resource("/hook", verify.clone());
///     let app = move || App::new().service(web::resource("/hook").wrap(verify.clone()).to(|| async { "handled" }));
///     let listener = std::net::TcpListener::bind("127.0.0.1:8080")?;
///     expect.listen(Server::build(), listener, app)?.run().await?;
///     Ok(())
/// }
/// ```
///
/// Settings of `HttpServer` that are not those of the builder (timeouts, TLS) need a service of your own: build it with
/// `actix_http::HttpService::build().expect(handler)`.
#[derive(Clone, Default)]
#[must_use]
pub struct ExpectHandler {
    resources: Vec<Arc<(ResourceDef, VerifyWebhook)>>,
}

impl ExpectHandler {
    /// Creates a handler that refuses nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks the heads of requests to a path, as the middleware around its resource does. The path is a pattern as that of
    /// [`web::resource`](actix_web::web::resource), with those of its scopes in front.
    pub fn with_resource(mut self, path: impl Into<String>, verify: VerifyWebhook) -> Self {
        self.resources.push(Arc::new((ResourceDef::new(path.into()), verify)));
        self
    }

    /// Checks the heads of requests to the path of an inbox that is a service of the app itself, not of a scope.
    #[cfg(feature = "inbox")]
    pub fn with_inbox(self, inbox: &crate::InboxService) -> Self {
        let (path, verify) = inbox.resource();
        self.with_resource(path, verify)
    }

    /// Serves an app as `HttpServer` does, in each worker of a server. The app is built once per worker.
    ///
    /// # Errors
    ///
    /// [`io::Error`]: that of [`ServerBuilder::listen`].
    pub fn listen<F, I, S, B>(
        self,
        server: ServerBuilder,
        listener: TcpListener,
        app: F,
    ) -> io::Result<ServerBuilder>
    where
        F: Fn() -> I + Clone + Send + 'static,
        I: IntoServiceFactory<S, Request>,
        S: ServiceFactory<Request, Config = AppConfig> + 'static,
        S::Error: Into<Error> + 'static,
        S::InitError: fmt::Debug,
        S::Response: Into<Response<B>> + 'static,
        S::Service: 'static,
        <S::Service as Service<Request>>::Future: 'static,
        B: MessageBody + 'static,
    {
        let address = listener.local_addr()?;
        server.listen(format!("countersign-actix-{address}"), listener, move || {
            let app = app().into_factory().map_err(|error| Response::from(error.into().error_response()));
            let app = map_config(app, |()| AppConfig::default());
            HttpService::build().local_addr(address).expect(self.clone()).finish(app).tcp()
        })
    }

    fn refusal(&self, request: &Request) -> Option<HttpResponse> {
        // Decoded as the router of the app decodes it.
        let url = Url::new(request.head().uri.clone());
        let found = self.resources.iter().find(|resource| resource.0.is_match(url.path()))?;
        found.1.refusal(request.head())
    }
}

impl ServiceFactory<Request> for ExpectHandler {
    type Response = Request;
    type Error = Error;
    type Config = ();
    type Service = Self;
    type InitError = ();
    type Future = Ready<Result<Self, ()>>;

    fn new_service(&self, (): ()) -> Self::Future {
        ready(Ok(self.clone()))
    }
}

impl Service<Request> for ExpectHandler {
    type Response = Request;
    type Error = Error;
    type Future = Ready<Result<Request, Error>>;

    always_ready!();

    fn call(&self, request: Request) -> Self::Future {
        ready(match self.refusal(&request) {
            Some(refusal) => Err(InternalError::from_response("refused", refusal).into()),
            None => Ok(request),
        })
    }
}

impl fmt::Debug for ExpectHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resources = self.resources.iter().map(|resource| (resource.0.pattern(), &resource.1));
        f.debug_map().entries(resources).finish()
    }
}
