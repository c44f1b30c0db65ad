//! The events that a change in parts leaves alone, and what its confirmation and its result say.

use std::time::Duration;

use countersign_inbox::{Accepted, Action, Change, EventId, EventState, Filter, Finish};
use countersign_testkit::conformance::inbox::sample_event;
use http::StatusCode;
use rusqlite::Connection;

use crate::bulk::{begun, begun_of, dead, followed, go_on, log, next, state, stop};
use crate::support::{Fixture, Page as Answer, selector, set};

const SECOND: Duration = Duration::from_secs(1);

/// Replays an event, as the command does.
async fn replay(fixture: &Fixture, id: i64) {
    let mut replay = Change::new(Action::Replay, Filter::ids([EventId::new(id)]), "ada");
    replay.reason = Some("billing is back".to_owned());
    assert_eq!(fixture.store.change(&replay).await.unwrap().ids, [EventId::new(id)]);
}

/// Checks the line of a result.
fn expect(page: &Answer, line: &str) {
    assert!(page.seen().contains(line), "{}", page.seen());
}

#[tokio::test]
async fn events_that_came_back_after_the_confirmation_are_not_discarded() {
    for fixture in Fixture::all() {
        dead(&fixture, 620).await;
        let first = begun(&fixture, "discard").await;
        fixture.clock.advance(SECOND);
        replay(&fixture, 510).await;
        let again = fixture.store.accept(sample_event("orders", "evt_519", "{}")).await.unwrap();
        assert_eq!(again, Accepted::Requeued { id: EventId::new(520) }, "{}", fixture.name);
        let last = followed(&fixture, &next(&first).unwrap()).await;
        expect(
            &last,
            "Discarded 618 events. 618 of 620 events; the others were left alone, or are in the audit log.",
        );
        assert_eq!(
            (last.all("progress", "value"), last.all("progress", "max")),
            (vec!["618".to_owned()], vec!["620".to_owned()])
        );
        for (id, expected) in [(510, EventState::Ready), (520, EventState::Ready), (530, EventState::Done)] {
            assert_eq!(state(&fixture, id).await.0, expected, "{}: {id}", fixture.name);
        }
    }
}

#[tokio::test]
async fn events_that_came_back_before_the_confirmation_are_discarded() {
    for fixture in Fixture::all() {
        dead(&fixture, 510).await;
        fixture.clock.advance(SECOND);
        replay(&fixture, 505).await;
        fixture.clock.advance(SECOND);
        let last = followed(&fixture, &next(&begun(&fixture, "discard").await).unwrap()).await;
        expect(&last, "Discarded 510 events. The change is complete.");
        assert_eq!(state(&fixture, 505).await, (EventState::Done, 1), "{}", fixture.name);
    }
}

/// The time of its replay is known, although it is due later, or cannot be verified.
#[tokio::test]
async fn events_that_came_back_before_the_confirmation_and_were_tried_since_are_discarded() {
    for fixture in Fixture::all() {
        dead(&fixture, 510).await;
        fixture.clock.advance(SECOND);
        replay(&fixture, 505).await;
        let retry = Finish::Retry { after: 3600 * SECOND, error: "billing is down".to_owned() };
        fixture.end("orders", 1, &retry).await;
        replay(&fixture, 506).await;
        fixture.end("orders", 1, &Finish::Unverified { error: "signature_mismatch".to_owned() }).await;
        fixture.clock.advance(SECOND);
        let last = followed(&fixture, &next(&begun(&fixture, "discard").await).unwrap()).await;
        expect(&last, "Discarded 510 events. The change is complete.");
        for id in [505, 506] {
            assert_eq!(state(&fixture, id).await, (EventState::Done, 1), "{}: {id}", fixture.name);
        }
    }
}

#[tokio::test]
async fn events_that_cannot_be_verified_again_are_replayed_once_however_often_a_part_is_loaded() {
    for fixture in Fixture::all() {
        let unverified = Finish::Unverified { error: "signature_mismatch".to_owned() };
        for number in 0..520 {
            fixture.receive("orders", &format!("evt_{number}"), "{}").await;
        }
        fixture.end("orders", 500, &unverified).await;
        fixture.end("orders", 20, &unverified).await;
        let first = begun(&fixture, "replay").await;
        let address = next(&first).unwrap();
        fixture.clock.advance(SECOND);
        expect(&followed(&fixture, &address).await, "Replayed 520 events. The change is complete.");
        fixture.end("orders", 500, &unverified).await;
        fixture.end("orders", 20, &unverified).await;
        let again = followed(&fixture, &address).await;
        expect(
            &again,
            "Replayed 500 events. 500 of 520 events; the others were left alone, or are in the audit log.",
        );
        let stopped = fixture.get("operator", &stop(&first)).await;
        go_on(&fixture, &stopped).await;
        assert_eq!(log(&fixture).await, [20, 500], "{}", fixture.name);
        assert_eq!(state(&fixture, 520).await, (EventState::Unverified, 1), "{}", fixture.name);
    }
}

#[tokio::test]
async fn ages_of_the_filter_are_those_at_the_confirmation() {
    for (filter, later) in [("older_than=90s", 1), ("newer_than=150s", 0)] {
        for fixture in Fixture::all() {
            for number in 0..501 {
                fixture.receive("orders", &format!("evt_{number}"), "{}").await;
            }
            fixture.clock.advance(60 * SECOND);
            for _ in 0..later {
                fixture.receive("orders", "later", "{}").await;
            }
            fixture.clock.advance(60 * SECOND);
            let first = begun_of(&fixture, &format!("action=discard&source=orders&{filter}")).await;
            // The later one is old enough now, and the others are not new any more.
            fixture.clock.advance(60 * SECOND);
            let last = go_on(&fixture, &first).await;
            expect(&last, "Discarded 501 events. The change is complete.");
            assert_eq!(log(&fixture).await, [1, 500], "{}: {filter}", fixture.name);
        }
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_stops_the_change_and_its_result_says_what_was_done() {
    let [_, fixture] = Fixture::local();
    dead(&fixture, 520).await;
    replay(&fixture, 505).await;
    fixture.kill("orders", 1, "down").await;
    let first = begun(&fixture, "replay").await;
    let file = Connection::open(fixture.file()).unwrap();
    file.execute_batch(
        "CREATE TRIGGER broken BEFORE UPDATE ON wh_event WHEN NEW.id = 505 BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .unwrap();
    fixture.clock.advance(SECOND);
    // Events with other numbers of replays are changed by another statement.
    let mut stopped = followed(&fixture, &next(&first).unwrap()).await;
    for _ in 0..2 {
        expect(&stopped, "Replayed 519 events. 520 events were counted. Stopped: the store did not answer");
        assert_eq!((next(&stopped), log(&fixture).await), (None, vec![19, 500, 1]));
        stopped = go_on(&fixture, &stopped).await;
    }
    file.execute_batch("DROP TRIGGER broken").unwrap();
    let last = go_on(&fixture, &stopped).await;
    expect(&last, "Replayed 520 events. The change is complete.");
    assert_eq!(log(&fixture).await, [1, 19, 500, 1]);
}

#[tokio::test]
async fn all_events_are_chosen_by_hand_with_their_number() {
    for fixture in Fixture::local() {
        dead(&fixture, 1200).await;
        let target = "/change?action=purge&source=orders";
        let confirm = fixture.get("operator", target).await;
        expect(&confirm, "1200 events would be changed now.");
        let words = |page: &Answer| {
            let html = page.parsed();
            let all = selector("option[value=all]");
            html.select(&all).next().map(|of| of.text().collect::<String>())
        };
        assert_eq!(words(&confirm).as_deref(), Some("all 1200, in parts of 500"), "{}", fixture.name);
        let limit = |page: &Answer| page.again().1.into_iter().find(|(name, _)| name == "limit").unwrap().1;
        assert_eq!(limit(&confirm), "500");
        assert_eq!(
            limit(&fixture.get("operator", &format!("{target}&limit=all")).await),
            "500",
            "not by a link"
        );
        let behind = fixture.get("operator", &format!("{target}&after=5")).await;
        assert_eq!(words(&behind).as_deref(), Some("all, at most 1200, in parts of 500"));

        let (action, mut form) = confirm.form();
        set(&mut form, "limit", "all");
        set(&mut form, "reason", &"x".repeat(1001));
        let again = fixture.post("operator", &action, &form).await;
        assert_eq!((again.status, limit(&again)), (StatusCode::BAD_REQUEST, "all".to_owned()));
        assert!(log(&fixture).await.is_empty());
    }
}

#[tokio::test]
async fn a_reason_is_in_the_entry_of_each_part_or_refused_before_the_first_one() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 510).await;
    let (action, mut form) = fixture.get("operator", "/change?action=purge&source=orders").await.form();
    set(&mut form, "limit", "all");
    // 6 bytes of an address for each.
    set(&mut form, "reason", &"é".repeat(500));
    let refused = fixture.post("operator", &action, &form).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    expect(&refused, "reason: with this filter it is too long for a change in parts");
    assert!(log(&fixture).await.is_empty());
    let (action, mut form) = refused.again();
    let reason = format!("billing is back {}", "é".repeat(400));
    set(&mut form, "reason", &reason);
    let first = fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
    followed(&fixture, &next(&first).unwrap()).await;
    let log = fixture.store.audit(None, countersign_inbox::Page::first(9)).await.unwrap();
    assert_eq!(log.len(), 2);
    assert!(log.iter().all(|of| of.detail_text().contains(&reason)), "{log:?}");
}

#[tokio::test]
async fn events_that_are_named_are_not_changed_in_parts() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 3).await;
    let (action, mut form) = fixture.get("operator", "/change?action=purge&ids=1+2").await.form();
    set(&mut form, "limit", "all");
    let refused = fixture.post("operator", &action, &form).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    expect(&refused, "limit: `all` is for a filter without numbers of events");
    assert!(log(&fixture).await.is_empty());
}

#[tokio::test]
async fn the_events_before_the_confirmation_count() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 620).await;
    let (action, mut form) = fixture.get("operator", "/change?action=replay&source=orders").await.form();
    set(&mut form, "limit", "5");
    set(&mut form, "reason", "billing is back");
    let canary = fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
    let rest = canary.links().into_iter().find(|link| link.contains("after=5")).unwrap();
    let first = begun_of(&fixture, rest.split_once('?').unwrap().1).await;
    expect(&first, "Replayed 505 events. 620 events were counted. The next part follows.");
    let last = followed(&fixture, &next(&first).unwrap()).await;
    expect(&last, "Replayed 620 events. The change is complete.");
}

#[tokio::test]
async fn a_running_change_can_be_stopped_by_the_keyboard_and_need_not_be_waited_for() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 510).await;
    let first = begun(&fixture, "purge").await;
    assert_eq!(first.all("[autofocus]", "href").len(), 1);
    assert!(first.all("a[autofocus]", "href")[0].starts_with("./changed?"));
    assert!(first.form().0.starts_with("/changed/next?"));
    let refresh = first.all("meta[http-equiv=refresh]", "content");
    assert!(refresh[0].starts_with("5; url="), "{refresh:?}");
    let stopped = fixture.get("operator", &stop(&first)).await;
    assert!(stopped.all("[autofocus]", "href").is_empty());
    assert!(stopped.form().0.starts_with("/changed/next?"));
    // No link makes a part: the history of a browser has links.
    for page in [&first, &stopped] {
        assert!(!page.links().iter().any(|link| link.starts_with("/changed/next?")));
    }
}

/// Providers that send dead letters again write to the log, too.
#[tokio::test]
async fn all_events_are_changed_however_many_others_write_to_the_audit_log() {
    let [_, fixture] = Fixture::local();
    dead(&fixture, 510).await;
    let file = Connection::open(fixture.file()).unwrap();
    file.execute_batch(
        "CREATE TRIGGER busy AFTER INSERT ON wh_audit WHEN NEW.action = 'discard' BEGIN
             INSERT INTO wh_audit(at, actor, action, event_id, count)
             SELECT NEW.at + 1, 'preflix', 'requeue', id, 1 FROM wh_event LIMIT 60;
         END",
    )
    .unwrap();
    let first = begun(&fixture, "discard").await;
    expect(&first, "Discarded 500 events. 510 events were counted. The next part follows.");
    let last = followed(&fixture, &next(&first).unwrap()).await;
    expect(&last, "Discarded 510 events. The change is complete.");
}
