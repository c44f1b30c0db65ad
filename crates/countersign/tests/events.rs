//! Tests of typed events: the catalogues of the founding providers, and the derive macro.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use common::Fixture;
use countersign::providers::{preflix, printprice, proxiant, redpin};
use countersign::{DecodeError, Event, EventCatalog, Provider, UnknownEvent};
use serde::Deserialize;

fn decode<T: EventCatalog>(provider: &'static Provider, body: &str) -> Result<Event<T>, DecodeError> {
    Event::decode(Fixture::new(provider).with_signed_body(body.as_bytes()).verify().unwrap())
}

const SERVED: &str = r#"{"id":"evt_1","event":"job.served","created_at":"2023-11-14T22:13:20Z","data":{"job":{"id":
"9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d","job_number":"FH-2025-04812","status":"served","job_type":"subpoena",
"recipient_name":"James R. Thornton","client_id":"a3c4e5f6-1a2b-3c4d-5e6f-7g8h9i0j1k2l","client_name":"Harmon & Keyes LLP",
"updated_at":"2025-04-15T09:22:11Z"},"attempt":{"id":"b2c3d4e5-2222-3333-4444-555566667777","sequence_number":3,
"outcome":"served","attempted_at":"2025-04-15T09:12:00Z","gps_verified":true,"server_name":"Marcus Webb",
"narrative":"Subject answered door, confirmed identity."}}}"#;

#[test]
fn every_event_of_the_pages_has_a_variant() {
    assert_eq!(preflix::Event::TAGS.len(), 6);
    assert_eq!(redpin::Event::TAGS, ["REFERRAL_CREATED", "endpoint.disabled"]);
    assert_eq!(printprice::Event::TAGS.len(), 6);
    assert_eq!(proxiant::Event::TAGS.len(), 13);
}

#[test]
fn the_examples_of_the_pages_decode() {
    let body = r#"{"id":"evt_7b2","type":"audit.completed","created_at":"2026-01-15T19:04:12Z","data":{"bill_id":"bill_8f4","report_id":"report_33","status":"complete"}}"#;
    let event = decode::<preflix::Event>(&preflix::PROVIDER, body).unwrap();
    let preflix::Event::AuditCompleted(audit) = &event.data else { panic!("{event:?}") };
    assert_eq!((audit.bill_id.as_str(), audit.report_id.as_str()), ("bill_8f4", "report_33"));
    assert_eq!(event.delivery.id().unwrap().as_str(), "evt_7b2");

    let event = decode::<proxiant::Event>(&proxiant::PROVIDER, SERVED).unwrap();
    let proxiant::Event::JobServed(served) = &event.data else { panic!("{event:?}") };
    assert_eq!(served.job.client_id.as_deref(), Some("a3c4e5f6-1a2b-3c4d-5e6f-7g8h9i0j1k2l"));
    assert_eq!(served.attempt.sequence_number, Some(3));
    assert_eq!(event.data.variant(), "JobServed");
}

#[test]
fn redpin_takes_the_whole_body_and_checks_what_its_schema_asks_for() {
    let body = r#"{"status":"CREATED","referral_id":"r1","partner_id":"p1","event_name":"REFERRAL_CREATED","contact":{"first_name":"A","address":{"city":"X"}},"new":1}"#;
    let event = decode::<redpin::Event>(&redpin::PROVIDER, body).unwrap();
    let redpin::Event::ReferralCreated(referral) = event.data else { panic!() };
    assert_eq!(referral.status, redpin::ReferralStatus::Created);
    let corporate = body.replace("\"new\":1", "\"customer_type\":\"Corporate\"");
    let failed = body.replace("CREATED\",\"referral", "FAILED\",\"referral");
    for bad in [corporate.as_str(), failed.as_str(), &body.replace("\"partner_id\":\"p1\",", "")] {
        assert!(decode::<redpin::Event>(&redpin::PROVIDER, bad).is_err(), "{bad}");
    }
}

#[test]
fn unknown_types_may_be_of_no_interest() {
    #[derive(Debug, Deserialize, Eq, EventCatalog, PartialEq)]
    enum Bills {
        #[event("bill.created")]
        Created,
        #[event(unknown)]
        Other,
    }
    let of_type = |name: &str| {
        let body = format!(r#"{{"id":"evt_1","type":"{name}","data":{{"bill_id":"bill_1"}}}}"#);
        decode::<Bills>(&preflix::PROVIDER, &body).unwrap().data
    };
    assert_eq!((of_type("bill.created"), of_type("bill.mailed")), (Bills::Created, Bills::Other));
}

#[test]
fn unknown_types_are_kept_byte_for_byte() {
    let data = r#"{ "n": 1.00, "big": 123456789012345678901234567890 }"#;
    let body = format!(r#"{{"id":"1","type":"bill.archived","data":{data}}}"#);
    let event = decode::<preflix::Event>(&preflix::PROVIDER, &body).unwrap();
    let preflix::Event::Unknown(UnknownEvent { event_type, data: kept, .. }) = &event.data else { panic!() };
    assert_eq!((event_type.as_str(), kept.get()), ("bill.archived", data));
    assert!(!format!("{event:?}").contains("123456789"), "debug output shows no payload");
}

#[test]
fn an_unknown_type_without_data_is_no_error() {
    let event = decode::<preflix::Event>(&preflix::PROVIDER, r#"{"id":"1","type":"bill.archived"}"#).unwrap();
    let preflix::Event::Unknown(unknown) = event.data else { panic!() };
    assert_eq!(unknown.data.get(), "null");
}

#[test]
fn unknown_fields_are_tolerated_and_wrong_shapes_are_errors_with_their_path() {
    let body = r#"{"v":2,"id":"1","type":"audit.completed","data":{"bill_id":"b","x":[1],"report_id":"r","status":"s"}}"#;
    decode::<preflix::Event>(&preflix::PROVIDER, body).unwrap();
    for (from, to, path) in [
        ("\"b\"", "7", "data.bill_id"),
        (",\"report_id\":\"r\"", "", "data"),
        ("{\"bill_id\":\"b\",\"x\":[1],\"report_id\":\"r\",\"status\":\"s\"}", "null", "data"),
    ] {
        let error = decode::<preflix::Event>(&preflix::PROVIDER, &body.replace(from, to)).unwrap_err();
        assert_eq!((error.path(), error.event_type()), (path, Some("audit.completed")), "{error}");
    }
    let error =
        decode::<proxiant::Event>(&proxiant::PROVIDER, &SERVED.replace("3,", "\"three\",")).unwrap_err();
    assert_eq!(error.path(), "data.attempt.sequence_number");
    let error =
        decode::<printprice::Event>(&printprice::PROVIDER, r#"{"event":"order.generated","data":"text"}"#);
    assert_eq!(error.unwrap_err().path(), "data");
}

#[test]
fn a_body_without_a_type_or_without_json_is_an_error() {
    for body in [r#"{"id":"1","data":{}}"#, "not json", "", "[]", r#"{"type":null}"#, r#"{"type":{"a":1}}"#] {
        assert!(decode::<preflix::Event>(&preflix::PROVIDER, body).is_err(), "{body}");
    }
}

#[test]
fn the_order_of_the_members_does_not_matter() {
    let data = r#""data":{"bill_id":"b","report_id":"r","status":"s"}"#;
    let (id, tag) = (r#""id":"evt_9""#, r#""type":"audit.completed""#);
    for members in [[id, tag, data], [data, tag, id], [tag, data, id], [data, id, tag]] {
        let body = format!("{{{}}}", members.join(","));
        let event = decode::<preflix::Event>(&preflix::PROVIDER, &body).unwrap();
        assert_eq!(event.data.variant(), "AuditCompleted", "{body}");
        assert_eq!(event.delivery.id().unwrap().as_str(), "evt_9", "{body}");
    }
    // Of two types the first counts, for the extractor as for the delivery.
    let body = format!(r#"{{{tag},{data},"type":"other"}}"#);
    let event = decode::<preflix::Event>(&preflix::PROVIDER, &body).unwrap();
    assert_eq!(event.data.variant(), "AuditCompleted");
    assert_eq!(event.delivery.event_type().unwrap().as_str(), "audit.completed");
}

#[test]
fn of_members_with_the_same_key_the_first_counts_wherever_the_type_is() {
    let (tag, first, second) = (r#""type":"a.b""#, r#""data":{"n":1}"#, r#""data":{"n":2}"#);
    for members in [[tag, first, second], [first, tag, second], [first, second, tag]] {
        let body = format!(r#"{{"id":"one","id":"two",{}}}"#, members.join(","));
        let event = decode::<Own>(&preflix::PROVIDER, &body).unwrap();
        assert!(matches!(event.data, Own::Two(Payload { n: 1 })), "{body}: {event:?}");
        assert_eq!(event.delivery.id().unwrap().as_str(), "one", "{body}");
    }
    let empty = decode::<Own>(&preflix::PROVIDER, r#"{"type":"","data":{"n":1}}"#);
    assert!(empty.is_err(), "an empty type is none: {empty:?}");
}

#[derive(Debug, EventCatalog)]
enum Own {
    #[event("a.b", "c.d")]
    Two(Payload),
    #[event("ping")]
    Ping,
    #[event(unknown)]
    Rest(UnknownEvent),
}

#[derive(Debug, Deserialize)]
struct Payload {
    n: u8,
}

#[test]
fn a_catalogue_of_your_own_decodes_into_its_variants() {
    assert_eq!(Own::TAGS, ["a.b", "c.d", "ping"]);
    let own = |body: &str| decode::<Own>(&preflix::PROVIDER, body).map(|event| event.data);
    assert!(matches!(own(r#"{"type":"a.b","data":{"n":1}}"#), Ok(Own::Two(Payload { n: 1 }))));
    assert!(matches!(own(r#"{"data":{"n":2},"type":"c.d"}"#), Ok(Own::Two(Payload { n: 2 }))));
    assert!(matches!(own(r#"{"type":"ping"}"#), Ok(Own::Ping)));
    assert!(matches!(own(r#"{"type":"ping","data":[1,{"any":"thing"}]}"#), Ok(Own::Ping)));
    let Ok(Own::Rest(rest)) = own(r#"{"type":"e.f","data":null}"#) else { panic!() };
    assert_eq!((rest.event_type.as_str(), rest.data.get()), ("e.f", "null"));
    assert_eq!(own(r#"{"type":"a.b","data":{"n":256}}"#).unwrap_err().path(), "data.n");
}

#[derive(Debug, Deserialize, EventCatalog)]
#[event("a.b", "c.d")]
struct Single {
    n: u8,
}

#[derive(Debug, EventCatalog)]
#[event("ping")]
struct Ping;

#[test]
fn a_struct_is_the_data_of_its_types_and_of_no_other() {
    assert_eq!((Single::TAGS, Ping::TAGS), (&["a.b", "c.d"][..], &["ping"][..]));
    let single = |body: &str| decode::<Single>(&preflix::PROVIDER, body);
    for body in [r#"{"type":"a.b","data":{"n":1}}"#, r#"{"data":{"n":1,"m":2},"type":"c.d"}"#] {
        let event = single(body).unwrap();
        assert_eq!((event.data.n, event.data.variant()), (1, "Single"), "{body}");
    }
    assert_eq!(single(r#"{"type":"a.b","data":{"n":256}}"#).unwrap_err().path(), "data.n");
    let other = single(r#"{"type":"e.f","data":{"n":1}}"#).unwrap_err();
    let cause = std::error::Error::source(&other).unwrap().to_string();
    assert!(cause.starts_with(r#"`e.f` is not a type of `Single`, which is for ["a.b", "c.d"]"#), "{cause}");
    let ping = |body: &str| decode::<Ping>(&preflix::PROVIDER, body);
    assert_eq!(ping(r#"{"type":"ping","data":[1,{"any":"thing"}]}"#).unwrap().data.variant(), "Ping");
    assert!(ping(r#"{"type":"ping"}"#).is_ok());
    assert!(ping(r#"{"type":"pong"}"#).is_err());
}
