//! Tests of PostgreSQL failures in production: terminated connections, too many connections, a read-only server,
//! and an open transaction.

#![allow(clippy::unwrap_used, reason = "the end of a test")]

mod common;

use std::iter;
use std::thread;

use common::{Place, ids};
use countersign_faults::{Answer, Held, Provider, SECRET, Victim, until};
use countersign_test_servers::{Postgres, execute, fresh_database};

#[test]
fn connections_that_end_while_a_provider_sends_lose_nothing() {
    let (place, url) = (Place::new(), fresh_database());
    let setup = place.setup_with(&url).with("LEASE_MS", "1000").with("HANDLER_MS", "5");
    let (provider, mut victim) = (Provider::new(SECRET), Victim::start(&setup));
    let ids = ids("evt", 60);
    let mut ended = 0;
    thread::scope(|scope| {
        let sending = scope.spawn(|| ids.chunks(4).for_each(|ids| provider.deliver(&victim.url(), ids)));
        while !sending.is_finished() {
            ended += end_all(&url, OTHERS);
        }
    });
    assert!(ended >= 3, "only {ended} connections were ended");
    victim.finish();
    victim.stop();
    assert_eq!(provider.acknowledged().len(), 60);
    place.assert_handled(&provider);
}

#[test]
fn while_others_have_all_connections_nothing_is_acked_and_then_it_goes_on() {
    let server = Postgres::with(&[("max_connections", "8"), ("superuser_reserved_connections", "3")]);
    let all = server.url();
    for statement in ["CREATE ROLE app LOGIN", "GRANT ALL ON DATABASE postgres TO app"] {
        execute(&all, statement);
    }
    let app = all.replace("postgres@", "app@");
    let place = Place::new();
    let (provider, mut victim) = (Provider::new(SECRET), Victim::start(&place.setup_with(&app)));
    let [before, after] = ["before", "after"].map(|name| ids(name, 8));
    provider.deliver(&victim.url(), &before);
    victim.finish();

    let mut held: Vec<_> = Vec::new();
    until("all connections are held", || {
        held.extend(iter::from_fn(|| Held::open(&app, "SET application_name = 'held'")));
        end_all(&all, "usename = 'app' AND application_name <> 'held'");
        held.len() == 5
    });
    for _ in 0..2 {
        for answer in provider.send_all(&victim.url(), &after) {
            assert_eq!(answer, UNAVAILABLE);
        }
    }
    victim.becomes_unready();
    drop(held);
    provider.deliver(&victim.url(), &after);
    victim.finish();
    victim.becomes_ready();
    victim.stop();
    assert_eq!(provider.acknowledged().len(), 16);
    place.assert_handled(&provider);
}

#[test]
fn while_the_server_takes_no_writes_nothing_is_acked_and_then_it_goes_on() {
    let server = Postgres::start();
    let place = Place::new();
    let (provider, mut victim) = (Provider::new(SECRET), Victim::start(&place.setup_with(&server.url())));
    let [before, after] = ["before", "after"].map(|name| ids(name, 8));
    provider.deliver(&victim.url(), &before);
    victim.finish();

    let set = |value| set_read_only(&server.url(), value);
    set("on");
    until("the victim's sessions know", || provider.send(&victim.url(), "evt") == UNAVAILABLE);
    // A duplicate needs no write, but it cannot be told from a new event.
    for answer in provider.send_all(&victim.url(), &[before, after.clone()].concat()) {
        assert_eq!(answer, UNAVAILABLE);
    }
    victim.becomes_unready();
    set("off");
    provider.deliver(&victim.url(), &after);
    victim.finish();
    victim.becomes_ready();
    victim.stop();
    place.assert_handled(&provider);
}

#[test]
fn a_transaction_that_another_client_has_left_open_changes_nothing() {
    let (place, url) = (Place::new(), fresh_database());
    let (provider, mut victim) = (Provider::new(SECRET), Victim::start(&place.setup_with(&url)));
    let [before, during] = ["before", "during"].map(|name| ids(name, 30));
    provider.deliver(&victim.url(), &before);
    execute(&url, "CREATE TABLE theirs(n int)");
    let left_open = "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE theirs;
                     SELECT count(*) FROM countersign.event";
    let held = Held::open(&url, left_open).unwrap();
    for answer in provider.send_all(&victim.url(), &during) {
        assert_eq!(answer, Answer::Status(200, None));
    }
    victim.finish();
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                AND state = 'idle in transaction' AND application_name = 'psql'";
    assert_eq!(execute(&url, open), "1");
    drop(held);
    victim.stop();
    assert_eq!(provider.acknowledged().len(), 60);
    place.assert_handled(&provider);
}

#[test]
fn a_server_that_takes_no_writes_for_longer_than_the_lease_makes_no_event_run_twice() {
    let (server, place) = (Postgres::start(), Place::new());
    let setup = place.setup_with(&server.url()).with("CONCURRENCY", "8");
    let setup = setup.with("HANDLER_MS", "3000").with("LEASE_MS", "8000");
    let (provider, mut victim) = (Provider::new(SECRET), Victim::start(&setup));
    let ids = ids("evt", 8);
    provider.deliver(&victim.url(), &ids);
    until("all are handled", || ids.iter().all(|id| place.effects().attempts(id) == 1));
    set_read_only(&server.url(), "on");
    until("all are done", || ids.iter().all(|id| place.effects().times(id) == 1));
    let leased = "SELECT count(*) FROM countersign.event WHERE state = 1 AND due_at > now()";
    until("their leases have ended", || execute(&server.url(), leased) == "0");
    set_read_only(&server.url(), "off");
    until("their ends are stored", || victim.counts() == "8 done, 0 dead, 0 unverified");
    victim.stop();
    assert!(ids.iter().all(|id| place.effects().attempts(id) == 1), "{:#?}", place.effects());
}

/// Sets whether the server takes writes of other sessions.
fn set_read_only(url: &str, value: &str) {
    // This session may write, whatever the others may do.
    let writer = format!("{url}?options=-c%20default_transaction_read_only%3Doff");
    execute(&writer, &format!("ALTER SYSTEM SET default_transaction_read_only = {value}"));
    execute(&writer, "SELECT pg_reload_conf()");
    until("it is so", || execute(url, "SHOW default_transaction_read_only") == value);
}

/// Terminates the connections, and returns their number.
fn end_all(url: &str, which: &str) -> usize {
    let sql = format!("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {which}");
    execute(url, &sql).parse().unwrap()
}

const OTHERS: &str = "datname = current_database() AND pid <> pg_backend_pid()";
const UNAVAILABLE: Answer = Answer::Status(503, None);
