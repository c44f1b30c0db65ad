//! Tests that parts of a request which are not signed make no other delivery.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign::scheme::Location;
use countersign::{Delivery, providers};
use countersign_inbox::inline::Deduplicator;
use countersign_inbox::{DedupeStore, IdentityPolicy, MemoryStore, UnsignedIds};

use super::support::{id_header, send, stripped, with};
use crate::fixtures::{self, Fixture, fixtures};

/// Form fields that are signed in sorted order can be sent in any order.
#[tokio::test]
async fn an_order_that_is_not_signed_makes_no_other_delivery() {
    let fixture = fixtures().into_iter().find(|fixture| fixture.slug == "twilio-form").unwrap();
    let body = String::from_utf8(fixture.body.clone()).unwrap();
    let mut fields: Vec<_> = body.split('&').collect();
    fields.reverse();
    let mut shuffled = fixture.clone();
    shuffled.body = fields.join("&").into_bytes();
    assert_ne!(shuffled.body, fixture.body);
    let name = "i-twilio-idempotency-token";
    let store: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(100));
    let provider = fixture.verifier.provider();
    let dedupe = Deduplicator::builder(store, "e", provider).build().unwrap();
    assert_eq!(send(&dedupe, &fixture.verify().unwrap()).await, (200, None));
    let other_port = |mut fixture: Fixture| {
        fixture.url = fixture.url.map(|url| url.replace(".com/", ".com:443/"));
        fixture
    };
    for changed in [shuffled.clone(), other_port(fixture.clone()), other_port(shuffled)] {
        let (status, why) = send(&dedupe, &without(&changed, name)).await;
        assert_eq!((status, why.as_deref()), (200, Some("replayed")));
    }
}

/// Checks that a body without an id is compared in its signed form.
#[tokio::test]
async fn what_is_not_signed_of_a_body_makes_no_other_delivery() {
    let fixture = fixtures().into_iter().find(|fixture| fixture.slug == "braintree").unwrap();
    let body = String::from_utf8(fixture.body.clone()).unwrap();
    let with_body = |body: String| Fixture { body: body.into_bytes(), ..fixture.clone() };
    let mut changed = vec![with_body(format!("{body}&more=1"))];
    let stripped = with_body(body.replace("%0A", ""));
    changed.extend(stripped.verify().is_ok().then_some(stripped));
    let store: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(100));
    let endpoint = IdentityPolicy::new("e").with_body_as_id();
    let dedupe = Deduplicator::builder(store, endpoint, fixture.verifier.provider()).build().unwrap();
    assert_eq!(send(&dedupe, &fixture.verify().unwrap()).await, (200, None));
    for other in changed {
        let (status, why) = send(&dedupe, &other.verify().unwrap()).await;
        assert_eq!((status, why.as_deref()), (200, Some("done")));
    }
}

/// The type is part of the key, and the signature does not cover it.
#[tokio::test]
async fn a_recorded_delivery_is_the_same_under_another_type() {
    let mut tried = BTreeSet::new();
    for fixture in fixtures() {
        let provider = fixture.verifier.provider();
        let genuine = fixture.verify().unwrap();
        let others = other_types(&fixture);
        if others.is_empty() || genuine.signed_content().is_none() {
            continue;
        }
        tried.insert(fixture.slug.clone());
        let was_typed = genuine.event_type().is_some();
        for policy in [UnsignedIds::Warn, UnsignedIds::Reject, UnsignedIds::Off] {
            let store: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(100));
            let endpoint = IdentityPolicy::new("e").with_topic().with_body_as_id().with_unsigned_ids(policy);
            let dedupe = Deduplicator::builder(store, endpoint, provider).build().unwrap();
            assert_eq!(send(&dedupe, &genuine).await, (200, None), "{}", fixture.slug);
            for other in &others {
                let has_type = other.event_type().is_some();
                assert!(!has_type || !other.event_type().unwrap().is_signed(), "{}: {other:?}", fixture.slug);
                let (status, why) = send(&dedupe, other).await;
                // A genuine delivery has an id and a type.
                let lost_id = other.id().is_none() && other.can_lose_id();
                let runs = match policy {
                    UnsignedIds::Reject => false,
                    _ if lost_id => false,
                    UnsignedIds::Warn => has_type,
                    _ => true,
                };
                assert_eq!((status, why.is_none()), (200, runs), "{} {policy:?}: {other:?}", fixture.slug);
                let (status, why) = send(&dedupe, other).await;
                assert!(status == 200 && why.is_some(), "{} {policy:?}, again: {other:?}", fixture.slug);
            }
            if was_typed {
                assert_eq!(send(&dedupe, &genuine).await.1.as_deref(), Some("done"), "{}", fixture.slug);
            }
        }
    }
    for slug in ["circleci", "digitalocean", "gitlab-signing-token", "kick", "mercadopago", "moov", "twitch"]
    {
        assert!(tried.contains(slug), "{slug} was not tried: {tried:?}");
    }
}

/// Two deliveries with the same body at the same time.
#[tokio::test]
async fn another_signed_id_is_another_delivery_whatever_the_type() {
    let mut tried = BTreeSet::new();
    for provider in providers::all() {
        for (first, second) in fixtures::of(provider).iter().zip(fixtures::with_id(provider, "msg_200")) {
            let (one, two) = (first.verify().unwrap(), second.verify().unwrap());
            let ids =
                [&one, &two].map(|delivery| delivery.id().filter(|id| id.is_signed()).map(|id| id.as_str()));
            if ids.contains(&None) || ids[0] == ids[1] {
                continue;
            }
            tried.insert(provider.slug.clone());
            let store: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(100));
            let endpoint = IdentityPolicy::new("e").with_topic().with_unsigned_ids(UnsignedIds::Reject);
            let dedupe = Deduplicator::builder(store, endpoint, provider).build().unwrap();
            for delivery in [&one, &two] {
                assert_eq!(send(&dedupe, delivery).await, (200, None), "{}: {delivery:?}", provider.slug);
            }
        }
    }
    for slug in ["svix", "twitch", "kick", "gitlab-signing-token"] {
        assert!(tried.contains(slug), "{slug} was not tried: {tried:?}");
    }
}

/// A sender chooses the port and the slash at the end of the URL, and the signature holds all the same.
#[test]
fn a_url_that_is_read_in_several_forms_makes_one_delivery() {
    let mut tried = BTreeSet::new();
    for fixture in fixtures() {
        let Some(url) = fixture.url.clone() else { continue };
        let (origin, rest) = url.split_at(url[8..].find('/').unwrap() + 8);
        let (path, query) = rest.split_once('?').unwrap();
        let identity = |fixture: &Fixture| {
            let name = id_header(fixture.verifier.provider());
            let fixture = name.map_or_else(|| fixture.clone(), |name| stripped(fixture, name));
            let endpoint = IdentityPolicy::new("e").with_topic();
            fixture.verify().ok().and_then(|delivery| endpoint.identify(&delivery))
        };
        let Some(genuine) = identity(&fixture) else { continue };
        for port in ["", ":443", ":8443", ":1"] {
            for slashes in ["", "/", "//"] {
                let mut other = fixture.clone();
                other.url = Some(format!("{origin}{port}{path}{slashes}?{query}"));
                let Some(found) = identity(&other) else { continue };
                assert_eq!(found, genuine, "{}: {:?}", fixture.slug, other.url);
                if other.url != fixture.url {
                    tried.insert(fixture.slug.clone());
                }
            }
        }
    }
    assert!(tried.contains("twilio-form"), "{tried:?}");
}

pub(super) fn without(fixture: &Fixture, name: &str) -> Delivery {
    stripped(fixture, name).verify().unwrap()
}

/// Returns the delivery with other types that verify, and without a type.
fn other_types(fixture: &Fixture) -> Vec<Delivery> {
    let provider = fixture.verifier.provider();
    let genuine = fixture.verify().unwrap().event_type().map(|found| found.as_str().to_owned());
    let mut changed = Vec::new();
    for at in provider.event.event_type.iter().flat_map(Location::alternatives) {
        match at {
            Location::Header(names) => {
                for name in names.split(',') {
                    changed.extend([stripped(fixture, name), with(fixture, name, "another.type")]);
                }
            }
            Location::Query(name) if fixture.url.is_none() => {
                for value in ["", "another.type"] {
                    let target =
                        fixture.target.replace(&format!("{name}=payment"), &format!("{name}={value}"));
                    changed.push(Fixture { target, ..fixture.clone() });
                }
            }
            Location::Json(pointer) => {
                let Ok(mut body) = serde_json::from_slice::<serde_json::Value>(&fixture.body) else {
                    continue;
                };
                for value in ["", "another.type"] {
                    let Some(place) = body.pointer_mut(pointer.as_str()) else { continue };
                    *place = value.into();
                    changed.push(Fixture { body: body.to_string().into_bytes(), ..fixture.clone() });
                }
            }
            _ => {}
        }
    }
    let deliveries = changed.iter().filter_map(|fixture| fixture.verify().ok());
    let is_other =
        |delivery: &Delivery| delivery.event_type().map(|found| found.as_str().to_owned()) != genuine;
    deliveries.filter(is_other).collect()
}
