//! Requests that are replaced while claims are in progress.

use countersign_inbox::{Accepted, ClaimDue, EventId, InboxStore};
use sqlx::{Connection, PgConnection, query, query_scalar};

use crate::common::{Machines, TTL, event, wait};
use crate::support::claim_request;

/// The claim has the event as it is when it locks it, and the other rows as they were when it began.
#[test]
fn a_claim_that_began_before_a_replacement_hands_out_the_new_request() {
    assert_hands_out_the_new_request(|_| claim_request(8));
}

#[test]
fn a_claim_of_one_event_that_began_before_its_replacement_hands_out_the_new_request() {
    assert_hands_out_the_new_request(|id| {
        let mut request = ClaimDue::new("orders", "worker", 1, TTL);
        request.only = Some(id);
        request
    });
}

fn assert_hands_out_the_new_request(request: impl Fn(EventId) -> ClaimDue) {
    let machines = Machines::new();
    let (claiming, replacing) = (machines.first().clone(), machines.second());
    let Accepted::New { id, .. } = wait(replacing.accept(event("evt"))).unwrap() else { panic!("it is new") };
    let stored = wait(replacing.stored_request(id)).unwrap().unwrap();
    let mut first = event("evt");
    first.body = "another body".into();
    let mut last = event("evt");
    last.body = "the last body".into();
    machines.execute(WAITING_CLAIMS);
    let mut gate = wait(PgConnection::connect(&machines.url)).unwrap();
    let leased = wait(async {
        query("SELECT pg_advisory_lock(24)").execute(&mut gate).await.unwrap();
        let request = request(id);
        let claim = tokio::spawn(async move { claiming.claim_due(&request).await });
        let waits =
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
                     (SELECT oid FROM pg_database WHERE datname = current_database()))";
        while !query_scalar::<_, bool>(waits).fetch_one(&mut gate).await.unwrap() {}
        // The day of the body is never one that it had before.
        assert!(replacing.replace_request(&stored, &first).await.unwrap());
        let stored = replacing.stored_request(id).await.unwrap().unwrap();
        assert!(replacing.replace_request(&stored, &last).await.unwrap());
        query("SELECT pg_advisory_unlock(24)").execute(&mut gate).await.unwrap();
        claim.await.unwrap().unwrap()
    });
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].event.body, last.body);
    assert_eq!(leased[0].event.received_at, last.received_at);
}

/// Has claims wait between their start and the lock on an event: they compare the end of a pause with the time.
const WAITING_CLAIMS: &str =
    "CREATE OR REPLACE FUNCTION countersign.now_() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
     BEGIN
         IF current_query() LIKE '%claim_due(%' OR current_query() LIKE '%has_crashed%' THEN
             PERFORM pg_advisory_xact_lock_shared(24);
         END IF;
         RETURN statement_timestamp();
     END
     $$;
     INSERT INTO countersign.pause (source, since, until, actor) VALUES ('orders', now(), now(), 'ada')";
