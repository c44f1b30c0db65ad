//! Tests that the stored request equals the received one: it verifies again, and is the same for all frameworks.

use countersign::receiver::{self, ResolveError, Tenant};
use countersign::{Secret, providers};
use countersign_inbox::{DeadDuplicates, Endpoint, NewEvent, StoredHead};
use countersign_tests::durable::{Accepting, Scripted, Stack};

use crate::support::{BODY, NOW, SECRET, accepting, endpoint, github, receiver, receiver_of, run, signed};

#[test]
fn what_is_stored_verifies_again_on_every_stack() {
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    for stack in Stack::ALL {
        run(async {
            let store = Scripted::new([]);
            let request = signed(BODY).with("traceparent", traceparent).and("x-a", "1").and("x-a", "2");
            stack.ask(&accepting(&store), request).await;
            let [event] = <[NewEvent; 1]>::try_from(store.stored()).unwrap();
            assert_eq!(
                (&*event.source, &*event.provider, event.tenant),
                ("audits", "preflix", None),
                "{stack:?}"
            );
            assert_eq!(event.external_id.as_deref(), Some("evt_1"), "{stack:?}");
            assert_eq!(event.event_type.as_deref(), Some("audit.started"), "{stack:?}");
            assert_eq!(event.traceparent.as_deref(), Some(traceparent), "{stack:?}");
            assert_eq!(event.received_at, NOW, "{stack:?}");
            assert_eq!(event.dead_duplicates, DeadDuplicates::Requeue, "{stack:?}");
            assert_eq!(event.body, BODY, "{stack:?}");
            let StoredHead { method, target, headers, .. } =
                StoredHead::from_bytes(&event.head.to_bytes()).unwrap();
            assert_eq!((&*method, &*target), ("POST", "/webhooks/hook?a=b"), "{stack:?}");
            assert_eq!(headers.get_all("x-a").iter().collect::<Vec<_>>(), ["1", "2"], "{stack:?}");
            let again =
                receiver().verify_stored(&method, &target, &headers, event.body, event.received_at).await;
            assert_eq!(again.unwrap().id().unwrap().as_str(), "evt_1", "{stack:?}");
        });
    }
}

#[test]
fn a_body_that_is_not_text_is_stored_byte_by_byte() {
    let bodies = [&b"\xff\xfe\x00\x80"[..], b"", &[0; 70_000], "\u{feff}{ }\r\n".as_bytes()];
    for stack in Stack::ALL {
        run(async {
            let store = Scripted::new([]);
            for (at, body) in bodies.into_iter().enumerate() {
                let receiver = receiver_of(&providers::GITHUB);
                let request = github(&format!("delivery-{at}"), body).in_chunks_of(1000);
                let accepting = Accepting::start(&store, Endpoint::new("audits", receiver.clone()));
                let answer = stack.ask(&accepting, request).await;
                assert_eq!(answer.status, 200, "{stack:?}: {at}: {answer:?}");
                let event = store.stored().pop().unwrap();
                assert_eq!(event.body, body, "{stack:?}: {at}");
                let StoredHead { method, target, headers, .. } = event.head;
                assert!(receiver.verify_stored(&method, &target, &headers, event.body, NOW).await.is_ok());
            }
            assert_eq!(store.stored().len(), bodies.len(), "{stack:?}");
        });
    }
}

#[test]
fn the_same_id_of_two_tenants_and_of_two_endpoints_is_not_the_same_event() {
    async fn tenant(request: receiver::RequestHead) -> Result<Option<Tenant>, ResolveError> {
        let tenant = request.last_path_segment().filter(|tenant| ["acme", "umbrella"].contains(&&**tenant));
        Ok(tenant.map(|tenant| Tenant::new(tenant, Secret::new(SECRET).unwrap())))
    }
    for stack in Stack::ALL {
        run(async {
            let store = Scripted::new([]);
            let endpoint =
                Endpoint::new("audits", receiver().to_builder().with_tenants(tenant).build().unwrap());
            let accepting = Accepting::start(&store, endpoint);
            for (path, status, stored) in [
                ("/webhooks/acme", 200, 1),
                ("/webhooks/umbrella", 200, 2),
                ("/webhooks/acme", 200, 2),
                ("/webhooks/unknown", 401, 2),
            ] {
                let request = signed(BODY).with_target(path);
                let answer = stack.ask(&accepting, request).await;
                assert_eq!((answer.status, store.stored().len()), (status, stored), "{stack:?}: {path}");
            }
            let tenants: Vec<_> = store.stored().into_iter().map(|event| event.tenant.unwrap()).collect();
            assert_eq!(tenants, ["acme", "umbrella"], "{stack:?}");

            let elsewhere = Accepting::start(&store, Endpoint::new("other", receiver()));
            stack.ask(&elsewhere, signed(BODY)).await;
            assert_eq!(store.stored().len(), 3, "{stack:?}");
        });
    }
}

/// A key derived from the body's hash dropped every repeated ping without a body, with a 202 (trinity 1422).
#[test]
fn deliveries_without_an_id_are_all_stored_unless_the_body_may_stand_for_it() {
    let ping = || signed(r#"{"type":"ping"}"#);
    for stack in Stack::ALL {
        run(async {
            let (each, once) = (Scripted::new([]), Scripted::new([]));
            let by_body = Accepting::start(&once, endpoint().with_body_as_id());
            let new = accepting(&each);
            for _ in 0..3 {
                let answer = stack.ask(&new, ping()).await;
                assert!(!answer.headers.contains_key("x-webhook-duplicate"), "{stack:?}");
                stack.ask(&by_body, ping()).await;
            }
            assert_eq!((each.stored().len(), once.stored().len()), (3, 1), "{stack:?}");
        });
    }
}

#[test]
fn the_trace_is_what_the_program_says_where_it_says_something() {
    for stack in Stack::ALL {
        run(async {
            let store = Scripted::new([]);
            let current = |_: &StoredHead| Some("00-aa-bb-01".to_owned());
            let accepting = Accepting::start(&store, endpoint().with_traceparent(current));
            stack.ask(&accepting, signed(BODY).with("traceparent", "00-cc-dd-01")).await;
            assert_eq!(store.stored()[0].traceparent.as_deref(), Some("00-aa-bb-01"), "{stack:?}");
        });
    }
}
