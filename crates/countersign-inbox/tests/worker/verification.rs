use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use countersign::receiver::{Receiver, Request, ResolveError};
use countersign::{Secret, SecretSet};
use countersign_inbox::EventState::{Dead, Done, Ready};
use countersign_inbox::worker::Source;

use crate::support::{
    Audited, Counts, Store, builder, completed, must_not_run, nothing, pass, sign, verifier,
};

#[tokio::test(start_paused = true)]
async fn what_is_stored_is_verified_again_and_a_dead_letter_if_it_was_changed() {
    let counts = Counts::start();
    let (mut body, mut secret) = (completed("1"), completed("2"));
    body.body = Bytes::from(String::from_utf8(body.body.to_vec()).unwrap().replace("bill_8f4", "bill_8f5"));
    secret.head.headers = sign("b", std::str::from_utf8(&secret.body).unwrap());
    let store = Store::with([body, secret]);
    let source = Source::new("audits", verifier("a")).on::<Audited>(must_not_run);
    let _worker = builder(&store, source).build().unwrap().spawn();
    pass(10_000).await;
    assert_eq!(store.states(), [Dead, Dead]);
    for id in [1, 2] {
        let (error, attempt) = (store.error(id), store.event(id).summary.attempt);
        assert!(error.contains("signature_mismatch") && error.contains("add it and replay"), "{error}");
        assert_eq!(attempt, 1);
    }
    assert_eq!(counts.take()["webhook_dead_total{reason=verification,source=audits}"], 2.0);
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_long_verifies_as_of_when_it_came() {
    let store = Store::with([completed("1")]);
    pass(40 * 24 * 3_600_000).await;
    let source = Source::new("audits", verifier("a")).on::<Audited>(nothing);
    let _worker = builder(&store, source).build().unwrap().spawn();
    pass(100).await;
    assert_eq!(store.states(), [Done]);
}

#[tokio::test(start_paused = true)]
async fn secrets_that_cannot_be_looked_up_are_looked_up_again_later() {
    let is_up = Arc::new(AtomicBool::new(false));
    let ask = is_up.clone();
    let receiver = Receiver::new(verifier("nobody's")).with_tenants(move |_: Request| {
        let is_up = ask.load(Ordering::Relaxed);
        async move {
            let secrets = || Some(SecretSet::new(Secret::new("a").unwrap()));
            if is_up { Ok(secrets()) } else { Err(ResolveError::new("the vault is sealed")) }
        }
    });
    let store = Store::with([completed("1")]);
    let source = Source::new("audits", receiver).on::<Audited>(nothing);
    let _worker = builder(&store, source).build().unwrap().spawn();
    pass(1).await;
    assert_eq!(store.states(), [Ready]);
    let error = store.error(1);
    assert!(error.contains("secrets_unavailable") && error.contains("the vault is sealed"), "{error}");
    is_up.store(true, Ordering::Relaxed);
    pass(2_000).await;
    assert_eq!(store.states(), [Done]);
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_gone_is_a_dead_letter_with_the_cure() {
    let gone = |_: Request| async { Ok(None) };
    let store = Store::with([completed("1")]);
    let source =
        Source::new("audits", Receiver::new(verifier("a")).with_tenants(gone)).on::<Audited>(must_not_run);
    let _worker = builder(&store, source).build().unwrap().spawn();
    pass(100).await;
    assert_eq!(store.states(), [Dead]);
    assert!(store.error(1).contains("keep its secrets until its events are handled"), "{}", store.error(1));
}
