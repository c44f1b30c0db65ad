//! Tests of what searches read, in steps of SQLite.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

/// SQLite seeks with one bound of a range on each side. With a range of ids, the end of a search and the start of a page in one condition,
/// it would read all rows between the others.
#[test]
fn a_search_reads_what_it_looks_at_wherever_its_page_begins() {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::create(&connection);
    connection.execute_batch(&FILL.replace("{events}", &EVENTS.to_string())).unwrap();
    let steps = count_steps(&mut connection);
    let mut session = Session::new(&connection, i64::MAX);
    while blocks::extend(&mut session).unwrap() {}
    let middle = Some(EVENTS / 2);
    let orders = [
        Order::NewestFirst(None),
        Order::NewestFirst(middle),
        Order::OldestFirst(None),
        Order::OldestFirst(middle),
    ];
    let mut filters = [Filter::default(), Filter::default(), Filter::default()];
    // All filters of ids have the type; the second field is in none, and has no index.
    filters.iter_mut().for_each(|filter| filter.replays = Some(7));
    filters[0].event_type = Some("paid".to_owned());
    filters[1].newer_than = Some(std::time::Duration::MAX);
    for filter in filters {
        for order in orders {
            let search = Search::new(&mut session, &filter, &[]).unwrap();
            let before = steps.load(Ordering::Relaxed);
            let (ids, edge) = search.look(&session, order, 50, LOOKED_AT).unwrap();
            let taken = steps.load(Ordering::Relaxed) - before;
            assert!(ids.is_empty() && edge.is_some(), "{filter:?}");
            // Each event once to find the end, once to count, and once to look.
            assert!(taken < 60 * LOOKED_AT as u64, "{filter:?}: {taken} steps");
        }
    }
    // Each id is looked up.
    let ids = (1..=500).map(|nth| countersign_inbox::EventId::new(nth * 100));
    let search = Search::new(&mut session, &Filter::ids(ids), &[]).unwrap();
    let before = steps.load(Ordering::Relaxed);
    let (ids, _) = search.look(&session, Order::NewestFirst(None), 500, LOOKED_AT).unwrap();
    let taken = steps.load(Ordering::Relaxed) - before;
    assert_eq!(ids.len(), 500);
    assert!(taken < 60 * 500, "{taken} steps");
}

/// Each part is counted for more than its share, and for less than all of it.
#[test]
fn a_search_of_many_endpoints_ends_although_few_of_them_have_many_events() {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::schema::create(&connection);
    connection.execute_batch(&FILL.replace("{events}", &EVENTS.to_string())).unwrap();
    connection.execute_batch(DEAD).unwrap();
    let steps = count_steps(&mut connection);
    let mut session = Session::new(&connection, i64::MAX);
    let mut filter = Filter::default();
    (filter.state, filter.replays) = (Some(EventState::Dead), Some(7));
    let search = Search::new(&mut session, &filter, &[]).unwrap();
    assert_eq!(search.parts.len(), 20);
    let before = steps.load(Ordering::Relaxed);
    let (ids, edge) = search.look(&session, Order::NewestFirst(None), 50, LOOKED_AT).unwrap();
    let taken = steps.load(Ordering::Relaxed) - before;
    assert!(ids.is_empty() && edge.is_some());
    assert!(taken < 60 * LOOKED_AT as u64, "{taken} steps");
}

#[test]
fn parts_with_few_events_leave_their_share_to_the_others() {
    for (numbers, most, expected) in [
        (vec![10], 4, 4),
        (vec![10, 10], 5, 2),
        (vec![1, 1, 30], 20, 18),
        (vec![30, 1, 5, 30], 20, 7),
        (vec![9, 9, 9], 2, 0),
        (vec![2, 3], 5, 3),
    ] {
        assert_eq!(share(numbers.clone(), most), expected, "{numbers:?}");
    }
}

/// Returns the number of SQLite's steps from now on.
fn count_steps(connection: &mut Connection) -> Arc<AtomicU64> {
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    let _ = connection.progress_handler(
        1,
        Some(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            false
        }),
    );
    steps
}

/// Makes dead letters of 20 endpoints, two of which have many.
const DEAD: &str = "UPDATE wh_event SET state = 3, due_at = 0, finished_at = 1,
    source = iif(id <= 54, 'of ' || (id % 18), iif(id % 2, 'orders', 'users'))";
const EVENTS: i64 = 60_000;
const LOOKED_AT: usize = 2000;
const FILL: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {events})
    INSERT INTO wh_event(id, key, source, provider, event_type, body_sha256, received_at, stored_at, queued_at, due_at)
    SELECT n, CAST(n AS BLOB), 'orders', 'preflix', 'paid', x'', 0, 0, n, 0 FROM n";
