use std::fmt::Write;

use crate::Arguments;
use crate::load::Soak;
use crate::sample::Sample;

/// The first and the last third of the time in which nothing may grow.
struct Thirds {
    first: Medians,
    last: Medians,
}

/// Medians of samples: a minute with other load on the machine does not decide.
struct Medians {
    memory: f64,
    size: f64,
    backlog: f64,
    /// The most events in the store until then: files do not shrink.
    kept: f64,
    machine: f64,
    accept_median: f64,
    accept_p99: f64,
    relative_accept: f64,
    handle_median: f64,
    relative_handle: f64,
}

impl Soak {
    /// Returns whether nothing has grown by more than a tenth plus a small amount from the first third to the last
    /// one, and nothing was lost. Latencies may grow by up to a half in units of the machine's own time, which varies as
    /// much.
    pub(crate) fn is_flat(&self) -> bool {
        self.problems().is_empty()
    }

    /// Names the values that have grown.
    fn problems(&self) -> Vec<&'static str> {
        let Thirds { first, last } = self.thirds();
        let is_flat = |first: f64, last: f64, spare: f64| last <= first * 1.1 + spare;
        let checks = [
            ("memory", is_flat(first.memory, last.memory, 6.0)),
            ("files", is_flat(first.size * (last.kept / first.kept.max(1.0)).max(1.0), last.size, 4.0)),
            // A tenth of a second of deliveries.
            ("backlog", is_flat(first.backlog, last.backlog, f64::from(self.rate) / 10.0)),
            ("accepts", last.relative_accept <= first.relative_accept * 1.5 + 0.5),
            ("the time until handled", last.relative_handle <= first.relative_handle * 1.5 + 0.5),
            ("events were lost", self.lost.is_empty() && self.handled >= self.acknowledged),
        ];
        checks.into_iter().filter(|(_, is_good)| !is_good).map(|(name, _)| name).collect()
    }

    fn thirds(&self) -> Thirds {
        // The first fifth fills the store.
        let begin = self.samples.len() / 5;
        let third = ((self.samples.len() - begin) / 3).max(1);
        let first = (begin + third).min(self.samples.len());
        let last = self.samples.len().saturating_sub(third);
        Thirds { first: self.medians(begin, first), last: self.medians(last, self.samples.len()) }
    }

    fn medians(&self, begin: usize, end: usize) -> Medians {
        let samples = self.samples.get(begin..end).unwrap_or_default();
        let median = |value: fn(&Sample) -> f64| {
            let mut values: Vec<_> = samples.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or(0.0)
        };
        let kept = self.samples.iter().take(end).map(|of| of.kept).max().unwrap_or(0);
        Medians {
            memory: median(|of| of.memory as f64 / MIB),
            size: median(|of| of.size as f64 / MIB),
            backlog: median(|of| of.backlog as f64),
            kept: kept as f64,
            machine: median(|of| of.machine),
            accept_median: median(|of| of.accept.median),
            accept_p99: median(|of| of.accept.p99),
            relative_accept: median(Sample::relative_accept),
            handle_median: median(|of| of.handle.median),
            relative_handle: median(Sample::relative_handle),
        }
    }
}

/// Returns the report, in Markdown.
pub(crate) fn write(name: &str, arguments: &Arguments, soak: &Soak) -> String {
    let Thirds { first, last } = soak.thirds();
    let problems = soak.problems();
    let title = if name == "sqlite" { "SQLite" } else { "PostgreSQL" };
    let mut text = format!(
        "## {title}\n\n{} minutes, {} deliveries a second of 1.5 KiB, handlers of 5 ms. Ids are kept for 150 s, \
         bodies for 60 s. {} were acknowledged, {} refused (503), {} handled; {} were not sent, because two seconds of \
         deliveries were under way. {}\n\n![{title}: memory, files, latencies and backlog over time]({name}.svg)\n\n\
         | median of | first third | last third |\n|---|---:|---:|\n",
        arguments.minutes,
        arguments.rate,
        soak.acknowledged,
        soak.refused,
        soak.handled,
        soak.left_out,
        if problems.is_empty() {
            "Nothing grows.".to_owned()
        } else {
            format!("**Something grows: {}.**", problems.join(", "))
        },
    );
    let rows = [
        ("resident memory, MiB", first.memory, last.memory),
        ("files, MiB", first.size, last.size),
        ("most events in the store until then", first.kept, last.kept),
        ("events that are not done", first.backlog, last.backlog),
        ("accept, median, ms", first.accept_median, last.accept_median),
        ("accept, p99, ms", first.accept_p99, last.accept_p99),
        ("until handled, median, ms", first.handle_median, last.handle_median),
        ("the machine: a little work and a sync, ms", first.machine, last.machine),
        ("accept ÷ machine", first.relative_accept, last.relative_accept),
        ("until handled ÷ machine", first.relative_handle, last.relative_handle),
    ];
    for (what, first, last) in rows {
        let _ = writeln!(text, "| {what} | {first:.1} | {last:.1} |");
    }
    let _ =
        writeln!(text, "\nThe first fifth of the time, which fills the store, is in neither of the thirds.");
    text
}

const MIB: f64 = 1024.0 * 1024.0;
