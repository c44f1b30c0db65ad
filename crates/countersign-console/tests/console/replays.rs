//! Replays of many events from a kind of error: a few first, their outcome, and the others.

use std::time::Duration;

use countersign_inbox::{EventId, EventState, Finish, Page};
use countersign_testkit::conformance::inbox::sample_event;
use http::StatusCode;

use crate::support::{Fixture, Page as Answer, set};

/// Five dead letters of one kind, and one of another.
async fn with_two_kinds() -> [Fixture; 3] {
    let fixtures = Fixture::all();
    for fixture in &fixtures {
        fill(fixture).await;
    }
    fixtures
}

async fn fill(fixture: &Fixture) {
    for number in 1..=6 {
        fixture.receive("orders", &format!("evt_{number}"), "{}").await;
    }
    for number in 1..=5 {
        fixture.kill("orders", 1, &format!("invoice in_{number}x timed out after 30 s")).await;
    }
    fixture.kill("orders", 1, "no account").await;
}

async fn replays(fixture: &Fixture, id: i64) -> (EventState, u32) {
    let event = fixture.store.show(EventId::new(id)).await.unwrap().unwrap().summary;
    (event.state, event.replays)
}

async fn log(fixture: &Fixture) -> usize {
    fixture.store.audit(None, Page::first(100)).await.unwrap().len()
}

async fn sent(fixture: &Fixture, action: &str, form: &[(String, String)]) -> Answer {
    fixture.get("operator", &fixture.post("operator", action, form).await.location()).await
}

fn link(page: &Answer, part: &str) -> String {
    let links = page.links();
    links.iter().find(|link| link.contains(part)).unwrap_or_else(|| panic!("{part}: {links:?}")).clone()
}

#[tokio::test]
async fn a_kind_of_error_is_replayed_with_a_canary_whose_outcome_is_shown() {
    for fixture in with_two_kinds().await {
        let errors = fixture.get("operator", "/errors").await;
        let replay = errors
            .links()
            .into_iter()
            .find(|link| link.starts_with("/change?") && link.contains("timed"))
            .expect("a replay of the kind");
        let confirm = fixture.get("operator", &replay).await;
        assert!(confirm.seen().contains("5 events would be changed now"), "{}", confirm.seen());
        assert!(confirm.seen().contains("5 × invoice # timed out after # s"), "{}", confirm.seen());
        assert!(!confirm.seen().contains("no account"), "{}", confirm.seen());
        assert_eq!(log(&fixture).await, 0, "a dry run");
        let (action, mut form) = confirm.form();
        set(&mut form, "limit", "1");
        set(&mut form, "reason", "billing is back");
        let result = sent(&fixture, &action, &form).await;
        assert!(
            result.seen().contains("Replayed 1 event. 1 event so far; 4 events left."),
            "{}",
            result.seen()
        );
        assert!(result.seen().contains("0 done, 0 dead, 1 still waiting."), "{}", result.seen());
        assert_eq!(result.all("progress", "value"), ["1", "0"]);
        assert!(result.all("meta[http-equiv]", "content").is_empty());

        fixture.end("orders", 1, &Finish::Done).await;
        let refreshing = fixture.get("operator", &link(&result, "refresh=5")).await;
        assert_eq!(refreshing.all("meta[http-equiv=refresh]", "content"), ["5"]);
        assert!(refreshing.seen().contains("1 done, 0 dead, 0 still waiting. All of them are done."));
        let confirm = fixture.get("operator", &link(&refreshing, "after=1")).await;
        let (action, form) = confirm.form();
        let result = sent(&fixture, &action, &form).await;
        assert!(
            result.seen().contains("Replayed 4 events. 5 events so far; 0 events left."),
            "{}",
            result.seen()
        );
        fixture.kill("orders", 1, "timed out again").await;
        let result = fixture.get("operator", &link(&result, "refresh=5")).await;
        for part in ["0 done, 1 dead, 3 still waiting.", "Some have failed again", "timed out again"] {
            assert!(result.seen().contains(part), "{part}: {}", result.seen());
        }
        assert_eq!(result.all("tbody th a", "href").len(), 1);
        let actors: Vec<_> = fixture.store.audit(None, Page::first(9)).await.unwrap();
        assert_eq!(
            actors.iter().map(|of| (of.actor.as_str(), of.count)).collect::<Vec<_>>(),
            [("ada", 4), ("ada", 1)]
        );
        assert!(
            actors.iter().all(|of| of.detail.as_ref().unwrap().contains("billing is back")),
            "{actors:?}"
        );
        assert_eq!(replays(&fixture, 6).await, (EventState::Dead, 0), "of another kind");
    }
}

#[tokio::test]
async fn a_form_replays_an_event_once_even_if_it_has_failed_again() {
    for fixture in with_two_kinds().await {
        let confirm = fixture.get("operator", "/change?action=replay&source=orders").await;
        let (action, form) = confirm.form();
        assert!(sent(&fixture, &action, &form).await.seen().contains("Replayed 6 events."));
        let entries = log(&fixture).await;
        fixture.kill("orders", 5, "still down").await;
        for _ in 0..2 {
            let again = sent(&fixture, &action, &form).await.seen();
            assert!(
                again.contains("Replayed 0 events.") && again.contains("The form was sent before"),
                "{again}"
            );
        }
        assert_eq!(log(&fixture).await, entries);
        assert_eq!(
            (replays(&fixture, 1).await, replays(&fixture, 6).await),
            ((EventState::Dead, 1), (EventState::Ready, 1))
        );

        // A new confirmation is another decision. Its events have been replayed more or less often.
        let other = fixture.receive("orders", "evt_7", "{}").await;
        fixture.kill("orders", 2, "still down").await;
        let (action, form) = fixture.get("operator", "/change?action=replay&source=orders").await.form();
        assert!(sent(&fixture, &action, &form).await.seen().contains("Replayed 7 events."));
        assert_eq!((replays(&fixture, 1).await.1, replays(&fixture, other.get()).await.1), (2, 1));
    }
}

#[tokio::test]
async fn finished_events_are_not_handled_a_third_time() {
    for fixture in with_two_kinds().await {
        fixture.receive("done", "evt", "{}").await;
        fixture.end("done", 1, &Finish::Done).await;
        let (action, form) = fixture.get("operator", "/change?action=replay&ids=7&state=done").await.form();
        let location = fixture.post("operator", &action, &form).await.location();
        assert!(location.starts_with("/events/7?notice="), "{location}");
        fixture.end("done", 1, &Finish::Done).await;
        let again = sent(&fixture, &action, &form).await.seen();
        assert!(again.contains("Replayed 0 events."), "{again}");
        assert_eq!(replays(&fixture, 7).await, (EventState::Done, 1));
    }
}

#[tokio::test]
async fn a_result_is_what_this_page_has_found() {
    let fixture = Fixture::in_memory();
    fill(&fixture).await;
    let (action, mut form) = fixture.get("operator", "/change?action=replay&source=orders").await.form();
    set(&mut form, "limit", "5");
    let location = fixture.post("operator", &action, &form).await.location();
    for forged in [
        location.replace("done=1-4", "done=1-5"),
        location.replace("&seal=", "&error=x&seal="),
        format!("{location}0"),
        format!("{location}&source=other"),
        format!("{location}&refresh=1&source=other"),
        location.split("&seal=").next().unwrap().to_owned(),
    ] {
        assert_ne!(forged, location);
        assert_eq!(fixture.get("operator", &forged).await.status, StatusCode::NOT_FOUND, "{forged}");
    }
    assert_eq!(fixture.get("operator", &format!("{location}&refresh=5")).await.status, StatusCode::OK);
    assert_eq!(fixture.get("operator", &location).await.status, StatusCode::OK);
    fixture.clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(fixture.get("operator", &location).await.status, StatusCode::OK);
    fixture.clock.advance(Duration::from_secs(1));
    let old = fixture.get("operator", &location).await;
    assert!(old.status == StatusCode::NOT_FOUND && old.seen().contains("it is too old"), "{}", old.seen());
}

#[tokio::test]
async fn a_result_has_a_short_address_and_leads_to_the_others_that_were_chosen() {
    let fixture = Fixture::in_memory();
    for number in 0..1500 {
        fixture.receive("orders", &format!("evt_{number}"), "{}").await;
    }
    fixture.kill("orders", 1500, "down").await;
    // Every third event.
    let chosen: Vec<_> = (0..500).map(|nth| (3 * nth + 1).to_string()).collect();
    let confirm = fixture.get("operator", &format!("/change?action=replay&ids={}", chosen.join("+"))).await;
    let (action, mut form) = confirm.form();
    set(&mut form, "limit", "50");
    set(&mut form, "reason", &"é".repeat(500));
    let page = fixture.post("operator", &action, &form).await;
    let location = page.headers["location"].to_str().unwrap().to_owned();
    assert!(location.len() < 3200, "{}: {location}", location.len());
    let result = fixture.get("operator", &page.location()).await;
    assert!(
        result.seen().contains("Replayed 50 events. 50 events so far; 450 events left."),
        "{}",
        result.seen()
    );
    let confirm = fixture.get("operator", &link(&result, "after=")).await;
    assert!(confirm.seen().contains("450 events would be changed"), "{}", confirm.seen());
    let (action, form) = confirm.form();
    let result = sent(&fixture, &action, &form).await;
    assert!(
        result.seen().contains("Replayed 450 events. 500 events so far; 0 events left."),
        "{}",
        result.seen()
    );
    assert_eq!(replays(&fixture, 2).await, (EventState::Dead, 0));
}

#[tokio::test]
async fn the_events_of_a_kind_of_error_are_those_with_its_pattern() {
    for fixture in Fixture::all() {
        let errors = ["503", "504", "504 again", "line\none 7", "line one 8", "", "line one, and more"];
        for (number, error) in errors.iter().enumerate() {
            fixture.receive("orders", &format!("evt_{number}"), "{}").await;
            fixture.kill("orders", 1, error).await;
        }
        fixture.receive("orders", "evt_ready", "{}").await;
        let page = fixture.get("operator", "/errors").await;
        let (mut events, mut counts) = (Vec::new(), Vec::new());
        for target in page.links().into_iter().filter(|link| link.contains("pattern=")) {
            let page = fixture.get("operator", &target).await;
            let ids = page.all("tbody th a", "href").into_iter();
            let ids: Vec<_> = ids.filter_map(|href| href.rsplit('/').next()?.parse::<i64>().ok()).collect();
            if target.starts_with("/events?") {
                assert!(
                    page.seen().contains("Only events whose last error is of the kind"),
                    "{}",
                    page.seen()
                );
                events.push(ids);
            } else {
                let confirm = page.seen();
                counts.push(confirm.split(" would").next().unwrap().replace("Replay events ", ""));
                let (action, form) = page.form();
                assert_eq!(fixture.post("viewer", &action, &form).await.status, StatusCode::FORBIDDEN);
            }
        }
        events.sort();
        counts.sort();
        assert_eq!(events, [vec![2, 1], vec![3], vec![5, 4], vec![6], vec![7]], "{}", fixture.name);
        assert_eq!(counts, ["1 event", "1 event", "1 event", "2 events", "2 events"], "{}", fixture.name);

        let first = fixture.get("viewer", "/events?source=orders&pattern=%23&limit=1").await;
        assert_eq!(first.all("tbody th a", "href"), ["./events/2"], "{}", fixture.name);
        let second = fixture.get("viewer", &link(&first, "after=2")).await;
        assert_eq!(second.all("tbody th a", "href"), ["./events/1"], "{}", fixture.name);
        assert!(second.all("a[rel=next]", "href").is_empty());
    }
}

/// Browsers send each line break of a field as CR and LF, and the fields of the filter may have any text.
#[tokio::test]
async fn events_whose_texts_have_line_breaks_and_outer_spaces_are_replayed_by_their_kind() {
    for fixture in Fixture::all() {
        for (nth, text) in [" a.b ", "a\nb", "a\rb", "a\r\nb", "\n", "a&type=c"].into_iter().enumerate() {
            let mut event = sample_event("orders", &format!("{text}{nth}"), "{}");
            event.event_type = Some(text.to_owned());
            fixture.store.accept(event).await.unwrap();
            fixture.kill("orders", 1, "down").await;
        }
        let errors = fixture.get("operator", "/errors").await;
        let links: Vec<_> = errors.links().into_iter().filter(|link| link.starts_with("/change?")).collect();
        assert_eq!(links.len(), 6, "{}", errors.text);
        for link in links {
            let (action, mut form) = fixture.get("operator", &link).await.form();
            for (_, value) in &mut form {
                *value = value.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
            }
            let location = fixture.post("operator", &action, &form).await.location();
            assert!(location.contains("notice=Replayed") || location.starts_with("/changed?"), "{location}");
            let seen = fixture.get("operator", &location).await.seen();
            assert!(seen.contains("Replayed"), "{seen}");
        }
        for id in 1..=6 {
            assert_eq!(replays(&fixture, id).await, (EventState::Ready, 1), "{} {id}", fixture.name);
        }
    }
}
