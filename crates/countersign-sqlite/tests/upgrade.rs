//! Tests of files of earlier releases.

mod common;

use std::sync::Arc;

use common::Sqlite;
use countersign_inbox::{Accepted, EventState, Finish, InboxStore, OpsStore};
use rusqlite::Connection;

/// A file of each version, as SQL. Adding a version requires adding the one before it.
const VERSIONS: &[(i64, &str)] = &[
    (1, include_str!("upgrade/v1.sql")),
    (
        2,
        concat!(
            include_str!("upgrade/v1.sql"),
            include_str!("../src/schema/v2.sql"),
            "PRAGMA user_version = 2;"
        ),
    ),
];

#[test]
fn a_file_of_each_version_is_opened_with_what_is_in_it() {
    for (version, sql) in VERSIONS {
        let folder = tempfile::tempdir().unwrap();
        Connection::open(folder.path().join("inbox.db")).unwrap().execute_batch(sql).unwrap();
        let sqlite = Sqlite::in_folder(folder, Arc::new(common::Hand::new()), |builder| builder);
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
        // Numbers continue.
        assert!(sqlite.accept("new").get() > 3, "{version}");
        assert!(leased[0].lease.fence() > 2, "{version}");
        let shown = sqlite.ok(store.show(leased[1].event.id)).unwrap();
        assert_eq!(shown.attempts.len(), 1, "{version}");
    }
}
