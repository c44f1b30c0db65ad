//! Requests that the policies accept and refuse.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, SaltString};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::Secret;
use countersign_console::{Operator, Policy, Role};
use http::Request;
use http::request::Parts;

use crate::basic::Basic;
use crate::oidc::Oidc;
use crate::proxy::Proxy;

const SECRET: &str = "the secret that only the proxy has";

fn proxy() -> Proxy {
    Proxy::new(Secret::new(SECRET).unwrap()).unwrap()
}

fn head(headers: &[(&str, &str)]) -> Parts {
    let request =
        headers.iter().fold(Request::get("/ops/"), |request, (name, value)| request.header(*name, *value));
    request.body(()).unwrap().into_parts().0
}

fn from_proxy<'h>(more: &[(&'h str, &'h str)]) -> Parts {
    head(&[&[("x-proxy-secret", SECRET), ("x-forwarded-proto", "https")], more].concat())
}

async fn asked(policy: &impl Policy, head: &Parts) -> Option<Operator> {
    policy.authorize(head).await.ok()
}

#[tokio::test]
async fn headers_count_only_with_the_secret_of_the_proxy_and_tls() {
    let policy = Oidc::new(proxy());
    let own = [("x-forwarded-email", "eve@example.com"), ("x-forwarded-groups", "webhooks-operators")];
    let operator = Operator::new("eve@example.com", Role::Operator).unwrap();
    assert_eq!(asked(&policy, &from_proxy(&own)).await, Some(operator));
    for before in [
        &[][..],
        &[("x-forwarded-proto", "https")],
        &[("x-proxy-secret", SECRET)],
        &[("x-proxy-secret", SECRET), ("x-forwarded-proto", "http")],
        &[("x-proxy-secret", ""), ("x-forwarded-proto", "https")],
        &[("x-proxy-secret", "the secret that only the proxy ha"), ("x-forwarded-proto", "https")],
        &[("x-proxy-secret", SECRET), ("x-proxy-secret", SECRET), ("x-forwarded-proto", "https")],
    ] {
        assert_eq!(asked(&policy, &head(&[before, &own].concat())).await, None, "{before:?}");
    }
    assert!(Proxy::new(Secret::new("too short").unwrap()).is_err());
}

#[tokio::test]
async fn groups_are_roles_and_a_header_of_the_browser_beside_that_of_the_proxy_is_none() {
    let policy = Oidc::new(proxy());
    let email = ("x-forwarded-email", "ada@example.com");
    for (groups, role) in [
        ("engineering,webhooks-operators", Some(Role::Operator)),
        ("engineering, webhooks-viewers", Some(Role::Viewer)),
        ("engineering", Some(Role::ViewerWithoutBodies)),
        ("not-webhooks-operators", None),
        ("", None),
    ] {
        let found = asked(&policy, &from_proxy(&[email, ("x-forwarded-groups", groups)])).await;
        assert_eq!(found.map(|operator| operator.role()), role, "{groups}");
    }
    let operators = ("x-forwarded-groups", "webhooks-operators");
    for headers in [
        &[operators][..],
        &[email, email, operators],
        &[email, ("x-forwarded-groups", "engineering"), operators],
    ] {
        assert_eq!(asked(&policy, &from_proxy(headers)).await, None, "{headers:?}");
    }
}

fn hash(password: &str) -> String {
    let salt = SaltString::from_b64("c29tZSBzYWx0").unwrap();
    Argon2::default().hash_password(password.as_bytes(), &salt).unwrap().to_string()
}

#[tokio::test]
async fn each_person_has_a_password_and_a_role() {
    let lines = format!("ada operator {}\n\nbob viewer-without-bodies {}\n", hash("a: long"), hash("other"));
    let policy = Basic::new(proxy(), &lines).unwrap();
    let basic = |credentials: &str| format!("Basic {}", STANDARD.encode(credentials));
    for (given, role) in [
        (basic("ada:a: long"), Some(Role::Operator)),
        (basic("bob:other"), Some(Role::ViewerWithoutBodies)),
        (basic("ada:other"), None),
        (basic("bob:a: long"), None),
        (basic("eve:a: long"), None),
        (basic("ada:"), None),
        (basic("ada"), None),
        ("Bearer YWRhOmE6IGxvbmc=".to_owned(), None),
        ("Basic ###".to_owned(), None),
    ] {
        let found = asked(&policy, &from_proxy(&[("authorization", &given)])).await;
        assert_eq!(found.map(|operator| operator.role()), role, "{given}");
    }
    // Not encrypted on its way.
    assert_eq!(asked(&policy, &head(&[("authorization", &basic("ada:a: long"))])).await, None);
}

#[tokio::test]
async fn only_so_many_requests_wait_for_the_check_of_their_password() {
    let policy = Basic::new(proxy(), &format!("ada operator {}", hash("long"))).unwrap();
    let right = format!("Basic {}", STANDARD.encode("ada:long"));
    let head = from_proxy(&[("authorization", &right)]);
    let mut waiting: Vec<_> = (0..32).map(|_| Box::pin(policy.authorize(&head))).collect();
    for request in &mut waiting {
        assert!(poll_once(request).await.is_none(), "the first one is checked, and the others wait");
    }
    let refused = format!("{:?}", policy.authorize(&head).await.unwrap_err());
    assert!(refused.contains("503") && refused.contains("retry-after"), "{refused}");
    // One that goes makes room.
    drop(waiting.pop());
    let mut next = Box::pin(policy.authorize(&head));
    assert!(poll_once(&mut next).await.is_none());
    drop(waiting);
    assert_eq!(next.await.unwrap().name(), "ada");
}

/// Returns the result of a future if it has one at once.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    poll_fn(|context| match Pin::new(&mut *future).poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

#[test]
fn a_file_that_authorises_no_operator_is_refused() {
    let hash = hash("a long password");
    for (lines, problem) in [
        ("\n".to_owned(), "names no operator"),
        ("ada operator".to_owned(), "line 1: a line is NAME ROLE HASH"),
        (format!("ada root {hash}"), "a role is operator"),
        ("ada operator password".to_owned(), "begins with $argon2id$"),
        (format!("ada operator {hash}\nada viewer {hash}"), "line 2: ada has two lines"),
    ] {
        let error = Basic::new(proxy(), &lines).err().unwrap();
        assert!(error.contains(problem), "{error}");
    }
}
