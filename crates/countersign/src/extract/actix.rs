//! Extractors for actix-web.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use bytes::Bytes;
use http::{Response, header};

use super::{ExtractError, RawBody};
use crate::adapter::{NotVerified, VerifiedBy};
use crate::delivery::Delivery;
use crate::event::{Event, EventCatalog};
use crate::head::Headers;

impl FromRequest for Delivery {
    type Error = ExtractError;
    type Future = Ready<Result<Self, ExtractError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(req, "Delivery"))
    }
}

impl<T: EventCatalog> FromRequest for Event<T> {
    type Error = ExtractError;
    type Future = Ready<Result<Self, ExtractError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(req, "Event").and_then(|delivery| {
            Self::decode(delivery.clone()).map_err(|error| {
                let receiver = req.extensions().get().map(|VerifiedBy(receiver)| receiver.clone());
                ExtractError::not_decoded(error, &delivery.provider().slug, receiver)
            })
        }))
    }
}

impl FromRequest for RawBody {
    type Error = ExtractError;
    type Future = Ready<Result<Self, ExtractError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(req, "RawBody").map(|delivery| Self(delivery.body().clone())))
    }
}

impl ResponseError for ExtractError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind().status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        to_actix(self.response())
    }
}

impl Headers for actix_web::http::header::HeaderMap {
    fn for_each<'h>(&'h self, mut each: impl FnMut(&'h str, &'h [u8])) {
        for (name, value) in self {
            each(name.as_str(), value.as_bytes());
        }
    }
}

/// Converts a response of this crate into one of actix-web.
#[must_use]
pub fn to_actix(response: Response<Bytes>) -> HttpResponse {
    let (parts, body) = response.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::with_body(status, body);
    for (name, value) in &parts.headers {
        if name == header::CONNECTION {
            // actix writes this header itself, and ignores one that is set here.
            if value.as_bytes().eq_ignore_ascii_case(b"close") {
                answer.head_mut().set_connection_type(ConnectionType::Close);
            }
            continue;
        }
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            answer.headers_mut().append(name, value);
        }
    }
    answer.map_into_boxed_body()
}

/// Returns the delivery that the middleware stored, for `extractor`.
fn verified(req: &HttpRequest, extractor: &str) -> Result<Delivery, ExtractError> {
    let extensions = req.extensions();
    extensions.get::<Delivery>().cloned().ok_or_else(|| match extensions.get() {
        Some(NotVerified(kind)) => ExtractError::not_verified(*kind),
        None => ExtractError::not_installed(extractor, req.match_pattern().as_deref(), NOT_INSTALLED),
    })
}

const NOT_INSTALLED: &str =
    "no verified delivery on this route: is `VerifyWebhook` installed on this app, scope or resource?";
