use std::ops::Deref;

use axum_core::extract::FromRequestParts;
use bytes::Bytes;
use http::request::Parts;

use super::ExtractError;
use super::delivery::verified;

/// The body as it was verified, byte for byte. Costs no copy, and leaves the body to other extractors.
///
/// ```
/// use countersign_tower::RawBody;
///
/// async fn handle(body: RawBody) -> String {
///     format!("{} bytes", body.len())
/// }
/// # axum::Router::<()>::new().route("/", axum::routing::post(handle));
/// ```
#[derive(Clone, Debug)]
pub struct RawBody(Bytes);

impl RawBody {
    /// The bytes.
    #[must_use]
    pub fn into_inner(self) -> Bytes {
        self.0
    }
}

impl Deref for RawBody {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for RawBody {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        verified(parts, "RawBody").map(|delivery| Self(delivery.body().clone()))
    }
}
