//! Tests that a recorded delivery is not handled again after its id was removed, emptied or, with the policy
//! `Reject`, changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign::scheme::Location;
use countersign::{Delivery, Provider, providers};
use countersign_inbox::inline::{Admission, DUPLICATE, Deduplicator, Finished, MissingId};
use countersign_inbox::{DedupeStore, Endpoint, IdentityPolicy, Inbox, MemoryStore, StoredHead, UnsignedIds};
use countersign_sqlite::SqliteStore;
use countersign_tests::{complete, keyless};
use http::StatusCode;

use crate::fixtures::{self, Fixture, fixtures};

/// The declarations that sign the body, but not the header with the id.
const KNOWN: [&str; 24] = [
    "bitbucket",
    "buildkite",
    "cursor",
    "forgejo",
    "gitea",
    "github-sha1",
    "github-sha256",
    "gogs",
    "hookdeck",
    "jira",
    "lago",
    "lago-hmac",
    "linear",
    "modern-treasury",
    "razorpay",
    "sanity",
    "sentry",
    "shopify",
    "shopify-events",
    "twilio-body-sha256",
    "twilio-form",
    "wise",
    "woocommerce",
    "zendesk",
];

/// A request, and whether its handler runs.
struct Step {
    what: &'static str,
    delivery: Delivery,
    runs: bool,
}

#[tokio::test]
async fn a_recorded_delivery_is_handled_once_whatever_becomes_of_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Arc::new(SqliteStore::open(folder.path().join("inbox.db")).unwrap());
    let mut seen = BTreeSet::new();
    for (number, fixture) in fixtures().iter().enumerate() {
        let provider = fixture.verifier.provider();
        let Some(name) = id_header(provider) else { continue };
        if fixture.verify().unwrap().signed_content().is_none() {
            continue;
        }
        seen.insert(fixture.slug.clone());
        for policy in [UnsignedIds::Warn, UnsignedIds::Reject, UnsignedIds::Off] {
            let name_of = |kind| format!("{kind} {number} {policy:?}");
            let endpoint = |kind| IdentityPolicy::new(name_of(kind)).with_unsigned_ids(policy);
            let place = format!("{} {policy:?}", fixture.slug);
            let memory: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(1000));
            inline(&format!("{place} memory"), memory, endpoint("memory"), fixture, name).await;
            inline(&format!("{place} sqlite"), sqlite.clone(), endpoint("inline"), fixture, name).await;
            durable(&format!("{place} durable"), sqlite.clone(), &name_of("durable"), fixture, name).await;
        }
    }
    for slug in KNOWN {
        assert!(seen.contains(slug), "{slug} was not tried: {seen:?}");
    }
}

/// First without the id: the genuine delivery that follows is the same.
#[tokio::test]
async fn a_delivery_whose_id_was_left_out_is_remembered_by_what_is_signed() {
    for fixture in fixtures() {
        let provider = fixture.verifier.provider();
        let Some(name) = id_header(provider) else { continue };
        if fixture.verify().unwrap().signed_content().is_none() {
            continue;
        }
        // Some declarations check the header.
        let Ok(lost) = stripped(&fixture, name).verify() else { continue };
        let store: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(100));
        let endpoint = IdentityPolicy::new("e").with_unsigned_ids(UnsignedIds::Reject);
        let dedupe = Deduplicator::builder(store, endpoint, provider).build().unwrap();
        assert_eq!(send(&dedupe, &lost).await, (200, None), "{}", fixture.slug);
        let (status, why) = send(&dedupe, &fixture.verify().unwrap()).await;
        assert_eq!((status, why.as_deref()), (200, Some("replayed")), "{}", fixture.slug);
    }
}

#[tokio::test]
async fn a_missing_id_is_refused_where_that_is_the_policy() {
    let fixture = fixtures().into_iter().find(|fixture| fixture.slug == "github-sha256").unwrap();
    let store: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(100));
    let dedupe = Deduplicator::builder(store, "e", fixture.verifier.provider())
        .with_missing_id(MissingId::Reject)
        .build()
        .unwrap();
    assert_eq!(send(&dedupe, &without(&fixture, "x-github-delivery")).await, (400, None));
}

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

#[test]
fn a_declaration_without_an_id_is_refused_with_the_cure_unless_something_was_said_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Arc::new(SqliteStore::open(folder.path().join("inbox.db")).unwrap());
    for provider in providers::all() {
        let build = |endpoint, missing: Option<MissingId>| {
            let store: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(10));
            let builder = Deduplicator::builder(store, endpoint, provider);
            let builder =
                missing.into_iter().fold(builder, |builder, policy| builder.with_missing_id(policy));
            builder.build().map(drop).map_err(|error| error.to_string())
        };
        let accept = |change: fn(Endpoint) -> Endpoint| {
            let endpoint = Endpoint::new("e", keyless(provider));
            let inbox = Inbox::builder(sqlite.clone()).with_endpoint(change(endpoint));
            inbox.start_accepting().map(drop).map_err(|error| error.to_string())
        };
        if provider.event.id.is_some() {
            assert_eq!(build(IdentityPolicy::new("e"), None), Ok(()), "{}", provider.slug);
            continue;
        }
        let plain =
            [build(IdentityPolicy::new("e"), None), build(IdentityPolicy::new("e"), Some(MissingId::Reject))];
        for refused in plain.into_iter().chain([accept(|endpoint| endpoint)]) {
            let error = refused.unwrap_err();
            for cure in ["event.id", "with_body_as_id", "Provider::with_id", "NewEveryTime"] {
                assert!(error.contains(cure), "{}: {error}", provider.slug);
            }
        }
        let by_body = || IdentityPolicy::new("e").with_body_as_id();
        assert_eq!(build(by_body(), None), Ok(()), "{}", provider.slug);
        assert_eq!(accept(Endpoint::with_body_as_id), Ok(()), "{}", provider.slug);
        assert_eq!(
            build(IdentityPolicy::new("e"), Some(MissingId::NewEveryTime)),
            Ok(()),
            "{}",
            provider.slug
        );
    }
}

async fn inline(
    place: &str,
    store: Arc<dyn DedupeStore>,
    endpoint: IdentityPolicy,
    fixture: &Fixture,
    name: &str,
) {
    let policy = policy_of(place);
    let dedupe = Deduplicator::builder(store, endpoint, fixture.verifier.provider()).build().unwrap();
    for Step { what, delivery, runs } in steps(fixture, name, policy) {
        let (status, why) = send(&dedupe, &delivery).await;
        assert_eq!((status, why.is_none()), (200, runs), "{place}, {what}: {why:?}");
    }
}

async fn durable(place: &str, store: Arc<SqliteStore>, source: &str, fixture: &Fixture, name: &str) {
    let policy = policy_of(place);
    let endpoint = Endpoint::new(source, complete(fixture.verifier.clone())).with_unsigned_ids(policy);
    let inbox = Inbox::builder(store).with_endpoint(endpoint).start_accepting().unwrap();
    let acceptor = inbox.acceptor(source).unwrap();
    for Step { what, delivery, runs } in steps(fixture, name, policy) {
        let head = StoredHead::new("POST", "/", http::HeaderMap::new());
        let answer = acceptor.accept(&delivery, head).await;
        let why = answer.duplicate();
        assert_eq!((answer.refusal(), why.is_none()), (None, runs), "{source} {place}, {what}: {why:?}");
    }
}

fn policy_of(place: &str) -> UnsignedIds {
    [UnsignedIds::Warn, UnsignedIds::Reject, UnsignedIds::Off]
        .into_iter()
        .find(|policy| place.contains(&format!("{policy:?}")))
        .unwrap()
}

fn steps(fixture: &Fixture, name: &str, policy: UnsignedIds) -> Vec<Step> {
    let step = |what, delivery, runs| Step { what, delivery, runs };
    let genuine = || fixture.verify().unwrap();
    let is_trusting = policy != UnsignedIds::Reject && !genuine().id().unwrap().is_signed();
    let mut steps = vec![step("genuine", genuine(), true), step("again", genuine(), false)];
    // Without stored signed bytes, an id that was not seen yet.
    let is_off = policy == UnsignedIds::Off && is_trusting;
    if let Ok(changed) = with(fixture, name, "another-1").verify() {
        steps.push(step("another id", changed, is_trusting));
    }
    for (number, what) in ["no id", "no id, again"].into_iter().enumerate() {
        if let Ok(delivery) = stripped(fixture, name).verify() {
            steps.push(step(what, delivery, is_off && number == 0));
        }
    }
    if let Ok(delivery) = with(fixture, name, "").verify() {
        steps.push(step("an empty id", delivery, false));
    }
    steps.push(step("genuine again", genuine(), false));
    steps
}

async fn send(dedupe: &Deduplicator, delivery: &Delivery) -> (u16, Option<String>) {
    match dedupe.admit(delivery).await {
        Admission::Run(run) => match run.drive(async { StatusCode::OK }, |status| Some(*status)).await {
            Finished::Relay(status) => (status.as_u16(), None),
            other => panic!("{other:?}"),
        },
        Admission::Answer(answer) => {
            let why = answer.headers().get(DUPLICATE).map(|why| why.to_str().unwrap().to_owned());
            (answer.status().as_u16(), why)
        }
    }
}

/// Returns the header with the id, if a request without it verifies.
fn id_header(provider: &Provider) -> Option<&str> {
    let first = match provider.event.id.as_ref()? {
        Location::FirstOf(places) => places.first()?,
        at => at,
    };
    match first {
        Location::Header(names) if !provider.coverage().unwrap().id => names.split(',').next(),
        _ => None,
    }
}

fn without(fixture: &Fixture, name: &str) -> Delivery {
    stripped(fixture, name).verify().unwrap()
}

fn stripped(fixture: &Fixture, name: &str) -> Fixture {
    let mut fixture = fixture.clone();
    fixture.headers.0.retain(|(other, _)| other != name);
    fixture
}

fn with(fixture: &Fixture, name: &str, value: &str) -> Fixture {
    let mut fixture = stripped(fixture, name);
    fixture.headers.0.push((name.to_owned(), value.as_bytes().to_vec()));
    fixture
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
