//! Checks what is sent again while its event waits, after the secret that signed it was removed.

mod checks;

use std::sync::{Arc, Mutex};

use countersign::scheme::{Encoding, Location, Scheme, SignatureField};
use countersign::{Delivery, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::EventState::{Done, Ready, Running};
use countersign_inbox::inline::MissingId;
use countersign_inbox::{
    Acceptor, AttemptNote, ClaimDue, Context, Endpoint, Finish, IdentityPolicy, InboxStore, Leased, NewEvent,
    StoredHead, UnsignedIds,
};
use countersign_test_logs::Logs;
use http::{HeaderValue, StatusCode};
use tokio::time::Instant;

use crate::support::{InjectedError, Store, accepting, builder, pass};

/// A delivery of a provider.
#[derive(Clone, Copy)]
struct Sent {
    provider: &'static Provider,
    secret: &'static str,
    id: &'static str,
    event_type: &'static str,
    body: &'static str,
}

/// The answer to a delivery: the status, and the value of `X-Webhook-Duplicate`.
type Answered = (StatusCode, Option<&'static str>);

#[tokio::test(start_paused = true)]
async fn what_is_sent_again_after_a_rotation_replaces_the_request_of_its_event_and_is_handled() {
    for first in [SIGNED, UNSIGNED_ID, UNSIGNED_BODY] {
        let (logs, store) = (Logs::collect(), store_with(first, UnsignedIds::Warn));
        let acceptor = accepting(&store, endpoint(first.provider, NEW));
        assert_eq!(first.by(NEW).send(&acceptor).await, duplicate("ready"));
        assert_eq!(logs.with("has replaced the request").len(), 1, "{:?}", logs.text());
        assert_eq!(store.event(1).head.unwrap().headers, first.by(NEW).delivery().1.headers);
        assert_eq!(handled(&store, first.provider, NEW).await, [first.body]);
        assert_eq!(store.states(), [Done]);
    }
}

#[tokio::test(start_paused = true)]
async fn another_body_replaces_a_request_if_body_and_id_are_signed_and_not_otherwise() {
    for policy in [UnsignedIds::Off, UnsignedIds::Warn, UnsignedIds::Reject] {
        for (first, is_replaced) in [(SIGNED, true), (UNSIGNED_ID, false), (UNSIGNED_BODY, false)] {
            let (logs, store) = (Logs::collect(), store_with(first, policy));
            let acceptor = accepting(&store, endpoint_with(first.provider, NEW, policy));
            let other = Sent { body: OTHER_BODY, ..first.by(NEW) };
            assert_eq!(other.send(&acceptor).await, duplicate("ready"), "{}", first.provider.slug);
            let kept = store.event(1).body.unwrap();
            assert_eq!(kept, if is_replaced { OTHER_BODY } else { first.body }, "{}", first.provider.slug);
            let warnings = logs.with("does not verify, and stays").len();
            assert_eq!(warnings, usize::from(!is_replaced), "{:?}", logs.text());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_type_that_is_not_signed_replaces_nothing() {
    for event_type in ["deleted", ""] {
        let store = store_with(UNSIGNED_ID, UnsignedIds::Warn);
        let acceptor = accepting(&store, endpoint(UNSIGNED_ID.provider, NEW));
        let other = Sent { event_type, ..UNSIGNED_ID.by(NEW) };
        assert_eq!(other.send(&acceptor).await, duplicate("ready"));
        assert_eq!(store.event(1).summary.event_type.as_deref(), Some("created"));
        assert_eq!(UNSIGNED_ID.by(NEW).send(&acceptor).await, duplicate("ready"));
        assert_eq!(handled(&store, UNSIGNED_ID.provider, NEW).await, [UNSIGNED_ID.body]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_verifies_stays_whatever_is_sent() {
    for (stored, body, event_type) in [
        (SIGNED, SIGNED.body, "created"),
        // An older delivery of the same event.
        (Sent { body: OTHER_BODY, ..SIGNED }, SIGNED.body, "created"),
        (UNSIGNED_ID, UNSIGNED_ID.body, "deleted"),
        (UNSIGNED_ID, OTHER_BODY, "created"),
        (UNSIGNED_BODY, OTHER_BODY, "created"),
    ] {
        let store = store_with(stored, UnsignedIds::Warn);
        let before = store.event(1);
        let acceptor = accepting(&store, endpoint(stored.provider, OLD));
        let since = Instant::now();
        let again = Sent { body, event_type, ..stored };
        assert_eq!(again.send(&acceptor).await, duplicate("ready"));
        let after = store.event(1);
        assert_eq!((after.head, after.body), (before.head, before.body));
        assert!(store.calls("replace_request", since).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn while_an_event_is_handled_its_duplicate_has_to_come_again() {
    for finish in [Finish::Unverified { error: "signature_mismatch".to_owned() }, Finish::Done] {
        let store = store_with(SIGNED, UnsignedIds::Warn);
        let acceptor = accepting(&store, endpoint(SIGNED.provider, NEW));
        let leased = claim(&store).await;
        assert_eq!(SIGNED.by(NEW).send(&acceptor).await, (StatusCode::SERVICE_UNAVAILABLE, None));
        assert_eq!(store.states(), [Running]);
        // With the secret that signed what is stored there is nothing to replace.
        let old = accepting(&store, endpoint(SIGNED.provider, OLD));
        assert_eq!(SIGNED.send(&old).await, duplicate("running"));
        let _ = store.finish(&leased.lease, &finish, AttemptNote::NONE).await.unwrap();
        let (word, expected) = if finish == Finish::Done { ("done", Done) } else { ("dead", Ready) };
        assert_eq!(SIGNED.by(NEW).send(&acceptor).await, duplicate(word));
        assert_eq!(store.states(), [expected]);
    }
}

/// A worker claims or ends the event after its request was read.
#[tokio::test(start_paused = true)]
async fn an_event_that_is_claimed_meanwhile_keeps_its_request() {
    for finish in [None, Some(Finish::Unverified { error: String::new() }), Some(Finish::Done)] {
        let store = store_with(SIGNED, UnsignedIds::Warn);
        store.next("stored_request", [InjectedError::Late]);
        let acceptor = accepting(&store, endpoint(SIGNED.provider, NEW));
        let answered = tokio::spawn(async move { SIGNED.by(NEW).send(&acceptor).await });
        pass(100).await;
        let leased = claim(&store).await;
        if let Some(finish) = &finish {
            let _ = store.finish(&leased.lease, finish, AttemptNote::NONE).await.unwrap();
        }
        let (answer, kept) = match finish {
            None => ((StatusCode::SERVICE_UNAVAILABLE, None), OLD),
            Some(Finish::Done) => (duplicate("done"), OLD),
            // It is a requeue by then.
            Some(_) => (duplicate("dead"), NEW),
        };
        assert_eq!(answered.await.unwrap(), answer);
        assert_eq!(store.event(1).head.unwrap().headers, SIGNED.by(kept).delivery().1.headers);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_has_verified_here_is_not_read_for_each_duplicate() {
    let store = Store::new();
    let acceptor = accepting(&store, endpoint(SIGNED.provider, OLD));
    // The backlog is measured.
    pass(1).await;
    let since = Instant::now();
    assert_eq!(SIGNED.send(&acceptor).await, (StatusCode::OK, None));
    assert_eq!(store.all_calls(since), 1, "the event is stored");
    let send = |_| {
        let acceptor = acceptor.clone();
        tokio::spawn(async move { SIGNED.send(&acceptor).await })
    };
    for sent in (0..100).map(send).collect::<Vec<_>>() {
        assert_eq!(sent.await.unwrap(), duplicate("ready"));
    }
    assert_eq!(store.all_calls(since), 101, "nothing is read for an event that was stored here");
    pass(30_000).await;
    let since = Instant::now();
    for _ in 0..10 {
        assert_eq!(SIGNED.send(&acceptor).await, duplicate("ready"));
    }
    let calls = ["accept", "stored_request", "replace_request"].map(|name| store.calls(name, since).len());
    assert_eq!(calls, [10, 1, 0], "it has verified");
    // After a rotation, too: the first one replaces the request.
    let rotated = accepting(&store, endpoint(SIGNED.provider, NEW));
    pass(1).await;
    let since = Instant::now();
    for _ in 0..10 {
        assert_eq!(SIGNED.by(NEW).send(&rotated).await, duplicate("ready"));
    }
    let calls = ["accept", "stored_request", "replace_request"].map(|name| store.calls(name, since).len());
    assert_eq!(calls, [10, 1, 1]);
    let leased = claim(&store).await;
    let _ = store.finish(&leased.lease, &Finish::Done, AttemptNote::NONE).await.unwrap();
    pass(1).await;
    let since = Instant::now();
    assert_eq!(SIGNED.by(NEW).send(&rotated).await, duplicate("done"));
    assert_eq!(store.all_calls(since), 1, "nothing is read for an event that is done");
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_whose_event_cannot_be_read_or_replaced_is_not_acknowledged() {
    for operation in ["stored_request", "replace_request"] {
        let store = store_with(SIGNED, UnsignedIds::Warn);
        let acceptor = accepting(&store, endpoint(SIGNED.provider, NEW));
        store.next(operation, [InjectedError::Error, InjectedError::LostReply]);
        for _ in 0..2 {
            assert_eq!(SIGNED.by(NEW).send(&acceptor).await, (StatusCode::SERVICE_UNAVAILABLE, None));
        }
        assert_eq!(SIGNED.by(NEW).send(&acceptor).await, duplicate("ready"));
        assert_eq!(handled(&store, SIGNED.provider, NEW).await, [SIGNED.body]);
    }
}

impl Sent {
    /// Returns the delivery, signed with another secret.
    fn by(self, secret: &'static str) -> Self {
        Self { secret, ..self }
    }

    /// Returns the verified delivery and its head.
    fn delivery(&self) -> (Delivery, StoredHead) {
        let secret = || Secret::new(self.secret).unwrap();
        let request = SigningRequest::new(self.body, NOW).with_id(self.id).with_event_type(self.event_type);
        let mut headers = Signer::new(self.provider, secret()).unwrap().sign(&request).unwrap();
        headers.insert("x-id", HeaderValue::from_static(self.id));
        headers.insert("x-type", HeaderValue::from_static(self.event_type));
        let verifier = Verifier::new(self.provider, secret()).unwrap();
        let delivery = verifier.verify(&Head::new(&headers), self.body, NOW).unwrap();
        (delivery, StoredHead::new("POST", "/hooks", headers))
    }

    async fn send(&self, acceptor: &Acceptor) -> Answered {
        let (delivery, head) = self.delivery();
        let answer = acceptor.accept(&delivery, head).await;
        (acceptor.response(answer).status(), answer.duplicate())
    }
}

/// Returns a store with this delivery.
fn store_with(first: Sent, policy: UnsignedIds) -> Arc<Store> {
    let (delivery, head) = first.delivery();
    Store::with([NewEvent::new(&IdentityPolicy::new("hub").with_unsigned_ids(policy), &delivery, head)])
}

fn endpoint(provider: &'static Provider, secret: &str) -> Endpoint {
    endpoint_with(provider, secret, UnsignedIds::Warn)
}

fn endpoint_with(provider: &'static Provider, secret: &str, policy: UnsignedIds) -> Endpoint {
    Endpoint::new("hub", Verifier::new(provider, Secret::new(secret).unwrap()).unwrap())
        .with_unsigned_ids(policy)
        .with_missing_id(MissingId::NewEveryTime)
}

async fn claim(store: &Store) -> Leased {
    let lease = std::time::Duration::from_secs(60);
    store.claim_due(&ClaimDue::new("hub", "worker", 1, lease)).await.unwrap().pop().unwrap()
}

/// Handles all events that are due. Returns their bodies.
async fn handled(store: &Arc<Store>, provider: &'static Provider, secret: &str) -> Vec<String> {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let seen = bodies.clone();
    let source = endpoint(provider, secret).otherwise(move |delivery: Delivery, _: Context| {
        seen.lock().unwrap().push(String::from_utf8(delivery.body().to_vec()).unwrap());
        async {}
    });
    let worker = builder(store, source).start_working().unwrap();
    pass(1_000).await;
    assert!(worker.drain().await.is_clean());
    Arc::into_inner(bodies).map_or_else(Vec::new, |bodies| bodies.into_inner().unwrap())
}

const fn duplicate(word: &'static str) -> Answered {
    (StatusCode::OK, Some(word))
}

/// Far in the past, so that verification as of the present time would fail.
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const OLD: &str = "the old secret of ours";
const NEW: &str = "the new secret of ours";
const OTHER_BODY: &str = r#"{"id":"evt_1","type":"created","rendered":"anew"}"#;

/// The signature covers id, type and body.
const SIGNED: Sent = Sent {
    provider: &SIGNED_PROVIDER,
    secret: OLD,
    id: "evt_1",
    event_type: "created",
    body: r#"{"id":"evt_1","type":"created"}"#,
};
/// The signature covers the body only.
const UNSIGNED_ID: Sent = Sent { provider: &UNSIGNED_ID_PROVIDER, ..SIGNED };
/// The signature covers the id, and neither the type nor the body.
const UNSIGNED_BODY: Sent = Sent { provider: &UNSIGNED_BODY_PROVIDER, ..SIGNED };

static SIGNED_PROVIDER: Provider = Provider::new("signed", "Signed", scheme("{body}"))
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"));
static UNSIGNED_ID_PROVIDER: Provider = Provider::new("unsigned-id", "Unsigned id", scheme("{body}"))
    .with_id(Location::header("x-id"))
    .with_event_type(Location::header("x-type"));
static UNSIGNED_BODY_PROVIDER: Provider = Provider::new("unsigned-body", "Unsigned body", scheme("{id}"))
    .with_id(Location::header("x-id"))
    .with_event_type(Location::header("x-type"));

const fn scheme(content: &'static str) -> Scheme {
    Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), content)
}
