//! Tests that a recorded delivery is handled once, whatever its id is changed to.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign::Delivery;
use countersign_inbox::inline::Deduplicator;
use countersign_inbox::{DedupeStore, Endpoint, IdentityPolicy, Inbox, MemoryStore, StoredHead, UnsignedIds};
use countersign_sqlite::SqliteStore;
use countersign_tests::complete;

use super::support::{id_header, send, stripped, with};
use crate::fixtures::{Fixture, fixtures};

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
    let inbox = Inbox::start_accepting(store, [endpoint]).unwrap();
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
