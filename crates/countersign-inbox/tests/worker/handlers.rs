use std::sync::{Arc, Mutex};

use countersign::providers::preflix;
use countersign::{Delivery, Event, EventCatalog, Secret, Verifier};
use countersign_inbox::EventState::{Dead, Done};
use countersign_inbox::{Context, Endpoint, Outcome};
use countersign_test_logs::Logs;

use crate::support::{
    Audited, Counts, Store, builder, completed, deliver, event, must_not_run, pass, run, source, verifier,
};

#[tokio::test(start_paused = true)]
async fn a_handler_gets_the_data_of_its_type_and_what_it_returns_is_stored() {
    let counts = Counts::start();
    let store = Store::with([completed("evt_1"), completed("evt_2")]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = seen.clone();
    let worker = run(&store, move |event: Event<Audited>, context: Context| {
        let id = event.delivery.id().unwrap().as_str().to_owned();
        see.lock().unwrap().push((id, event.data.bill_id, context.attempt()));
        async {}
    });
    pass(100).await;
    assert_eq!(store.states(), [Done, Done]);
    let bill = || "bill_8f4".to_owned();
    assert_eq!(*seen.lock().unwrap(), [("evt_1".to_owned(), bill(), 1), ("evt_2".to_owned(), bill(), 1)]);
    assert!(worker.drain().await.is_clean());
    let counts = counts.take();
    assert_eq!(counts["webhook.attempts{outcome=done,source=audits}"], 2.0);
    assert_eq!(counts["messaging.client.consumed.messages{messaging.destination.name=audits}"], 2.0);
    assert_eq!(counts["messaging.process.duration{messaging.destination.name=audits}"], 2.0);
}

#[tokio::test(start_paused = true)]
async fn a_type_without_a_handler_is_recorded_as_skipped_with_the_reason() {
    let counts = Counts::start();
    let store = Store::with([event("1", "bill.archived", "{}")]);
    let _worker = run(&store, must_not_run);
    pass(100).await;
    assert_eq!(store.states(), [Done]);
    assert_eq!(store.error(1), "no handler for type `bill.archived`");
    assert_eq!(counts.take()["webhook.attempts{outcome=skip,source=audits}"], 1.0);
}

#[tokio::test(start_paused = true)]
async fn the_first_event_of_an_unhandled_type_is_a_warning_and_the_others_are_not() {
    let logs = Logs::collect();
    let archived = |id| event(id, "bill.archived", "{}");
    let store = Store::with([archived("1"), archived("2"), event("3", "bill.shredded", "{}"), archived("4")]);
    let _worker = run(&store, must_not_run);
    pass(100).await;
    assert_eq!(store.states(), [Done; 4]);
    let warnings = |of: &str| logs.with(of).iter().filter(|line| line.trim().starts_with("WARN")).count();
    assert_eq!([warnings("bill.archived"), warnings("bill.shredded")], [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_delivery_without_a_type_is_a_dead_letter_where_the_declaration_has_a_place_for_one() {
    let untyped = |_: Delivery, _: Context| async { Outcome::permanent("it was not to be handled") };
    let typed = || source(must_not_run).otherwise(untyped);
    let all = || Endpoint::new("audits", verifier("a")).otherwise(untyped);
    for body in [r#"{"id":"1"}"#, r#"{"id":"1","type":""}"#, r#"{"id":"1","type":null,"data":{}}"#] {
        for endpoint in [typed(), all()] {
            let logs = Logs::collect();
            let store = Store::with([deliver(body, None)]);
            let _worker = builder(&store, endpoint).start_working().unwrap();
            pass(60_000).await;
            assert_eq!(store.states(), [Dead], "{body}");
            assert_eq!(store.event(1).summary.attempt, 1, "{body}");
            assert!(store.error(1).contains("no event type at `json:/type`"), "{body}: {}", store.error(1));
            assert!(!logs.with("no event type at `json:/type`").is_empty(), "{body}");
        }
    }
    let store = Store::with([deliver(r#"{"id":"1"}"#, None)]);
    let provider = preflix::PROVIDER.clone().without_event_type("https://own.example");
    let verifier = Verifier::new(provider, Secret::new("a").unwrap()).unwrap();
    let all = Endpoint::new("audits", verifier).otherwise(|_: Delivery, _: Context| async {});
    let _worker = builder(&store, all).start_working().unwrap();
    pass(100).await;
    assert_eq!(store.states(), [Done]);
}

#[tokio::test(start_paused = true)]
async fn everything_else_goes_to_otherwise() {
    let store = Store::with([event("1", "bill.archived", "{}"), completed("2")]);
    let source = source(crate::support::nothing).otherwise(|delivery: Delivery, _: Context| async move {
        Outcome::permanent(format_args!("what is {}?", delivery.event_type().unwrap().as_str()))
    });
    let _worker = builder(&store, source).start_working().unwrap();
    pass(100).await;
    assert_eq!(store.states(), [Dead, Done]);
    assert_eq!(store.error(1), "what is bill.archived?");
}

#[tokio::test(start_paused = true)]
async fn a_catalogue_handles_all_of_its_types() {
    let data = r#"{"bill_id":"b","report_id":"r","status":"s"}"#;
    let store = Store::with([event("1", "audit.completed", data), event("2", "audit.unknown", "{}")]);
    let source = Endpoint::new("audits", verifier("a")).on::<preflix::Event>(
        |event: Event<preflix::Event>, _: Context| async move { Outcome::skip(event.data.variant()) },
    );
    let _worker = builder(&store, source).start_working().unwrap();
    pass(100).await;
    let reasons = [1, 2].map(|id| store.error(id));
    assert_eq!(reasons, ["AuditCompleted", "no handler for type `audit.unknown`"]);
}

#[tokio::test(start_paused = true)]
async fn data_of_another_shape_is_a_dead_letter_with_its_path_and_is_not_tried_again() {
    let counts = Counts::start();
    let wrong = r#"{"bill_id":"b","secret_of_the_body":1}"#.replace(r#""b""#, r#"["a wrong shape"]"#);
    let store = Store::with([event("1", "audit.completed", &wrong), event("2", "audit.completed", "{}")]);
    let _worker = run(&store, must_not_run);
    pass(60_000).await;
    assert_eq!(store.states(), [Dead, Dead]);
    let errors = [1, 2].map(|id| store.error(id));
    assert_eq!(
        errors[0],
        "data of `audit.completed` does not fit at `data.bill_id`: invalid type: sequence, expected a string"
    );
    assert!(errors[1].contains("at `data`: missing field `bill_id`"), "{}", errors[1]);
    assert_eq!(store.event(1).summary.attempt, 1);
    assert_eq!(counts.take()["webhook.dead_letters{reason=decode,source=audits}"], 2.0);
}

#[tokio::test(start_paused = true)]
async fn a_handler_knows_its_attempt() {
    let body = r#"{"id":"1","type":"audit.completed","data":{"bill_id":"b"}}"#;
    let store = Store::with([deliver(body, Some("acme"))]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = seen.clone();
    let _worker = run(&store, move |_: Event<Audited>, context: Context| {
        see.lock().unwrap().push(context.clone());
        async move { if context.attempt() == 1 { Err("not yet") } else { Ok(()) } }
    });
    pass(5_000).await;
    store.replay(1);
    pass(5_000).await;
    let seen = seen.lock().unwrap();
    let [first, second, replayed, ..] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!([first, second, replayed].map(Context::attempt), [1, 2, 1]);
    assert_eq!([first, second, replayed].map(Context::is_replayed), [false, false, true]);
    let fences = [first, second, replayed].map(|context| context.lease().fence());
    assert!(fences.is_sorted_by(|earlier, later| earlier < later), "{fences:?}");
    assert_eq!((first.source(), first.tenant(), first.event_id().get()), ("audits", Some("acme"), 1));
    assert_eq!(first.received_at(), store.event(1).summary.received_at);
    let key = first.idempotency_key();
    assert!(key.len() == 64 && format!("{:?}", first.lease().key()).contains(&key), "{key}");
    assert_eq!([second, replayed].map(Context::idempotency_key), [key.clone(), key]);
}

#[tokio::test(start_paused = true)]
async fn no_more_events_run_at_once_than_the_source_allows() {
    let store = Store::with((0..10).map(|id| completed(&id.to_string())));
    let running = Arc::new(Mutex::new((0, 0)));
    let count = running.clone();
    let source = source(move |_: Event<Audited>, _: Context| {
        let count = count.clone();
        async move {
            {
                let (now, most) = &mut *count.lock().unwrap();
                *now += 1;
                *most = (*now).max(*most);
            }
            pass(1000).await;
            count.lock().unwrap().0 -= 1;
        }
    });
    let _worker = builder(&store, source.with_concurrency(3)).start_working().unwrap();
    pass(3500).await;
    assert_eq!(store.states().iter().filter(|state| **state == Done).count(), 9);
    pass(1000).await;
    assert_eq!(running.lock().unwrap().1, 3);
    assert!(store.states().iter().all(|state| *state == Done));
}
