use axum_core::body::Body;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use super::{ExtractError, RawBody};
use crate::adapter::{NotVerified, VerifiedBy};
use crate::delivery::Delivery;
use crate::event::{Event, EventCatalog};

impl<S: Sync> FromRequestParts<S> for Delivery {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ExtractError> {
        verified(parts, "Delivery").cloned()
    }
}

impl<T: EventCatalog, S: Sync> FromRequestParts<S> for Event<T> {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ExtractError> {
        let delivery = verified(parts, "Event")?;
        Self::decode(delivery.clone()).map_err(|error| {
            let receiver = parts.extensions.get().map(|VerifiedBy(receiver)| receiver.clone());
            ExtractError::not_decoded(error, &delivery.provider().slug, receiver)
        })
    }
}

impl<S: Sync> FromRequestParts<S> for RawBody {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ExtractError> {
        verified(parts, "RawBody").map(|delivery| Self(delivery.body().clone()))
    }
}

impl IntoResponse for ExtractError {
    fn into_response(self) -> Response {
        self.response().map(Body::from)
    }
}

/// `None` at a receiver that only observes, if the request did not verify.
impl<S: Sync> OptionalFromRequestParts<S> for Delivery {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, ExtractError> {
        match is_observed(parts) {
            true => Ok(None),
            false => <Self as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some),
        }
    }
}

/// `None` at a receiver that only observes, if the request did not verify.
impl<T: EventCatalog, S: Sync> OptionalFromRequestParts<S> for Event<T> {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, ExtractError> {
        match is_observed(parts) {
            true => Ok(None),
            false => <Self as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some),
        }
    }
}

fn is_observed(parts: &Parts) -> bool {
    parts.extensions.get::<NotVerified>().is_some()
}

/// Returns the delivery that the layer stored, for `extractor`.
fn verified<'p>(parts: &'p Parts, extractor: &str) -> Result<&'p Delivery, ExtractError> {
    parts.extensions.get().ok_or_else(|| match parts.extensions.get() {
        Some(NotVerified(kind)) => ExtractError::not_verified(*kind),
        None => ExtractError::not_installed(extractor, None, NOT_INSTALLED),
    })
}

const NOT_INSTALLED: &str = "no verified delivery: is `VerifyWebhookLayer` installed on this route?";
