use std::collections::BTreeMap;
use std::path::Path;

use countersign::UnixTime;
use countersign_inbox::OpsStore;
use countersign_sqlite::SqliteStore;
use serde::Serialize;
use tempfile::TempDir;

use super::acks::Acks;
use super::process::{Process, Word};
use crate::demo::player::Sent;
use crate::demo::request::numbered;
use crate::error::CliError;

/// Runs the steps, and reports each when it is complete.
pub(in crate::demo) async fn play(now: UnixTime, mut report: impl FnMut(Step)) -> Result<(), CliError> {
    let folder = TempDir::new().map_err(CliError::io("cannot make a folder for the demo"))?;
    let fixture = Fixture { file: &folder.path().join("inbox.db"), now };
    let mut handled = BTreeMap::new();
    let mut first = Process::start(fixture.file, now).await?;

    // The handler has started and waits: the following deliveries arrive while it runs.
    let acks = Acks::of(&first.player, fixture.events(1..=1)?).await;
    report(Step::new("an event", "200", acks));
    first.word().await?;
    let acks = Acks::of(&first.player, fixture.events(1..=1)?).await;
    report(Step::new("again, while it is handled", "200 running", acks));
    first.go().await?;
    count(first.word().await?, &mut handled);

    let many = [2; 32].into_iter();
    let acks = Acks::of(&first.player, fixture.events(many)?).await;
    report(Step::new("another, 32 times at once", "32 × 200, 1 new", acks));
    first.word().await?;
    first.go().await?;
    count(first.word().await?, &mut handled);

    let acks = Acks::of(&first.player, fixture.events(3..=7)?).await;
    report(Step::new("five more", "5 × 200, 5 new", acks));
    // One event is in its handler, the others wait.
    first.word().await?;
    count(first.kill().await?, &mut handled);
    report(Step::new("kill -9 in a handler", "2 handled", format_args!("{} handled", total(&handled))));

    let mut second = Process::start(fixture.file, now).await?;
    let (mut ended, mut retried) = (0, 0);
    while ended < 5 {
        match second.word().await? {
            Some(Word::Begun { attempt, .. }) => {
                retried += u32::from(attempt == 2);
                second.go().await?;
            }
            Some(word) => {
                count(Some(word), &mut handled);
                ended += 1;
            }
            None => break,
        }
    }
    count(second.stop().await?, &mut handled);
    let observed = format!("{ended} handled, {retried} retried");
    report(Step::new("restart, same file", "5 handled, 1 retried", observed));

    let third = Process::start(fixture.file, now).await?;
    let acks = Acks::of(&third.player, fixture.events(1..=7)?).await;
    report(Step::new("all of them again", "7 × 200, 0 new", acks));
    count(third.stop().await?, &mut handled);
    report(Step::new("at the end", "7 done, each once", fixture.end(&handled).await?));
    Ok(())
}

struct Fixture<'f> {
    file: &'f Path,
    now: UnixTime,
}

impl Fixture<'_> {
    fn events(&self, numbers: impl Iterator<Item = u32>) -> Result<Vec<Sent>, CliError> {
        numbers.map(|number| numbered(number, self.now)).collect()
    }

    /// Returns the numbers of the store and of the handlers.
    async fn end(&self, handled: &BTreeMap<String, usize>) -> Result<String, CliError> {
        let store = SqliteStore::attach(self.file).map_err(CliError::store("cannot open the inbox"))?;
        let stats = store.stats().await.map_err(CliError::store("cannot count events"))?;
        let sum =
            |count: fn(&countersign_inbox::SourceStats) -> u64| stats.sources.iter().map(count).sum::<u64>();
        let (done, left) = (
            sum(|source| source.done),
            sum(|source| source.ready + source.running + source.dead + source.unverified),
        );
        let often = handled.values().filter(|times| **times != 1).count();
        let left = if left == 0 { String::new() } else { format!(", {left} not") };
        let often = if often == 0 { "each once".to_owned() } else { format!("{often} not once") };
        Ok(format!("{done} done{left}, {often}"))
    }
}

fn count(words: impl IntoIterator<Item = Word>, handled: &mut BTreeMap<String, usize>) {
    for word in words {
        if let Word::Handled { id } = word {
            *handled.entry(id).or_default() += 1;
        }
    }
}

fn total(handled: &BTreeMap<String, usize>) -> usize {
    handled.values().sum()
}

/// An action, its expected result and its actual result.
#[derive(Debug, Serialize)]
pub(in crate::demo) struct Step {
    pub(in crate::demo) sent: &'static str,
    pub(in crate::demo) expected: &'static str,
    pub(in crate::demo) observed: String,
    pub(in crate::demo) ok: bool,
}

impl Step {
    pub(in crate::demo) fn new(sent: &'static str, expected: &'static str, observed: impl ToString) -> Self {
        let observed = observed.to_string();
        let ok = observed == expected;
        Self { sent, expected, observed, ok }
    }
}

/// The number of steps.
pub(in crate::demo) const STEPS: usize = 8;
