//! The scope for actix-web.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse, Scope};
use bytes::Bytes;
use http::request::Parts;

use crate::console::Console;

impl Console {
    /// Returns a scope, to be mounted with `App::service` at this path, such as `/ops`.
    pub fn scope(&self, path: &str) -> Scope {
        let console = self.clone();
        web::scope(path).default_service(web::to(move |request: HttpRequest, payload: Payload| {
            let console = console.clone();
            async move { serve(&console, &request, payload).await }
        }))
    }
}

async fn serve(console: &Console, request: &HttpRequest, payload: Payload) -> HttpResponse {
    let Some(head) = head(request) else { return HttpResponse::BadRequest().finish() };
    let path = request.match_info().unprocessed().to_owned();
    let body = async {
        match payload.to_bytes_limited(Console::MAX_FORM_BYTES).await {
            Ok(Ok(body)) => Some(body),
            // A body that did not arrive is no form.
            Ok(Err(_)) => Some(Bytes::new()),
            Err(_) => None,
        }
    };
    let response = console.respond(&path, &head, body).await;
    let (parts, body) = response.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in &parts.headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.append_header((name, value));
        }
    }
    response.body(body)
}

/// Returns the head of a request in the types that policies see: actix has its own.
fn head(request: &HttpRequest) -> Option<Parts> {
    let mut builder = http::Request::builder()
        .method(request.method().as_str())
        .uri(request.uri().path_and_query().map_or("/", |target| target.as_str()));
    for (name, value) in request.headers() {
        builder = builder.header(name.as_str(), value.as_bytes());
    }
    builder.body(()).ok().map(|request| request.into_parts().0)
}
