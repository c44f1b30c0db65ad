//! The table of `docs/metrics.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use countersign::telemetry::{Metric, MetricKind, MetricLabel, MetricUnit};
use metrics_util::debugging::DebuggingRecorder;

use super::all;

#[test]
fn the_page_has_the_table_of_all_metrics() {
    let page = include_str!("../../../../docs/metrics.md");
    let rows: String = all().into_iter().map(row).collect();
    let table = format!("{HEAD}{rows}");
    assert!(page.contains(&table), "replace the table of docs/metrics.md by this one:\n\n{table}");
    let buckets: String = all().into_iter().filter_map(buckets).collect();
    assert!(
        page.contains(&buckets),
        "replace the table of buckets in docs/metrics.md by this one:\n\n{buckets}"
    );
}

#[test]
fn names_are_unique_and_follow_the_rules() {
    let names: BTreeSet<_> = all().iter().map(|metric| metric.name).collect();
    let derived: BTreeSet<_> = all().iter().map(|metric| metric.prometheus_name()).collect();
    assert_eq!((names.len(), derived.len()), (all().len(), all().len()));
    for metric in all() {
        let name = metric.name;
        assert!(name.starts_with("webhook.") || name.starts_with("messaging."), "{name}");
        let is_plain =
            |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
        assert!(name.split('.').all(is_plain), "{name}");
        // The unit and `_total` are derived.
        assert!(!["_total", "_seconds", "_bytes", "_count"].iter().any(|end| name.ends_with(end)), "{name}");
        assert_eq!(metric.buckets.is_empty(), metric.kind != MetricKind::Histogram, "{name}");
        assert!(metric.buckets.windows(2).all(|pair| pair[0] < pair[1]), "{name}");
        let is_of_a_tenant = |label: &MetricLabel| label.name.contains("tenant") || label.name == "id";
        assert!(!metric.labels.iter().any(is_of_a_tenant), "{name}");
    }
}

#[test]
fn every_metric_is_described_as_what_it_is() {
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, || {
        countersign_inbox::telemetry::describe();
        countersign_keys::describe();
        for metric in all() {
            match metric.kind {
                MetricKind::Counter => metrics::counter!(metric.name).increment(1),
                MetricKind::Gauge => metrics::gauge!(metric.name).set(1.0),
                MetricKind::Histogram => metrics::histogram!(metric.name).record(1.0),
                other => panic!("{other:?}"),
            }
        }
    });
    let counted = recorder.snapshotter().snapshot().into_vec();
    assert_eq!(counted.len(), all().len());
    for (key, unit, description, _) in counted {
        assert!(unit.is_some() && description.is_some(), "{} is not described", key.key().name());
    }
}

fn row(metric: &Metric) -> String {
    let labels: Vec<_> = metric.labels.iter().map(label).collect();
    let (kind, unit) = (kind(metric.kind), unit(metric.unit));
    let (name, prometheus, description) = (metric.name, metric.prometheus_name(), metric.description);
    format!("| `{name}` | `{prometheus}` | {kind}{unit} | {} | {description} |\n", labels.join("; "))
}

fn label(label: &MetricLabel) -> String {
    let values: Vec<_> = label.values.iter().map(|value| format!("`{value}`")).collect();
    let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
    format!("`{}`{values}", label.name)
}

fn kind(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Histogram => "histogram",
        other => panic!("{other:?}"),
    }
}

fn unit(unit: MetricUnit) -> &'static str {
    match unit {
        MetricUnit::Count => "",
        MetricUnit::Seconds => ", s",
        MetricUnit::Bytes => ", bytes",
        other => panic!("{other:?}"),
    }
}

/// Returns the row of a histogram's buckets.
fn buckets(metric: &Metric) -> Option<String> {
    let (first, rest) = metric.buckets.split_first()?;
    let mut row = format!("| `{}` | {first}", metric.prometheus_name());
    for bound in rest {
        write!(row, ", {bound}").unwrap();
    }
    Some(row + " |\n")
}

const HEAD: &str = "| OpenTelemetry | Prometheus | kind | labels | meaning |\n|---|---|---|---|---|\n";
