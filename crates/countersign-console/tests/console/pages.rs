use std::collections::BTreeSet;
use std::time::Duration;

use countersign_inbox::{Action, Change, EventId, Filter, Finish};
use http::StatusCode;

use crate::support::{Fixture, selector, set};

/// Fills a store: 3 dead letters, one event that is done, and one that waits for a retry.
pub(crate) async fn fill(fixture: &Fixture) {
    for number in 1..=5 {
        fixture.receive("orders", &format!("evt_{number}"), r#"{"amount":1.50,"name":"Ada"}"#).await;
    }
    fixture.kill("orders", 3, "billing said 503").await;
    fixture.end("orders", 1, &Finish::Done).await;
    let retry = Finish::Retry { after: Duration::from_secs(60), error: "timed out after 30 s".to_owned() };
    fixture.end("orders", 1, &retry).await;
    fixture.count("orders", "signature_mismatch").await;
}

#[tokio::test]
async fn every_link_leads_to_a_page() {
    for fixture in Fixture::all() {
        fill(&fixture).await;
        let (mut seen, mut next) = (BTreeSet::new(), vec!["/".to_owned()]);
        while let Some(target) = next.pop() {
            if !seen.insert(target.clone()) {
                continue;
            }
            let page = fixture.get("operator", &target).await;
            assert_eq!(page.status, StatusCode::OK, "{} {target}: {}", fixture.name, page.text);
            next.extend(page.links());
        }
        for path in [
            "/",
            "/subscriptions",
            "/events",
            "/dead",
            "/errors",
            "/rejections",
            "/audit",
            "/providers",
            "/pause",
            "/controls",
            "/attempts",
            "/control",
            "/change",
        ] {
            assert!(seen.iter().any(|target| target.split('?').next() == Some(path)), "{path}: {seen:?}");
        }
        assert!(seen.len() > 30, "{seen:?}");
        for (target, kind) in [("/style.css", "text/css; charset=utf-8"), ("/icon.svg", "image/svg+xml")] {
            assert_eq!(fixture.get("operator", target).await.headers["content-type"], kind);
        }
    }
}

#[tokio::test]
async fn pages_of_events_follow_each_other_while_others_arrive() {
    for fixture in Fixture::all() {
        for number in 1..=5 {
            fixture.receive("orders", &number.to_string(), "{}").await;
        }
        let (mut target, mut ids) = (Some("/events?limit=2&source=orders".to_owned()), Vec::new());
        while let Some(of) = target {
            let page = fixture.get("viewer", &of).await;
            let html = page.html();
            ids.extend(html.select(&selector("tbody th a")).map(|id| id.text().collect::<String>()));
            fixture.receive("orders", &format!("later {}", ids.len()), "{}").await;
            let next = html
                .select(&selector("a[rel=next]"))
                .next()
                .map(|next| next.attr("href").unwrap().to_owned());
            target = next.map(|next| next.replacen("./", "/", 1));
        }
        assert_eq!(ids, ["5", "4", "3", "2", "1"], "{}", fixture.name);
        for (query, expected) in
            [("limit=0", "limit"), ("limit=201", "limit"), ("after=x", "after"), ("state=lost", "state")]
        {
            let page = fixture.get("viewer", &format!("/events?{query}")).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
            assert!(page.seen().contains(&format!("{expected}: ")), "{}", page.text);
            // The next look would be refused, too.
            assert!(!page.text.contains("refresh="), "{}", page.text);
        }
    }
}

#[tokio::test]
async fn the_filter_is_that_of_the_command_and_stays_in_the_form() {
    for fixture in Fixture::all() {
        fill(&fixture).await;
        fixture.receive("audits", "other", "{}").await;
        for (query, ids) in [
            ("source=audits", &["6"][..]),
            ("state=dead", &["3", "2", "1"]),
            ("error=BILLING", &["3", "2", "1"]),
            ("id=evt_4", &["4"]),
            ("ids=2,5", &["5", "2"]),
            ("tenant=acme&newer_than=1s&state=done", &["4"]),
            ("type=other", &[]),
            ("older_than=1s", &[]),
        ] {
            let page = fixture.get("viewer", &format!("/events?{query}")).await;
            let html = page.html();
            let found: Vec<_> =
                html.select(&selector("tbody th")).map(|id| id.text().collect::<String>()).collect();
            assert_eq!(found, ids, "{} {query}", fixture.name);
        }
        let page = fixture.get("viewer", "/events?source=audits&error=%22a%22&state=dead").await;
        assert_eq!(page.all("input[name=source]", "value"), ["audits"]);
        assert_eq!(page.all("input[name=error]", "value"), ["\"a\""]);
        let page = fixture.get("viewer", "/dead?source=orders").await;
        assert!(page.seen().contains("billing said 503"), "{}", page.text);
        assert!(page.all("select", "name").is_empty());
    }
}

#[tokio::test]
async fn an_event_names_its_ordering_key_and_the_event_before_it() {
    for fixture in Fixture::all() {
        for id in ["first", "second"] {
            let mut event = countersign_testkit::conformance::inbox::sample_event("orders", id, "{}");
            event.ordering_key = Some("<i>job 17".to_owned());
            fixture.store.accept(event).await.unwrap();
        }
        let seen = fixture.get("viewer", "/events/1").await.seen();
        assert!(seen.contains("Ordering key <i>job 17") && !seen.contains("Waits for"), "{seen}");
        let seen = fixture.get("viewer", "/events/2").await.seen();
        assert!(seen.contains("Ordering key <i>job 17 Waits for event 1"), "{seen}");
    }
}

#[tokio::test]
async fn an_event_has_its_history_and_no_values() {
    for fixture in Fixture::all() {
        fill(&fixture).await;
        let page = fixture.get("operator", "/events/1").await;
        let seen = page.seen();
        for part in [
            "Endpoint orders Provider preflix Tenant acme",
            "received",
            "attempt 1: dead billing said 503 (response 502, took 0s, worker worker-1)",
            "POST /hooks?[redacted]",
            "user-agent redacted",
            "x-preflix-signature redacted",
            "28 bytes",
        ] {
            assert!(seen.contains(part), "{}: {part}: {seen}", fixture.name);
        }
        for hidden in ["hunter2", "5161", "Preflix/1", "amount"] {
            assert!(!page.text.contains(hidden), "{hidden}: {}", page.text);
        }
        let missing = fixture.get("operator", "/events/99").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert!(missing.seen().contains("There is no event 99"));
    }
}

#[tokio::test]
async fn errors_lead_to_their_events_and_rejections_are_counted() {
    for fixture in Fixture::all() {
        fill(&fixture).await;
        let page = fixture.get("viewer", "/errors").await;
        assert!(page.seen().contains("billing said # 3"), "{}", page.seen());
        let links: Vec<_> = page.links().into_iter().filter(|link| link.starts_with("/events?")).collect();
        assert_eq!(links.len(), 2);
        let events: Vec<_> = {
            let mut found = Vec::new();
            for link in &links {
                let page = fixture.get("viewer", link).await;
                found.push(page.html().select(&selector("tbody tr")).count());
            }
            found.sort_unstable();
            found
        };
        assert_eq!(events, [1, 3], "{}", fixture.name);
        assert!(fixture.get("viewer", "/errors?source=other").await.seen().contains("No failed attempts"));
        let seen = fixture.get("viewer", "/rejections?source=orders").await.seen();
        assert!(seen.contains("signature_mismatch 2 orders signature_mismatch 2023-11-14"), "{seen}");
        assert!(seen.contains("POST signature_mismatch"), "{seen}");
        assert!(
            fixture.get("viewer", "/rejections?source=other").await.seen().contains("No rejected requests")
        );
    }
}

#[tokio::test]
async fn providers_are_found_by_name() {
    let fixture = Fixture::in_memory();
    let page = fixture.get("blind", "/providers?q=strip").await;
    assert!(page.seen().contains("Stripe stripe "), "{}", page.seen());
    assert_eq!(page.html().select(&selector("tbody tr")).count(), 1);
    let all = fixture.get("blind", "/providers").await.html().select(&selector("tbody tr")).count();
    assert_eq!(all, countersign::providers::all().count());
    let slack = fixture.get("blind", "/providers?q=slack").await;
    assert!(slack.seen().contains("url_verification"), "{}", slack.seen());
}

#[tokio::test]
async fn a_page_is_loaded_again_only_if_that_is_asked_for() {
    let fixture = Fixture::in_memory();
    fixture.receive("orders", "evt", "{}").await;
    for target in ["/", "/subscriptions", "/controls", "/attempts", "/events", "/dead", "/events/1"] {
        assert!(
            fixture.get("viewer", target).await.all("meta[http-equiv]", "content").is_empty(),
            "{target}"
        );
        let page = fixture.get("viewer", &format!("{target}?refresh=5")).await;
        assert_eq!(page.all("meta[http-equiv=refresh]", "content"), ["5"], "{target}");
        // By keyboard, the way out is one key away, however often the page loads.
        let stop = page.all("a[autofocus]", "href");
        assert!(stop.len() == 1 && !stop[0].contains("refresh"), "{target}: {stop:?}");
        let refused = fixture.get("viewer", &format!("{target}?refresh=1")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{target}");
    }
}

#[test]
fn spaces_are_shown_and_buttons_have_a_border_in_forced_colours() {
    let style = include_str!("../../assets/style.css");
    let rule = |selector: &str| style.lines().find(|line| line.starts_with(selector)).unwrap_or_default();
    for selector in ["td:not(.text) {", "td.text, .text bdi, tbody th a, dd {"] {
        assert!(rule(selector).contains("white-space: pre"), "{selector}");
    }
    assert!(rule("button {").contains("border: 1px solid transparent"));
}

#[tokio::test]
async fn an_unverified_event_says_what_differs_and_the_cure() {
    for fixture in Fixture::all() {
        for id in ["mismatch", "later"] {
            let mut event = countersign_testkit::conformance::inbox::sample_event("payments", id, "{}");
            event.provider = "stripe".to_owned();
            event.head.headers.clear();
            event.head.headers.insert("svix-signature", "v1,x".parse().unwrap());
            fixture.store.accept(event).await.unwrap();
        }
        let error = "the stored request was not verified again (signature_mismatch: none of 1 keys): add the secret <b>again";
        fixture.end("payments", 1, &Finish::Unverified { error: error.to_owned() }).await;
        fixture.end("payments", 1, &Finish::Unverified { error: "of a later version".to_owned() }).await;
        let seen = fixture.get("blind", "/events/1").await.seen();
        for part in [
            "Why it is unverified What failed no key produces any of the signatures Cure add the secret <b>again",
            "countersign explain --provider stripe",
            "signature in header stripe-signature: missing",
            "the request has the signature header of ",
        ] {
            assert!(seen.contains(part), "{}: {part}: {seen}", fixture.name);
        }
        let seen = fixture.get("blind", "/events/2").await.seen();
        assert!(seen.contains("of a later version") && !seen.contains("Why it is"), "{seen}");
    }
}

#[tokio::test]
async fn the_reason_and_the_filter_of_a_large_change_are_in_the_audit_log() {
    for fixture in Fixture::local() {
        let ids = (0..500).map(|nth| EventId::new(i64::MAX - 7 * nth));
        let mut of_many = Change::new(Action::Replay, Filter::ids(ids), "ada");
        of_many.filter.source = Some("orders".to_owned());
        of_many.reason = Some("billing is back".to_owned());
        fixture.receive("orders", "evt", "{}").await;
        fixture.kill("orders", 1, "down").await;
        of_many.filter.ids.push(EventId::new(1));
        assert_eq!(fixture.store.change(&of_many).await.unwrap().ids.len(), 1);
        for page in ["/audit", "/events/1"] {
            let seen = fixture.get("viewer", page).await.seen();
            assert!(
                seen.contains(r#"reason "billing is back"; source "orders"; ids 1, 9223"#),
                "{page}: {seen}"
            );
            assert!(seen.contains("… (501 ids)"), "{page}: {seen}");
        }
    }
}

#[tokio::test]
async fn text_of_other_scripts_is_shown_as_it_was_sent() {
    let fixture = Fixture::in_memory();
    let text = "नमस्ते ❤️ สวัสดี e\u{301} שלום";
    fixture.receive("orders", text, &format!("{{\"name\":\"{text}\"}}")).await;
    fixture.receive("orders", "other", "{}").await;
    fixture.kill("orders", 1, text).await;
    let event = fixture.get("viewer", "/events/1").await;
    let (action, form) = event.form();
    let revealed = fixture.post("viewer", &action, &form).await;
    let (action, mut form) = fixture.get("viewer", "/events/1/compare?with=2").await.form();
    set(&mut form, "with", "2");
    let compared = fixture.post("viewer", &action, &form).await;
    for page in [
        event,
        fixture.get("viewer", "/events").await,
        fixture.get("viewer", "/errors").await,
        revealed,
        compared,
    ] {
        assert!(page.seen().contains(text), "{}: {}", page.path, page.seen());
    }
}
