//! Checks of stored requests that fail, hang or never end, and what they cost.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign::ErrorKind;
use countersign::receiver::{Receiver, RequestHead, ResolveError, Tenant};
use countersign_inbox::RefusalKind;
use tokio::task::JoinSet;

use super::*;
use crate::support::Counts;

/// The course of the lookup of a tenant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Lookup {
    Secret(&'static str),
    Fails,
    Hangs,
}

/// A resolver of tenants that a test controls.
struct Resolver {
    next: Mutex<Lookup>,
    running: AtomicUsize,
    /// The largest number of lookups at once.
    most: AtomicUsize,
}

#[tokio::test(start_paused = true)]
async fn a_resolver_that_hangs_holds_four_checks_until_their_deadline() {
    let (resolver, store) = (Resolver::new(Lookup::Hangs), store_with(SIGNED, UnsignedIds::Warn));
    let acceptor = accepting(&store, resolver.endpoint());
    let mut sent = JoinSet::new();
    for _ in 0..10 {
        let acceptor = acceptor.clone();
        sent.spawn(async move { SIGNED.by(NEW).send(&acceptor).await });
    }
    while let Some(answer) = sent.join_next().await {
        assert_eq!(answer.unwrap(), (StatusCode::SERVICE_UNAVAILABLE, None));
    }
    assert_eq!(resolver.most.load(Ordering::Relaxed), 4);
    resolver.set(Lookup::Secret(NEW));
    assert_eq!(SIGNED.by(NEW).send(&acceptor).await, duplicate("ready"));
    assert_eq!(handled(&store, SIGNED.provider, NEW).await, [SIGNED.body]);
}

#[tokio::test(start_paused = true)]
async fn a_stored_request_takes_its_memory_from_the_budget_while_it_is_checked() {
    let (delivery, head) = SIGNED.delivery();
    let held = NewEvent::new(&IdentityPolicy::new("hub"), &delivery, head).held_bytes();
    let (resolver, store) = (Resolver::new(Lookup::Hangs), store_with(SIGNED, UnsignedIds::Warn));
    let acceptor = accepting(&store, resolver.endpoint().with_accept_budget(3 * held as u32));
    let checked = tokio::spawn({
        let acceptor = acceptor.clone();
        async move { SIGNED.by(NEW).send(&acceptor).await }
    });
    pass(100).await;
    let (delivery, head) = Sent { body: r#"{"id":"evt_2","type":"created"}"#, ..SIGNED }.delivery();
    let refused = acceptor.accept(&delivery, head.clone()).await;
    assert_eq!(refused.refusal(), Some(ErrorKind::BudgetSpent.into()));
    assert_eq!(checked.await.unwrap(), (StatusCode::SERVICE_UNAVAILABLE, None));
    pass(100).await;
    assert_eq!(acceptor.accept(&delivery, head).await.refusal(), None);
}

/// The budget is smaller than the stored request, which is checked in any case.
#[tokio::test(start_paused = true)]
async fn a_stored_request_that_is_larger_than_the_budget_is_replaced() {
    let store = store_with(SIGNED, UnsignedIds::Warn);
    let acceptor = accepting(&store, endpoint(SIGNED.provider, NEW).with_accept_budget(1));
    assert_eq!(SIGNED.by(NEW).send(&acceptor).await, duplicate("ready"));
    assert_eq!(store.event(1).head.unwrap().headers, SIGNED.by(NEW).delivery().1.headers);
}

#[tokio::test(start_paused = true)]
async fn a_resolver_that_fails_replaces_nothing_and_is_asked_again() {
    let (logs, resolver) = (Logs::collect(), Resolver::new(Lookup::Fails));
    let store = store_with(SIGNED, UnsignedIds::Warn);
    let acceptor = accepting(&store, resolver.endpoint());
    let since = Instant::now();
    assert_eq!(SIGNED.by(NEW).send(&acceptor).await, (StatusCode::SERVICE_UNAVAILABLE, None));
    assert!(store.calls("replace_request", since).is_empty());
    assert_eq!(logs.with("cannot be verified (secrets_unavailable)").len(), 1, "{:?}", logs.text());
    resolver.set(Lookup::Secret(NEW));
    assert_eq!(SIGNED.by(NEW).send(&acceptor).await, duplicate("ready"));
    assert_eq!(store.event(1).head.unwrap().headers, SIGNED.by(NEW).delivery().1.headers);
}

/// The secret may have been rotated since the last check.
#[tokio::test(start_paused = true)]
async fn where_secrets_are_looked_up_each_duplicate_is_checked() {
    let (resolver, store) = (Resolver::new(Lookup::Secret(OLD)), Store::new());
    let acceptor = accepting(&store, resolver.endpoint());
    assert_eq!(SIGNED.send(&acceptor).await, (StatusCode::OK, None));
    let since = Instant::now();
    for _ in 0..3 {
        assert_eq!(SIGNED.send(&acceptor).await, duplicate("ready"));
    }
    assert_eq!(store.calls("stored_request", since).len(), 3);
    resolver.set(Lookup::Secret(NEW));
    assert_eq!(SIGNED.by(NEW).send(&acceptor).await, duplicate("ready"));
    assert_eq!(store.event(1).head.unwrap().headers, SIGNED.by(NEW).delivery().1.headers);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_never_replaces_a_request_refuses_no_duplicate() {
    let (logs, store) = (Logs::collect(), store_with(SIGNED, UnsignedIds::Warn));
    store.keep_requests();
    let acceptor = accepting(&store, endpoint(SIGNED.provider, NEW));
    pass(1).await;
    let since = Instant::now();
    assert_eq!(SIGNED.by(NEW).send(&acceptor).await, duplicate("ready"));
    let calls = ["accept", "stored_request", "replace_request"].map(|name| store.calls(name, since).len());
    assert_eq!(calls, [4, 3, 3]);
    assert_eq!(logs.with("the store has not replaced it").len(), 1, "{:?}", logs.text());
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_of_an_event_that_is_handled_is_no_error_of_the_store() {
    let (counts, logs) = (Counts::start(), Logs::collect());
    let store = store_with(SIGNED, UnsignedIds::Warn);
    let acceptor = accepting(&store, endpoint(SIGNED.provider, NEW));
    let _leased = claim(&store).await;
    let (delivery, head) = SIGNED.by(NEW).delivery();
    let answer = acceptor.accept(&delivery, head).await;
    assert_eq!(answer.refusal(), Some(RefusalKind::InFlight));
    let response = acceptor.response(answer);
    assert_eq!(response.body(), r#"{"title":"in_flight","status":503}"#);
    assert!(response.headers().contains_key("retry-after"));
    let counts = counts.take();
    assert_eq!(counts["webhook.deliveries{outcome=inflight,source=hub}"], 1.0);
    assert!(counts.keys().all(|name| !name.contains("operation=accept")), "{counts:?}");
    assert!(logs.with("its event is being handled")[0].contains("INFO"), "{:?}", logs.text());
}

impl Resolver {
    fn new(first: Lookup) -> Arc<Self> {
        let (running, most) = <(AtomicUsize, AtomicUsize)>::default();
        Arc::new(Self { next: Mutex::new(first), running, most })
    }

    fn set(&self, next: Lookup) {
        *self.next.lock().unwrap() = next;
    }

    /// Returns an endpoint with the secrets of this resolver.
    fn endpoint(self: &Arc<Self>) -> Endpoint {
        let resolver = self.clone();
        let tenants = move |_: RequestHead| {
            let resolver = resolver.clone();
            async move {
                let running = Lookups::begin(&resolver);
                let next = *running.0.next.lock().unwrap();
                match next {
                    Lookup::Secret(secret) => Ok(Some(Tenant::new("acme", Secret::new(secret).unwrap()))),
                    Lookup::Fails => Err(ResolveError::new("the vault is sealed")),
                    Lookup::Hangs => pending().await,
                }
            }
        };
        let verifier = Verifier::new(&SIGNED_PROVIDER, Secret::new("another secret").unwrap()).unwrap();
        let receiver = Receiver::builder(verifier).with_tenants(tenants).build().unwrap();
        Endpoint::new("hub", receiver).with_missing_id(MissingId::NewEveryTime)
    }
}

/// A lookup that runs.
struct Lookups(Arc<Resolver>);

impl Lookups {
    fn begin(resolver: &Arc<Resolver>) -> Self {
        let running = resolver.running.fetch_add(1, Ordering::Relaxed) + 1;
        resolver.most.fetch_max(running, Ordering::Relaxed);
        Self(resolver.clone())
    }
}

impl Drop for Lookups {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}
