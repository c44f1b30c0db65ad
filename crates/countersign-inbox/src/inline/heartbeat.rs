use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::shared::Shared;
use super::telemetry;
use crate::claim::{Fenced, Lease};
use crate::runtime::{Pulse, renew_again_after, within};

/// Renews a lease in a separate task until it is dropped.
pub(super) struct Heartbeat(JoinHandle<()>);

impl Heartbeat {
    pub(super) fn start(
        shared: &Arc<Shared>,
        lease: Lease,
        pulse: &Arc<Pulse>,
        cancelled: &CancellationToken,
    ) -> Self {
        let (shared, pulse, cancelled) = (Arc::clone(shared), Arc::clone(pulse), cancelled.clone());
        Self(tokio::spawn(async move {
            let why = renew(&shared, &lease, &pulse).await;
            telemetry::lease_lost(shared.source(), why);
            cancelled.cancel();
        }))
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Renews the lease. Ends when it is lost.
async fn renew(shared: &Shared, lease: &Lease, pulse: &Pulse) -> &'static str {
    let mut due = pulse.renew_at();
    loop {
        let fenced = pulse.fenced_at();
        sleep_until(due.min(fenced)).await;
        let asked = Instant::now();
        let left = fenced.saturating_duration_since(asked);
        if left.is_zero() {
            return "no renewal was confirmed in time";
        }
        let limit = left.min(shared.options.store_timeout);
        due = match within(limit, shared.store.renew(lease, pulse.ttl())).await {
            Ok(Fenced::Ok(_)) => {
                pulse.confirm(asked);
                pulse.renew_at()
            }
            Ok(Fenced::Stale) => return "another process has taken it over",
            Err(error) => {
                telemetry::once_more(shared.source(), "renew", &error);
                Instant::now() + renew_again_after(pulse.ttl())
            }
        };
    }
}
