//! Tests of the founding providers: an example of every event, strict validation, and undocumented fields.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::collections::BTreeSet;

use common::Fixture;
use countersign::providers::{preflix, printprice, proxiant, redpin};
use countersign::{Event, EventCatalog, Provider, Requirement, SigningRequest, UnixTime, Verifier};
use countersign::{Head, Signer};
use proptest::prelude::*;
use serde_json::{Map, Value};

const EXAMPLES: &str = include_str!("data/founding.json");

fn examples(provider: &str) -> Vec<Value> {
    let all: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap();
    all[provider].as_array().unwrap().clone()
}

/// Decodes the data and encodes it again.
fn again(provider: &str, tag: &str, data: &Value) -> Value {
    macro_rules! encoded {
        ($provider:ident, $($variant:ident),+) => {
            match $provider::Event::decode(tag, data.clone()).unwrap() {
                $($provider::Event::$variant(data) => serde_json::to_value(data).unwrap(),)+
                other => panic!("{tag}: {other:?}"),
            }
        };
    }
    match provider {
        "preflix" => encoded!(
            preflix,
            BillCreated,
            BillDocumentReady,
            AuditStarted,
            AuditCompleted,
            LetterReady,
            DisputeStatusChanged
        ),
        "redpin" => encoded!(redpin, ReferralCreated, EndpointDisabledEvent),
        "printprice" => encoded!(
            printprice,
            DocumentAnalyzed,
            PricingCompleted,
            CompatibilityEvaluated,
            RoutingDecisionCreated,
            OrderGenerated,
            ProcessingFailed
        ),
        _ => encoded!(
            proxiant,
            JobCreated,
            JobUpdated,
            JobServed,
            JobNonEst,
            JobOverdue,
            AttemptLogged,
            InvoiceCreated,
            InvoicePaid,
            AffidavitGenerated,
            HiveJobPosted,
            HiveJobAccepted,
            EserviceAccepted
        ),
    }
}

fn tag_of(example: &Value) -> &str {
    ["type", "event_name", "event"].iter().find_map(|key| example.get(key)?.as_str()).unwrap()
}

fn data_of<'e>(provider: &str, example: &'e Value) -> &'e Value {
    if provider == "redpin" { example } else { &example["data"] }
}

#[test]
fn there_is_an_example_of_every_event_of_the_four() {
    for (provider, tags) in [
        ("preflix", preflix::Event::TAGS),
        ("redpin", redpin::Event::TAGS),
        ("printprice", printprice::Event::TAGS),
        ("proxiant", proxiant::Event::TAGS),
    ] {
        let examples = examples(provider);
        let shown: BTreeSet<_> = examples.iter().map(tag_of).collect();
        assert_eq!(shown, tags.iter().copied().collect(), "{provider}");
    }
}

/// Generates values that survive decoding and encoding as JSON.
fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    scalar.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Adds fields to every object, under names that are not documented.
fn widen(value: &mut Value, fields: &mut impl Iterator<Item = (String, Value)>) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(|member| widen(member, fields));
            members.extend(fields.next().map(|(name, value)| (format!("x_{name}"), value)));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| widen(item, fields)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn decoding_and_encoding_loses_no_field_at_any_level(
        fields in prop::collection::vec((".{0,6}", values()), 1..6),
    ) {
        for provider in ["preflix", "redpin", "printprice", "proxiant"] {
            for example in examples(provider) {
                let tag = tag_of(&example);
                if tag == "webhook.test" {
                    continue;
                }
                let mut data = data_of(provider, &example).clone();
                widen(&mut data, &mut fields.iter().cloned().cycle());
                prop_assert_eq!(again(provider, tag, &data), data, "{} {}", provider, tag);
            }
        }
    }
}

fn decode<T: EventCatalog>(provider: &Provider, body: &str) -> Result<Event<T>, countersign::DecodeError> {
    let (now, secret) = (UnixTime::from_secs(common::NOW), common::secret(provider));
    let signer = Signer::new(provider.clone(), secret.clone()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.to_owned(), now).with_id("msg_1")).unwrap();
    let verifier = Verifier::new(provider.clone(), secret).unwrap();
    Event::decode(verifier.verify(&Head::new(&headers), body.to_owned(), now).unwrap())
}

/// Each example decodes into the envelope that its page shows, and nothing of it is lost.
#[test]
fn the_envelopes_of_preflix_and_proxiant_have_id_type_and_time() {
    let shown = |example: &Value| {
        let text = |name| example[name].as_str().unwrap().to_owned();
        (text("id"), tag_of(example).to_owned(), text("created_at"))
    };
    for example in examples("proxiant") {
        let mut provider = proxiant::PROVIDER.clone();
        // The examples are of different days.
        provider.scheme.timestamp = None;
        let event = decode::<proxiant::Event>(&provider, &example.to_string()).unwrap();
        let envelope = proxiant::Envelope::of(&event.delivery).unwrap();
        assert_eq!(serde_json::to_value(&envelope).unwrap(), example);
        assert_eq!((envelope.id, envelope.event, envelope.created_at), shown(&example));
    }
    for example in examples("preflix") {
        let event = decode::<preflix::Event>(&preflix::PROVIDER, &example.to_string()).unwrap();
        let envelope = preflix::Envelope::of(&event.delivery).unwrap();
        assert_eq!(serde_json::to_value(&envelope).unwrap(), example);
        assert_eq!((envelope.id, envelope.event_type, envelope.created_at), shown(&example));
    }
}

#[test]
fn the_envelope_of_printprice_is_checked_and_the_environments_can_be_changed() {
    let body = |from: &str, to: &str| {
        let body = r#"{"event":"order.generated","timestamp":"2026-01-15T19:04:12Z","entity_id":"o_1","environment":"sandbox","data":{"total":1}}"#;
        assert!(body.contains(from), "{from}");
        body.replace(from, to)
    };
    let provider = &printprice::PROVIDER;
    let event = decode::<printprice::Event>(provider, &body("", "")).unwrap();
    let envelope = printprice::Envelope::of(&event.delivery).unwrap();
    assert_eq!((&*envelope.entity_id, &*envelope.environment), ("o_1", "sandbox"));
    for (from, to, path) in [
        ("2026-01-15T19:04:12Z", "yesterday", "timestamp"),
        (r#""2026-01-15T19:04:12Z""#, "1", "timestamp"),
        ("2026-01-15T19:04:12Z", "2026-01-15T19:04:12", "timestamp"),
        (r#""timestamp""#, r#""when""#, "."),
        ("o_1", "", "entity_id"),
        (r#""o_1""#, "null", "entity_id"),
        ("sandbox", "moon", "environment"),
        (r#""sandbox""#, "[]", "environment"),
        (r#"{"total":1}"#, "[]", "data"),
        (r#","data":{"total":1}"#, "", "."),
    ] {
        let error = decode::<printprice::Event>(provider, &body(from, to)).unwrap_err();
        assert_eq!(error.path(), path, "{from} -> {to}: {error}");
    }
    let own = provider.clone().with_requirement(Requirement::one_of("/environment", "moon"));
    assert!(decode::<printprice::Event>(&own, &body("sandbox", "moon")).is_ok());
    assert!(decode::<printprice::Event>(&own, &body("", "")).is_err());
    // Unknown values are kept.
    assert!(decode::<printprice::Event>(provider, r#"{"event":"order.shipped","data":[]}"#).is_ok());
}

#[test]
fn the_customer_type_of_redpin_is_one_of_the_known_and_required_by_strict_validation() {
    let referral = |more: &str| {
        format!(
            r#"{{"event_name":"REFERRAL_CREATED","status":"CREATED","referral_id":"r","partner_id":"p"{more}}}"#
        )
    };
    let company = r#","customer_type":"Corporate","company":{"name":"Downweed Ltd."}"#;
    let strict = redpin::PROVIDER.clone().with_requirements(redpin::STRICT);
    for (more, is_accepted, is_accepted_strictly) in [
        ("", true, false),
        (r#","customer_type":"Private""#, true, true),
        (company, true, true),
        (r#","customer_type":"Corporate""#, false, false),
        (r#","customer_type":"corporate""#, false, false),
        (r#","customer_type":"Alien""#, false, false),
        (r#","customer_type":"""#, false, false),
        (r#","customer_type":1"#, false, false),
    ] {
        let decoded = |provider| decode::<redpin::Event>(provider, &referral(more)).is_ok();
        assert_eq!(
            [decoded(&redpin::PROVIDER), decoded(&strict)],
            [is_accepted, is_accepted_strictly],
            "{more}"
        );
    }
    for (message, is_accepted) in
        [("", false), (r#","failure_message":"""#, false), (r#","failure_message":"x""#, true)]
    {
        let body = referral(message).replace("CREATED\",\"referral", "FAILED\",\"referral");
        assert_eq!(decode::<redpin::Event>(&redpin::PROVIDER, &body).is_ok(), is_accepted, "{body}");
    }
}

#[test]
fn a_requirement_of_a_declaration_survives_a_file() {
    let provider = printprice::PROVIDER.clone();
    let text = serde_json::to_string(&provider).unwrap();
    assert_eq!(Provider::from_json(&text).unwrap(), provider);
    assert!(Fixture::new(&printprice::PROVIDER).verify().is_ok());
}
