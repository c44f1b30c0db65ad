//! Checks that lists return the same with their indexes as with a full scan, in inboxes where indexes are used.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::time::{Duration, Instant};

use common::Sqlite;
use countersign_inbox::{Action, Change, EventState, Filter, InboxStore, OpsStore, Page};
use rusqlite::Connection;

/// Returns a store with events in all states, at several endpoints, with few kinds of errors, some with numbers in
/// them.
fn filled(events: i64) -> Sqlite {
    let sqlite = Sqlite::new();
    let file = Connection::open(sqlite.path()).unwrap();
    let sql = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
        INSERT INTO wh_event(id, key, source, tenant, provider, external_id, event_type, body_sha256, received_at, stored_at,
            queued_at, state, due_at, finished_at, error)
        SELECT n, randomblob(32), 'source ' || (n % 3), iif(n / 1500 % 2, 'tenant ' || (n % 7), NULL), 'preflix',
            'evt_' || (n % 4000), 'type ' || (n / 100 % 5), x'00', n, ?2 + n, n,
            iif(n < ?1 / 2, 2, n * 7 % 4), 0, iif(n < ?1 / 2 OR n * 7 % 4 > 1, n, NULL),
            CASE n % 5 WHEN 0 THEN 'Timeout after ' || n || ' ms' WHEN 1 THEN 'no such account: ' || hex(n)
                WHEN 2 THEN '' END
        FROM n";
    file.execute(sql, [events, sqlite.now() - 10_000]).unwrap();
    let counts = "INSERT INTO wh_count(source, state, number) SELECT source, state, count(*) FROM wh_event GROUP BY 1, 2";
    file.execute(counts, ()).unwrap();
    file.execute("INSERT INTO wh_body(event_id, head, body) SELECT id, x'', x'' FROM wh_event", ()).unwrap();
    file.execute("UPDATE wh_meta SET value = ?1 WHERE name = 'event'", [events]).unwrap();
    // The owner creates filters for full thousands when it is idle.
    let filters = || file.query_row("SELECT count(*) FROM wh_block", (), |row| row.get::<_, i64>(0)).unwrap();
    while filters() < events / 1000 {
        sqlite.ok(sqlite.store().probe());
    }
    sqlite
}

/// Returns every combination of a source, a state, a type, an id and an error, each with and without a tenant or an age.
fn filters() -> Vec<Filter> {
    let texts = |texts: &[&str]| -> Vec<Option<String>> {
        std::iter::once(None).chain(texts.iter().map(|text| Some((*text).to_owned()))).collect()
    };
    let states = [None, Some(EventState::Ready), Some(EventState::Done), Some(EventState::Dead)];
    let mut filters = Vec::new();
    for source in texts(&["source 1", "none"]) {
        for state in states {
            for event_type in texts(&["type 3", "none"]) {
                for external_id in texts(&["evt_12", "evt_1400", "none"]) {
                    for error in texts(&["TIMEOUT after 4", "account: 3", "e", "", "in no error"]) {
                        let mut filter = Filter::default();
                        (filter.source, filter.state) = (source.clone(), state);
                        (filter.event_type, filter.external_id) = (event_type.clone(), external_id.clone());
                        filter.error = error;
                        // In turns: all combinations would be too many.
                        match filters.len() % 6 {
                            1 => filter.tenant = Some("tenant 3".to_owned()),
                            2 => filter.tenant = Some("none".to_owned()),
                            3 => filter.older_than = Some(Duration::from_millis(8_000)),
                            4 => filter.newer_than = Some(Duration::from_millis(2_500)),
                            5 => {
                                filter.older_than = Some(Duration::from_millis(2_500));
                                (filter.newer_than, filter.tenant) =
                                    (Some(Duration::from_secs(5)), Some("tenant 3".to_owned()));
                            }
                            _ => {}
                        }
                        filters.push(filter);
                    }
                }
            }
        }
    }
    filters
}

#[test]
fn a_list_and_a_count_are_those_of_a_look_at_every_event() {
    let sqlite = filled(9500);
    let file = Connection::open(sqlite.path()).unwrap();
    for filter in filters() {
        let sql =
            "SELECT id FROM wh_event WHERE source = coalesce(?1, source) AND state = coalesce(?2, state)
            AND event_type = coalesce(?3, event_type) AND external_id = coalesce(?4, external_id)
            AND (?5 IS NULL OR instr(lower(error), lower(?5)) > 0) AND (?6 IS NULL OR tenant = ?6)
            AND stored_at <= ?7 AND stored_at >= ?8 ORDER BY id DESC";
        let mut statement = file.prepare(sql).unwrap();
        let values = (
            &filter.source,
            filter.state.map(EventState::code),
            &filter.event_type,
            &filter.external_id,
            &filter.error,
            &filter.tenant,
            filter.older_than.map_or(i64::MAX, |age| sqlite.now() - millis(age)),
            filter.newer_than.map_or(0, |age| sqlite.now() - millis(age)),
        );
        let expected: Vec<i64> =
            statement.query_map(values, |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap();
        assert_eq!(sqlite.ok(sqlite.store().count(&filter)).number, expected.len() as u64, "{filter:?}");
        let (mut page, mut found) = (Page::first(400), Vec::new());
        loop {
            let listed = sqlite.ok(sqlite.store().list(&filter, page)).events;
            found.extend(listed.iter().map(|summary| summary.id.get()));
            let Some(last) = listed.last().filter(|_| listed.len() == 400) else { break };
            page = page.after(last.id.get());
        }
        assert_eq!(found, expected, "{filter:?}");
    }
}

fn millis(age: Duration) -> i64 {
    i64::try_from(age.as_millis()).unwrap()
}

#[test]
fn an_event_that_gets_another_id_type_or_tenant_is_found_by_it() {
    let sqlite = filled(3000);
    let file = Connection::open(sqlite.path()).unwrap();
    let sql = "UPDATE wh_event SET external_id = 'new', event_type = 'rare', tenant = 'acme' WHERE id = 1500";
    file.execute(sql, ()).unwrap();
    let [mut by_id, mut by_type, mut by_tenant] = [(); 3].map(|()| Filter::default());
    (by_id.external_id, by_type.event_type) = (Some("new".to_owned()), Some("rare".to_owned()));
    by_tenant.tenant = Some("acme".to_owned());
    for filter in [by_id, by_type, by_tenant] {
        let listed = sqlite.ok(sqlite.store().list(&filter, Page::first(10))).events;
        assert_eq!(listed.iter().map(|summary| summary.id.get()).collect::<Vec<_>>(), [1500], "{filter:?}");
    }
}

/// A search that looks at other events, too, ends before it finds them: there are thousands before the first of these.
#[test]
fn dead_letters_and_unverified_events_are_found_by_endpoint_and_type_without_a_look_at_others() {
    let sqlite = filled(9500);
    let file = Connection::open(sqlite.path()).unwrap();
    file.execute("UPDATE wh_event SET state = 4, finished_at = NULL WHERE state = 3 AND id % 8 = 1", ())
        .unwrap();
    let expected = |sql: &str| -> Vec<i64> {
        let mut statement =
            file.prepare(&format!("SELECT id FROM wh_event WHERE {sql} ORDER BY id")).unwrap();
        statement.query_map((), |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    };
    for (state, code) in [(EventState::Dead, 3), (EventState::Unverified, 4)] {
        for source in ["source 1", "source 2"] {
            let mut filter = Filter::default();
            (filter.source, filter.state) = (Some(source.to_owned()), Some(state));
            filter.event_type = Some("type 3".to_owned());
            let mut ids =
                expected(&format!("source = '{source}' AND event_type = 'type 3' AND state = {code}"));
            assert!(ids.len() > 20, "{ids:?}");
            let mut page = Page::first(1000);
            page.most_read = ids.len();
            let listed = sqlite.ok(sqlite.store().list(&filter, page));
            ids.reverse();
            assert_eq!(listed.events.iter().map(|of| of.id.get()).collect::<Vec<_>>(), ids, "{filter:?}");
            assert_eq!(listed.goes_on_after, None, "{filter:?}");
        }
    }
    let mut filter = Filter::default();
    (filter.source, filter.event_type) = (Some("source 1".to_owned()), Some("type 3".to_owned()));
    let ids = expected("source = 'source 1' AND event_type = 'type 3' AND state IN (3, 4)");
    let mut change = Change::new(Action::Replay, filter, "operator");
    (change.limit, change.most_read) = (1000, ids.len());
    let changed = sqlite.ok(sqlite.store().change(&change));
    assert_eq!(changed.ids.iter().map(|id| id.get()).collect::<Vec<_>>(), ids);
    assert_eq!(changed.goes_on_after, None);
}

/// Each endpoint and state is a part: no part is read farther than the others allow.
#[test]
fn a_search_of_many_endpoints_that_ends_leaves_none_out() {
    let sqlite = filled(9500);
    let file = Connection::open(sqlite.path()).unwrap();
    file.execute("UPDATE wh_event SET source = 'small ' || (id % 20) WHERE state = 3 AND id % 25 = 0", ())
        .unwrap();
    let expected: i64 = file
        .query_row("SELECT count(*) FROM wh_event WHERE state = 3 AND replays = 0", (), |row| row.get(0))
        .unwrap();
    for most_read in [50, 200, 1000] {
        let mut filter = Filter::default();
        (filter.state, filter.replays) = (Some(EventState::Dead), Some(0));
        let (mut page, mut listed, mut pages) = (Page::first(9500), Vec::new(), 0);
        page.most_read = most_read;
        loop {
            let found = sqlite.ok(sqlite.store().list(&filter, page));
            listed.extend(found.events.into_iter().map(|summary| summary.id));
            pages += 1;
            let Some(next) = found.goes_on_after else { break };
            page = page.after(next);
        }
        assert!(listed.is_sorted_by(|one, other| one > other));
        assert_eq!(listed.len() as i64, expected, "{most_read}");
        // There are about 1,200 dead letters.
        assert!((1200 / most_read..=6000 / most_read).contains(&pages), "{most_read}: {pages}");
    }
}

/// Filters of blocks have exactly a thousand events each, and so may the number that a search looks at.
#[test]
fn a_search_that_ends_with_a_block_goes_on_behind_it() {
    let sqlite = filled(9500);
    let mut filter = Filter::default();
    (filter.tenant, filter.replays) = (Some("tenant 3".to_owned()), Some(0));
    let expected: Vec<_> = sqlite.ok(sqlite.store().list(&filter, Page::first(9500))).events;
    let mut expected: Vec<_> = expected.into_iter().map(|summary| summary.id).collect();
    assert!(expected.len() > 100, "{}", expected.len());
    for most_read in [500, 1000, 2000, 3000, 4000] {
        let (mut page, mut listed) = (Page::first(9500), Vec::new());
        page.most_read = most_read;
        for _ in 0..20 {
            let found = sqlite.ok(sqlite.store().list(&filter, page));
            listed.extend(found.events.into_iter().map(|summary| summary.id));
            let Some(next) = found.goes_on_after else { break };
            assert!(page.after.is_none_or(|after| next < after), "{most_read}: {next}");
            page = page.after(next);
        }
        assert_eq!(listed, expected, "{most_read}");
        let mut change = Change::new(Action::Purge, filter.clone(), "alice");
        (change.limit, change.most_read, change.dry_run) = (usize::MAX, most_read, true);
        let mut meant = Vec::new();
        for _ in 0..20 {
            let changed = sqlite.ok(sqlite.store().change(&change));
            meant.extend(changed.ids);
            let Some(next) = changed.goes_on_after else { break };
            assert!(change.after.is_none_or(|after| next > after), "{most_read}: {next:?}");
            change.after = Some(next);
        }
        let purgeable = |id: &_| {
            sqlite
                .ok(sqlite.store().show(*id))
                .is_some_and(|of| matches!(of.summary.state, EventState::Done | EventState::Dead))
        };
        expected.reverse();
        assert_eq!(meant, expected.iter().copied().filter(purgeable).collect::<Vec<_>>(), "{most_read}");
        expected.reverse();
    }
}

#[test]
fn a_bulk_change_is_done_to_all_in_parts_with_one_entry_in_the_audit_log() {
    let sqlite = filled(9500);
    let mut dead = Filter::default();
    (dead.state, dead.error) = (Some(EventState::Dead), Some("timeout".to_owned()));
    let meant = sqlite.ok(sqlite.store().count(&dead)).number;
    assert!(meant > 200, "{meant}");
    let mut change = Change::new(Action::Replay, dead.clone(), "alice");
    (change.limit, change.dry_run) = (usize::MAX, true);
    let would = sqlite.ok(sqlite.store().change(&change)).ids;
    assert_eq!(would.len() as u64, meant);
    change.dry_run = false;
    assert_eq!(sqlite.ok(sqlite.store().change(&change)).ids, would);
    assert!(would.is_sorted());
    assert_eq!(sqlite.ok(sqlite.store().count(&dead)).number, 0);
    let audit = sqlite.ok(sqlite.store().audit(None, Page::first(10)));
    assert_eq!(audit.iter().map(|entry| (entry.count, entry.event)).collect::<Vec<_>>(), [(meant, None)]);
}

/// Not a measurement, but a guard against full scans: those take longer than all of these together.
#[test]
fn what_operators_ask_for_costs_less_than_a_look_at_every_event() {
    let sqlite = filled(200_000);
    let file = Connection::open(sqlite.path()).unwrap();
    let scan = Instant::now();
    file.query_row(
        "SELECT count(*) FROM wh_event NOT INDEXED WHERE instr(lower(error), 'x') > 0",
        (),
        |_| Ok(()),
    )
    .unwrap();
    let scan = scan.elapsed();
    let mut failing = Filter::default();
    failing.error = Some("in no error".to_owned());
    let mut of_state = Filter::default();
    of_state.state = Some(EventState::Dead);
    let mut of_no_event = of_state.clone();
    of_no_event.external_id = Some("none".to_owned());
    for filter in [failing, of_state, of_no_event] {
        let fastest = (0..5).map(|_| {
            let start = Instant::now();
            sqlite.ok(sqlite.store().list(&filter, Page::first(20)));
            start.elapsed()
        });
        let fastest = fastest.min().unwrap();
        assert!(fastest < scan / 2, "{filter:?}: {fastest:?}, and {scan:?} for everything");
    }
    let stats = (0..5).map(|_| {
        let start = Instant::now();
        sqlite.ok(sqlite.store().stats());
        start.elapsed()
    });
    assert!(stats.min().unwrap() < scan);
}
