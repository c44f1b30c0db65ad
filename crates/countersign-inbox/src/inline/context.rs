#[cfg(feature = "_actix")]
use std::future::{Ready, ready};
use std::sync::Arc;

#[cfg(any(feature = "_actix", feature = "_axum"))]
use countersign::ExtractError;
use tokio_util::sync::CancellationToken;

use crate::key::EventKey;
use crate::runtime::LeaseTimer;

/// The claim of a handler: its idempotency key, its fencing token, and its cancellation. An extractor of axum and
/// actix-web, and in the extensions of requests.
///
/// ```
/// use countersign_inbox::inline::ClaimContext;
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
/// ```
#[derive(Clone, Debug)]
pub struct ClaimContext {
    key: EventKey,
    fence: Option<u64>,
    is_suspect: bool,
    cancelled: CancellationToken,
    lease_timer: Option<Arc<LeaseTimer>>,
}

impl ClaimContext {
    pub(super) fn new(
        key: EventKey,
        fence: Option<u64>,
        is_suspect: bool,
        lease_timer: Option<Arc<LeaseTimer>>,
    ) -> Self {
        Self { key, fence, is_suspect, cancelled: CancellationToken::new(), lease_timer }
    }

    /// Returns the idempotency key: 64 hexadecimal digits, the same for all attempts at a delivery and for no other
    /// delivery. Pass it to services that detect duplicates. For a delivery without an id it is random.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        self.key.to_hex()
    }

    /// Returns the fencing token, which grows with each claim of the delivery: a service that stores it can reject
    /// lower ones. `None` for a delivery without an id, because nothing is claimed then.
    #[must_use]
    pub const fn fence(&self) -> Option<u64> {
        self.fence
    }

    /// Returns whether the signed bytes are known under another id; see
    /// [`UnsignedIds::Warn`](crate::UnsignedIds::Warn).
    #[must_use]
    pub const fn is_suspect(&self) -> bool {
        self.is_suspect
    }

    /// Returns the token that is cancelled when the lease is lost, before another process can take the delivery
    /// over: stop the remaining work, and respond with 5xx.
    #[must_use]
    pub const fn cancelled(&self) -> &CancellationToken {
        &self.cancelled
    }

    /// Returns whether the lease was confirmed recently enough that no other process can hold it. Check this before
    /// an effect: after a suspension of the process it is the first indication.
    #[must_use]
    pub fn has_lease(&self) -> bool {
        !self.cancelled.is_cancelled()
            && self.lease_timer.as_ref().is_none_or(|lease_timer| lease_timer.is_certain())
    }
}

#[cfg(feature = "_axum")]
impl<S: Sync> axum_core::extract::FromRequestParts<S> for ClaimContext {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut http::request::Parts, _state: &S) -> Result<Self, ExtractError> {
        let cure = "no claim: is `DedupeLayer` installed on this route?";
        let found = parts.extensions.get().cloned();
        found.ok_or_else(|| ExtractError::not_installed("ClaimContext", None, cure))
    }
}

#[cfg(feature = "_actix")]
impl actix_web::FromRequest for ClaimContext {
    type Error = ExtractError;
    type Future = Ready<Result<Self, ExtractError>>;

    fn from_request(req: &actix_web::HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let cure = "no claim on this route: is `Dedupe` installed on this app, scope or resource?";
        let found = actix_web::HttpMessage::extensions(req).get().cloned();
        let route = req.match_pattern();
        ready(found.ok_or_else(|| ExtractError::not_installed("ClaimContext", route.as_deref(), cure)))
    }
}
