//! Tests of what searches read beside many events that do not match: blocks, as the server counts them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use countersign_inbox::{
    Action, Change, ClaimDue, Counted, EventState, Filter, InboxStore, Isolation, Leased, OpsStore, Page,
};
use countersign_postgres::PostgresStore;
use countersign_test_servers::{Postgres, execute};

use self::common::{TTL, wait};

/// Expired leases of other claimers are looked for in each claim: among those that run, not among all that wait.
#[test]
fn a_claim_beside_a_backlog_reads_what_it_leases() {
    let (server, store) = start();
    fill(&server, 30_000, "0", "NULL");
    for isolation in [Isolation::Alone, Isolation::Mixed, Isolation::Without] {
        for is_analysed in [false, true] {
            if is_analysed {
                execute(&server.url(), "ANALYZE countersign.event");
            }
            let mut due = ClaimDue::new("source 1", "worker", 4, TTL);
            due.isolation = isolation;
            let before = blocks(&server);
            let leased: Vec<Leased> = wait(store.claim_due(&due)).unwrap();
            let read = blocks(&server) - before;
            assert_eq!(leased.len(), 4);
            assert!(read < 2500, "{isolation:?}, analysed: {is_analysed}: {read} blocks");
        }
    }
}

/// Each filter on its own would let through thousands of events, and both together none; or the value is in no event.
#[test]
fn filters_without_a_match_read_no_table() {
    let (server, store) = start();
    // Errors of one class, in dead letters of one type. Other events have another type, and none is done for a tenant.
    fill(&server, 40_000, "CASE WHEN n % 2 = 0 THEN 3 ELSE 0 END", "'timeout after ' || n");
    execute(&server.url(), "VACUUM (ANALYZE) countersign.event");
    let with = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        filter
    };
    let filters = [
        with(|f| f.event_type = Some("none".into())),
        with(|f| (f.event_type, f.state) = (Some("type 1".into()), Some(EventState::Dead))),
        with(|f| (f.event_type, f.state) = (Some("type 0".into()), Some(EventState::Ready))),
        with(|f| (f.event_type, f.source) = (Some("type 1".into()), Some("source 0".into()))),
        with(|f| f.tenant = Some("none".into())),
        with(|f| (f.tenant, f.state) = (Some("tenant 1".into()), Some(EventState::Dead))),
        with(|f| (f.tenant, f.event_type) = (Some("tenant 1".into()), Some("none".into()))),
        with(|f| f.state = Some(EventState::Done)),
        with(|f| (f.state, f.source) = (Some(EventState::Dead), Some("source 1".into()))),
        with(|f| f.error = Some("no such".into())),
        with(|f| (f.error, f.state) = (Some("timeout".into()), Some(EventState::Ready))),
        with(|f| (f.error, f.source) = (Some("timeout".into()), Some("source 1".into()))),
    ];
    for filter in filters {
        let before = blocks(&server);
        assert!(wait(store.list(&filter, Page::first(50))).unwrap().events.is_empty(), "{filter:?}");
        for action in [Action::Replay, Action::Discard, Action::Purge] {
            let change = Change::new(action, filter.clone(), "operator");
            assert!(wait(store.change(&change)).unwrap().ids.is_empty(), "{action:?} {filter:?}");
        }
        let read = blocks(&server) - before;
        assert!(read < 3000, "{filter:?}: {read} blocks");
    }
}

/// The server selects by a text that few events have, and none of them has the pattern.
#[test]
fn a_list_by_pattern_looks_at_as_many_events_as_any_other() {
    let (server, store) = start();
    // One of 40, as many as four lists of 500 find among 80,000. Each is in another class.
    fill(
        &server,
        100_000,
        "3",
        "CASE WHEN n % 40 = 0 THEN 'timeout of ' ELSE 'reset ' END || repeat('x', n % 1200) || n",
    );
    execute(&server.url(), "VACUUM (ANALYZE) countersign.event");
    let mut filter = Filter::default();
    filter.error = Some("timeout".into());
    let mut pattern = filter.clone();
    pattern.pattern = Some("timeout".into());
    let looked_at = |filter: &Filter| {
        let listing = wait(store.list(filter, Page::first(5_000))).unwrap();
        (listing.events.len(), 100_000 - listing.goes_on_after.unwrap())
    };
    let (found, any) = looked_at(&filter);
    assert!(found > 100 && any <= 20_000, "{found} among {any}");
    let (found, by_pattern) = looked_at(&pattern);
    assert!(found == 0 && by_pattern <= 20_000, "{found} among {by_pattern}");
    assert!(by_pattern >= 19_000, "{by_pattern}: the next page begins there");
}

/// All of its words are in the errors that an index leads to, not only the longest one.
#[test]
fn events_of_a_pattern_are_searched_among_the_errors_with_all_of_its_words() {
    let (server, store) = start();
    fill(
        &server,
        60_000,
        "3",
        "'timeout of ' || CASE n % 4 WHEN 0 THEN 'stripe' ELSE 'github' END || ' after ' || n || ' ms'",
    );
    execute(&server.url(), "VACUUM (ANALYZE) countersign.event");
    let mut filter = Filter::default();
    (filter.source, filter.event_type) = (Some("source 0".into()), Some("type 0".into()));
    filter.pattern = Some("timeout of gitlab after # ms".into());
    let before = blocks(&server);
    assert!(wait(store.list(&filter, Page::first(50))).unwrap().events.is_empty());
    assert_eq!(wait(store.count(&filter)).unwrap(), Counted { number: 0, is_all: true });
    let found = wait(store.change(&dry(&filter))).unwrap();
    assert_eq!((found.ids.len(), found.goes_on_after), (0, None));
    let read = blocks(&server) - before;
    assert!(read < 3000, "{read} blocks");
}

/// However many lists and parts of a change there are.
#[test]
fn a_request_counts_the_entries_of_an_index_once() {
    let (server, store) = start();
    fill(&server, 24_000, "3", "'timeout after ' || n || ' ms'");
    execute(&server.url(), "VACUUM (ANALYZE) countersign.event");
    let mut filter = Filter::default();
    (filter.event_type, filter.state) = (Some("type 0".into()), Some(EventState::Dead));
    // Each error has its words, and another pattern.
    filter.pattern = Some("after # timeout".into());
    // At first up to 1,000 entries of each index, and then as many as a search may look at.
    let counted = |act: &dyn Fn()| {
        let before = counts(&server);
        act();
        counts(&server) - before
    };
    let list = counted(&|| {
        let listing = wait(store.list(&filter, Page::first(50))).unwrap();
        assert_eq!((listing.events.len(), listing.goes_on_after.is_some()), (0, true));
    });
    assert_eq!(list, 2, "in four lists");
    let change = counted(&|| {
        let found = wait(store.change(&dry(&filter))).unwrap();
        assert_eq!((found.ids.len(), found.goes_on_after), (0, None), "all 12,000 were looked at");
    });
    assert_eq!(change, 3, "in twelve parts");
}

/// Both indexes lead to too many events: the second page begins where the first one ends.
#[test]
fn pages_of_a_search_that_looks_at_a_part_find_each_event_once() {
    let (server, store) = start();
    // Of the type, every tenth event has the error.
    fill(&server, 50_000, "3", "CASE WHEN n % 20 = 0 THEN 'timeout ' ELSE 'reset ' END || n");
    execute(&server.url(), "VACUUM (ANALYZE) countersign.event");
    let mut filter = Filter::default();
    (filter.event_type, filter.error) = (Some("type 0".into()), Some("e".into()));
    filter.pattern = Some("timeout #".into());
    let (mut found, mut page, mut pages) = (Vec::new(), Page::first(1_500), 0);
    loop {
        let listing = wait(store.list(&filter, page)).unwrap();
        found.extend(listing.events.iter().map(|of| of.id.get()));
        pages += 1;
        let last = listing.events.last().filter(|_| listing.events.len() == page.limit).map(|of| of.id.get());
        page.after = listing.goes_on_after.or(last);
        if page.after.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (1..=50_000).rev().filter(|id| id % 20 == 0).collect();
    assert_eq!(found, expected);
    assert!(pages > 1);
}

fn dry(filter: &Filter) -> Change {
    let mut change = Change::new(Action::Replay, filter.clone(), "operator");
    change.dry_run = true;
    change
}

fn start() -> (Postgres, PostgresStore) {
    let server = Postgres::with(&[("shared_preload_libraries", "pg_stat_statements"), ("autovacuum", "off")]);
    execute(&server.url(), "CREATE EXTENSION pg_stat_statements");
    let store = wait(PostgresStore::connect(&server.url())).unwrap();
    (server, store)
}

/// Stores events of two sources, tenants and types: the even ones are of the first.
fn fill(server: &Postgres, events: u32, state: &str, error: &str) {
    let sql = format!(
        "WITH stored AS (
             INSERT INTO countersign.event (key, body_digest, source, tenant, provider, external_id, event_type, state, received_at,
                                            stored_at, age_from, due_at, finished_at, error, day)
             SELECT sha256(n::text::bytea), sha256(n::text::bytea), 'source ' || n % 2, 'tenant ' || n % 2, 'preflix', 'evt_' || n,
                    'type ' || n % 2, {state}, now(), now(), now(), now(), CASE WHEN {state} > 1 THEN now() END,
                    CASE WHEN n % 2 = 0 THEN {error} END, current_date
             FROM generate_series(1, {events}) n
             RETURNING id, day)
         INSERT INTO countersign.body (event_id, day, head, body) SELECT id, day, '\\x504f5354202f0a', 'x' FROM stored"
    );
    execute(&server.url(), &sql);
    execute(&server.url(), "SELECT countersign.fold_event_counts()");
}

/// Returns how often entries of an index were counted.
fn counts(server: &Postgres) -> i64 {
    let sql = "SELECT coalesce(sum(calls), 0)::int8 FROM pg_stat_statements WHERE query LIKE '%) candidate%'
               AND query NOT LIKE '%pg_stat_statements%'";
    execute(&server.url(), sql).parse().unwrap()
}

/// Returns the number of blocks that statements have read, but for those of this function.
fn blocks(server: &Postgres) -> i64 {
    let sql = "SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::int8 FROM pg_stat_statements
               WHERE query NOT LIKE '%pg_stat_statements%'";
    execute(&server.url(), sql).parse().unwrap()
}
