//! Tests of files of earlier releases.

mod common;

use std::sync::Arc;

use common::Sqlite;
use countersign_inbox::{Accepted, EventState, Finish, InboxStore, Increment, OpsStore, PauseChange, Window};
use rusqlite::Connection;

/// The steps after the first version. Adding a version requires adding the one before it.
const STEPS: &[&str] = &[
    include_str!("../src/schema/v2_swept_rows.sql"),
    include_str!("../src/schema/v3_due_at_once.sql"),
    include_str!("../src/schema/v4_owners_and_clock.sql"),
    include_str!("../src/schema/v5_error_patterns.sql"),
    include_str!("../src/schema/v6_unverified.sql"),
    include_str!("../src/schema/v7_counts.sql"),
    include_str!("../src/schema/v8_attempts.sql"),
    include_str!("../src/schema/v9_errors.sql"),
    include_str!("../src/schema/v10_statistics.sql"),
    include_str!("../src/schema/v11_rejections.sql"),
    include_str!("../src/schema/v12_pauses.sql"),
    include_str!("../src/schema/v13_started.sql"),
    include_str!("../src/schema/v14_breakdowns.sql"),
    include_str!("../src/schema/v15_order.sql"),
    include_str!("../src/schema/v16_block_filters.sql"),
    include_str!("../src/schema/v17_inline_attempts.sql"),
    include_str!("../src/schema/v18_controls.sql"),
    include_str!("../src/schema/v19_dead_letter_types.sql"),
];

#[test]
fn a_file_of_each_version_is_opened_with_what_is_in_it() {
    for steps in 0..=STEPS.len() {
        let version = steps + 1;
        let folder = tempfile::tempdir().unwrap();
        let file = Connection::open(folder.path().join("inbox.db")).unwrap();
        let first = include_str!("upgrade/v1.sql");
        for sql in [first].iter().chain(STEPS.iter().take(steps)) {
            file.execute_batch(sql).unwrap();
        }
        file.execute_batch(&format!("PRAGMA user_version = {version}")).unwrap();
        drop(file);
        let sqlite = Sqlite::in_folder(folder, Arc::new(common::ManualClock::new()), |builder| builder);
        let store = sqlite.store();
        let expected =
            [("waiting", EventState::Ready), ("was running", EventState::Ready), ("done", EventState::Done)];
        for (id, state) in expected {
            let accepted = sqlite.ok(store.accept(common::event(id)));
            assert!(
                matches!(accepted, Accepted::Duplicate { state: found, .. } if found == state),
                "{version}: {accepted:?}"
            );
        }
        let leased = sqlite.claim(10);
        assert_eq!(leased.len(), 2, "{version}");
        for leased in &leased {
            assert_eq!(leased.event.body, "{}", "{version}");
            sqlite.finish(leased, &Finish::Done);
        }
        let [counted] = sqlite.ok(store.stats()).sources.try_into().unwrap();
        assert_eq!((counted.ready, counted.running, counted.done, counted.dead), (0, 0, 3, 0), "{version}");
        assert!(sqlite.ok(store.statistics(Window::Week)).sources.is_empty(), "{version}");
        let mut increment = Increment::new("orders");
        increment.counts.accepted = 1;
        increment.filtered.insert("types".to_owned(), 2);
        sqlite.ok(store.add_statistics(&[increment.clone()]));
        let statistics = sqlite.ok(store.statistics(Window::Week));
        let orders = &statistics.sources["orders"];
        assert_eq!((orders.counts, orders.deliveries()), (increment.counts, 3), "{version}");
        let pause = PauseChange::pause("orders", "operator");
        assert!(sqlite.ok(store.set_pause(&pause)), "{version}");
        assert_eq!(sqlite.ok(store.stats()).pauses.len(), 1, "{version}");
        let unpaused = PauseChange::resume("orders", "operator");
        assert!(sqlite.ok(store.set_pause(&unpaused)), "{version}");
        let [first, second] = ["first", "second"].map(|id| {
            let mut event = common::event(id);
            event.ordering_key = Some("job".to_owned());
            assert!(matches!(sqlite.ok(store.accept(event)), Accepted::New { .. }), "{version}");
            let claimed = sqlite.claim(10);
            claimed.into_iter().next()
        });
        assert!(first.is_some() && second.is_none(), "{version}");
        // Numbers continue.
        assert!(sqlite.accept("new").get() > 3, "{version}");
        assert!(leased[0].lease.fence() > 2, "{version}");
        let shown = sqlite.ok(store.show(leased[1].event.id)).unwrap();
        let attempts: Vec<_> = shown.attempts.iter().map(|of| (of.attempt, of.outcome.as_str())).collect();
        assert_eq!(attempts, [(1, "retry"), (2, "lost"), (3, "done")], "{version}");
        let kept = &shown.attempts[0];
        assert_eq!((kept.error.as_deref(), kept.started_at), (Some("timeout"), None), "{version}");
    }
}
