//! Deliveries as events of CloudEvents, read by the official SDK.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use cloudevents::{AttributesReader as _, Data, Event};
use countersign::testing::{TEST_ID, TEST_TIME};
use countersign::{Delivery, Head, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
use serde_json::json;

fn read(delivery: &Delivery) -> Event {
    let text = serde_json::to_string(&delivery.to_cloudevent()).unwrap();
    serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{}: {error}: {text}", delivery.provider().slug))
}

#[test]
fn every_provider_has_events_that_the_sdk_reads() {
    let mut ids = 0;
    let mut all = 0;
    for provider in providers::all() {
        // Those with parameters need the values of an account.
        if !provider.open_parameters().is_empty() {
            continue;
        }
        let delivery = Delivery::for_test(provider, "thing.made", json!({ "amount": 1.0 }));
        let event = read(&delivery);
        all += 1;
        match delivery.id() {
            Some(id) if provider.event.id_is_per_type => {
                assert_eq!((event.id(), id.as_str()), (&*format!("thing.made:{TEST_ID}"), TEST_ID));
            }
            Some(id) => assert_eq!((event.id(), id.as_str()), (id.as_str(), TEST_ID), "{}", provider.slug),
            None => assert!(event.id().starts_with("sha256:") && event.id().len() == 71, "{}", provider.slug),
        }
        ids += usize::from(delivery.id().is_some());
        let event_type = delivery.event_type().map_or("delivery", |event_type| event_type.as_str());
        assert_eq!(event.ty(), format!("{}.{event_type}", provider.slug));
        assert_eq!(event.source().as_str(), format!("urn:webhook:{}", provider.slug));
        assert_eq!(event.datacontenttype(), Some("application/json"));
        let Some(Data::Json(data)) = event.data() else { panic!("{}: {:?}", provider.slug, event.data()) };
        assert_eq!(*data, delivery.json::<serde_json::Value>().unwrap());
        let time = delivery.timestamp().map(|_| TEST_TIME.as_secs());
        assert_eq!(event.time().map(|time| time.timestamp()), time, "{}", provider.slug);
    }
    assert!(all > 280 && ids > 150, "{ids} of {all}");
}

#[test]
fn the_payload_is_not_changed() {
    let payload = "{\"amount\": 1.00,\n \"big\": 12345678901234567890123, \"z\": 1, \"a\": \"\\u00e9\"}";
    let text = serde_json::to_string(&signed(payload.as_bytes()).to_cloudevent()).unwrap();
    assert!(text.contains(&format!("\"data\":{payload}")), "{text}");
    for other in [&b"a=1&b=2"[..], b"\xff\xfe\x00", b"{\"cut\":"] {
        let event = read(&signed(other));
        assert_eq!(event.datacontenttype(), Some("application/octet-stream"));
        assert_eq!(event.data(), Some(&Data::Binary(other.to_vec())));
    }
    let empty = read(&signed(b""));
    assert_eq!((empty.data(), empty.datacontenttype()), (None, None));
}

#[test]
fn a_source_of_ones_own_is_kept_and_debug_shows_no_data() {
    let delivery = signed(b"{\"name\":\"Ada\"}");
    let event = delivery.to_cloudevent().with_source("https://hooks.example.com/github");
    let read: Event = serde_json::from_value(serde_json::to_value(&event).unwrap()).unwrap();
    assert_eq!(read.source().as_str(), "https://hooks.example.com/github");
    assert!(!format!("{event:?}").contains("Ada"));
}

fn signed(body: &[u8]) -> Delivery {
    let (secret, now) = ("It's a Secret to Everybody", UnixTime::from_secs(1_700_000_000));
    let signer = Signer::new(&providers::GITHUB, Secret::new(secret).unwrap()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.to_vec(), now)).unwrap();
    let verifier = Verifier::new(&providers::GITHUB, Secret::new(secret).unwrap()).unwrap();
    verifier.verify(&Head::new(&headers), body.to_vec(), now).unwrap()
}
