//! Tests of `types`.

#[allow(dead_code, unreachable_pub, reason = "it is generated, for a crate that uses all of it")]
mod contacts;
#[allow(dead_code, unreachable_pub, reason = "it is generated, for a crate that uses all of it")]
mod shop;

use countersign::{Event, EventCatalog, Head, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
use serde_json::{Value, json};

use self::shop::{Events, IntegerOrString, OrderCancelledReason, StringOrContact};
use crate::support::{file, run};

const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/types/shop.yaml");

#[test]
fn the_same_document_makes_the_same_types() {
    let ran = run(&["types", "--schema", SHOP, "--provider", "standard-webhooks-v1"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran:?}");
    assert_eq!(ran.stdout, include_str!("types/shop.rs"));
    let places = run(&["types", "--schema", SHOP, "--type-at", "/type", "--data", "/data"]);
    assert_eq!(places.stdout, ran.stdout);
}

fn decode(event_type: &str, data: &Value) -> Events {
    Events::decode(event_type, data).unwrap_or_else(|error| panic!("{event_type}: {error}"))
}

#[test]
fn the_types_decode_events_with_more_and_with_less_than_the_schema_has() {
    let Events::OrderPaid(order) = decode("order.paid", &json!({ "id": 7, "new": true })) else { panic!() };
    assert_eq!((order.id, order.lines), (Some(7), None));

    let lines = json!([{ "sku": "A-1", "price": 3.5, "for": "Zoë" }, {}]);
    let data = json!({
        "id": 8, "reason": "out-of-stock", "lines": lines, "replaces": { "id": 7 },
        "buyer": { "email": null, "createdAt": 1_700_000_000 },
    });
    let Events::OrderCancelled(order) = decode("order.cancelled", &data) else { panic!() };
    assert_eq!(order.reason, Some(OrderCancelledReason::OutOfStock));
    assert_eq!(order.replaces.and_then(|order| order.id), Some(7));
    assert_eq!(order.lines.unwrap()[0].r#for.as_deref(), Some("Zoë"));
    let Some(StringOrContact::Object(buyer)) = order.buyer else { panic!("{:?}", order.buyer) };
    assert_eq!((buyer.email, buyer.created_at), (None, Some(IntegerOrString::Integer(1_700_000_000))));
}

#[test]
fn texts_and_types_that_the_schema_does_not_have_are_kept() {
    let data = json!({ "buyer": "b_1", "reason": "bored" });
    let Events::OrderCancelled(order) = decode("order.cancelled", &data) else { panic!() };
    assert_eq!(order.reason, Some(OrderCancelledReason::Other("bored".to_owned())));
    assert_eq!(serde_json::to_value(&*order).unwrap(), data);
    for event_type in ["contact.created", "contact.updated"] {
        assert_eq!(decode(event_type, &json!({})).variant(), "ContactCreated");
    }
    let Events::Unknown(event) = decode("order.lost", &json!({ "id": 9 })) else { panic!() };
    assert_eq!((&*event.event_type, event.data.get()), ("order.lost", "{\"id\":9}"));
}

#[test]
fn a_document_that_cannot_be_used_is_named_with_the_reason() {
    let text = file("not.json", b"{ \"openapi\": ");
    for (args, expected) in [
        (&["--schema", &*text][..], "neither JSON nor YAML: EOF"),
        (&["--schema", "/there/is/none.json"], "cannot read /there/is/none.json"),
        (
            &["--schema", SHOP, "--event", "order.lost"],
            "contact.created, contact.updated, order.cancelled, order.paid",
        ),
        (
            &["--schema", SHOP, "--data", "/payload"],
            "--data /payload: the schema of `contact.created, contact.updated`",
        ),
        (&["--schema", SHOP, "--data", "payload"], "a JSON pointer starts with `/`"),
        (&["--schema", SHOP, "--name", "order events"], "the name of a Rust type is expected"),
        (&["--schema", SHOP, "--provider", "standart-webhooks-v1"], "standard-webhooks-v1"),
    ] {
        let ran = run(&[&["types"], args].concat());
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains(expected), "{expected}: {ran:?}");
    }
}

/// The specification of Standard Webhooks shows these payloads, under "Payload structure"; it has no schema of its own, so that
/// `contacts.json` describes them.
#[test]
fn the_examples_of_standard_webhooks_are_signed_verified_and_decoded_with_generated_types() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/types/contacts.json");
    let ran = run(&["types", "--schema", schema, "--provider", "standard-webhooks-v1"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran:?}");
    assert_eq!(ran.stdout, include_str!("types/contacts.rs"));

    let full = json!({
        "id": "1f81eb52-5198-4599-803e-771906343485", "type": "contact", "fullName": "John Smith",
        "address": "800 W NASA Pkwy, Webster, TX 77598, USA", "phoneNumber": "(281) 332-2575",
        "birthday": "1980-04-19", "occupation": "Engineer, ACME",
    });
    let contacts::Events::ContactCreated(contact) = received("contact.created", &full) else { panic!() };
    assert_eq!(serde_json::to_value(&*contact).unwrap(), full);
    let thin = json!({ "id": "1f81eb52-5198-4599-803e-771906343485" });
    let contacts::Events::ContactCreated(contact) = received("contact.created", &thin) else { panic!() };
    assert_eq!((contact.id.as_deref(), contact.full_name), (thin["id"].as_str(), None));
    let data = json!({ "foo": "bar", "fizzbuzz": 2 });
    let contacts::Events::ExampleEvent(example) = received("example.event", &data) else { panic!() };
    assert_eq!((example.foo.as_deref(), example.fizzbuzz), (Some("bar"), Some(2)));
    let contacts::Events::Unknown(event) = received("contact.lost", &thin) else { panic!() };
    assert_eq!(event.event_type, "contact.lost");
}

/// Signs a delivery as the specification says, verifies it and decodes its event.
fn received(event_type: &str, data: &Value) -> contacts::Events {
    let body =
        json!({ "type": event_type, "timestamp": "2022-11-03T20:26:10.344522Z", "data": data }).to_string();
    let secret = || Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let now = UnixTime::from_secs(1_674_087_231);
    let request = SigningRequest::new(body.clone(), now).with_id("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W");
    let headers = Signer::new(&providers::STANDARD_WEBHOOKS, secret()).unwrap().sign(&request).unwrap();
    let verifier = Verifier::new(&providers::STANDARD_WEBHOOKS, secret()).unwrap();
    Event::decode(verifier.verify(&Head::new(&headers), body, now).unwrap()).unwrap().data
}
