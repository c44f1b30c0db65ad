use std::sync::Arc;

use tokio::time::{Instant, sleep};

use super::shared::Shared;
use super::status::Heartbeat;
use crate::runtime::{Outage, renew_again_after, within};

/// Renews all leases in one call, at a third of their lifetime; sooner after a failure.
pub(super) async fn renew(shared: Arc<Shared>, heartbeat: Arc<Heartbeat>) {
    let outage = Outage::of("extend");
    let settings = &shared.settings;
    let mut pause = settings.renew_every();
    loop {
        heartbeat.now();
        sleep(pause).await;
        pause = settings.renew_every();
        let (numbers, leases) = shared.leases.all();
        if leases.is_empty() {
            continue;
        }
        let asked_at = Instant::now();
        match within(settings.renewal_patience(), shared.inbox.extend(&leases, settings.lease)).await {
            Ok(answers) => {
                outage.over();
                for (number, answer) in numbers.into_iter().zip(answers) {
                    shared.leases.answered(number, answer, asked_at);
                }
            }
            Err(error) => {
                outage.failed(&error);
                pause = renew_again_after(settings.lease);
            }
        }
    }
}
