use actix_web::{HttpRequest, HttpResponse};
use countersign::__private::to_actix;
use countersign::Delivery;
use countersign_inbox::{AcceptFuture, Acceptor, StoredHead};

use crate::verify::copy_headers;

/// Stores a verified delivery. If there is none, the extractor responds.
pub(super) async fn accept(acceptor: Acceptor, delivery: Delivery, req: HttpRequest) -> HttpResponse {
    let answer = begin(&acceptor, &delivery, &req).await;
    to_actix(acceptor.response(answer))
}

fn begin(acceptor: &Acceptor, delivery: &Delivery, req: &HttpRequest) -> AcceptFuture {
    let target = req.uri().path_and_query().map_or("/", |target| target.as_str());
    let head = StoredHead::new(req.method().as_str(), target, copy_headers(req.headers()));
    acceptor.accept(delivery, head)
}
