use std::ops::Deref;

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use super::ExtractError;

/// The verified delivery: id, type, timestamp, the key that matched, and the raw body.
///
/// ```
/// use countersign_tower::Delivery;
///
/// async fn handle(delivery: Delivery) -> String {
///     format!("{} from {}", delivery.body().len(), delivery.provider().name)
/// }
/// # axum::Router::<()>::new().route("/", axum::routing::post(handle));
/// ```
///
/// This is the extractor; the extensions of the request contain a [`countersign::Delivery`].
#[derive(Clone, Debug)]
pub struct Delivery(countersign::Delivery);

impl Delivery {
    /// Returns the delivery of the core crate.
    #[must_use]
    pub fn into_inner(self) -> countersign::Delivery {
        self.0
    }
}

impl Deref for Delivery {
    type Target = countersign::Delivery;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Delivery {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        verified(parts, "Delivery").cloned().map(Self)
    }
}

/// Returns the delivery that the middleware stored, for `extractor`.
pub(super) fn verified<'p>(
    parts: &'p Parts,
    extractor: &str,
) -> Result<&'p countersign::Delivery, ExtractError> {
    parts.extensions.get().ok_or_else(|| ExtractError::not_installed(extractor, NOT_INSTALLED))
}

const NOT_INSTALLED: &str = "no verified delivery: is `VerifyWebhookLayer` installed on this route?";
