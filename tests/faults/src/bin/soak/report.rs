use std::fmt::Write;

use crate::Arguments;
use crate::load::Soak;
use crate::sample::Sample;

/// The first and the last third of the time in which nothing may grow.
struct Thirds {
    first: Means,
    last: Means,
}

/// Means of samples.
struct Means {
    memory: f64,
    size: f64,
    backlog: f64,
    accept_median: f64,
    accept_p99: f64,
    handle_median: f64,
}

impl Soak {
    /// Returns whether nothing has grown by more than a tenth plus a small amount from the first third to the last
    /// one, and nothing was lost.
    pub(crate) fn is_flat(&self) -> bool {
        let Thirds { first, last } = self.thirds();
        let is_flat = |first: f64, last: f64, spare: f64| last <= first * 1.1 + spare;
        is_flat(first.memory, last.memory, 4.0)
            && is_flat(first.size, last.size, 4.0)
            && is_flat(first.backlog, last.backlog, 50.0)
            && self.handled >= self.acknowledged
    }

    fn thirds(&self) -> Thirds {
        // The first fifth fills the store.
        let rest = self.samples.get(self.samples.len() / 5..).unwrap_or_default();
        let third = (rest.len() / 3).max(1);
        let last = rest.get(rest.len().saturating_sub(third)..).unwrap_or_default();
        Thirds { first: Means::of(rest.get(..third).unwrap_or(rest)), last: Means::of(last) }
    }
}

impl Means {
    fn of(samples: &[Sample]) -> Self {
        let mean =
            |value: fn(&Sample) -> f64| samples.iter().map(value).sum::<f64>() / samples.len().max(1) as f64;
        Self {
            memory: mean(|of| of.memory as f64 / MIB),
            size: mean(|of| of.size as f64 / MIB),
            backlog: mean(|of| of.backlog as f64),
            accept_median: mean(|of| of.accept.median),
            accept_p99: mean(|of| of.accept.p99),
            handle_median: mean(|of| of.handle.median),
        }
    }
}

/// Returns the report, in Markdown.
pub(crate) fn write(name: &str, arguments: &Arguments, soak: &Soak) -> String {
    let Thirds { first, last } = soak.thirds();
    let mut text = format!(
        "# Soak: {name}\n\n{} minutes, {} deliveries a second of 1.5 KiB, handlers of 5 ms. Ids are kept for 150 s, \
         bodies for 60 s. {} were acknowledged, {} refused (503), {} handled. {}\n\n![{name}]({name}.svg)\n\n\
         | mean of | first third | last third |\n|---|---:|---:|\n",
        arguments.minutes,
        arguments.rate,
        soak.acknowledged,
        soak.refused,
        soak.handled,
        if soak.is_flat() { "Nothing grows." } else { "**Something grows.**" },
    );
    let rows = [
        ("resident memory, MiB", first.memory, last.memory),
        ("files, MiB", first.size, last.size),
        ("events that are not done", first.backlog, last.backlog),
        ("accept, median, ms", first.accept_median, last.accept_median),
        ("accept, p99, ms", first.accept_p99, last.accept_p99),
        ("until handled, median, ms", first.handle_median, last.handle_median),
    ];
    for (what, first, last) in rows {
        let _ = writeln!(text, "| {what} | {first:.1} | {last:.1} |");
    }
    let _ =
        writeln!(text, "\nThe first fifth of the time, which fills the store, is in neither of the thirds.");
    text
}

const MIB: f64 = 1024.0 * 1024.0;
