//! Lists that end before all of their rows, and what leads to the others.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::Duration;

use countersign_inbox::{
    Action, AttemptOutcome, FailureKind, Filter, Increment, InlineAttempt, Page, PauseChange, RejectionSample,
};
use countersign_testkit::conformance::inbox::{sample_event, sample_inline_attempt};
use http::StatusCode;

use crate::support::{Fixture, Page as Answer, selector, set};

fn rows(page: &Answer) -> usize {
    page.html().select(&selector("tbody tr")).count()
}

/// Stores a dead letter, with or without a type.
async fn dead(fixture: &Fixture, id: &str, event_type: Option<&str>, error: &str) {
    let mut event = sample_event("orders", id, "{}");
    event.event_type = event_type.map(str::to_owned);
    fixture.store.accept(event).await.unwrap();
    fixture.kill("orders", 1, error).await;
}

#[tokio::test]
async fn more_kinds_of_errors_are_shown_by_a_link() {
    for fixture in Fixture::all() {
        for letter in ["a", "b", "c", "d", "e", "f", "g"] {
            dead(&fixture, letter, Some("order.paid"), &format!("no {letter}")).await;
        }
        let one = fixture.get("operator", "/errors?source=orders&limit=1").await;
        assert_eq!(rows(&one), 1);
        assert!(one.seen().contains("There are more kinds: show more ."), "{}", one.seen());
        let more = one.links().into_iter().find(|link| link.starts_with("/errors?source")).unwrap();
        assert_eq!(more, "/errors?source=orders&limit=5");
        let five = fixture.get("operator", &more).await;
        assert_eq!(rows(&five), 5, "{}", fixture.name);
        let all = fixture.get("operator", "/errors?limit=10000").await;
        assert!(rows(&all) == 7 && !all.seen().contains("more kinds"), "{}", all.seen());
        for limit in ["0", "10001", "x"] {
            let refused = fixture.get("operator", &format!("/errors?limit={limit}")).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST);
            assert!(refused.seen().contains("limit: "), "{}", refused.seen());
        }
    }
}

/// Pages share threads with deliveries.
#[tokio::test]
async fn a_long_list_of_errors_lets_other_tasks_run() {
    let fixture = Fixture::in_memory();
    let letters = || 'a'..='z';
    let words = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
    for word in words.take(450) {
        dead(&fixture, &word, Some("order.paid"), &format!("no {word}")).await;
    }
    let mut asked = pin!(fixture.get("operator", "/errors?limit=450"));
    let mut pauses = 0;
    let page = poll_fn(|context| {
        let polled = asked.as_mut().poll(context);
        pauses += usize::from(polled.is_pending());
        polled
    })
    .await;
    assert_eq!((rows(&page), pauses), (450, 2));
}

#[tokio::test]
async fn a_kind_without_a_type_leads_to_no_events_of_a_type() {
    for fixture in Fixture::all() {
        dead(&fixture, "1", None, "no account").await;
        let alone = fixture.get("operator", "/errors").await;
        let links = alone.links();
        assert!(links.iter().any(|link| link == "/events?source=orders&pattern=no+account"), "{links:?}");
        assert!(links.iter().any(|link| link.ends_with("&pattern=no+account&action=replay")), "{links:?}");
        dead(&fixture, "2", Some("order.paid"), "no account").await;
        fixture.clock.advance(Duration::from_secs(1));
        dead(&fixture, "3", None, "no account").await;
        // A kind that is not shown may have the same error with a type.
        for (page, count) in [("/errors", 2), ("/errors?limit=1", 0)] {
            let page = fixture.get("operator", page).await;
            let links = page.links();
            let of_events = links.iter().filter(|link| link.contains("pattern="));
            assert!(of_events.clone().all(|link| link.contains("type=order.paid")), "{links:?}");
            assert_eq!(of_events.count(), count, "{}: {links:?}", fixture.name);
        }
        let seen = fixture.get("operator", "/errors").await.seen();
        assert!(seen.contains("A kind without a type has no list of events where another kind"), "{seen}");
    }
}

#[tokio::test]
async fn a_kind_of_inline_attempts_has_no_replay() {
    for fixture in Fixture::all() {
        let mut increment = Increment::new("orders");
        let attempt = InlineAttempt {
            outcome: AttemptOutcome::Retry,
            failure: Some(FailureKind::Error),
            error: Some("down".to_owned()),
            ..sample_inline_attempt()
        };
        increment.inline_attempts.push((Duration::ZERO, attempt));
        fixture.store.add_statistics(&[increment]).await.unwrap();
        let page = fixture.get("operator", "/errors").await;
        let links = page.links();
        assert!(links.iter().any(|link| link.starts_with("/attempts?source=orders")), "{links:?}");
        assert!(!links.iter().any(|link| link.contains("action=replay")), "{}: {links:?}", fixture.name);
    }
}

#[tokio::test]
async fn changes_that_are_not_searched_are_named() {
    for fixture in Fixture::local() {
        fixture.receive("orders", "evt", "{}").await;
        fixture.clock.advance(Duration::from_secs(1));
        let pause = |number: u32| {
            if number.is_multiple_of(2) {
                PauseChange::pause("other", "ada")
            } else {
                PauseChange::resume("other", "ada")
            }
        };
        for number in 0..999 {
            fixture.store.set_pause(&pause(number)).await.unwrap();
        }
        let note = "Changes by operators before 2023-11-14T22:13:21Z are not searched";
        assert!(!fixture.get("viewer", "/events/1").await.seen().contains("not searched"));
        fixture.store.set_pause(&pause(999)).await.unwrap();
        let seen = fixture.get("viewer", "/events/1").await.seen();
        assert!(seen.contains(note), "{}: {seen}", fixture.name);
        // A later event than all of these entries has no earlier changes.
        fixture.clock.advance(Duration::from_secs(1));
        fixture.receive("orders", "later", "{}").await;
        assert!(!fixture.get("viewer", "/events/2").await.seen().contains("not searched"));
    }
}

#[tokio::test]
async fn all_events_are_changed_without_a_filter() {
    for fixture in Fixture::all() {
        for id in ["1", "2", "3"] {
            dead(&fixture, id, None, "down").await;
        }
        let refused = fixture.get("operator", "/change?action=replay").await;
        assert!(refused.status == StatusCode::BAD_REQUEST, "{}", refused.seen());
        let events = fixture.get("operator", "/events").await;
        for action in ["replay", "discard", "purge"] {
            assert!(events.seen().contains(&format!("{action} all events…")), "{}", events.seen());
        }
        assert!(!fixture.get("viewer", "/events").await.seen().contains("all events…"));
        let link = "/change?all=1&action=replay";
        assert!(events.links().iter().any(|found| found == link), "{:?}", events.links());
        let confirm = fixture.get("operator", link).await;
        assert!(confirm.seen().contains("3 events would be changed now"), "{}", confirm.seen());
        let (action, mut form) = confirm.form();
        set(&mut form, "limit", "1");
        let result =
            fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
        assert!(result.seen().contains("1 event so far; 2 events left."), "{}", result.seen());
        let links = result.links();
        let others = links.iter().find(|link| link.starts_with("/change?all=1")).unwrap();
        let confirm = fixture.get("operator", others).await;
        assert!(confirm.seen().contains("2 events would be changed now"), "{}", confirm.seen());
        let (action, form) = confirm.form();
        let result =
            fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
        assert!(result.seen().contains("Replayed 2 events."), "{}: {}", fixture.name, result.seen());
        let left = fixture.store.list(&Filter::default(), Page::first(9)).await.unwrap().events;
        assert!(left.iter().all(|of| of.replays == 1), "{left:?}");
        let log = fixture.store.audit(None, Page::first(9)).await.unwrap();
        assert!(log.len() == 2 && log.iter().all(|of| of.action == Action::Replay.as_str()), "{log:?}");
    }
}

#[tokio::test]
async fn a_name_without_events_is_paused_from_the_limits() {
    let fixture = Fixture::in_memory();
    let page = fixture.get("operator", "/controls").await;
    assert!(page.all("select[name=action] option", "value").contains(&"pause".to_owned()), "{}", page.text);
    let pause = fixture.get("operator", "/control?source=new+orders&action=pause").await.location();
    assert_eq!(pause, "/pause?source=new+orders");
    let page = fixture.get("operator", &pause).await;
    assert!(page.seen().contains("This endpoint has no events: check its name."), "{}", page.seen());
    let refused = fixture.get("viewer", "/control?source=new+orders&action=pause").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_newest_rejected_requests_of_all_endpoints_are_shown() {
    let fixture = Fixture::in_memory();
    for endpoint in 0..11 {
        let mut increment = Increment::new(format!("endpoint-{endpoint}"));
        for _ in 0..20 {
            let sample = RejectionSample::new("signature_mismatch", "", format!("POST /{endpoint}"));
            increment.rejections.samples.push(sample);
        }
        fixture.store.add_statistics(&[increment]).await.unwrap();
        fixture.clock.advance(Duration::from_secs(1));
    }
    let page = fixture.get("viewer", "/rejections").await;
    assert_eq!(page.html().select(&selector("main h3")).count(), 200);
    assert!(page.seen().contains("The newest ones are shown; 20 older ones are not"), "{}", page.seen());
    assert!(!page.seen().contains("endpoint-0:"), "the oldest ones are left out");
    let one = fixture.get("viewer", "/rejections?source=endpoint-0").await;
    assert_eq!(one.html().select(&selector("main h3")).count(), 20);
    assert!(!one.seen().contains("older ones"), "{}", one.seen());
}
