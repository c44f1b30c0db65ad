use countersign_inbox::{
    Action, AttemptNote, AttemptOutcome, AuditEntry, Change, Changed, ControlChange, Controls, Counted,
    DeliveryCounts, Detail, ErrorPattern, EventId, EventState, Filter, Finish, Histogram, InboxStore,
    InlineFilter, Listing, OpsStore, Page, Pause, PauseAction, PauseChange, Precondition, Rejections, Reveal,
    Series, Statistics, Stats, StoreFuture, StoredInlineAttempt, Window,
};

use super::{Defect, Store};

impl OpsStore for Store {
    fn stats(&self) -> StoreFuture<'_, Stats> {
        self.inner.store.stats()
    }

    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Listing> {
        Box::pin(async move {
            let mut page = page;
            let mut skipped = 0;
            if self.has(Defect::PagesByCount) && page.after.take().is_some() {
                skipped = *self.listed.lock().unwrap();
                page.limit += skipped;
            }
            let mut listing = self.inner.store.list(filter, page).await?;
            let listed = &mut listing.events;
            listed.drain(..skipped.min(listed.len()));
            *self.listed.lock().unwrap() += listed.len();
            if let (true, Some(error)) = (self.has(Defect::TellsCasesApart), &filter.error) {
                listed.retain(|summary| {
                    summary.error.as_ref().is_some_and(|found| found.contains(error.as_str()))
                });
            }
            listing.goes_on_after =
                listing.goes_on_after.filter(|_| !self.has(Defect::ForgetsWhereASearchGoesOn));
            Ok(listing)
        })
    }

    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, Counted> {
        self.inner.store.count(filter)
    }

    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>> {
        Box::pin(async move {
            let mut detail = self.inner.store.show(id).await?;
            if let Some(detail) = &mut detail {
                if self.has(Defect::ResetsTheFence) {
                    detail.fence = u64::from(detail.summary.attempt);
                }
                if self.has(Defect::RecordsNoSuccess) {
                    detail.attempts.retain(|attempt| attempt.outcome != AttemptOutcome::Done);
                }
                if self.has(Defect::RecordsNoLoss) {
                    detail.attempts.retain(|attempt| attempt.outcome != AttemptOutcome::Lost);
                }
                if self.has(Defect::ForgetsWhoReplayed) {
                    detail.attempts.iter_mut().for_each(|attempt| attempt.replayed_by = None);
                }
            }
            Ok(detail)
        })
    }

    fn reveal<'a>(&'a self, reveal: &'a Reveal) -> StoreFuture<'a, Option<Detail>> {
        if self.has(Defect::RevealsInSilence) {
            self.show(reveal.event)
        } else {
            self.inner.store.reveal(reveal)
        }
    }

    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed> {
        Box::pin(async move {
            let mut change = change.clone();
            if self.has(Defect::RunsDryRuns) {
                change.dry_run = false;
            }
            if self.has(Defect::IgnoresWhereAChangeGoesOn) {
                change.after = None;
            }
            if self.has(Defect::PurgesWhatRuns) && change.action == Action::Purge {
                let running: Vec<_> = self.leases.lock().unwrap().values().map(|(lease, _)| *lease).collect();
                for lease in running {
                    let _ = self.inner.store.finish(&lease, &Finish::Done, AttemptNote::NONE).await?;
                }
            }
            if self.has(Defect::KeepsPurgedErrors) && change.action == Action::Purge {
                *self.kinds.lock().unwrap() = self.inner.store.errors(None, 1000).await?;
            }
            let mut changed = self.inner.store.change(&change).await?;
            if self.has(Defect::ReplaysWhatIsDone)
                && change.action == Action::Replay
                && change.filter.state.is_none()
            {
                change.filter.state = Some(EventState::Done);
                changed.ids.extend(self.inner.store.change(&change).await?.ids);
                changed.ids.sort_unstable();
            }
            Ok(changed)
        })
    }

    fn set_pause<'a>(&'a self, change: &'a PauseChange) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut change = change.clone();
            if self.has(Defect::IgnoresPreconditions) {
                change.precondition = Precondition::Any;
            }
            match &mut change.action {
                PauseAction::Pause { duration } if self.has(Defect::PausesForever) => *duration = None,
                PauseAction::Resume if self.has(Defect::ResumesNothing) => return Ok(true),
                PauseAction::Resume if self.has(Defect::ResumesSubscriptions) => {
                    for pause in self.inner.store.stats().await?.pauses {
                        if Pause::names_for(&pause.source).skip(1).any(|name| name == change.source) {
                            let resume = PauseChange::resume(&pause.source, "defect");
                            let _ = self.inner.store.set_pause(&resume).await?;
                        }
                    }
                }
                _ => {}
            }
            self.inner.store.set_pause(&change).await
        })
    }

    fn set_control<'a>(&'a self, change: &'a ControlChange) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut change = change.clone();
            if self.has(Defect::IgnoresPreconditions) {
                change.precondition = Precondition::Any;
            }
            self.inner.store.set_control(&change).await
        })
    }

    fn controls(&self) -> StoreFuture<'_, Controls> {
        Box::pin(async move {
            let mut controls = self.inner.store.controls().await?;
            if self.has(Defect::ForgetsLimits) {
                controls.limits.truncate(1);
            }
            if self.has(Defect::NumbersNoCommands) {
                controls.commands.iter_mut().for_each(|command| command.id = 1);
            }
            Ok(controls)
        })
    }

    fn errors<'a>(&'a self, source: Option<&'a str>, limit: usize) -> StoreFuture<'a, Vec<ErrorPattern>> {
        Box::pin(async move {
            let mut errors = self.inner.store.errors(source, limit).await?;
            if self.has(Defect::CountsErrorsOnce) {
                errors.iter_mut().for_each(|of| of.count = 1);
            }
            errors.extend(self.kinds.lock().unwrap().iter().cloned());
            Ok(errors)
        })
    }

    fn inline_attempts<'a>(
        &'a self,
        filter: &'a InlineFilter,
        page: Page,
    ) -> StoreFuture<'a, Vec<StoredInlineAttempt>> {
        Box::pin(async move {
            let mut filter = filter.clone();
            if self.has(Defect::ListsInlineSuccesses) {
                filter.has_failed = false;
            }
            self.inner.store.inline_attempts(&filter, page).await
        })
    }

    fn statistics(&self, window: Window) -> StoreFuture<'_, Statistics> {
        Box::pin(async move {
            let window = if self.has(Defect::CountsTheWeek) { Window::Week } else { window };
            let mut statistics = self.inner.store.statistics(window).await?;
            let Statistics { since, sources, .. } = &mut statistics;
            for of in sources.values_mut() {
                let is_silent = of.counts == DeliveryCounts::default();
                if self.has(Defect::ForgetsTheLastDelivery) && is_silent {
                    of.last_delivery = None;
                }
                if self.has(Defect::KnowsNoTimesToDone) {
                    of.time_to_done = Histogram::default();
                }
                if self.has(Defect::ForgetsTheRules) {
                    of.filtered.clear();
                }
                if self.has(Defect::DatesKeysBack) {
                    of.keys.values_mut().for_each(|used| used.last_at = *since);
                }
            }
            Ok(statistics)
        })
    }

    fn series(&self, window: Window) -> StoreFuture<'_, Series> {
        let window = if self.has(Defect::CountsByTheHour) { Window::Day } else { window };
        self.inner.store.series(window)
    }

    fn rejections<'a>(&'a self, source: Option<&'a str>, window: Window) -> StoreFuture<'a, Rejections> {
        Box::pin(async move {
            let source = source.filter(|_| !self.has(Defect::ShowsAllRejections));
            let mut rejections = self.inner.store.rejections(source, window).await?;
            if self.has(Defect::ShowsTheOldestFirst) {
                rejections.samples.reverse();
            }
            Ok(rejections)
        })
    }

    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>> {
        Box::pin(async move {
            let mut log = self.inner.store.audit(event, page).await?;
            if self.has(Defect::RequeuesInSilence) {
                log.retain(|entry| entry.action != "requeue");
            }
            Ok(log)
        })
    }
}
