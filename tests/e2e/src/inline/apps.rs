use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::dev::{HttpServiceFactory, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode as ActixStatus;
use actix_web::test::init_service;
use actix_web::{HttpResponse, Route, web};
use axum::Router;
use axum::routing::{MethodRouter, post};
use bytes::Bytes;
use countersign::receiver::Receiver;
use countersign_actix::{Dedupe, VerifyWebhook};
use countersign_inbox::inline::{self, Deduplicator};
use countersign_tower::{DedupeLayer, VerifyWebhookLayer};
use http::{Response, StatusCode};
use http_body_util::Full;
use tower::ServiceBuilder;

use super::deliveries::PATH;
use super::handler::Handler;
use crate::frameworks::{actix, axum as axum_requests, tower as tower_requests};
use crate::{Answer, Request};

/// An app of any framework. Clones share it.
#[derive(Clone)]
pub struct App(Rc<dyn Fn(Request) -> Asking>);

/// A framework and a position in it: its name, and the constructor of an app with the handler inside both layers.
pub type Stack = (&'static str, fn(Receiver, Deduplicator, Handler) -> Making);

type Making = Pin<Box<dyn Future<Output = App>>>;
type Asking = Pin<Box<dyn Future<Output = Answer>>>;

impl App {
    /// Returns its response.
    pub async fn ask(&self, request: Request) -> Answer {
        (self.0)(request).await
    }

    /// Creates an app from its way to respond.
    pub fn new<F: Future<Output = Answer> + 'static>(ask: impl Fn(Request) -> F + 'static) -> Self {
        Self(Rc::new(move |request| Box::pin(ask(request))))
    }
}

/// Returns every framework and every position.
#[must_use]
pub fn stacks() -> [Stack; 7] {
    [
        ("axum Router::layer", |receiver, dedupe, handler| {
            let app = Router::new().route(PATH, axum_handler(handler)).layer(DedupeLayer::new(dedupe));
            axum_stack(app.layer(VerifyWebhookLayer::new(receiver)))
        }),
        ("axum Router::route_layer", |receiver, dedupe, handler| {
            let app = Router::new().route(PATH, axum_handler(handler)).route_layer(DedupeLayer::new(dedupe));
            axum_stack(app.route_layer(VerifyWebhookLayer::new(receiver)))
        }),
        ("axum MethodRouter::layer", |receiver, dedupe, handler| {
            axum_stack(axum_app(receiver, dedupe, handler))
        }),
        ("tower", tower_stack),
        ("actix App::wrap", |receiver, dedupe, handler| {
            let app = actix_web::App::new().service(web::resource(PATH).route(actix_route(handler)));
            actix_stack(app.wrap(Dedupe::new(dedupe)).wrap(VerifyWebhook::new(receiver)))
        }),
        ("actix Scope::wrap", |receiver, dedupe, handler| {
            let hook = web::resource("/hook").route(actix_route(handler));
            let scope = web::scope("/webhooks").service(hook).wrap(Dedupe::new(dedupe));
            actix_stack(actix_web::App::new().service(scope.wrap(VerifyWebhook::new(receiver))))
        }),
        ("actix Resource::wrap", |receiver, dedupe, handler| {
            actix_stack(actix_web::App::new().service(actix_app(receiver, dedupe, handler)))
        }),
    ]
}

/// Creates an app with `POST /webhooks/hook`, for servers.
pub fn axum_app(receiver: Receiver, dedupe: Deduplicator, handler: Handler) -> Router {
    let route: MethodRouter = axum_handler(handler).layer(DedupeLayer::new(dedupe));
    Router::new().route(PATH, route.layer(VerifyWebhookLayer::new(receiver)))
}

/// Creates the app for actix.
pub fn actix_app(
    receiver: Receiver,
    dedupe: Deduplicator,
    handler: Handler,
) -> impl HttpServiceFactory + 'static {
    let hook = web::resource(PATH).route(actix_route(handler));
    hook.wrap(Dedupe::new(dedupe)).wrap(VerifyWebhook::new(receiver))
}

fn axum_handler(handler: Handler) -> MethodRouter {
    post(async move |claim: countersign_inbox::inline::ClaimContext| {
        let status = handler.run(claim).await;
        (StatusCode::from_u16(status).unwrap(), HANDLED)
    })
}

fn axum_stack(app: Router) -> Making {
    Box::pin(async move { App::new(move |request| axum_requests::ask(app.clone(), request)) })
}

fn tower_stack(receiver: Receiver, dedupe: Deduplicator, handler: Handler) -> Making {
    let handle = move |request: http::Request<Full<Bytes>>| {
        let claim = request.extensions().get::<inline::ClaimContext>().cloned().expect("a claim");
        let handler = handler.clone();
        async move {
            let mut response = Response::new(Full::from(HANDLED));
            *response.status_mut() = StatusCode::from_u16(handler.run(claim).await).unwrap();
            Ok::<_, Infallible>(response)
        }
    };
    let service = ServiceBuilder::new()
        .layer(VerifyWebhookLayer::new(receiver).with_full_body())
        .layer(DedupeLayer::new(dedupe))
        .service_fn(handle);
    Box::pin(async move { App::new(move |request| tower_requests::ask(service.clone(), request)) })
}

fn actix_route(handler: Handler) -> Route {
    web::post().to(move |claim: countersign_inbox::inline::ClaimContext| {
        let handler = handler.clone();
        async move {
            let status = handler.run(claim).await;
            HttpResponse::build(ActixStatus::from_u16(status).unwrap()).body(HANDLED)
        }
    })
}

fn actix_stack<T, B>(app: actix_web::App<T>) -> Making
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    Box::pin(async move {
        let app = Rc::new(init_service(app).await);
        App::new(move |request| {
            let app = Rc::clone(&app);
            async move { actix::ask(&*app, request).await }
        })
    })
}

/// The handler's response body, for any status.
pub const HANDLED: &str = "handled";
