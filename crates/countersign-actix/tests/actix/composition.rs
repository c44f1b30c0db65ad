//! Tests that the middleware works between any other middleware of actix-web: around an app, a scope and a
//! resource.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{
    Compat, Compress, Condition, DefaultHeaders, ErrorHandlers, Identity, Logger, Next, NormalizePath,
    from_fn,
};
use actix_web::test::init_service;
use actix_web::{App, Error, web};
use countersign::Delivery;
use countersign_actix::VerifyWebhook;

use crate::support::{BODY, problem, receiver, send, signed};

async fn id(delivery: Delivery) -> String {
    delivery.id().unwrap().as_str().to_owned()
}

async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    next.call(request).await
}

/// Creates a test per middleware: around the verifying one and inside it; on an app, a scope and a resource.
macro_rules! composes {
    ($($name:ident: $middleware:expr;)*) => {
        $(#[actix_web::test]
        async fn $name() {
            let verify = || VerifyWebhook::new(receiver());
            let hook = || web::resource("/hook").route(web::post().to(id));
            macro_rules! check {
                ($app:expr) => {
                    let app = init_service($app).await;
                    assert_eq!(send(&app, signed(BODY)).await, (200, "evt_1".to_owned()));
                    assert_eq!(
                        send(&app, signed(BODY).set_payload("{}")).await,
                        problem("signature_mismatch", 401)
                    );
                };
            }
            // actix runs the middleware that was wrapped last first.
            check!(App::new().wrap(verify()).wrap($middleware).service(hook()));
            check!(App::new().wrap($middleware).wrap(verify()).service(hook()));
            check!(App::new().service(web::scope("").wrap(verify()).wrap($middleware).service(hook())));
            check!(App::new().service(web::scope("").wrap($middleware).wrap(verify()).service(hook())));
            check!(App::new().service(hook().wrap(verify()).wrap($middleware)));
            check!(App::new().service(hook().wrap($middleware).wrap(verify())));
            check!(App::new().wrap($middleware).service(web::scope("").wrap(verify()).service(hook())));
        })*
    };
}

composes! {
    logger: Logger::default();
    compress: Compress::default();
    normalize_path: NormalizePath::trim();
    default_headers: DefaultHeaders::new().add(("server", "a"));
    error_handlers: ErrorHandlers::new();
    function: from_fn(pass);
    condition: Condition::new(true, Logger::default());
    compat: Compat::new(Compress::default());
    identity: Identity::default();
}
