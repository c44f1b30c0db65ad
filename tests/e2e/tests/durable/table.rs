//! The responses to all situations: one list for three frameworks.

use std::time::Duration;

use countersign::providers;
use countersign::providers::preflix;
use countersign::receiver::{self, HandshakePolicy, Receiver, ResolveError, Tenant};
use countersign::{Secret, Verifier};
use countersign_inbox::inline::MissingId;
use countersign_inbox::{Accepted, Endpoint, EventId, EventState};
use countersign_tests::Request;
use countersign_tests::durable::{Accepting, Gate, Scripted, Stack, Step};
use http::StatusCode;

use crate::support::{BODY, SECRET, get, receiver, run, signed};

struct Case {
    name: &'static str,
    receiver: Receiver,
    options: fn(Endpoint) -> Endpoint,
    script: Vec<Step>,
    request: Request,
    status: u16,
    /// The value of `X-Webhook-Duplicate`.
    duplicate: Option<&'static str>,
    /// The kind in the problem document.
    kind: Option<&'static str>,
    /// The number of calls of the store, and the number of its events at the end.
    asked: usize,
    stored: usize,
}

#[test]
fn every_situation_is_answered_the_same_everywhere() {
    let failures: Vec<_> = run(async {
        let mut failures = Vec::new();
        for case in cases() {
            for stack in Stack::ALL {
                let store = Scripted::new(case.script.clone());
                let endpoint = (case.options)(Endpoint::new("audits", case.receiver.clone()));
                let answer = stack.ask(&Accepting::start(&store, endpoint), case.request.clone()).await;
                let header = |name: &str| Some(answer.headers.get(name)?.to_str().unwrap());
                let body = case.kind.map_or(String::new(), |kind| {
                    format!(r#"{{"title":"{kind}","status":{}}}"#, case.status)
                });
                let right = answer.status == case.status
                    && header("x-webhook-duplicate") == case.duplicate
                    && header("retry-after").is_some() == (case.status == 503)
                    && (answer.body == body || case.name.starts_with("handshake"))
                    && (store.asked(), store.stored().len()) == (case.asked, case.stored);
                if !right {
                    let (asked, stored) = (store.asked(), store.stored().len());
                    failures.push(format!("{stack:?}: {}: {asked}, {stored}, {answer:?}", case.name));
                }
            }
        }
        failures
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn cases() -> Vec<Case> {
    let mut cases = vec![new("new", [])];
    for (name, state, word) in [
        ("duplicate of what waits", EventState::Ready, "ready"),
        ("duplicate of what runs", EventState::Running, "running"),
        ("duplicate of what is done", EventState::Done, "done"),
        ("duplicate of a dead letter that stays one", EventState::Dead, "dead"),
    ] {
        for same_body in [true, false] {
            let known = Accepted::Duplicate { id: EventId::new(7), state, same_body };
            cases.push(Case { duplicate: Some(word), stored: 0, ..new(name, [Step::Says(known)]) });
        }
    }
    let says = |accepted| [Step::Says(accepted)];
    let requeued = says(Accepted::Requeued { id: EventId::new(7) });
    cases.push(Case {
        duplicate: Some("dead"),
        stored: 0,
        ..new("duplicate brings a dead letter back", requeued)
    });
    let replayed = says(Accepted::Replayed);
    cases.push(Case { duplicate: Some("replayed"), stored: 0, ..new("replay under another id", replayed) });
    let suspect = says(Accepted::New { id: EventId::new(7), is_suspect: true });
    cases.push(Case { stored: 0, ..new("known bytes under a new id", suspect) });
    cases.extend(failures());
    cases.extend(ids());
    cases.extend(refused());
    for (name, options, status) in [
        ("202", (|endpoint: Endpoint| endpoint.with_success_status(StatusCode::ACCEPTED)) as fn(_) -> _, 202),
        ("204", |endpoint| endpoint.with_success_status(StatusCode::NO_CONTENT), 204),
    ] {
        let known = Accepted::Duplicate { id: EventId::new(7), state: EventState::Done, same_body: true };
        cases.push(Case { options, status, ..new(name, []) });
        let duplicate = Some("done");
        cases.push(Case { options, status, duplicate, stored: 0, ..new(name, [Step::Says(known)]) });
    }
    cases
}

/// Returns cases of failures: never 4xx, after which providers give up, and never 2xx.
fn failures() -> Vec<Case> {
    let refused = |name, script, kind| Case { status: 503, kind: Some(kind), stored: 0, ..new(name, script) };
    let budget = |endpoint: Endpoint| endpoint.with_accept_budget(0);
    vec![
        refused("store down", vec![Step::Fails], "store_unavailable"),
        refused("store full", vec![Step::IsFull], "store_unavailable"),
        refused("store panics", vec![Step::Panics], "store_unavailable"),
        refused("store hangs", vec![Step::Waits(Gate::closed())], "store_unavailable"),
        refused("store late", vec![Step::Takes(Duration::from_millis(5001))], "store_unavailable"),
        Case { ..new("store just in time", vec![Step::Takes(Duration::from_millis(4999))]) },
        // A single body is accepted, whatever the budget.
        Case { options: budget, ..new("no budget", []) },
    ]
}

fn ids() -> Vec<Case> {
    let nameless = || signed(r#"{"type":"audit.started","data":{}}"#);
    let reject = |endpoint: Endpoint| endpoint.with_missing_id(MissingId::Reject);
    vec![
        Case { request: nameless(), ..new("no id", []) },
        Case {
            request: nameless(),
            options: reject,
            status: 400,
            kind: Some("missing_id"),
            asked: 0,
            stored: 0,
            ..new("no id, and it is asked for", [])
        },
        Case {
            request: nameless(),
            options: |endpoint| endpoint.with_missing_id(MissingId::Reject).with_body_as_id(),
            ..new("no id, and the body is one", [])
        },
        Case { options: reject, ..new("an id that is asked for", []) },
        Case { request: signed(BODY).in_chunks_of(7), ..new("in chunks", []) },
    ]
}

/// Returns cases that do not reach the store.
fn refused() -> Vec<Case> {
    async fn no_tenant(_: receiver::RequestHead) -> Result<Option<Tenant>, ResolveError> {
        Ok(None)
    }
    async fn down(_: receiver::RequestHead) -> Result<Option<Tenant>, ResolveError> {
        Err(ResolveError::new("the database is down"))
    }
    let refused = |name, status, kind, request| {
        let kind = Some(kind);
        Case { status, kind, request, asked: 0, stored: 0, ..new(name, []) }
    };
    let stale =
        receiver().to_builder().with_clock(countersign::UnixTime::from_secs(1_700_000_301)).build().unwrap();
    let meta = preflix::PROVIDER.clone().with_handshakes(providers::META_HANDSHAKES);
    let policy = HandshakePolicy::new().with_verify_token(Secret::new("t0ken").unwrap());
    let meta = Receiver::builder(Verifier::new(meta, Secret::new(SECRET).unwrap()).unwrap())
        .with_handshakes(policy)
        .build()
        .unwrap();
    let asked = |token: &str| {
        get(&format!("/webhooks/hook?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=8f4c"))
    };
    vec![
        refused("unsigned", 400, "missing_signature", signed(BODY).without("preflixai-signature")),
        refused("tampered", 401, "signature_mismatch", signed(BODY).with_body("{}")),
        Case { receiver: stale, ..refused("stale", 401, "timestamp_too_old", signed(BODY)) },
        Case {
            receiver: receiver().to_builder().with_body_limit(9).build().unwrap(),
            ..refused("too large", 413, "payload_too_large", signed(BODY))
        },
        refused("broken off", 400, "body_unreadable", signed(BODY).breaking()),
        refused("stalling", 408, "body_timeout", signed(BODY).stalling()),
        Case {
            receiver: receiver().to_builder().with_tenants(no_tenant).build().unwrap(),
            ..refused("unknown tenant", 401, "signature_mismatch", signed(BODY))
        },
        Case {
            receiver: receiver().to_builder().with_tenants(down).build().unwrap(),
            ..refused("secrets away", 503, "secrets_unavailable", signed(BODY))
        },
        refused("an unsigned GET", 400, "missing_signature", get("/webhooks/hook")),
        Case {
            receiver: meta.clone(),
            ..Case { kind: None, ..refused("handshake", 200, "", asked("t0ken")) }
        },
        Case { receiver: meta, ..refused("handshake with a wrong token", 403, "", asked("x")) },
    ]
}

/// Creates a delivery that is stored, unless the script differs.
fn new(name: &'static str, script: impl IntoIterator<Item = Step>) -> Case {
    Case {
        name,
        receiver: receiver(),
        options: |endpoint| endpoint,
        script: script.into_iter().collect(),
        request: signed(BODY),
        status: 200,
        duplicate: None,
        kind: None,
        asked: 1,
        stored: 1,
    }
}
