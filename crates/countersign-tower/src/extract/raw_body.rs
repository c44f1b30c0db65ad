use std::fmt;
use std::ops::Deref;

use axum_core::extract::FromRequestParts;
use bytes::Bytes;
use http::request::Parts;

use super::ExtractError;
use super::delivery::verified;

/// The verified body, byte for byte. Needs no copy, and leaves the body to other extractors.
///
/// ```
/// use countersign_tower::RawBody;
///
/// async fn handle(body: RawBody) -> String {
///     format!("{} bytes", body.len())
/// }
/// # axum::Router::<()>::new().route("/", axum::routing::post(handle));
/// ```
#[derive(Clone)]
pub struct RawBody(Bytes);

impl fmt::Debug for RawBody {
    /// Shows the length only: the body may contain anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawBody").field("bytes", &self.0.len()).finish()
    }
}

impl RawBody {
    /// Returns the bytes.
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
