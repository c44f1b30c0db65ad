use bytes::Bytes;
use countersign::{Delivery, Field};
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Response};
use serde::Serialize;

/// The response of a framework.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, without those that a framework adds to all responses: the length, and the allowed methods.
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

/// The inputs of a handler, which it sends back.
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
    /// Creates the expected reply to a delivery, in the same form.
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

    /// Creates the reply with the contents of `delivery`. `body` and `headers` are those that the framework passed
    /// to the handler.
    ///
    /// # Panics
    ///
    /// If the framework's body or length differs from the verified one.
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

    /// Returns the reply as a body.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        serde_json::to_vec(self).unwrap().into()
    }

    /// Returns the reply as a response.
    #[must_use]
    pub fn to_response(&self) -> Response<Bytes> {
        Response::builder().header(CONTENT_TYPE, Self::CONTENT_TYPE).body(self.to_bytes()).unwrap()
    }

    /// The content type of a reply.
    pub const CONTENT_TYPE: &'static str = "application/json";
}
