//! Statements for one event, whose plans are kept.

use std::future::Future;

use countersign_inbox::{
    Accepted, Action, AttemptNote, Change, ClaimDue, DedupeStore, EventId, Fenced, Filter, Finish,
    InboxStore, Leased, OpsStore, Reveal,
};
use countersign_postgres::PostgresStore;
use countersign_test_servers::execute;
use sqlx::{Connection, PgConnection, query};

use crate::common::{TTL, acquired, connected, event, request, wait};
use crate::{PATIENCE, backlog, database, measured};

/// An index of some states costs nothing while it is empty, and has all its entries for as long as a snapshot needs them.
#[test]
fn a_plan_that_is_kept_finds_one_event_by_its_key_if_few_events_waited_before() {
    let server = measured();
    let url = database(&server, "handled");
    for step in [&backlog("'orders'", "now()", 5_000, 0), HANDLE, "VACUUM (ANALYZE)"] {
        execute(&url, step);
    }
    assert_finds_events_by_their_keys(&url);
}

/// The server expects a few events in each state.
#[test]
fn a_plan_that_is_kept_finds_one_event_by_its_key_if_the_tables_were_empty() {
    let server = measured();
    assert_finds_events_by_their_keys(&database(&server, "never_analysed"));
}

/// Uses each statement before and after the tables grow, without statistics of what they have then.
fn assert_finds_events_by_their_keys(url: &str) {
    // One connection, which has the plans.
    let store = connected(|| {
        let builder = PostgresStore::builder(url).with_max_connections(1);
        builder.with_acquire_timeout(PATIENCE).with_operation_timeout(PATIENCE)
    });
    for round in 0..8 {
        live(&store, &format!("before {round}"), |_| {});
        batch(&store, &format!("before {round}"), |_| {});
    }
    let mut snapshot = wait(PgConnection::connect(url)).unwrap();
    wait(query("BEGIN ISOLATION LEVEL REPEATABLE READ").execute(&mut snapshot)).unwrap();
    wait(query("SELECT FROM countersign.event LIMIT 1").execute(&mut snapshot)).unwrap();
    for step in [&backlog("'orders'", "now()", EVENTS, 0), HANDLE, &backlog("'orders'", "now()", EVENTS, 3)] {
        execute(url, step);
    }
    execute(url, &backlog("'orders'", "now()", EVENTS, 4));
    execute(
        url,
        &format!(
            "INSERT INTO countersign.claim (key, fence, state, token, body_digest, expires_at)
             SELECT sha256(n::text::bytea), n, 1, '', '', now() + interval '1 day' FROM generate_series(1, {EVENTS}) n"
        ),
    );
    execute(url, "SELECT pg_stat_statements_reset()");
    let check = |operation: &str| {
        let costly = execute(url, COSTLY);
        assert_eq!(costly, "", "{operation}");
        execute(url, "SELECT pg_stat_statements_reset()");
    };
    live(&store, "after", check);
    batch(&store, "after", check);
    drop(snapshot);
}

/// Does with a few events at once what workers do, and reports each operation.
fn batch(store: &PostgresStore, name: &str, mut report: impl FnMut(&str)) {
    let accepted = at_once(|number| {
        let (store, event) = (store.clone(), event(&format!("{name} {number}")));
        async move { store.accept(event).await.unwrap() }
    });
    report("accepts at once");
    let claimed = accepted.iter().map(|accepted| {
        let Accepted::New { id, .. } = accepted else { panic!("{accepted:?}") };
        claimed(store, *id).lease
    });
    let leases: Vec<_> = claimed.collect();
    let extended = wait(store.extend(&leases, TTL)).unwrap();
    assert!(extended.iter().all(|extended| matches!(extended, Fenced::Ok(Some(_)))), "{extended:?}");
    report("claims, and extensions at once");
    let finished = at_once(|number| {
        let (store, lease) = (store.clone(), leases[number]);
        async move { store.finish(&lease, &Finish::Done, AttemptNote::NONE).await.unwrap() }
    });
    assert!(finished.iter().all(|finished| *finished == Fenced::Ok(())), "{finished:?}");
    report("finishes at once");
}

/// Does everything that is done with one event and one delivery in inline mode, and reports each operation.
fn live(store: &PostgresStore, name: &str, mut report: impl FnMut(&str)) {
    let accepted = wait(store.accept(event(name))).unwrap();
    let Accepted::New { id, .. } = accepted else { panic!("{accepted:?}") };
    report("accept");
    let stored = wait(store.stored_request(id)).unwrap().unwrap();
    report("stored_request");
    assert!(wait(store.replace_request(&stored, &event(name))).unwrap());
    report("replace_request");
    let leased = claimed(store, id);
    report("claim_due");
    let extended = wait(store.extend(&[leased.lease], TTL)).unwrap();
    assert!(matches!(extended[..], [Fenced::Ok(Some(_))]), "{extended:?}");
    report("extend");
    finish(store, &leased, &Finish::Unverified { error: "no secret".to_owned() });
    report("finish");
    assert_eq!(wait(store.resume(&[id])).unwrap(), 1);
    report("resume");
    finish(store, &claimed(store, id), &Finish::Dead { error: "no order".to_owned() });
    report("claim_due and finish");
    wait(store.accept(event(name))).unwrap();
    report("accept again");
    assert!(wait(store.show(id)).unwrap().is_some());
    report("show");
    assert!(wait(store.reveal(&Reveal::new(id, "operator"))).unwrap().is_some());
    report("reveal");
    for action in [Action::Discard, Action::Purge] {
        let change = Change::new(action, Filter::ids([id]), "operator");
        assert_eq!(wait(store.change(&change)).unwrap().ids, [id]);
        report(action.as_str());
    }
    let lease = acquired(wait(store.claim(&request(name))).unwrap());
    report("claim");
    assert!(matches!(wait(store.renew(&lease, TTL)).unwrap(), Fenced::Ok(_)));
    report("renew");
    assert_eq!(wait(store.release(&lease)).unwrap(), Fenced::Ok(()));
    report("release");
    let lease = acquired(wait(store.claim(&request(name))).unwrap());
    assert_eq!(wait(store.complete(&lease)).unwrap(), Fenced::Ok(()));
    report("claim and complete");
}

/// Runs a few operations at once.
fn at_once<F: Future<Output: Send> + Send + 'static>(operation: impl Fn(usize) -> F) -> Vec<F::Output> {
    wait(async {
        let tasks: Vec<_> = (0..4).map(|number| tokio::spawn(operation(number))).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers
    })
}

fn claimed(store: &PostgresStore, id: EventId) -> Leased {
    let mut request = ClaimDue::new("orders", "worker", 1, TTL);
    request.only = Some(id);
    wait(store.claim_due(&request)).unwrap().remove(0)
}

fn finish(store: &PostgresStore, leased: &Leased, finish: &Finish) {
    assert_eq!(wait(store.finish(&leased.lease, finish, AttemptNote::NONE)).unwrap(), Fenced::Ok(()));
}

const HANDLE: &str = "UPDATE countersign.event SET state = 2, finished_at = now() WHERE state < 2";
/// The statements of the store that read many blocks, except those of a task in the background.
const COSTLY: &str =
    "SELECT shared_blks_hit + shared_blks_read, query FROM pg_stat_statements
     WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND query LIKE '%countersign%' AND query NOT LIKE '%fold_event_counts%' AND shared_blks_hit + shared_blks_read > 300 * calls";
/// The number of events in each state, whose index has far more blocks than a statement may read.
const EVENTS: u32 = 100_000;
