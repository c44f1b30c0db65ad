//! The same endpoint, twice.

use std::io;
use std::sync::Arc;

use actix_web::web;
use axum::http::StatusCode;
use axum::routing::post;
use countersign::receiver::Receiver;
use countersign_inbox::inline::Deduplicator;

use crate::handler::Handler;
use crate::signal::termination;

pub(crate) async fn axum(
    addr: &str,
    receiver: Receiver,
    dedupe: Deduplicator,
    handler: Arc<Handler>,
) -> io::Result<()> {
    use countersign_tower::{ClaimContext, DedupeLayer, Delivery, VerifyWebhookLayer};

    let handle =
        async move |delivery: Delivery, claim: ClaimContext| match handler.handle(&delivery, &claim).await {
            Ok(()) => StatusCode::OK,
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
    // The layer that was added last is the first to see a request.
    let route =
        post(handle).route_layer(DedupeLayer::new(dedupe)).route_layer(VerifyWebhookLayer::new(receiver));
    let app = axum::Router::new().route(PATH, route);
    let listener = tokio::net::TcpListener::bind(addr).await.map_err(|error| at(addr, &error))?;
    let termination = termination()?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).with_graceful_shutdown(termination).await
}

pub(crate) async fn actix(
    addr: &str,
    receiver: Receiver,
    dedupe: Deduplicator,
    handler: Arc<Handler>,
) -> io::Result<()> {
    use countersign_actix::{ClaimContext, Dedupe, Delivery, VerifyWebhook};

    // Runs once per worker; what was made before is shared.
    let app = move || {
        let handler = Arc::clone(&handler);
        let handle = move |delivery: Delivery, claim: ClaimContext| {
            let handler = Arc::clone(&handler);
            async move {
                match handler.handle(&delivery, &claim).await {
                    Ok(()) => actix_web::HttpResponse::Ok().finish(),
                    Err(_) => actix_web::HttpResponse::InternalServerError().finish(),
                }
            }
        };
        let hook = web::resource(PATH).route(web::post().to(handle));
        // What was wrapped last is the first to see a request.
        let hook = hook.wrap(Dedupe::new(dedupe.clone())).wrap(VerifyWebhook::new(receiver.clone()));
        actix_web::App::new().service(hook)
    };
    let server = actix_web::HttpServer::new(app).bind(addr).map_err(|error| at(addr, &error))?;
    for addr in server.addrs() {
        tracing::info!("listening on http://{addr}");
    }
    server.run().await
}

fn at(addr: &str, error: &io::Error) -> io::Error {
    io::Error::other(format!("ADDR={addr}: {error}"))
}

const PATH: &str = "/webhooks/proxiant";
