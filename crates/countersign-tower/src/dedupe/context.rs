use std::ops::Deref;

use axum_core::extract::FromRequestParts;
use countersign_inbox::inline;
use http::request::Parts;

use crate::ExtractError;

/// The claim of a handler: its idempotency key, its fencing token, and its cancellation.
///
/// ```
/// use countersign_tower::ClaimContext;
///
/// async fn handle(claim: ClaimContext) {
///     let key = claim.idempotency_key();
///     tokio::select! {
///         () = pay(&key) => {}
///         () = claim.cancelled().cancelled() => { /* the lease is lost: stop */ }
///     }
/// }
///
/// async fn pay(_idempotency_key: &str) {}
/// # axum::Router::<()>::new().route("/", axum::routing::post(handle));
/// ```
///
/// This is the extractor; the extensions of the request contain an [`inline::ClaimContext`].
#[derive(Clone, Debug)]
pub struct ClaimContext(inline::ClaimContext);

impl ClaimContext {
    /// Returns the context without the extractor.
    #[must_use]
    pub fn into_inner(self) -> inline::ClaimContext {
        self.0
    }
}

impl Deref for ClaimContext {
    type Target = inline::ClaimContext;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for ClaimContext {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let found = parts.extensions.get().cloned();
        found.map(Self).ok_or_else(|| ExtractError::not_installed("ClaimContext", NOT_INSTALLED))
    }
}

const NOT_INSTALLED: &str = "no claim: is `DedupeLayer` installed on this route?";
