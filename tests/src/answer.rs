use bytes::Bytes;
use countersign::{Delivery, Field};
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Response};
use serde::Serialize;

/// What a framework answered.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, without those that a framework adds to an answer of anybody: the length, and what is allowed.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    pub(crate) fn new(status: u16, mut headers: HeaderMap, body: Bytes) -> Self {
        headers.remove(ALLOW);
        headers.remove(CONTENT_LENGTH);
        Self { status, headers, body }
    }
}

/// What a handler was given, and replies with.
#[derive(Serialize)]
pub struct Reply<'d> {
    provider: &'d str,
    id: Option<&'d str>,
    id_signed: bool,
    event_type: Option<&'d str>,
    variant: Option<&'d str>,
    key: &'d str,
    body_bytes: usize,
}

impl<'d> Reply<'d> {
    /// The reply to a delivery, to be made in the same way from what was expected.
    #[must_use]
    pub fn new(
        provider: &'d str,
        [id, event_type, variant]: [Option<&'d str>; 3],
        id_signed: bool,
        key: &'d str,
        body_bytes: usize,
    ) -> Self {
        Self { provider, id, id_signed, event_type, variant, key, body_bytes }
    }

    /// What was in `delivery`. `body` and `headers` are what the handler got of the request from its framework.
    ///
    /// # Panics
    ///
    /// When the framework's body, or its length, is not the one that was verified.
    #[must_use]
    pub fn to(delivery: &'d Delivery, variant: Option<&'d str>, body: &Bytes, headers: &HeaderMap) -> Self {
        assert_eq!(body, delivery.body(), "the body in the handler is another one than was verified");
        assert_eq!(headers.get(CONTENT_LENGTH), Some(&HeaderValue::from(body.len())), "the length is wrong");
        assert!(!headers.contains_key(TRANSFER_ENCODING), "two lengths: the body is not in chunks any more");
        let (id, event_type) = (delivery.id(), delivery.event_type());
        Self::new(
            &delivery.provider().slug,
            [id.map(Field::as_str), event_type.map(Field::as_str), variant],
            id.is_some_and(Field::is_signed),
            delivery.key(),
            body.len(),
        )
    }

    /// As a body.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        serde_json::to_vec(self).unwrap().into()
    }

    /// As a response.
    #[must_use]
    pub fn to_response(&self) -> Response<Bytes> {
        Response::builder().header(CONTENT_TYPE, Self::CONTENT_TYPE).body(self.to_bytes()).unwrap()
    }

    /// Its content type.
    pub const CONTENT_TYPE: &'static str = "application/json";
}
