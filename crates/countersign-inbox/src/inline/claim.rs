use tokio::time::Instant;

use super::deduplicator::Shared;
use super::telemetry;
use crate::claim::{AttemptToken, Claim, ClaimRequest};
use crate::identity::Identity;
use crate::runtime::within;
use crate::store::StoreError;

/// Claims, and returns the time of the request: the lease lasts at least from then on. A lost reply is requested
/// once more, with the same token.
pub(super) async fn ask(shared: &Shared, identity: &Identity) -> Result<(Claim, Instant), StoreError> {
    let (token, ttl) = (AttemptToken::random(), shared.options.lease);
    let request = ClaimRequest { identity: identity.clone(), token, ttl };
    let asked = Instant::now();
    let twice = async {
        match shared.store.claim(&request).await {
            Err(StoreError::Unavailable(cause)) => {
                telemetry::once_more(shared.source(), "claim", &*cause);
                shared.store.claim(&request).await
            }
            answered => answered,
        }
    };
    let claim = within(shared.options.store_timeout, twice).await?;
    Ok((claim, asked))
}
