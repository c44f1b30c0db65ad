/// A metric: its names, its labels, and its meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Metric {
    /// The name, as it is recorded: OpenTelemetry's form, such as `webhook.verify.duration`.
    pub name: &'static str,
    /// The kind of the instrument.
    pub kind: MetricKind,
    /// The unit of its values.
    pub unit: MetricUnit,
    /// All labels. Each is on every value, unless the description says otherwise.
    pub labels: &'static [MetricLabel],
    /// A description in one sentence, without a full stop.
    pub description: &'static str,
    /// The recommended upper bounds of the buckets, in the metric's unit. Empty unless it is a histogram.
    pub buckets: &'static [f64],
}

/// A label of a [`Metric`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MetricLabel {
    /// The name of the label.
    pub name: &'static str,
    /// All values of the label. Empty if they are not known in advance, such as the names of endpoints.
    pub values: &'static [&'static str],
}

/// The kind of a [`Metric`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MetricKind {
    /// A sum that only grows.
    Counter,
    /// The current value of a quantity.
    Gauge,
    /// A distribution.
    Histogram,
}

/// The unit of a [`Metric`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MetricUnit {
    /// Things that are counted.
    Count,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
}

impl MetricLabel {
    /// Creates a label whose values are not known in advance.
    #[must_use]
    pub const fn open(name: &'static str) -> Self {
        Self { name, values: &[] }
    }

    /// Creates a label with all its values.
    #[must_use]
    pub const fn closed(name: &'static str, values: &'static [&'static str]) -> Self {
        Self { name, values }
    }
}

impl Metric {
    /// Creates a counter.
    #[must_use]
    pub const fn counter(
        name: &'static str,
        labels: &'static [MetricLabel],
        description: &'static str,
    ) -> Self {
        let (kind, unit) = (MetricKind::Counter, MetricUnit::Count);
        Self { name, kind, unit, labels, description, buckets: &[] }
    }

    /// Creates a gauge.
    #[must_use]
    pub const fn gauge(
        name: &'static str,
        unit: MetricUnit,
        labels: &'static [MetricLabel],
        description: &'static str,
    ) -> Self {
        Self { name, kind: MetricKind::Gauge, unit, labels, description, buckets: &[] }
    }

    /// Creates a histogram with its recommended buckets.
    #[must_use]
    pub const fn histogram(
        name: &'static str,
        unit: MetricUnit,
        labels: &'static [MetricLabel],
        description: &'static str,
        buckets: &'static [f64],
    ) -> Self {
        Self { name, kind: MetricKind::Histogram, unit, labels, description, buckets }
    }

    /// Returns the name that Prometheus has for the metric, by the
    /// [rules of OpenTelemetry](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/): dots become
    /// underscores, the unit is added, and `_total` to counters. `metrics-exporter-prometheus` does the same with
    /// `with_recommended_naming(true)`.
    #[must_use]
    pub fn prometheus_name(&self) -> String {
        let mut name = self.name.replace('.', "_");
        match self.unit {
            MetricUnit::Count => {}
            MetricUnit::Seconds => name.push_str("_seconds"),
            MetricUnit::Bytes => name.push_str("_bytes"),
        }
        if self.kind == MetricKind::Counter {
            name.push_str("_total");
        }
        name
    }
}

#[cfg(feature = "metrics")]
impl Metric {
    /// Registers unit and description with the recorder that is installed.
    pub fn describe(&self) {
        let unit = match self.unit {
            MetricUnit::Count => metrics::Unit::Count,
            MetricUnit::Seconds => metrics::Unit::Seconds,
            MetricUnit::Bytes => metrics::Unit::Bytes,
        };
        match self.kind {
            MetricKind::Counter => metrics::describe_counter!(self.name, unit, self.description),
            MetricKind::Gauge => metrics::describe_gauge!(self.name, unit, self.description),
            MetricKind::Histogram => metrics::describe_histogram!(self.name, unit, self.description),
        }
    }
}
