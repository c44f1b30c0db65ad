use countersign_inbox::{Accepted, Page};
use countersign_testkit::conformance::inbox::sample_event;
use http::header::WWW_AUTHENTICATE;
use http::{Method, Request, StatusCode};

use crate::support::{Fixture, set};

const PAGES: [&str; 19] = [
    "/",
    "/events",
    "/events/1",
    "/dead",
    "/errors",
    "/audit",
    "/rejections",
    "/providers",
    "/change?action=replay&ids=1",
    "/changed?action=replay&count=1&done=1&last=1&seal=00",
    "/pause?source=orders",
    "/controls",
    "/attempts",
    "/control?source=orders",
    "/control?source=orders&action=limit",
    "/style.css",
    "/icon.svg",
    "/other",
    "",
];

async fn with_a_dead_letter() -> [Fixture; 3] {
    let fixtures = Fixture::all();
    for fixture in &fixtures {
        fixture.receive("orders", "evt", r#"{"name":"Ada"}"#).await;
        fixture.kill("orders", 1, "down").await;
    }
    fixtures
}

#[tokio::test]
async fn without_the_policy_nothing_is_shown() {
    for fixture in with_a_dead_letter().await {
        for target in PAGES {
            for (role, status) in [("", StatusCode::FORBIDDEN), ("unknown", StatusCode::UNAUTHORIZED)] {
                for method in [Method::GET, Method::POST] {
                    let uri = if target.is_empty() { "/ops" } else { target };
                    let request = Request::builder().method(method).uri(uri).header("x-role", role).body(());
                    let head = request.unwrap().into_parts().0;
                    let page = fixture.respond(target, &head, "token=1&ids=1".into()).await;
                    assert_eq!(page.status, status, "{target}");
                    assert!(!page.text.contains("orders") && !page.text.contains('<'), "{}", page.text);
                    assert_eq!(page.headers["cache-control"], "no-store");
                    assert_eq!(page.headers.contains_key(WWW_AUTHENTICATE), role == "unknown");
                }
            }
        }
    }
}

#[tokio::test]
async fn each_response_confines_its_page() {
    for fixture in with_a_dead_letter().await {
        for target in PAGES.into_iter().filter(|target| !target.is_empty()) {
            let page = fixture.get("operator", target).await;
            let csp = page.headers["content-security-policy"].to_str().unwrap();
            for rule in
                ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
            {
                assert!(csp.split("; ").any(|found| found == rule), "{target}: {csp}");
            }
            assert!(!csp.contains("script-src"), "there are no scripts: {csp}");
            assert!(!csp.contains("unsafe") && !csp.contains('*'), "{csp}");
            assert_eq!(page.headers["x-content-type-options"], "nosniff");
            assert_eq!(page.headers["referrer-policy"], "no-referrer");
            assert_eq!(page.headers["cache-control"], "no-store");
        }
    }
}

/// Returns whether a link leads to a change.
fn is_change(link: &str) -> bool {
    ["/change?", "/pause?", "/control?"].iter().any(|change| link.starts_with(change))
}

#[tokio::test]
async fn viewers_change_nothing() {
    for fixture in with_a_dead_letter().await {
        let forms = [
            fixture.get("operator", "/change?action=purge&ids=1").await.form(),
            fixture.get("operator", "/pause?source=orders").await.form(),
            fixture.get("operator", "/control?source=orders&action=close_circuit").await.form(),
        ];
        for role in ["viewer", "blind"] {
            for target in ["/", "/subscriptions", "/controls", "/events", "/dead", "/events/1"] {
                let page = fixture.get(role, target).await;
                let links = page.links();
                assert!(!links.iter().any(|link| is_change(link)), "{links:?}");
                assert!(page.all("button[name=action]", "value").is_empty(), "{target}");
            }
            for target in ["/change?action=replay&ids=1", "/pause?source=orders", "/control?source=orders"] {
                let page = fixture.get(role, target).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN);
                assert!(page.seen().contains("It needs the role: operator."));
            }
            for (action, form) in &forms {
                assert_eq!(fixture.post(role, action, form).await.status, StatusCode::FORBIDDEN);
            }
        }
        assert_eq!(fixture.store.audit(None, Page::first(1)).await.unwrap(), []);
    }
}

#[tokio::test]
async fn viewers_reveal_what_their_role_says() {
    for fixture in with_a_dead_letter().await {
        let (action, mut form) = fixture.get("viewer", "/events/1").await.form();
        assert!(fixture.get("viewer", "/events/1").await.all("input[name=credentials]", "name").is_empty());
        assert!(fixture.get("blind", "/events/1").await.all("form[method=post]", "action").is_empty());
        assert_eq!(fixture.post("blind", &action, &form).await.status, StatusCode::FORBIDDEN);
        assert!(fixture.post("viewer", &action, &form).await.seen().contains("Preflix/1"));
        set(&mut form, "credentials", "1");
        let refused = fixture.post("viewer", &action, &form).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(!refused.text.contains("hunter2"));
        assert_eq!(fixture.store.audit(None, Page::first(9)).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_read_only_console_changes_nothing_for_any_role() {
    for fixture in with_a_dead_letter().await {
        let forms = [
            fixture.get("operator", "/change?action=purge&ids=1").await.form(),
            fixture.get("operator", "/pause?source=orders").await.form(),
            fixture.get("operator", "/control?source=orders&action=close_circuit").await.form(),
        ];
        let fixture = fixture.with(countersign_console::Console::with_read_only);
        for target in ["/", "/controls", "/events", "/events/1"] {
            let page = fixture.get("operator", target).await;
            assert!(page.text.contains(", read-only)"), "{}", page.text);
            assert!(!page.links().iter().any(|link| is_change(link)));
        }
        for (action, form) in &forms {
            let page = fixture.post("operator", action, form).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
            assert!(page.seen().contains("read-only"), "{}", page.seen());
        }
        assert_eq!(fixture.store.audit(None, Page::first(1)).await.unwrap(), []);
        let (action, form) = fixture.get("operator", "/events/1").await.form();
        assert!(fixture.post("operator", &action, &form).await.seen().contains("Preflix/1"));
    }
}

/// A provider may have been given an address with a token in its path.
#[tokio::test]
async fn a_token_in_the_path_is_for_operators_who_reveal_it() {
    for fixture in Fixture::all() {
        let mut event = sample_event("orders", "evt", "{}");
        event.head.target = "/hooks/XoqUTzuPlMwKaBcDeF/in?token=hunter2".to_owned();
        let Accepted::New { id, .. } = fixture.store.accept(event).await.unwrap() else {
            panic!("a new event")
        };
        let address = format!("/events/{id}");
        for role in ["blind", "viewer", "operator"] {
            let seen = fixture.get(role, &address).await.seen();
            assert!(seen.contains("POST /hooks/[18 bytes]/in?[redacted]"), "{role}: {seen}");
        }
        for (role, credentials, is_shown) in
            [("viewer", "", false), ("operator", "", false), ("operator", "1", true)]
        {
            let (action, mut form) = fixture.get(role, &address).await.form();
            set(&mut form, "credentials", credentials);
            let seen = fixture.post(role, &action, &form).await.seen();
            assert_eq!(seen.contains("XoqUTzuPlMwKaBcDeF/in?token=hunter2"), is_shown, "{role}: {seen}");
            assert_eq!(seen.contains("/hooks/[18 bytes]/in?[redacted]"), !is_shown, "{role}: {seen}");
        }
    }
}
