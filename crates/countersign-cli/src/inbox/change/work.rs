use countersign_inbox::{Change, Changed, Counted, EventId, OpsStore};
use indicatif::{ProgressBar, ProgressStyle};

use super::plan::Plan;
use super::report::{Report, SAMPLE};
use super::{canary, consent};
use crate::error::CliError;
use crate::inbox::known;
use crate::{Outcome, output};

impl Plan {
    /// Performs the change, and reports the result.
    pub(in crate::inbox) async fn run(&self, store: &dyn OpsStore) -> Result<Outcome, CliError> {
        let meant = self.count(store).await?;
        let report = if consent::is_given(self, meant)? {
            self.carry_out(store, meant.number).await?
        } else {
            Report::nothing(self)
        };
        if self.json {
            output::json(&report)?;
        } else {
            output::text(&report)?;
        }
        if meant.number == 0 {
            known::note(store, self.filter.source.as_deref()).await?;
        }
        Ok(if report.is_ok() { Outcome::Fine } else { Outcome::Negative })
    }

    /// Returns the number of intended events; with --after, that of those before it, too.
    pub(super) async fn count(&self, store: &dyn OpsStore) -> Result<Counted, CliError> {
        let mut all = Counted { number: 0, is_all: true };
        for state in self.states() {
            let mut filter = self.filter.clone();
            filter.state = Some(state);
            let counted = store.count(&filter).await.map_err(CliError::store("cannot count events"))?;
            all.number = all.number.saturating_add(counted.number);
            all.is_all &= counted.is_all;
        }
        Ok(all)
    }

    pub(super) async fn carry_out(&self, store: &dyn OpsStore, meant: u64) -> Result<Report, CliError> {
        let mut report = Report::nothing(self);
        let changed = match self.first {
            Some(first) => self.first(store, first, self.after, self.is_dry).await?,
            None => self.all(store, meant).await?,
        };
        (report.ids, report.held) = (changed.ids, changed.held);
        if self.is_dry {
            let shown = report.ids.iter().copied().take(SAMPLE).collect::<Vec<_>>();
            report.sample = canary::rows(store, &shown).await?;
        }
        match (self.first, report.ids.last()) {
            (Some(_), Some(last)) if !self.first(store, 1, Some(*last), true).await?.ids.is_empty() => {
                report.rest = Some(format!("{} {last}", self.rest));
            }
            (Some(_), _) => {}
            (None, _) if self.after.is_none() => {
                let named = self.filter.ids.iter().copied();
                let is_unchanged =
                    |id: &EventId| report.ids.binary_search(id).is_err() && !report.held.contains(id);
                let unchanged = named.filter(is_unchanged).collect::<Vec<_>>();
                report.unchanged = unchanged.iter().map(|id| (*id, None)).collect();
                for row in canary::rows(store, &unchanged).await? {
                    let known = report.unchanged.iter_mut().filter(|(id, _)| *id == row.id);
                    known.for_each(|(_, state)| *state = Some(row.state));
                }
            }
            (None, _) => {}
        }
        if let Some(wait) = self.wait.filter(|_| !report.ids.is_empty()) {
            report.canary = Some(canary::watch(store, &report.ids, wait).await?);
        }
        Ok(report)
    }

    /// Changes batch after batch, with a progress bar on a terminal.
    async fn all(&self, store: &dyn OpsStore, meant: u64) -> Result<Changed, CliError> {
        let bar = ProgressBar::new(meant).with_style(style()).with_message(self.action.as_str());
        let (mut all, mut after) = (Changed::default(), self.after);
        loop {
            let batch = self
                .changed(store, Change::LIMIT, after, self.is_dry)
                .await
                .map_err(|error| error.behind(after, all.ids.len()))?;
            bar.inc(batch.ids.len() as u64);
            let next = batch.next();
            all.ids.extend(batch.ids);
            all.held.extend(batch.held);
            let Some(next) = next else { break };
            after = Some(next);
        }
        bar.finish_and_clear();
        Ok(all)
    }

    /// Changes the first events after an id, however many a store has to look at.
    async fn first(
        &self,
        store: &dyn OpsStore,
        number: usize,
        mut after: Option<EventId>,
        is_dry: bool,
    ) -> Result<Changed, CliError> {
        let mut first = Changed::default();
        while first.ids.len() < number {
            let changed = self.changed(store, number - first.ids.len(), after, is_dry).await?;
            after = changed.next();
            first.ids.extend(changed.ids);
            first.held.extend(changed.held);
            if after.is_none() {
                break;
            }
        }
        Ok(first)
    }

    /// Changes the oldest events after an id.
    async fn changed(
        &self,
        store: &dyn OpsStore,
        limit: usize,
        after: Option<EventId>,
        is_dry: bool,
    ) -> Result<Changed, CliError> {
        let mut change = Change::new(self.action, self.filter.clone(), self.actor.clone());
        change.limit = limit;
        change.after = after;
        change.reason.clone_from(&self.reason);
        change.dry_run = is_dry;
        let changed = store.change(&change).await;
        changed.map_err(CliError::store(format!("cannot {}", self.action)))
    }
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{bar:30.green} {pos}/{len} {msg} {per_sec} {eta}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}
