//! An endpoint that accepts only `POST`, with the middleware in every possible position.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::test::init_service;
use actix_web::{App, web};
use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use countersign::receiver::Receiver;
use countersign_actix::VerifyWebhook;
use countersign_tower::VerifyWebhookLayer;
use http::Response;
use http_body_util::Full;
use tower::ServiceBuilder;

use crate::frameworks::{actix, axum as axum_app, tower as tower_service};
use crate::{Answer, Request};

/// Counts the runs of a handler.
#[derive(Clone, Debug, Default)]
pub struct Runs(Arc<AtomicUsize>);

impl Runs {
    /// Returns the number of runs.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self) -> &'static str {
        self.0.fetch_add(1, Ordering::Relaxed);
        HANDLED
    }
}

/// The handler's response body.
pub const HANDLED: &str = "handled";

/// Sends the request to all positions. Returns their names, their responses, and the number of runs of the handler.
pub async fn ask_all(receiver: &Receiver, request: &Request) -> Vec<(&'static str, Answer, usize)> {
    vec![
        ask("axum Router::layer", receiver, request, router_layer).await,
        ask("axum Router::route_layer", receiver, request, router_route_layer).await,
        ask("axum MethodRouter::layer", receiver, request, method_router_layer).await,
        ask("tower", receiver, request, tower).await,
        ask("actix App::wrap", receiver, request, app_wrap).await,
        ask("actix Scope::wrap", receiver, request, scope_wrap).await,
        ask("actix Resource::wrap", receiver, request, resource_wrap).await,
    ]
}

/// Sends the request to the one position that receives only the methods of the route.
pub async fn method_router_route_layer(receiver: Receiver, request: Request, runs: Runs) -> Answer {
    let route = post(async move || runs.add()).route_layer(VerifyWebhookLayer::new(receiver));
    axum_app::ask(Router::new().route(PATH, route), request).await
}

async fn ask<F: Future<Output = Answer>>(
    stack: &'static str,
    receiver: &Receiver,
    request: &Request,
    app: fn(Receiver, Request, Runs) -> F,
) -> (&'static str, Answer, usize) {
    let runs = Runs::default();
    let answer = app(receiver.clone(), request.clone(), runs.clone()).await;
    (stack, answer, runs.count())
}

async fn router_layer(receiver: Receiver, request: Request, runs: Runs) -> Answer {
    let app = Router::new().route(PATH, post(async move || runs.add()));
    axum_app::ask(app.layer(VerifyWebhookLayer::new(receiver)), request).await
}

async fn router_route_layer(receiver: Receiver, request: Request, runs: Runs) -> Answer {
    let app = Router::new().route(PATH, post(async move || runs.add()));
    axum_app::ask(app.route_layer(VerifyWebhookLayer::new(receiver)), request).await
}

async fn method_router_layer(receiver: Receiver, request: Request, runs: Runs) -> Answer {
    let route = post(async move || runs.add()).layer(VerifyWebhookLayer::new(receiver));
    axum_app::ask(Router::new().route(PATH, route), request).await
}

async fn tower(receiver: Receiver, request: Request, runs: Runs) -> Answer {
    let layer = VerifyWebhookLayer::new(receiver).with_full_body();
    let service = ServiceBuilder::new().layer(layer).service_fn(move |_: http::Request<Full<Bytes>>| {
        let response = Response::new(Full::from(runs.add()));
        async move { Ok::<_, Infallible>(response) }
    });
    tower_service::ask(service, request).await
}

async fn app_wrap(receiver: Receiver, request: Request, runs: Runs) -> Answer {
    let hook = web::resource(PATH).route(web::post().to(move || handle(runs.clone())));
    actix::ask(&init_service(App::new().service(hook).wrap(VerifyWebhook::new(receiver))).await, request)
        .await
}

async fn scope_wrap(receiver: Receiver, request: Request, runs: Runs) -> Answer {
    let hook = web::resource("/hook").route(web::post().to(move || handle(runs.clone())));
    let scope = web::scope("/webhooks").service(hook).wrap(VerifyWebhook::new(receiver));
    actix::ask(&init_service(App::new().service(scope)).await, request).await
}

async fn resource_wrap(receiver: Receiver, request: Request, runs: Runs) -> Answer {
    let hook = web::resource(PATH).route(web::post().to(move || handle(runs.clone())));
    let hook = hook.wrap(VerifyWebhook::new(receiver));
    actix::ask(&init_service(App::new().service(hook)).await, request).await
}

async fn handle(runs: Runs) -> &'static str {
    runs.add()
}

const PATH: &str = "/webhooks/hook";
