//! Compiles the layer with common stacks.

use std::convert::Infallible;

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use countersign_tower::{FullBody, ResponseFuture, VerifyWebhook, VerifyWebhookLayer};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

use crate::support::{echo, receiver};

fn layer() -> VerifyWebhookLayer {
    VerifyWebhookLayer::new(receiver())
}

#[test]
fn axum_routers_and_routes() {
    async fn handle(body: Bytes) -> Bytes {
        body
    }
    let inner = Router::new().route("/a", post(handle)).layer(layer());
    let _: Router = Router::new()
        .nest("/webhooks", inner)
        .route("/b", post(handle).layer(layer()))
        .route("/c", post(handle).route_layer(layer()))
        .route("/d", post(handle))
        .route_layer(layer())
        .layer(ServiceBuilder::new().layer(layer()));
}

#[test]
fn axum_with_state_and_as_a_service_within() {
    async fn handle(_: axum::extract::State<u8>) {}
    let service =
        ServiceBuilder::new().layer(layer()).service(service_fn(async |request: axum::extract::Request| {
            Ok::<_, Infallible>(Response::new(request.into_body()))
        }));
    let _: Router =
        Router::new().route("/", post(handle)).layer(layer()).with_state(1).route_service("/raw", service);
}

#[test]
fn a_service_builder_with_other_layers() {
    let service = ServiceBuilder::new()
        .concurrency_limit(8)
        .layer(layer())
        .map_request(|request: Request<Full<Bytes>>| request)
        .service(service_fn(echo::<Full<Bytes>>));
    drop(service.oneshot(Request::new(Full::default())));
}

#[test]
fn hyper_with_a_full_body() {
    fn is_for_hyper<T>(_: T)
    where
        T: Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>,
        T: Clone + Send + Sync + 'static,
        T::Future: Send,
    {
    }
    let service =
        ServiceBuilder::new().layer(layer().with_full_body()).service(service_fn(echo::<Full<Bytes>>));
    is_for_hyper(service);
}

#[test]
fn types_are_send_and_sync_where_the_service_inside_is() {
    fn send_sync_clone<T: Send + Sync + Clone + 'static>() {}
    fn send<T: Send>() {}
    send_sync_clone::<VerifyWebhookLayer>();
    send_sync_clone::<VerifyWebhookLayer<FullBody>>();
    send_sync_clone::<VerifyWebhook<()>>();
    send_sync_clone::<VerifyWebhook<(), FullBody>>();
    send::<ResponseFuture<(), std::future::Ready<()>, Full<Bytes>, FullBody>>();
}

#[test]
fn a_service_inside_need_not_be_send() {
    let local = std::rc::Rc::new(());
    let service = ServiceBuilder::new().layer(layer()).service(service_fn(move |_: Request<Full<Bytes>>| {
        let local = local.clone();
        async move {
            drop(local);
            Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
        }
    }));
    drop(service.oneshot(Request::new(Full::default())));
}
