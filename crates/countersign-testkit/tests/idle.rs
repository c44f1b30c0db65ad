//! Tests that an inbox in memory runs until nothing is left to do.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::time::Duration;

use countersign::providers::preflix;
use countersign::receiver::Receiver;
use countersign::{Clock, Delivery, Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::{
    Context, Durability, Endpoint, EventState, Filter, IdentityPolicy, Inbox, InboxStore, NewEvent, OpsStore,
    Outcome, Page, StoredHead,
};
use countersign_testkit::{MemoryInbox, TokioClock};

const HOUR: Duration = Duration::from_secs(3600);
const START: UnixTime = UnixTime::from_secs(1_700_000_000);

#[tokio::test(start_paused = true)]
async fn it_waits_for_retries_of_hours_and_for_dead_letters() {
    let clock = Arc::new(TokioClock::starting_at(START));
    let store = Arc::new(MemoryInbox::new(clock.clone()));
    let inbox = Inbox::builder(store.clone())
        .with_endpoint(endpoint("audits"))
        .with_max_attempts(3)
        .start_working()
        .unwrap();
    for body in ["second", "never", "first"] {
        store.accept(event("audits", body)).await.unwrap();
    }
    inbox.run_until_idle().await.unwrap();
    let ended = store.list(&Filter::default(), Page::first(10)).await.unwrap().events;
    let mut ended: Vec<_> = ended.iter().map(|event| (event.state, event.attempt)).collect();
    ended.sort_unstable_by_key(|(_, attempts)| *attempts);
    assert_eq!(ended, [(EventState::Done, 1), (EventState::Done, 2), (EventState::Dead, 3)]);
    assert!(
        clock.now().saturating_duration_since(START) >= 2 * HOUR,
        "the third attempt is due after two pauses"
    );
}

#[tokio::test(start_paused = true)]
async fn it_does_not_wait_for_endpoints_that_it_does_not_handle() {
    let store = Arc::new(MemoryInbox::default());
    let inbox = Inbox::start_working(store.clone(), [endpoint("mine")]).unwrap();
    store.accept(event("others", "first")).await.unwrap();
    inbox.run_until_idle().await.unwrap();
    let waiting = store.list(&Filter::default(), Page::first(10)).await.unwrap().events;
    assert_eq!(waiting.iter().map(|event| event.state).collect::<Vec<_>>(), [EventState::Ready]);
}

#[tokio::test]
async fn what_a_power_loss_destroys_is_no_inbox_unless_that_is_said() {
    let builder = || Inbox::builder(MemoryInbox::default()).with_endpoint(endpoint("audits"));
    assert_eq!(builder().start().unwrap_err().field(), "store");
    assert!(builder().insecure_allow_durability(Durability::Memory).start().is_ok());
}

fn secret() -> Secret {
    Secret::new("whsec_a").unwrap()
}

fn endpoint(name: &str) -> Endpoint {
    let verifier = Verifier::new(&preflix::PROVIDER, secret()).unwrap();
    let receiver = Receiver::builder(verifier).with_clock(START).build().unwrap();
    Endpoint::new(name, receiver).otherwise(handle)
}

/// Succeeds at the attempt that the body names.
async fn handle(delivery: Delivery, context: Context) -> Outcome {
    let succeeds_at = match delivery.id().unwrap().as_str() {
        "evt_first" => 1,
        "evt_second" => 2,
        _ => u32::MAX,
    };
    if context.attempt() >= succeeds_at { Outcome::Done } else { Outcome::retry_after(HOUR, "not yet") }
}

/// Returns a signed event, whose handler succeeds then.
fn event(source: &str, at: &str) -> NewEvent {
    let body = format!(r#"{{"id":"evt_{at}","type":"audit.completed","data":{{}}}}"#);
    let signer = Signer::new(&preflix::PROVIDER, secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.clone(), START)).unwrap();
    let verifier = Verifier::new(&preflix::PROVIDER, secret()).unwrap();
    let delivery = verifier.verify(&Head::new(&headers), body, START).unwrap();
    NewEvent::new(&IdentityPolicy::new(source), &delivery, StoredHead::new("POST", "/hook", headers))
}
