//! Credentials and signatures in requests, of any provider.

use std::future::{pending, ready};

use countersign::providers;
use countersign_inbox::Accepted;
use countersign_testkit::conformance::inbox::sample_event;
use http::{Method, Request, StatusCode};

use crate::support::{Fixture, Page, set};

/// Stores an event of a provider, and returns the page with its revealed request.
async fn revealed(fixture: &Fixture, role: &str, provider: &str, with_credentials: bool) -> Page {
    let mut event = sample_event("orders", &format!("{role}-{with_credentials}-{provider}"), "mark: hunter2");
    event.provider = provider.to_owned();
    for name in ["x-acme-pass", "user-agent", "webhook-id"] {
        event.head.headers.insert(name, format!("of {name}").parse().unwrap());
    }
    let Accepted::New { id, .. } = fixture.store.accept(event).await.unwrap() else { panic!("a new event") };
    let (action, mut form) = fixture.get(role, &format!("/events/{id}")).await.form();
    if with_credentials {
        set(&mut form, "credentials", "1");
    }
    fixture.post(role, &action, &form).await
}

#[tokio::test]
async fn a_body_that_has_the_signature_is_for_operators() {
    let fixture = Fixture::in_memory();
    let (mut hidden, mut shown) = (0, Vec::new());
    for provider in providers::all() {
        // The text of the declaration names the places.
        let places = provider.scheme.signature.at.alternatives().iter().map(ToString::to_string);
        let is_outside = |place: &String| place.starts_with("header:") || place.starts_with("query:");
        let is_in_body = !places.into_iter().all(|place| is_outside(&place));
        let page = revealed(&fixture, "viewer", &provider.slug, false).await;
        assert_eq!(page.status, StatusCode::OK);
        if is_in_body {
            hidden += 1;
            assert!(!page.text.contains("hunter2") && !page.text.contains("SHA-256"), "{}", provider.slug);
            assert!(
                page.seen().contains("13 bytes") && page.seen().contains("the body may contain"),
                "{}",
                page.seen()
            );
            let everything = revealed(&fixture, "operator", &provider.slug, true).await;
            assert!(everything.text.contains("hunter2"), "{}", provider.slug);
        } else if page.text.contains("hunter2") {
            shown.push(provider.slug.to_string());
        }
    }
    assert!(hidden > 5, "{hidden}");
    assert!(["stripe", "shopify"].iter().all(|slug| shown.iter().any(|of| of == slug)), "{shown:?}");
}

#[tokio::test]
async fn of_a_provider_that_the_catalogue_does_not_have_only_harmless_headers_are_shown() {
    for fixture in Fixture::all() {
        for role in ["viewer", "operator"] {
            let seen = revealed(&fixture, role, "own", false).await.seen();
            assert!(seen.contains("x-acme-pass redacted") && !seen.contains("hunter2"), "{seen}");
            assert!(seen.contains("of user-agent") && seen.contains("of webhook-id"), "{seen}");
        }
        let seen = revealed(&fixture, "operator", "own", true).await.seen();
        assert!(seen.contains("of x-acme-pass") && seen.contains("hunter2"), "{seen}");
    }
}

#[tokio::test]
async fn the_digest_of_a_body_is_for_those_who_reveal_it() {
    for fixture in Fixture::all() {
        fixture.receive("orders", "evt", "yes").await;
        for role in ["blind", "viewer", "operator"] {
            let seen = fixture.get(role, "/events/1").await.seen();
            assert!(seen.contains("3 bytes") && !seen.contains("SHA-256"), "{role}: {seen}");
        }
        let (action, form) = fixture.get("viewer", "/events/1").await.form();
        assert!(fixture.post("viewer", &action, &form).await.seen().contains("3 bytes, SHA-256 8a798890"));
    }
}

#[tokio::test]
async fn nothing_is_read_from_a_stranger() {
    let fixture = Fixture::in_memory();
    let head = |method: Method, role: &str, target: &str| {
        Request::builder().method(method).uri(target).header("x-role", role).body(()).unwrap().into_parts().0
    };
    // A body that never ends: a response shows that it was not waited for.
    for (method, role, target, status) in [
        (Method::POST, "", "/change", StatusCode::FORBIDDEN),
        (Method::POST, "unknown", "/change", StatusCode::UNAUTHORIZED),
        (Method::POST, "operator", "/other", StatusCode::NOT_FOUND),
        (Method::GET, "operator", "/events", StatusCode::OK),
    ] {
        let response = fixture.console.respond(target, &head(method, role, target), pending()).await;
        assert_eq!(response.status(), status, "{role} {target}");
    }
    let form = head(Method::POST, "operator", "/change");
    let large = fixture.console.respond("/change", &form, ready(None)).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
