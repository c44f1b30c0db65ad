//! Tests that the middlewares work between any others of actix-web: around an app, a scope and a resource.

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

#[cfg(feature = "inbox")]
fn dedupe() -> countersign_actix::Dedupe {
    use countersign_inbox::MemoryStore;
    use countersign_inbox::inline::Deduplicator;

    let store = std::sync::Arc::new(MemoryStore::new(100));
    let dedupe = Deduplicator::builder(store, "bills", &countersign::providers::preflix::PROVIDER).build();
    countersign_actix::Dedupe::new(dedupe.unwrap())
}

/// Creates a test per middleware: around the verifying one and inside it, and the same with a claim; on an app, a scope and a
/// resource.
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
            #[cfg(feature = "inbox")]
            {
                macro_rules! check_once {
                    ($app:expr) => {
                        let app = init_service($app).await;
                        assert_eq!(send(&app, signed(BODY)).await, (200, "evt_1".to_owned()));
                        let again = actix_web::test::call_service(&app, signed(BODY).to_request()).await;
                        let state = again.headers().get("x-webhook-duplicate");
                        assert_eq!((again.status().as_u16(), state.unwrap().as_bytes()), (200, &b"done"[..]));
                        assert_eq!(
                            send(&app, signed(BODY).set_payload("{}")).await,
                            problem("signature_mismatch", 401)
                        );
                    };
                }
                // Around both, between them, and inside of both.
                check_once!(App::new().wrap(dedupe()).wrap(verify()).wrap($middleware).service(hook()));
                check_once!(App::new().wrap(dedupe()).wrap($middleware).wrap(verify()).service(hook()));
                check_once!(App::new().wrap($middleware).wrap(dedupe()).wrap(verify()).service(hook()));
                let scope = || web::scope("");
                check_once!(App::new().service(scope().wrap(dedupe()).wrap(verify()).wrap($middleware).service(hook())));
                check_once!(App::new().service(scope().wrap(dedupe()).wrap($middleware).wrap(verify()).service(hook())));
                check_once!(App::new().service(scope().wrap($middleware).wrap(dedupe()).wrap(verify()).service(hook())));
                check_once!(App::new().service(hook().wrap(dedupe()).wrap(verify()).wrap($middleware)));
                check_once!(App::new().service(hook().wrap(dedupe()).wrap($middleware).wrap(verify())));
                check_once!(App::new().service(hook().wrap($middleware).wrap(dedupe()).wrap(verify())));
            }
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
