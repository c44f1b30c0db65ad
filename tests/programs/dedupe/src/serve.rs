//! The endpoint in axum and in actix.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::web;
use axum::http::StatusCode;
use axum::routing::post;
use countersign::receiver::Receiver;
use countersign_inbox::inline::Deduplicator;

use crate::handler::Handler;
use crate::signal::termination;

/// The address of the endpoint.
pub(crate) struct Place {
    pub(crate) addr: String,
    pub(crate) path: String,
}

pub(crate) async fn axum(
    place: &Place,
    receiver: Receiver,
    dedupe: Deduplicator,
    handler: Arc<Handler>,
) -> io::Result<()> {
    use countersign::Delivery;
    use countersign_inbox::inline::ClaimContext;
    use countersign_tower::{DedupeLayer, VerifyWebhookLayer};

    let handle =
        async move |delivery: Delivery, claim: ClaimContext| match handler.handle(&delivery, &claim).await {
            Ok(()) => StatusCode::OK,
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
    // The layer that was added last sees a request first.
    let route =
        post(handle).route_layer(DedupeLayer::new(dedupe)).route_layer(VerifyWebhookLayer::new(receiver));
    let app = axum::Router::new().route(&place.path, route);
    let listener =
        tokio::net::TcpListener::bind(&place.addr).await.map_err(|error| at(&place.addr, &error))?;
    let termination = termination()?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).with_graceful_shutdown(termination).await
}

pub(crate) async fn actix(
    place: &Place,
    receiver: Receiver,
    dedupe: Deduplicator,
    handler: Arc<Handler>,
) -> io::Result<()> {
    use countersign::Delivery;
    use countersign_actix::{Dedupe, ExpectHandler, VerifyWebhook};
    use countersign_inbox::inline::ClaimContext;

    let path = place.path.clone();
    // A sender is not asked for the body of a head that is refused. `HttpServer` would do without that.
    let expect = ExpectHandler::new().with_resource(&*path, VerifyWebhook::new(receiver.clone()));
    // Runs once per worker; the values created before are shared.
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
        let hook = web::resource(&*path).route(web::post().to(handle));
        // The middleware that was wrapped last sees a request first.
        let hook = hook.wrap(Dedupe::new(dedupe.clone())).wrap(VerifyWebhook::new(receiver.clone()));
        actix_web::App::new().service(hook)
    };
    let listener = TcpListener::bind(&place.addr).map_err(|error| at(&place.addr, &error))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    expect.listen(actix_web::dev::Server::build(), listener, app)?.run().await
}

fn at(addr: &str, error: &io::Error) -> io::Error {
    io::Error::other(format!("ADDR={addr}: {error}"))
}
