use std::collections::BTreeMap;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

/// The metrics of a test's thread.
pub(crate) struct Counts {
    snapshotter: Snapshotter,
    _guard: metrics::LocalRecorderGuard<'static>,
}

impl Counts {
    pub(crate) fn start() -> Self {
        let recorder: &'static DebuggingRecorder = Box::leak(Box::default());
        let snapshotter = recorder.snapshotter();
        Self { snapshotter, _guard: metrics::set_default_local_recorder(recorder) }
    }

    /// Returns them by name and labels, as `name{label=value,…}`; for histograms, the number of values.
    pub(crate) fn take(&self) -> BTreeMap<String, f64> {
        let metrics = self.snapshotter.snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
            let mut labels: Vec<_> =
                key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            labels.sort();
            assert_listed(key.key());
            let name = format!("{}{{{}}}", key.key().name(), labels.join(","));
            let value = match value {
                DebugValue::Counter(count) => count as f64,
                DebugValue::Gauge(gauge) => gauge.0,
                DebugValue::Histogram(values) => values.len() as f64,
            };
            (name, value)
        });
        metrics.collect()
    }
}

/// Checks that a recorded metric and its labels are listed.
fn assert_listed(key: &metrics::Key) {
    let lists = [countersign::telemetry::METRICS, countersign_inbox::telemetry::METRICS];
    let metric = lists.into_iter().flatten().find(|metric| metric.name == key.name());
    let metric = metric.unwrap_or_else(|| panic!("{} is not listed", key.name()));
    for label in key.labels() {
        let known = metric.labels.iter().find(|known| known.name == label.key());
        let known = known.unwrap_or_else(|| panic!("{} has no label {}", key.name(), label.key()));
        assert!(known.values.is_empty() || known.values.contains(&label.value()), "{key}");
    }
}
