use std::sync::Arc;

use tokio::time::{Instant, sleep, sleep_until};

use super::gauges::{Gauges, MEASURE_EVERY};
use super::shared::Shared;
use super::status::Heartbeat;
use crate::recorder::{BETWEEN_SWEEPS, SWEEP_EVERY, sweep};
use crate::runtime::Outage;

/// Deletes events after their retention, and measures the backlog. Neither waits for the other.
pub(super) async fn maintain(shared: Arc<Shared>, heartbeat: Arc<Heartbeat>) {
    tokio::join!(keep_sweeping(&shared), keep_measuring(&shared, &heartbeat));
}

async fn keep_sweeping(shared: &Shared) {
    let outage = Outage::of("sweep");
    sleep(SWEEP_EVERY.mul_f64(fastrand::f64())).await;
    loop {
        let more = sweep(&*shared.inbox, shared.settings.claim_patience(), &outage).await;
        sleep(if more { BETWEEN_SWEEPS } else { SWEEP_EVERY }).await;
    }
}

async fn keep_measuring(shared: &Shared, heartbeat: &Heartbeat) {
    let mut gauges = Gauges::new(shared.settings.claim_patience());
    loop {
        heartbeat.now();
        let next = Instant::now() + MEASURE_EVERY;
        gauges.measure(&*shared.inbox).await;
        sleep_until(next).await;
    }
}
