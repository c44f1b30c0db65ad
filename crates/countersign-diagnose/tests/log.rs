//! Tests of the explainer for the log of a receiver.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "../../countersign/tests/common/receive.rs"]
#[allow(unreachable_pub, reason = "a part of tests")]
mod receive;

use countersign::providers::preflix;
use countersign::receiver::{Receiver, Rejection, RequestHead, ResolveError, Tenant};
use countersign::{Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier};
use countersign_diagnose::Diagnoser;
use receive::Early;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const BODY: &str = r#"{"a":1}"#;

fn secrets(text: &str) -> SecretSet {
    SecretSet::new(Secret::new(text).unwrap())
}

fn receiver() -> Receiver {
    let verifier = Verifier::new(&preflix::PROVIDER, secrets("a secret")).unwrap().with_body_limit(1 << 20);
    let explainer = Diagnoser::new(&preflix::PROVIDER).with_secrets(&secrets("a secret")).into_explainer();
    Receiver::builder(verifier).with_clock(NOW).with_explainer(explainer).build().unwrap()
}

/// Rejects a request signed with this secret whose body was changed to this one.
fn rejected(receiver: &Receiver, secret: &str, body: &str) -> Rejection {
    let signer = Signer::new(&preflix::PROVIDER, secrets(secret)).unwrap();
    let headers = signer.sign(&SigningRequest::new(BODY, NOW)).unwrap();
    match receive::receive(receiver, "POST", "/", &headers, body.as_bytes(), 4) {
        Err(Early::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    }
}

fn code(rejection: &Rejection) -> Option<String> {
    rejection.explain().map(|explanation| explanation.code.into_owned())
}

#[test]
fn a_wrong_signature_is_explained_at_most_once_a_second() {
    let receiver = receiver();
    let rejection = rejected(&receiver, "a secret", "{\n  \"a\": 1\n}");
    assert_eq!(code(&rejection).as_deref(), Some("body_pretty_printed"));
    assert_eq!(code(&rejection), None);
    assert_eq!(code(&rejected(&receiver, "a secret", "{\"a\":1}\n")), None);
    let later = receiver.to_builder().with_clock(UnixTime::from_secs(NOW.as_secs() + 1)).build().unwrap();
    let rejection = rejected(&later, "a secret", "{\"a\":1}\n");
    assert_eq!(code(&rejection).as_deref(), Some("body_trailing_newline"));
}

#[test]
fn the_secrets_of_the_tenant_are_examined() {
    async fn theirs(_: RequestHead) -> Result<Option<Tenant>, ResolveError> {
        Ok(Some(Tenant::new("acme", secrets("\"theirs\""))))
    }
    let receiver = receiver().to_builder().with_tenants(theirs).build().unwrap();
    assert_eq!(code(&rejected(&receiver, "theirs", BODY)).as_deref(), Some("secret_quoted"));
}

#[test]
fn other_rejections_are_not_explained() {
    let receiver = receiver();
    let Err(Early::Rejected(rejection)) =
        receive::receive(&receiver, "POST", "/", &http::HeaderMap::new(), BODY.as_bytes(), 4)
    else {
        panic!("it is not signed");
    };
    assert_eq!(code(&rejection), None);
}

#[test]
fn a_large_body_is_not_explained() {
    assert_eq!(code(&rejected(&receiver(), "a secret", &"x".repeat((64 << 10) + 1))), None);
}
