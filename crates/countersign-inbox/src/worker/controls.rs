//! Follows the limits and circuit commands of operators, and reports circuits that are open.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::circuit::Change;
use super::shared::{Shared, SourceState};
use super::telemetry;
use crate::ops::{CircuitReport, Controls};
use crate::runtime::{Outage, within};

/// Reads the controls once, so that a limit holds from the first attempt on. A store that does not answer in time does not
/// prevent the start.
pub(super) async fn begin(shared: &Shared, sources: &[Arc<SourceState>]) {
    let Some(ops) = shared.inbox.ops() else { return };
    if let Ok(controls) = within(PATIENCE, ops.controls()).await {
        follow(shared, sources, &controls);
    }
}

/// Follows what operators have changed, every five seconds. A store without an operator's view has no controls.
pub(super) async fn control(shared: Arc<Shared>, sources: Vec<Arc<SourceState>>) {
    let (outage, reporting) = (Outage::of("controls"), Outage::of("report_circuits"));
    let mut was_open = false;
    loop {
        sleep(LOOK_EVERY).await;
        let Some(ops) = shared.inbox.ops() else { return };
        match within(shared.settings.claim_patience(), ops.controls()).await {
            Ok(controls) => {
                outage.over();
                follow(&shared, &sources, &controls);
            }
            Err(error) => outage.failed(&error),
        }
        let open = reports(&sources);
        if open.is_empty() && !was_open {
            continue;
        }
        let report = shared.inbox.report_circuits(&shared.settings.name, &open);
        match within(shared.settings.claim_patience(), report).await {
            Ok(()) => {
                reporting.over();
                was_open = !open.is_empty();
            }
            Err(error) => reporting.failed(&error),
        }
    }
}

fn follow(shared: &Shared, sources: &[Arc<SourceState>], controls: &Controls) {
    for source in sources {
        let name = source.endpoint.name();
        let configured = source.endpoint.handlers.rate_limit;
        if source.rate.set(controls.limit(name).map(|of| of.limit).or(configured)) {
            source.circuit.wake();
        }
        if let Some(change) = source.circuit.follow(controls.command(name), Instant::now()) {
            telemetry::circuit(name, &source.circuit, &change);
            // It is neither a failure nor the end of the failures that opened the circuit before.
            if !matches!(change, Change::OpenedByOperator(_)) {
                shared.recorder.circuit(name, change.pattern().map(str::to_owned));
            }
        }
    }
}

fn reports(sources: &[Arc<SourceState>]) -> Vec<CircuitReport> {
    let now = Instant::now();
    sources.iter().filter_map(|source| source.circuit.report(source.endpoint.name(), now)).collect()
}

const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The time that a start waits for the store.
const PATIENCE: Duration = Duration::from_secs(3);
