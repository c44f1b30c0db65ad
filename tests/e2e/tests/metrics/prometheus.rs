//! The alerts and the dashboard for Prometheus and Grafana.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use countersign::telemetry::MetricKind;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use serde_json::Value;

use super::all;

#[test]
fn alerts_are_valid_and_fire_as_their_tests_say() {
    promtool(&["check", "rules"], &monitoring("alerts.yml"));
    promtool(&["test", "rules"], &monitoring("alerts_test.yml"));
}

#[test]
fn every_alert_is_tested() {
    let (rules, tests) = (read("alerts.yml"), read("alerts_test.yml"));
    let named = |text: &str, key: &str| -> BTreeSet<String> {
        let names = text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix(key));
        names.map(|name| name.trim().to_owned()).collect()
    };
    let alerts = named(&rules, "alert:");
    assert!(alerts.len() > 8, "{alerts:?}");
    assert_eq!(alerts, named(&tests, "alertname:"));
}

/// The exporter that the page recommends derives the same names as we do.
#[test]
fn the_exporter_of_prometheus_has_the_derived_names() {
    let mut builder = PrometheusBuilder::new().with_recommended_naming(true);
    for metric in all().into_iter().filter(|metric| !metric.buckets.is_empty()) {
        let name = Matcher::Full(metric.name.to_owned());
        builder = builder.set_buckets_for_metric(name, metric.buckets).unwrap();
    }
    let recorder = builder.build_recorder();
    metrics::with_local_recorder(&recorder, || {
        for metric in all() {
            metric.describe();
            match metric.kind {
                MetricKind::Counter => metrics::counter!(metric.name).increment(1),
                MetricKind::Gauge => metrics::gauge!(metric.name).set(1.0),
                _ => metrics::histogram!(metric.name).record(1.0),
            }
        }
    });
    let page = recorder.handle().render();
    for metric in all() {
        let kind = match metric.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            _ => "histogram",
        };
        let line = format!("# TYPE {} {kind}\n", metric.prometheus_name());
        assert!(page.contains(&line), "{line} in {page}");
    }
}

/// The expressions of the dashboard become recording rules, so that promtool reads them.
#[test]
fn the_dashboard_has_valid_expressions() {
    let rules: String = expressions()
        .iter()
        .enumerate()
        .map(|(index, expression)| {
            let expression = expression.replace("$__rate_interval", "5m").replace("$__range", "1d");
            let expression = expression.replace("$provider", ".*").replace("$source", ".*");
            format!("  - record: panel_{index}\n    expr: {}\n", Value::String(expression))
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("panels.yml");
    std::fs::write(&file, format!("groups:\n- name: panels\n  rules:\n{rules}")).unwrap();
    promtool(&["check", "rules"], &file);
}

#[test]
fn alerts_and_dashboard_name_metrics_of_the_table_only_and_each_at_least_once_in_one_of_them() {
    let known: BTreeSet<_> = all().iter().flat_map(|metric| series(metric)).collect();
    let text = format!("{}\n{}", read("alerts.yml"), expressions().join("\n"));
    let used: BTreeSet<_> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("webhook_") || word.starts_with("messaging_"))
        .map(str::to_owned)
        .collect();
    let unknown: Vec<_> = used.difference(&known).filter(|word| !LABELS.contains(&word.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let unused: Vec<_> =
        all().into_iter().filter(|metric| !series(metric).iter().any(|name| used.contains(name))).collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

/// Names that look like metrics.
const LABELS: [&str; 1] = ["messaging_destination_name"];

/// Returns the names of the series that Prometheus has of a metric.
fn series(metric: &countersign::telemetry::Metric) -> Vec<String> {
    let name = metric.prometheus_name();
    match metric.kind {
        MetricKind::Histogram => ["_bucket", "_sum", "_count"].map(|end| format!("{name}{end}")).into(),
        _ => vec![name],
    }
}

/// Returns the expressions of the dashboard's panels.
fn expressions() -> Vec<String> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("expr").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| collect(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let dashboard: Value = serde_json::from_str(&read("grafana.json")).unwrap();
    let mut found = Vec::new();
    collect(&dashboard, &mut found);
    assert!(found.len() > 10, "{found:?}");
    found
}

fn monitoring(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../monitoring").join(file)
}

fn read(file: &str) -> String {
    std::fs::read_to_string(monitoring(file)).unwrap()
}

fn promtool(command: &[&str], file: &Path) {
    let output = Command::new("promtool").args(command).arg(file).output();
    let output = output.expect("promtool is missing: install Debian's package prometheus");
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {text}", file.display());
}
