use std::mem;
use std::pin::Pin;
use std::thread;
use std::time::Duration;

use countersign::Clock;
use countersign_inbox::{
    Accepted, AttemptNote, CircuitReport, ClaimDue, Durability, EventId, EventKey, EventState, Fenced,
    Finish, Identity, InboxStore, Increment, Lease, Leased, NewEvent, OpsStore, Page, Pause, PauseChange,
    StoreFuture, StoredEvent, Swept, Window,
};

use super::{Defect, Store, filter};

impl InboxStore for Store {
    fn accept(&self, mut event: NewEvent) -> StoreFuture<'_, Accepted> {
        Box::pin(async move {
            let key = event.identity.key();
            if self.has(Defect::KeepsNoGuard) {
                event.identity = Identity::new(key, event.identity.body());
            }
            if self.has(Defect::KeepsNoOrder) {
                event.ordering_key = None;
            }
            if self.has(Defect::OrdersTenantsApart) {
                event.ordering_key = event.ordering_key.map(|key| format!("{key} {:?}", event.tenant));
            }
            if self.has(Defect::ReadsThenInserts) {
                let is_known = self.seen.lock().unwrap().contains(&key);
                thread::yield_now();
                if !is_known {
                    self.seen.lock().unwrap().push(key);
                    event.identity = Identity::new(EventKey::random(), event.identity.body());
                }
            }
            if self.has(Defect::KeepsOneOfRepeatedHeaders) {
                let all = mem::take(&mut event.head.headers);
                event.head.headers = all
                    .keys()
                    .filter_map(|name| all.get(name).map(|value| (name.clone(), value.clone())))
                    .collect();
            }
            let accepted = self.inner.store.accept(event).await?;
            Ok(match accepted {
                Accepted::Duplicate { id, state, .. } if self.has(Defect::CallsEveryBodyTheSame) => {
                    Accepted::Duplicate { id, state, same_body: true }
                }
                other => other,
            })
        })
    }

    fn claim_due<'a>(&'a self, request: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>> {
        Box::pin(async move {
            let mut request = request.clone();
            if self.has(Defect::KnowsNoHorizon) {
                request.horizon = Duration::MAX;
            }
            if self.has(Defect::LeasesOneMore) {
                request.max += 1;
            }
            if self.has(Defect::LeasesWhatIsPaused) {
                let resume = PauseChange::resume(&request.source, "defect");
                let _ = self.inner.store.set_pause(&resume).await?;
            }
            if self.has(Defect::PausesOneName) {
                for name in Pause::names_for(&request.source).skip(1) {
                    let _ = self.inner.store.set_pause(&PauseChange::resume(name, "defect")).await?;
                }
            }
            let mut leased = if self.has(Defect::LeasesTheNewestFirst) && request.only.is_none() {
                let mut leased = Vec::new();
                for id in self.ids(EventState::Ready).await {
                    let mut one = request.clone();
                    (one.only, one.max) = (Some(id), usize::from(leased.len() < request.max));
                    let is_due = self
                        .inner
                        .store
                        .show(id)
                        .await?
                        .is_some_and(|detail| detail.summary.due_at <= Some(self.inner.clock.now()));
                    if is_due {
                        leased.extend(self.inner.store.claim_due(&one).await?);
                    }
                }
                leased
            } else {
                self.inner.store.claim_due(&request).await?
            };
            if self.has(Defect::IgnoresTheSource) && leased.is_empty() {
                request.source = "orders".to_owned();
                leased = self.inner.store.claim_due(&request).await?;
            }
            for leased in &mut leased {
                let (key, real) = (leased.lease.key(), leased.lease);
                let before = self.leases.lock().unwrap().insert(key, (real, leased.event.id));
                if self.has(Defect::CountsNoCrash) && before.is_some() {
                    leased.attempt = 1;
                }
                if self.has(Defect::ResetsTheFence) {
                    let fence = u64::from(leased.attempt);
                    leased.lease = Lease::new(key, fence, real.expires_at());
                    self.shown.lock().unwrap().insert((key, fence), real);
                }
                if self.has(Defect::ReadsBodiesAsText) {
                    let text = String::from_utf8_lossy(&leased.event.body).into_owned();
                    leased.event.body = text.into();
                }
            }
            Ok(leased)
        })
    }

    fn extend<'a>(
        &'a self,
        leases: &'a [Lease],
        ttl: Duration,
    ) -> StoreFuture<'a, Vec<Fenced<Option<Lease>>>> {
        Box::pin(async move {
            let real = |lease: &Lease| {
                if self.has(Defect::ForgetsTheFenceOnExtend) { self.latest(lease) } else { self.real(lease) }
            };
            let real: Vec<_> = leases.iter().map(real).collect();
            let mut extended = self.inner.store.extend(&real, ttl).await?;
            for (extended, lease) in extended.iter_mut().zip(leases) {
                if let Fenced::Ok(Some(extended)) = extended {
                    *extended = Lease::new(lease.key(), lease.fence(), extended.expires_at());
                }
            }
            Ok(extended)
        })
    }

    fn finish<'a>(
        &'a self,
        lease: &'a Lease,
        finish: &'a Finish,
        note: AttemptNote,
    ) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(async move {
            let mut finish = finish.clone();
            if let Finish::Retry { after, .. } = &mut finish
                && self.has(Defect::RetriesAtOnce)
            {
                *after = Duration::ZERO;
            }
            if let Finish::Keep { after, error } = &finish
                && self.has(Defect::CountsWhatIsKept)
            {
                finish = Finish::Retry { after: *after, error: error.clone() };
            }
            if finish == Finish::GiveBack && self.has(Defect::CountsWhatIsGivenBack) {
                finish = Finish::Retry { after: Duration::ZERO, error: String::new() };
            }
            let mut note = note;
            note.is_unrecorded &= !self.has(Defect::RecordsEverySuccess);
            note.code = note.code.filter(|_| !self.has(Defect::ForgetsTheCode));
            let real =
                if self.has(Defect::ForgetsTheFenceOnFinish) { self.latest(lease) } else { self.real(lease) };
            let id = self.leases.lock().unwrap().get(&lease.key()).map(|(_, id)| *id);
            let is_done = match id {
                Some(id) => self
                    .inner
                    .store
                    .show(id)
                    .await?
                    .is_some_and(|detail| detail.summary.state == EventState::Done),
                None => false,
            };
            if is_done && self.has(Defect::SaysDoneOnce) {
                return Ok(Fenced::Stale);
            }
            self.inner.store.finish(&real, &finish, note).await
        })
    }

    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.inner.store.woken()
    }

    fn unverified<'a>(
        &'a self,
        source: &'a str,
        after: Option<EventId>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<StoredEvent>> {
        self.inner.store.unverified(source, after, limit)
    }

    fn resume<'a>(&'a self, ids: &'a [EventId]) -> StoreFuture<'a, u64> {
        self.inner.store.resume(ids)
    }

    fn stored_request(&self, id: EventId) -> StoreFuture<'_, Option<StoredEvent>> {
        self.inner.store.stored_request(id)
    }

    fn replace_request<'a>(&'a self, stored: &'a StoredEvent, event: &'a NewEvent) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            if self.has(Defect::ReplacesNothing) {
                return Ok(true);
            }
            let mut stored = stored.clone();
            if self.has(Defect::ReplacesWhatHasChanged) {
                stored = self.inner.store.stored_request(stored.id).await?.unwrap_or(stored);
            }
            self.inner.store.replace_request(&stored, event).await
        })
    }

    fn add_statistics<'a>(&'a self, increments: &'a [Increment]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let increments: Vec<_> = match increments {
                [first, ..] if self.has(Defect::AddsTheFirstEndpoint) => vec![first.clone()],
                all => all.to_vec(),
            };
            if self.has(Defect::CountsSourcesOnce) {
                let known = self.inner.store.statistics(Window::Hour).await?.sources;
                let is_new = |of: &&Increment| !known.contains_key(&of.source);
                let increments: Vec<_> = increments.iter().filter(is_new).cloned().collect();
                return self.inner.store.add_statistics(&increments).await;
            }
            self.inner.store.add_statistics(&increments).await
        })
    }

    fn report_circuits<'a>(&'a self, worker: &'a str, open: &'a [CircuitReport]) -> StoreFuture<'a, ()> {
        if self.has(Defect::KeepsCircuits) && open.is_empty() {
            return Box::pin(async { Ok(()) });
        }
        self.inner.store.report_circuits(worker, open)
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        Box::pin(async move {
            let mut swept = self.inner.store.sweep().await?;
            let old = |state| {
                filter(|filter| {
                    (filter.state, filter.older_than) = (Some(state), Some(self.retention()));
                })
            };
            let state = match self.defect {
                Some(Defect::SweepsWhatWaits) => Some(EventState::Ready),
                Some(Defect::SweepsDeadLettersEarly) => Some(EventState::Dead),
                _ => None,
            };
            if let Some(state) = state {
                let listed = self.inner.store.list(&old(state), Page::first(1000)).await?;
                swept.events +=
                    self.purge(listed.events.into_iter().map(|summary| summary.id).collect()).await;
            }
            while self.has(Defect::SweepsWithoutAnEnd) {
                match self.inner.store.sweep().await?.events {
                    0 => break,
                    more => swept.events += more,
                }
            }
            Ok(swept)
        })
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        self.inner.store.probe()
    }

    fn retention(&self) -> Duration {
        self.inner.store.retention()
    }

    fn dead_retention(&self) -> Duration {
        self.inner.store.dead_retention()
    }

    fn durability(&self) -> Durability {
        self.inner.store.durability()
    }
}
