use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use countersign_inbox::inline;

use crate::ExtractError;

/// The claim of a handler, as a handler argument: its idempotency key, its fencing token, and its cancellation.
///
/// ```
/// use countersign_actix::ClaimContext;
///
/// async fn handle(claim: ClaimContext) -> String {
///     // For a service that detects duplicates by it.
///     claim.idempotency_key()
/// }
/// # actix_web::web::post().to(handle);
/// ```
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

    fn deref(&self) -> &inline::ClaimContext {
        &self.0
    }
}

impl FromRequest for ClaimContext {
    type Error = ExtractError;
    type Future = Ready<Result<Self, ExtractError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = req.extensions().get().cloned();
        ready(found.map(Self).ok_or_else(|| ExtractError::not_installed("ClaimContext", req, NOT_INSTALLED)))
    }
}

const NOT_INSTALLED: &str = "no claim on this route: is `Dedupe` installed on this app, scope or resource?";
