use std::time::Duration;

use countersign_inbox::{EventState, Filter, OpsStore, Page};
use http::StatusCode;

use crate::support::{Fixture, set};

async fn states(fixture: &Fixture) -> Vec<EventState> {
    let store: &dyn OpsStore = &*fixture.store;
    let mut events = store.list(&Filter::default(), Page::first(1000)).await.unwrap().events;
    events.reverse();
    events.iter().map(|event| event.state).collect()
}

/// Returns the entries of the audit log: action, actor, event and count, the earliest first.
pub(crate) async fn log(fixture: &Fixture) -> Vec<(String, String, Option<i64>, u64)> {
    let mut log = fixture.store.audit(None, Page::first(100)).await.unwrap();
    log.reverse();
    log.into_iter().map(|of| (of.action, of.actor, of.event.map(|id| id.get()), of.count)).collect()
}

pub(crate) fn entry(action: &str, event: Option<i64>, count: u64) -> (String, String, Option<i64>, u64) {
    (action.to_owned(), "ada".to_owned(), event, count)
}

pub(crate) async fn with_dead(count: usize) -> [Fixture; 3] {
    let fixtures = Fixture::all();
    for fixture in &fixtures {
        for number in 0..count {
            fixture.receive("orders", &number.to_string(), r#"{"name":"Ada"}"#).await;
        }
        fixture.kill("orders", count, "down").await;
    }
    fixtures
}

#[tokio::test]
async fn an_event_is_replayed_after_a_confirmation() {
    for fixture in with_dead(2).await {
        let event = fixture.get("operator", "/events/1").await;
        let replay = event.links().into_iter().find(|link| link.contains("action=replay")).unwrap();
        let confirm = fixture.get("operator", &replay).await;
        assert!(confirm.seen().contains("1 event would be changed"), "{}", confirm.seen());
        assert_eq!(states(&fixture).await, [EventState::Dead; 2], "nothing is changed by looking");
        let (action, mut form) = confirm.form();
        set(&mut form, "reason", "billing is back");
        let done = fixture.post("operator", &action, &form).await.location();
        assert!(done.starts_with("/events/1?notice="), "{done}");
        assert_eq!(states(&fixture).await, [EventState::Ready, EventState::Dead]);
        assert_eq!(log(&fixture).await, [entry("replay", Some(1), 1)]);
        let seen = fixture.get("operator", &done).await.seen();
        assert!(seen.starts_with("Event 1 Replayed event 1."), "{seen}");
        assert!(seen.contains("replay by ada : ") && seen.contains("billing is back"), "{seen}");

        let again = fixture.post("operator", &action, &form).await.location();
        let nothing = fixture.get("operator", &again).await.seen();
        assert!(
            nothing.contains("Replayed 0 events"),
            "the state of the confirmation is part of it: {nothing}"
        );
        assert_eq!(log(&fixture).await.len(), 1);
    }
}

#[tokio::test]
async fn a_few_of_many_are_replayed_first_and_the_others_follow() {
    for fixture in with_dead(7).await {
        let list = fixture.get("operator", "/dead?source=orders").await;
        let replay = list.links().into_iter().find(|link| link.contains("action=replay")).unwrap();
        let confirm = fixture.get("operator", &replay).await;
        assert!(confirm.seen().contains("7 events would be changed"), "{}", confirm.seen());
        let (action, mut form) = confirm.form();
        set(&mut form, "limit", "5");
        set(&mut form, "reason", "a canary");
        let result =
            fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
        assert!(result.seen().contains("Replayed 5 events"), "{}", result.seen());
        assert_eq!(log(&fixture).await, [entry("replay", None, 5)]);
        assert!(result.seen().contains("5 events so far; 2 events left."), "{}", result.seen());
        let list = result.links().into_iter().find(|link| link.starts_with("/events?ids=")).unwrap();
        let listed = fixture.get("operator", &list).await;
        assert_eq!(listed.all("tbody input", "value"), ["5", "4", "3", "2", "1"]);
        let rest = result.links().into_iter().find(|link| link.contains("after=5")).unwrap();
        let confirm = fixture.get("operator", &rest).await;
        assert!(confirm.seen().contains("2 events would be changed"), "{}", confirm.seen());
        assert!(confirm.seen().contains("have changed 5 events"), "{}", confirm.seen());
        let (action, form) = confirm.form();
        assert_eq!(confirm.all("input[name=reason]", "value"), ["a canary"]);
        let result =
            fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
        assert!(
            result.seen().contains("Replayed 2 events. 7 events so far; 0 events left."),
            "{}",
            result.seen()
        );
        assert!(!result.links().iter().any(|link| link.contains("after=")), "{:?}", result.links());
        assert_eq!(states(&fixture).await, [EventState::Ready; 7]);
    }
}

#[tokio::test]
async fn chosen_events_are_discarded_and_purged() {
    for fixture in with_dead(4).await {
        for (change, ids, result) in [
            ("discard", "ids=1&ids=3", "Discarded 2 events."),
            ("purge", "ids=2&ids=3", "Purged 2 events."),
            ("purge", "ids=4", "Purged 1 event."),
        ] {
            let confirm = fixture.get("operator", &format!("/change?{ids}&action={change}")).await;
            let (action, form) = confirm.form();
            let done = fixture.post("operator", &action, &form).await.location();
            let page = fixture.get("operator", &done).await;
            assert!(page.seen().contains(result), "{}", page.seen());
        }
        assert_eq!(states(&fixture).await, [EventState::Done]);
        let expected = [entry("discard", None, 2), entry("purge", None, 2), entry("purge", Some(4), 1)];
        assert_eq!(log(&fixture).await, expected);
    }
}

#[tokio::test]
async fn a_form_changes_the_events_of_its_confirmation_however_often_it_is_sent() {
    for fixture in with_dead(7).await {
        let (action, mut form) = fixture.get("operator", "/change?action=purge&source=orders").await.form();
        set(&mut form, "limit", "5");
        let once = fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
        assert!(once.seen().contains("Purged 5 events."), "{}", once.seen());
        let twice = fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
        assert!(twice.seen().contains("Purged 0 events."), "{}", twice.seen());
        assert_eq!(states(&fixture).await, [EventState::Dead; 2]);
        assert_eq!(log(&fixture).await, [entry("purge", None, 5)]);

        let (action, form) = fixture.get("operator", "/change?action=purge&source=orders").await.form();
        fixture.receive("orders", "later", "{}").await;
        fixture.kill("orders", 1, "down").await;
        let all = fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
        assert!(all.seen().contains("Purged 2 events."), "{}", all.seen());
        assert_eq!(
            states(&fixture).await,
            [EventState::Dead],
            "the one that came after the confirmation stays"
        );

        let (action, form) = fixture.get("operator", "/change?action=purge&source=orders").await.form();
        for (of, status) in [(None, StatusCode::FORBIDDEN), (Some("8 x"), StatusCode::BAD_REQUEST)] {
            let mut form: Vec<_> = form.iter().filter(|(name, _)| name != "of").cloned().collect();
            form.extend(of.map(|of| ("of".to_owned(), of.to_owned())));
            assert_eq!(fixture.post("operator", &action, &form).await.status, status, "{of:?}");
        }
        assert_eq!(states(&fixture).await, [EventState::Dead]);
    }
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_with_a_reason() {
    for fixture in with_dead(1).await {
        for (query, reason) in [
            ("action=replay", "replay what? Choose events, a filter, or all events."),
            ("action=purge&state=ready", "purge is for events that are done or dead, not ready"),
            ("action=drop&ids=1", "action: `drop` is not an action"),
            ("action=replay&ids=1&after=x", "after: `x` is not the number of an event"),
        ] {
            let page = fixture.get("operator", &format!("/change?{query}")).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
            assert!(page.seen().contains(reason), "{query}: {}", page.seen());
        }
        let gone = fixture.get("operator", "/change?action=replay&ids=77").await;
        assert!(gone.seen().contains("Nothing can be changed"), "{}", gone.seen());
        let (action, mut form) = fixture.get("operator", "/change?action=replay&ids=1").await.form();
        for limit in ["0", "501", "x"] {
            set(&mut form, "limit", limit);
            assert_eq!(
                fixture.post("operator", &action, &form).await.status,
                StatusCode::BAD_REQUEST,
                "{limit}"
            );
        }
        assert_eq!(states(&fixture).await, [EventState::Dead]);
    }
}

#[tokio::test]
async fn a_page_says_only_what_a_change_did() {
    let fixture = Fixture::in_memory();
    for query in ["notice=paid", "notice=paid&notice_seal=", "notice=paid&notice_seal=00"] {
        let page = fixture.get("operator", &format!("/?{query}")).await;
        assert!(!page.seen().contains("paid"), "{}", page.seen());
        assert!(page.all("[role=status]", "role").is_empty());
    }
}

#[tokio::test]
async fn a_page_says_once_and_at_its_own_address_what_a_change_did() {
    let fixture = Fixture::in_memory();
    fixture.receive("orders", "evt", "{}").await;
    let (action, form) = fixture.get("operator", "/pause?source=orders").await.form();
    let location = fixture.post("operator", &action, &form).await.location();
    assert!(fixture.get("operator", &location).await.seen().contains("orders is paused."));
    let query = location.split_once('?').unwrap().1;
    for elsewhere in ["/controls", "/events", "/events/1"] {
        let page = fixture.get("operator", &format!("{elsewhere}?{query}")).await;
        assert!(!page.seen().contains("orders is paused."), "{elsewhere}: {}", page.seen());
    }
    fixture.clock.advance(Duration::from_secs(120));
    assert!(fixture.get("operator", &location).await.seen().contains("orders is paused."));
    fixture.clock.advance(Duration::from_secs(1));
    assert!(!fixture.get("operator", &location).await.seen().contains("orders is paused."));
}

#[tokio::test]
async fn a_request_is_revealed_after_an_entry_of_the_audit_log() {
    for fixture in with_dead(1).await {
        let (action, mut form) = fixture.get("operator", "/events/1").await.form();
        set(&mut form, "reason", "ticket 12");
        let values = fixture.post("operator", &action, &form).await;
        for shown in ["Preflix/1", r#""name": "Ada""#, "x-preflix-signature redacted", "/hooks?[redacted]"] {
            assert!(values.seen().contains(shown), "{shown}: {}", values.seen());
        }
        assert!(!values.text.contains("hunter2") && !values.text.contains("5161"), "{}", values.text);
        set(&mut form, "credentials", "1");
        let everything = fixture.post("operator", &action, &form).await.seen();
        assert!(everything.contains("POST /hooks?token=hunter2"), "{everything}");
        assert!(everything.contains("x-preflix-signature sha256=5161"), "{everything}");
        assert_eq!(log(&fixture).await, [entry("reveal", Some(1), 1), entry("reveal", Some(1), 1)]);
        let details = fixture.store.audit(None, Page::first(2)).await.unwrap();
        let details: Vec<_> = details.into_iter().filter_map(|of| of.detail).collect();
        assert!(
            details[0].contains(r#""credentials":true"#) && details[1].contains("ticket 12"),
            "{details:?}"
        );
        let gone = fixture.post("operator", "/events/9/reveal", &form).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        assert_eq!(log(&fixture).await.len(), 2);
    }
}

#[tokio::test]
async fn bodies_are_shown_as_what_they_are_and_to_a_limit() {
    let fixture = Fixture::in_memory();
    let deep = format!("{}{}1{}", "[".repeat(100), "1,".repeat(200_000), "]".repeat(100));
    for body in ["a=1\nb=2\tc", &deep, ""] {
        fixture.receive("orders", &body.len().to_string(), body).await;
    }
    let mut bytes = countersign_testkit::conformance::inbox::sample_event("orders", "bytes", vec![0xff; 9]);
    bytes.head.headers.clear();
    fixture.store.accept(bytes).await.unwrap();
    let (_, form) = fixture.get("viewer", "/events/1").await.form();
    let mut shown = Vec::new();
    for id in 1..=4 {
        shown.push(fixture.post("viewer", &format!("/events/{id}/reveal"), &form).await);
    }
    assert!(shown[0].text.contains("<pre tabindex=\"0\">a=1\nb=2\tc</pre>"), "{}", shown[0].text);
    assert!(shown[1].text.len() < 300_000 && shown[1].seen().contains("the first 256 KiB are shown"));
    assert!(shown[2].seen().contains("0 bytes, SHA-256 e3b0c442"), "{}", shown[2].seen());
    assert!(shown[3].seen().contains("9 bytes that are not text"), "{}", shown[3].seen());
    fixture.clock.advance(Duration::from_secs(1));
}
