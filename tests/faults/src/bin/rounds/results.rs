use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

use countersign_faults::{Choices, Failure, Outcome};
use serde::{Deserialize, Serialize};

/// A round that has ended.
#[derive(Deserialize, Serialize)]
pub(crate) struct Line {
    choices: Choices,
    millis: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

/// The rounds that have ended, in this run and in those before it.
pub(crate) struct Results {
    lines: BTreeMap<(u64, u64), Line>,
    file: Option<File>,
}

/// The sums over rounds.
#[derive(Default)]
struct Sums {
    rounds: u64,
    reached: u64,
    acknowledged: usize,
    repeated: usize,
}

impl Line {
    pub(crate) fn new(choices: Choices, millis: u64, outcome: Result<Outcome, Failure>) -> Self {
        let (outcome, failure) = match outcome {
            Ok(outcome) => (Some(outcome), None),
            Err(failure) => (None, Some(failure)),
        };
        Self { choices, millis, outcome, failure }
    }
}

impl Results {
    /// Reads the file, if there is one, and opens it for the next lines.
    pub(crate) fn open(path: Option<&Path>) -> Self {
        let text = path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        let file = path.map(|path| OpenOptions::new().create(true).append(true).open(path).unwrap());
        let mut results = Self { lines: BTreeMap::new(), file };
        // The last line may be incomplete.
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).for_each(|line| results.keep(line));
        results
    }

    /// Returns whether a round with these choices has succeeded.
    pub(crate) fn contains(&self, choices: &Choices) -> bool {
        let line = self.lines.get(&(choices.seed, choices.number));
        line.is_some_and(|line| line.outcome.is_some() && line.choices == *choices)
    }

    /// Adds a round, and writes it.
    pub(crate) fn add(&mut self, line: Line) {
        if let Some(failure) = &line.failure {
            eprintln!("round {}: {failure:?}", line.choices.number);
        }
        if let Some(file) = &mut self.file {
            let mut text = serde_json::to_string(&line).unwrap();
            text.push('\n');
            file.write_all(text.as_bytes()).unwrap();
        }
        self.keep(line);
    }

    pub(crate) fn failures(&self) -> usize {
        self.lines.values().filter(|line| line.failure.is_some()).count()
    }

    fn keep(&mut self, line: Line) {
        self.lines.insert((line.choices.seed, line.choices.number), line);
    }

    fn sums(&self, point: Option<&str>) -> Sums {
        let mut sums = Sums::default();
        for line in self.lines.values().filter(|line| point.is_none_or(|point| line.choices.point == point)) {
            let Some(outcome) = &line.outcome else { continue };
            sums.rounds += 1;
            sums.reached += u64::from(outcome.reached);
            sums.acknowledged += outcome.acknowledged;
            sums.repeated += outcome.repeated;
        }
        sums
    }

    /// Returns the medians of all durations, in milliseconds: of the whole round, and of its parts.
    fn medians(&self) -> (u64, [u64; 5]) {
        let median = |mut values: Vec<u64>| {
            values.sort_unstable();
            values.get(values.len() / 2).copied().unwrap_or(0)
        };
        let part = |part: usize| {
            let parts =
                self.lines.values().filter_map(|line| line.outcome.as_ref()?.parts.get(part).copied());
            median(parts.collect())
        };
        (median(self.lines.values().map(|line| line.millis).collect()), std::array::from_fn(part))
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |f: &mut fmt::Formatter<'_>, name: &str, sums: &Sums| {
            let Sums { rounds, reached, acknowledged, repeated } = sums;
            writeln!(f, "| {name} | {rounds} | {reached} | {acknowledged} | {repeated} |")
        };
        writeln!(f, "| killed at | rounds | reached | acknowledged before | effects that happened twice |")?;
        writeln!(f, "|---|---:|---:|---:|---:|")?;
        let mut points: Vec<_> = self.lines.values().map(|line| line.choices.point.as_str()).collect();
        points.sort_unstable();
        points.dedup();
        for point in points {
            row(f, &format!("`{point}`"), &self.sums(Some(point)))?;
        }
        row(f, "all", &self.sums(None))?;
        let (millis, parts) = self.medians();
        writeln!(
            f,
            "\n{} rounds failed. A round takes {millis} ms (median): start, until the kill, start, until everything is done, \
             checks: {parts:?} ms.",
            self.failures()
        )
    }
}
