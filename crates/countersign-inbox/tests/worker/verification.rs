use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use countersign::Secret;
use countersign::receiver::{Receiver, RequestHead, ResolveError, Tenant};
use countersign_inbox::Endpoint;
use countersign_inbox::EventState::{Done, Ready, Unverified};
use countersign_test_logs::Logs;

use crate::support::{
    Audited, Counts, Store, builder, completed, must_not_run, nothing, pass, sign, verifier,
};

#[tokio::test(start_paused = true)]
async fn what_is_stored_is_verified_again_and_waits_if_it_does_not_verify() {
    let (counts, logs) = (Counts::start(), Logs::collect());
    let (mut body, mut secret) = (completed("1"), completed("2"));
    body.body = Bytes::from(String::from_utf8(body.body.to_vec()).unwrap().replace("bill_8f4", "bill_8f5"));
    secret.head.headers = sign("b", std::str::from_utf8(&secret.body).unwrap());
    let store = Store::with([body, secret]);
    let source = Endpoint::new("audits", verifier("a")).on::<Audited>(must_not_run);
    let _worker = builder(&store, source).start_working().unwrap();
    pass(600_000).await;
    assert_eq!(store.states(), [Unverified, Unverified]);
    for id in [1, 2] {
        let (error, attempt) = (store.error(id), store.event(id).summary.attempt);
        assert!(error.contains("signature_mismatch") && error.contains("`SecretSet::with_until`"), "{error}");
        assert!(error.contains("`SecretSet::and_env`"), "{error}");
        assert_eq!(attempt, 0);
    }
    assert_eq!(counts.take()["webhook.attempts{outcome=unverified,source=audits}"], 2.0);
    // Each is tried once, and their number is logged when it changes.
    let waiting = logs.with("countersign inbox list --state unverified");
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert!(waiting[0].contains("waiting=2"), "{waiting:?}");
}

#[tokio::test(start_paused = true)]
async fn unverified_events_go_on_after_a_restart_with_the_old_key_and_when_a_key_comes_while_it_runs() {
    let store = Store::with([completed("1"), completed("2")]);
    let rotated = Endpoint::new("audits", verifier("new")).on::<Audited>(must_not_run);
    let worker = builder(&store, rotated).start_working().unwrap();
    pass(100).await;
    assert_eq!(store.states(), [Unverified, Unverified]);
    assert!(worker.drain().await.is_clean());

    let has_key = Arc::new(AtomicBool::new(false));
    let ask = has_key.clone();
    let receiver = Receiver::builder(verifier("another secret"))
        .with_tenants(move |_: RequestHead| {
            let secret = if ask.load(Ordering::Relaxed) { "a" } else { "new" };
            async move { Ok(Some(Tenant::new("acme", Secret::new(secret).unwrap()))) }
        })
        .build()
        .unwrap();
    let source = Endpoint::new("audits", receiver).on::<Audited>(nothing);
    let worker = builder(&store, source).start_working().unwrap();
    pass(3_600_000).await;
    let since = tokio::time::Instant::now();
    assert_eq!(store.states(), [Unverified, Unverified]);
    pass(3_600_000).await;
    assert!(store.calls("resume", since).is_empty(), "nothing is written for them");
    has_key.store(true, Ordering::Relaxed);
    pass(70_000).await;
    assert_eq!(store.states(), [Done, Done]);
    assert_eq!(store.event(1).summary.attempt, 1);
    assert!(worker.drain().await.is_clean());

    let store = Store::with([completed("1")]);
    let rotated = Endpoint::new("audits", verifier("new")).on::<Audited>(must_not_run);
    let worker = builder(&store, rotated).start_working().unwrap();
    pass(100).await;
    let _ = worker.drain().await;
    let source = Endpoint::new("audits", verifier("a")).on::<Audited>(nothing);
    let _worker = builder(&store, source).start_working().unwrap();
    pass(100).await;
    assert_eq!(store.states(), [Done]);
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_long_verifies_as_of_when_it_came() {
    let store = Store::with([completed("1")]);
    pass(40 * 24 * 3_600_000).await;
    let source = Endpoint::new("audits", verifier("a")).on::<Audited>(nothing);
    let _worker = builder(&store, source).start_working().unwrap();
    pass(100).await;
    assert_eq!(store.states(), [Done]);
}

#[tokio::test(start_paused = true)]
async fn secrets_that_cannot_be_looked_up_are_looked_up_again_later() {
    let is_up = Arc::new(AtomicBool::new(false));
    let ask = is_up.clone();
    let receiver = Receiver::builder(verifier("another secret"))
        .with_tenants(move |_: RequestHead| {
            let is_up = ask.load(Ordering::Relaxed);
            async move {
                let tenant = || Some(Tenant::new("acme", Secret::new("a").unwrap()));
                if is_up { Ok(tenant()) } else { Err(ResolveError::new("the vault is sealed")) }
            }
        })
        .build()
        .unwrap();
    let store = Store::with([completed("1")]);
    let source = Endpoint::new("audits", receiver).on::<Audited>(nothing);
    let _worker = builder(&store, source).start_working().unwrap();
    pass(1).await;
    assert_eq!(store.states(), [Ready]);
    let error = store.error(1);
    assert!(error.contains("secrets_unavailable") && error.contains("the vault is sealed"), "{error}");
    is_up.store(true, Ordering::Relaxed);
    pass(2_000).await;
    assert_eq!(store.states(), [Done]);
}

#[tokio::test(start_paused = true)]
async fn an_event_of_a_tenant_that_is_gone_waits_with_the_cure() {
    let gone = |_: RequestHead| async { Ok(None) };
    let store = Store::with([completed("1")]);
    let source =
        Endpoint::new("audits", Receiver::builder(verifier("a")).with_tenants(gone).build().unwrap())
            .on::<Audited>(must_not_run);
    let _worker = builder(&store, source).start_working().unwrap();
    pass(100).await;
    assert_eq!(store.states(), [Unverified]);
    assert!(store.error(1).contains("keep its secrets until its events are handled"), "{}", store.error(1));
}
