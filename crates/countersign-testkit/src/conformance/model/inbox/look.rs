use countersign_inbox::{
    AuditEntry, Detail, ErrorPattern, Filter, InboxStore, OpsStore, Page, Stats, Summary,
};
use proptest::sample::Index;

use super::super::manual_clock::at_once;
use super::pair::{Known, Pair};
use super::same;
use super::step::{SOURCES, Sieve};
use crate::conformance::inbox::harness::InboxHarness;

impl<B: InboxHarness> Pair<'_, B> {
    pub(super) fn look(&self, sieve: &Sieve, after: Option<&Index>, limit: usize) {
        let after = after.and_then(|after| self.pick(after));
        let page = |side: fn(&Known) -> i64| {
            after.as_ref().map_or(Page::first(limit), |after| Page::first(limit).after(side(after)))
        };
        let [of_store, of_reference] = self.filters(sieve);
        let pages = [page(|known| known.store.get()), page(|known| known.reference.get())];
        self.assert_same_list([&of_store, &of_reference], pages);
        let count = self.wait(self.harness.ops().count(&of_store));
        assert_eq!(count, at_once(self.reference.count(&of_reference)), "{of_store:?}");
    }

    /// Compares the lists of all events.
    pub(super) fn assert_same_events(&self) {
        let (all, everything) = (Filter::default(), Page::first(1000));
        self.assert_same_list([&all, &all], [everything, everything]);
    }

    /// Compares everything that is observable.
    pub(super) fn assert_same(&self) {
        for known in &self.known {
            let shown = self.wait(self.harness.ops().show(known.store));
            let expected = at_once(self.reference.show(known.reference));
            assert_eq!(shown.is_some(), expected.is_some(), "{}", known.store);
            if let (Some(shown), Some(expected)) = (shown, expected) {
                self.assert_same_detail(shown, expected);
            }
        }
        self.assert_same_audit();
        self.assert_same_errors();
    }

    fn assert_same_errors(&self) {
        let plain = |errors: Vec<ErrorPattern>| {
            let mut plain: Vec<_> = errors
                .into_iter()
                .map(|of| (of.source, of.event_type, of.failure, of.pattern, of.count))
                .collect();
            plain.sort();
            plain
        };
        let errors = self.wait(self.harness.ops().errors(None, 1000));
        assert_eq!(plain(errors), plain(at_once(self.reference.errors(None, 1000))));
    }

    /// Checks the counters of the store against a full count, the pauses, and the sources that have something due.
    pub(super) fn assert_same_stats(&self) {
        let stats = |stats: Stats| {
            let pauses: Vec<_> = stats.pauses.into_iter().map(same::pause).collect();
            (stats.sources.into_iter().map(same::source).collect::<Vec<_>>(), pauses)
        };
        assert_eq!(stats(self.wait(self.harness.ops().stats())), stats(at_once(self.reference.stats())));
        let names = SOURCES.map(str::to_owned);
        let due = self.wait(self.harness.inbox().due_sources(&names));
        assert!(due.is_none() || due == at_once(self.reference.due_sources(&names)), "{due:?}");
    }

    fn assert_same_list(&self, [of_store, of_reference]: [&Filter; 2], [here, there]: [Page; 2]) {
        let listed = self.wait(self.harness.ops().list(of_store, here)).events;
        let listed: Vec<_> = listed
            .into_iter()
            .map(|of| {
                let id = self.reference(of.id);
                same::summary(of, id)
            })
            .collect();
        let expected = at_once(self.reference.list(of_reference, there)).events;
        let expected: Vec<_> = expected.into_iter().map(own).collect();
        assert_eq!(listed, expected, "{of_store:?}");
    }

    fn assert_same_detail(&self, shown: Detail, expected: Detail) {
        let id = self.reference(shown.summary.id);
        let attempts: Vec<_> = shown
            .attempts
            .into_iter()
            .map(|of| {
                let fence = of.fence;
                same::attempt(of, shown.summary.stored_at, fence)
            })
            .collect();
        let expected_attempts: Vec<_> = expected
            .attempts
            .into_iter()
            .map(|of| {
                let fence = self.fence(of.fence).unwrap_or_default();
                same::attempt(of, expected.summary.stored_at, fence)
            })
            .collect();
        assert_eq!(attempts, expected_attempts, "{id}");
        if let Some(fence) = self.fence(expected.fence) {
            assert_eq!(shown.fence, fence, "{id}");
        }
        assert_eq!(shown.ordering_key, expected.ordering_key, "{id}");
        assert_eq!(shown.waits_for.map(|id| self.reference(id)), expected.waits_for, "{id}");
        assert_eq!((shown.worker, shown.head, shown.body), (expected.worker, expected.head, expected.body));
        assert_eq!(same::summary(shown.summary, id), own(expected.summary));
    }

    fn assert_same_audit(&self) {
        let all = Page::first(1000);
        let plain = |of: AuditEntry| (of.actor, of.action, of.event, of.count);
        let log = self.wait(self.harness.ops().audit(None, all));
        let details: Vec<_> = log.iter().rev().map(|entry| entry.detail.clone()).collect();
        assert_eq!(details, self.details);
        assert!(log.is_sorted_by(|newer, older| newer.id > older.id && newer.at >= older.at), "{log:?}");
        let here = |of: AuditEntry| plain(AuditEntry { event: of.event.map(|id| self.reference(id)), ..of });
        let log: Vec<_> = log.into_iter().map(here).collect();
        let expected: Vec<_> = at_once(self.reference.audit(None, all)).into_iter().map(plain).collect();
        assert_eq!(log, expected);
        for known in &self.known {
            let log = self.wait(self.harness.ops().audit(Some(known.store), all));
            let expected = at_once(self.reference.audit(Some(known.reference), all));
            assert_eq!(log.len(), expected.len(), "of {}", known.store);
        }
    }
}

fn own(of: Summary) -> Summary {
    let id = of.id;
    same::summary(of, id)
}
