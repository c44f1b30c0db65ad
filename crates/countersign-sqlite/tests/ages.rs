//! Checks how long each kind of row is kept.

mod common;

use common::Sqlite;
use countersign_inbox::{Action, Change, Filter, Finish, InboxStore, OpsStore, Page};
use rusqlite::Connection;

const DAY: i64 = 24 * 3_600_000;

#[test]
fn bodies_and_the_audit_log_are_swept_until_nothing_old_is_left() {
    let sqlite = Sqlite::new();
    for nth in 0..1300 {
        sqlite.accept(&nth.to_string());
    }
    let waiting = 100_i64;
    let done = sqlite.claim(1200);
    for leased in &done {
        sqlite.finish(leased, &Finish::Done);
    }
    let replay = Change::new(Action::Discard, Filter::ids([done[0].event.id]), "alice");
    sqlite.ok(sqlite.store().change(&replay));
    let purge = Change::new(Action::Purge, Filter::ids([done[0].event.id]), "alice");
    sqlite.ok(sqlite.store().change(&purge));
    let bodies = || {
        let file = Connection::open(sqlite.path()).unwrap();
        file.query_row("SELECT count(*) FROM wh_body", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!((bodies(), sqlite.ok(sqlite.store().sweep()).has_more), (1299, false), "all is young");
    sqlite.step(8 * DAY);
    let mut sweeps = 1;
    while sqlite.ok(sqlite.store().sweep()).has_more {
        sweeps += 1;
    }
    assert_eq!((bodies(), sweeps), (waiting, 3), "events stay, and the bodies of those that wait");
    assert_eq!(sqlite.count(), 1299);
    let audited = || sqlite.ok(sqlite.store().audit(None, Page::first(10))).len();
    assert_eq!(audited(), 1);
    sqlite.step(366 * DAY);
    while sqlite.ok(sqlite.store().sweep()).has_more {}
    assert_eq!((audited(), sqlite.count()), (0, waiting as u64));
}
