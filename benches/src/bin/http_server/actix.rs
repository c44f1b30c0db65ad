//! actix-web: bare, with the middleware, and with a typical hand-written check in the handler.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Resource, rt, web};
use bytes::Bytes;
use countersign::{RawBody, Verifier};
use countersign_actix::VerifyWebhook;
use countersign_benches::handwritten::Signed;

use crate::{LIMIT, announce, hash, sender, usage};

pub(crate) fn serve(middleware: &str) {
    let choice = match middleware {
        "bare" => Choice::Bare,
        "hash" => Choice::Hash,
        "countersign" => Choice::Countersign(sender().verifier()),
        "handwritten" => Choice::Handwritten(sender().key()),
        other => usage(other),
    };
    rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let app = App::new().app_data(web::PayloadConfig::new(LIMIT));
            match choice.clone() {
                Choice::Bare => app.service(root().post(handle)),
                Choice::Hash => app.service(root().post(hash_and_handle)),
                Choice::Handwritten(key) => {
                    app.service(root().app_data(web::Data::new(key)).post(check_and_handle))
                }
                Choice::Countersign(verifier) => {
                    app.service(root().wrap(VerifyWebhook::new(verifier)).post(handle_verified))
                }
            }
        });
        let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
        announce(*server.addrs().first().unwrap());
        server.run().await.unwrap();
    });
}

#[derive(Clone)]
enum Choice {
    Bare,
    Hash,
    Countersign(Verifier),
    Handwritten(Vec<u8>),
}

fn root() -> Resource {
    web::resource("/")
}

async fn handle(body: Bytes) -> HttpResponse {
    std::hint::black_box(body);
    HttpResponse::NoContent().finish()
}

async fn handle_verified(body: RawBody) -> HttpResponse {
    handle(body.into_inner()).await
}

async fn hash_and_handle(body: Bytes) -> HttpResponse {
    hash(&body);
    handle(body).await
}

async fn check_and_handle(request: HttpRequest, key: web::Data<Vec<u8>>, body: Bytes) -> HttpResponse {
    let signed = Signed::from_headers(|name| request.headers().get(name)?.to_str().ok());
    if !signed.is_some_and(|signed| signed.is_right(&key, &body)) {
        return HttpResponse::Unauthorized().finish();
    }
    handle(body).await
}
