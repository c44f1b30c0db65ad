use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::shared::Shared;
use super::telemetry;
use crate::claim::{Fenced, Lease};
use crate::runtime::{LeaseTimer, renew_again_after, within};

/// Renews a lease in a separate task until it is dropped.
pub(super) struct LeaseRenewal(JoinHandle<()>);

impl LeaseRenewal {
    pub(super) fn start(
        shared: &Arc<Shared>,
        lease: Lease,
        lease_timer: &Arc<LeaseTimer>,
        cancelled: &CancellationToken,
    ) -> Self {
        let (shared, lease_timer, cancelled) =
            (Arc::clone(shared), Arc::clone(lease_timer), cancelled.clone());
        Self(tokio::spawn(async move {
            let why = renew(&shared, &lease, &lease_timer).await;
            telemetry::lease_lost(shared.source(), why);
            cancelled.cancel();
        }))
    }
}

impl Drop for LeaseRenewal {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Renews the lease. Ends when it is lost.
async fn renew(shared: &Shared, lease: &Lease, lease_timer: &LeaseTimer) -> &'static str {
    let mut due = lease_timer.renew_at();
    loop {
        let fenced = lease_timer.fenced_at();
        sleep_until(due.min(fenced)).await;
        let asked = Instant::now();
        let left = fenced.saturating_duration_since(asked);
        if left.is_zero() {
            return "no renewal was confirmed in time";
        }
        let limit = left.min(shared.options.store_timeout);
        due = match within(limit, shared.store.renew(lease, lease_timer.ttl())).await {
            Ok(Fenced::Ok(_)) => {
                lease_timer.confirm(asked);
                lease_timer.renew_at()
            }
            Ok(Fenced::Stale) => return "another process has taken it over",
            Err(error) => {
                telemetry::once_more(shared.source(), "renew", &error);
                Instant::now() + renew_again_after(lease_timer.ttl())
            }
        };
    }
}
