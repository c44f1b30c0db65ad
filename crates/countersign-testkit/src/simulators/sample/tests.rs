#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use countersign::providers::{preflix, printprice, proxiant, redpin};
use countersign::{Event, EventCatalog, Head, Secret, Signer, Verifier};

use super::*;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const URL: &str = "https://hooks.example.com/in";

#[test]
fn every_event_of_the_scripts_decodes_with_the_types_of_its_provider() {
    fn decode<T: EventCatalog>(provider: &'static Provider) {
        let secret = || Secret::new("whsec_bmV3IHNlY3JldCBvZiB0aGUgdGFibGUhIQ==").unwrap();
        let signer = Signer::new(provider, secret()).unwrap();
        let verifier = Verifier::new(provider, secret()).unwrap();
        let types = scripts::event_types(&provider.slug);
        for tag in T::TAGS {
            assert!(types.contains(tag), "{}: {tag} is in no script", provider.slug);
        }
        for event_type in types {
            let message = Sample::new(provider, event_type).message(NOW).unwrap();
            let request = message.sign(&signer, URL, NOW).unwrap();
            let delivery = verifier.verify(&Head::new(&request.headers), request.body, NOW).unwrap();
            assert_eq!(delivery.event_type().unwrap().as_str(), event_type);
            assert_eq!(delivery.id().unwrap().as_str(), "evt_sample");
            let event =
                Event::<T>::decode(delivery).unwrap_or_else(|error| panic!("{event_type}: {error:?}"));
            assert_ne!(event.data.variant(), "Unknown", "{event_type}");
        }
    }
    decode::<preflix::Event>(&preflix::PROVIDER);
    decode::<printprice::Event>(&printprice::PROVIDER);
    decode::<proxiant::Event>(&proxiant::PROVIDER);
    decode::<redpin::Event>(&redpin::PROVIDER);
}

#[test]
fn realistic_bodies_keep_their_members_and_have_what_is_declared() {
    let mut seen = 0;
    let others = |provider: &&Provider| scripts::event_types(&provider.slug).is_empty();
    for provider in countersign::providers::all().filter(others) {
        for event_type in Sample::event_types(provider) {
            let message = Sample::new(provider, event_type).with_id("evt_7").message(NOW).unwrap();
            let minimal = Sample::new(provider, format!("{event_type}.unknown")).message(NOW).unwrap();
            assert!(message.body.len() > minimal.body.len() + 40, "{} {event_type}", provider.slug);
            seen += 1;
        }
    }
    assert!(seen > 140, "{seen}");
    let text = |event_type| {
        let sample = Sample::new(&countersign::providers::STRIPE, event_type).with_id("evt_7");
        sample.message(NOW).unwrap().body
    };
    let paid: Value = serde_json::from_slice(&text("invoice.paid")).unwrap();
    assert_eq!(paid["data"]["object"]["lines"]["data"][0]["amount"], 1900);
    assert_eq!(
        (&paid["id"], &paid["type"], &paid["object"]),
        (&json!("evt_7"), &json!("invoice.paid"), &json!("event"))
    );
}

#[test]
fn official_bodies_are_sent_as_they_are_published() {
    let github = &countersign::providers::GITHUB;
    let mut seen = 0;
    for event_type in Sample::event_types(github) {
        assert_eq!(Sample::origin(github, event_type), SampleOrigin::Official);
        let message = Sample::new(github, event_type).message(NOW).unwrap();
        let sent: Value = serde_json::from_slice(&message.body).unwrap();
        assert_eq!(Some(sent), bodies::body(&github.slug, event_type), "{event_type}");
        seen += 1;
    }
    assert!(seen > 50, "{seen}");
    assert_eq!(Sample::origin(github, "unheard_of"), SampleOrigin::Minimal);
    assert_eq!(Sample::origin(&countersign::providers::STRIPE, "invoice.paid"), SampleOrigin::Realistic);
}
