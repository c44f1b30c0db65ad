use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use bytes::Bytes;
use http::{Response, header};

/// Converts a response of the core crate into one of actix.
pub(crate) fn to_actix(response: Response<Bytes>) -> HttpResponse {
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
