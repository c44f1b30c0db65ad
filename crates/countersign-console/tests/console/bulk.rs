//! Changes of more events than one form has: one confirmation, and parts that follow by themselves.

use std::time::Duration;

use countersign_inbox::{EventId, EventState, Page};
use http::{Method, Request, StatusCode};

use crate::support::{Fixture, Page as Answer, SITE, set};

/// Stores dead letters.
pub(crate) async fn dead(fixture: &Fixture, count: usize) {
    for number in 0..count {
        fixture.receive("orders", &format!("evt_{number}"), "{}").await;
    }
    for begin in (0..count).step_by(500) {
        fixture.kill("orders", (count - begin).min(500), "down").await;
    }
}

/// Sends the form of a change of all events of the endpoint.
pub(crate) async fn begun(fixture: &Fixture, change: &str) -> Answer {
    begun_of(fixture, &format!("action={change}&source=orders")).await
}

/// Does the same for other events, which the query of the confirmation names.
pub(crate) async fn begun_of(fixture: &Fixture, change: &str) -> Answer {
    let (action, mut form) = fixture.get("operator", &format!("/change?{change}")).await.form();
    set(&mut form, "limit", "all");
    set(&mut form, "reason", "billing is back");
    fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await
}

/// Returns the address that the page loads by itself.
pub(crate) fn next(page: &Answer) -> Option<String> {
    let refresh = page.all("meta[http-equiv=refresh]", "content").pop()?;
    let (_, address) = refresh.split_once("; url=")?;
    Some(address.trim_start_matches('.').to_owned())
}

/// Loads it, and returns the page behind it, as a browser does that follows all redirects.
pub(crate) async fn followed(fixture: &Fixture, address: &str) -> Answer {
    let mut page = fixture.get("operator", address).await;
    for _ in 0..3 {
        if page.status != StatusCode::SEE_OTHER {
            break;
        }
        page = fixture.get("operator", &page.location()).await;
    }
    page
}

/// Returns the address of the result that has stopped.
pub(crate) fn stop(page: &Answer) -> String {
    page.links().into_iter().find(|link| link.starts_with("/changed?")).unwrap()
}

/// Makes the next parts of a result that has stopped, as its button does, and returns the page behind it.
pub(crate) async fn go_on(fixture: &Fixture, page: &Answer) -> Answer {
    let (action, form) = page.form();
    let mut address = fixture.post("operator", &action, &form).await.location();
    // Each request makes some of the parts.
    while address.starts_with("/changed/next?") {
        address = fixture.get("operator", &address).await.location();
    }
    fixture.get("operator", &address).await
}

/// Returns the numbers of events of the entries of the audit log, the latest first.
pub(crate) async fn log(fixture: &Fixture) -> Vec<u64> {
    let log = fixture.store.audit(None, Page::first(100)).await.unwrap();
    assert!(
        log.iter().all(|of| of.actor == "ada" && of.detail_text().contains("billing is back")),
        "{log:?}"
    );
    log.iter().map(|of| of.count).collect()
}

/// Returns the state of an event, and its number of replays.
pub(crate) async fn state(fixture: &Fixture, id: i64) -> (EventState, u32) {
    let event = fixture.store.show(EventId::new(id)).await.unwrap().unwrap().summary;
    (event.state, event.replays)
}

#[tokio::test]
async fn all_events_are_replayed_after_one_confirmation() {
    for fixture in Fixture::all() {
        dead(&fixture, 620).await;
        let first = begun(&fixture, "replay").await;
        let seen = first.seen();
        assert!(
            seen.contains("Replayed 500 events. 620 events were counted. The next part follows."),
            "{seen}"
        );
        assert_eq!(first.all("progress", "value")[0], "500");
        assert_eq!(first.all("progress", "max")[0], "620");
        assert_eq!(log(&fixture).await, [500], "looking at the result changes nothing");

        // Of the first part some fail again, and another event fails for the first time.
        fixture.clock.advance(Duration::from_secs(1));
        fixture.kill("orders", 3, "down again").await;
        let address = next(&first).unwrap();
        let last = followed(&fixture, &address).await;
        assert!(last.seen().contains("Replayed 620 events. The change is complete."), "{}", last.seen());
        assert_eq!((next(&last), log(&fixture).await), (None, vec![120, 500]), "{}", fixture.name);
        assert!(last.all("meta[http-equiv=refresh]", "content").is_empty());
        assert_eq!(
            (state(&fixture, 1).await, state(&fixture, 620).await),
            ((EventState::Dead, 1), (EventState::Ready, 1))
        );

        // Once more, such as by the back button.
        fixture.clock.advance(Duration::from_secs(1));
        fixture.kill("orders", 600, "down again").await;
        followed(&fixture, &address).await;
        assert_eq!(
            (log(&fixture).await, state(&fixture, 620).await.1),
            (vec![120, 500], 1),
            "{}",
            fixture.name
        );
    }
}

#[tokio::test]
async fn a_page_goes_on_with_several_parts_and_counts_all_of_them() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 2700).await;
    let first = begun(&fixture, "replay").await;
    let second = followed(&fixture, &next(&first).unwrap()).await;
    assert!(second.seen().contains("Replayed 2500 events. 2700 events were counted."), "{}", second.seen());
    assert!(second.seen().contains("0 done, 0 dead, 2000 still waiting."), "{}", second.seen());
    let third = followed(&fixture, &next(&second).unwrap()).await;
    assert!(third.seen().contains("Replayed 2700 events. The change is complete."), "{}", third.seen());
    assert_eq!(log(&fixture).await, [200, 500, 500, 500, 500, 500]);
}

/// A request is as short as others, and a change as fast as with one request for all four parts.
#[tokio::test]
async fn a_request_makes_two_parts_and_leads_to_the_next_two_before_the_result() {
    for (reason, has_room) in [("billing is back".to_owned(), true), ("billing is back ".repeat(60), false)] {
        let fixture = Fixture::in_memory();
        // Ids of events between others are long.
        for number in 0..2700 {
            fixture.receive("orders", &format!("evt_{number}"), "{}").await;
            fixture.receive("other", &format!("evt_{number}"), "{}").await;
        }
        let (action, mut form) = fixture.get("operator", "/change?action=discard&source=orders").await.form();
        set(&mut form, "limit", "all");
        set(&mut form, "reason", reason.trim());
        let first = fixture.get("operator", &fixture.post("operator", &action, &form).await.location()).await;
        let address = fixture.get("operator", &next(&first).unwrap()).await.location();
        assert!(address.starts_with("/changed/next?"), "{address}");
        assert_eq!((address.contains("&done="), log(&fixture).await), (has_room, vec![500; 3]));
        let address = fixture.get("operator", &address).await.location();
        assert!(address.starts_with("/changed?") && address.len() < 3200, "{address}");
        let second = fixture.get("operator", &address).await;
        let seen = second.seen();
        assert!(
            seen.contains("Discarded 2500 events. 2700 events were counted. The next part follows."),
            "{seen}"
        );
        assert_eq!(log(&fixture).await, [500; 5]);
        let last = followed(&fixture, &next(&second).unwrap()).await;
        assert!(last.seen().contains("Discarded 2700 events. The change is complete."), "{}", last.seen());
        let waiting = fixture.store.stats().await.unwrap().sources;
        assert_eq!(waiting.iter().map(|of| of.ready).collect::<Vec<_>>(), [0, 2700], "{waiting:?}");
    }
}

#[tokio::test]
async fn a_change_is_stopped_and_goes_on() {
    for fixture in Fixture::local() {
        dead(&fixture, 510).await;
        let first = begun(&fixture, "purge").await;
        let stopped = fixture.get("operator", &stop(&first)).await;
        let seen = stopped.seen();
        assert!(
            seen.contains(
                "Purged 500 events. 510 events were counted. Stopped. A part that was under way is in the audit log."
            ),
            "{seen}"
        );
        assert_eq!((next(&stopped), log(&fixture).await), (None, vec![500]));
        // What fails now was not confirmed.
        fixture.clock.advance(Duration::from_secs(60));
        fixture.receive("orders", "later", "{}").await;
        fixture.kill("orders", 1, "down").await;
        let last = go_on(&fixture, &stopped).await;
        assert!(last.seen().contains("Purged 510 events. The change is complete."), "{}", last.seen());
        assert_eq!(log(&fixture).await, [10, 500]);
        assert_eq!(state(&fixture, 511).await, (EventState::Dead, 0));
    }
}

#[tokio::test]
async fn waiting_events_that_came_after_the_confirmation_are_not_discarded() {
    for fixture in Fixture::local() {
        for number in 0..501 {
            fixture.receive("orders", &format!("evt_{number}"), "{}").await;
        }
        let first = begun(&fixture, "discard").await;
        fixture.clock.advance(Duration::from_secs(1));
        fixture.receive("orders", "later", "{}").await;
        followed(&fixture, &next(&first).unwrap()).await;
        assert_eq!(log(&fixture).await, [1, 500]);
        assert_eq!(
            (state(&fixture, 501).await.0, state(&fixture, 502).await.0),
            (EventState::Done, EventState::Ready)
        );
    }
}

#[tokio::test]
async fn only_a_fresh_address_of_this_page_goes_on() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 510).await;
    let first = begun(&fixture, "purge").await;
    let address = next(&first).unwrap();
    let result = stop(&first);
    for forged in [
        address.replace("action=purge", "action=replay"),
        address.replace("source=orders", "source=other"),
        address.split("&seal=").next().unwrap().to_owned(),
        format!("{address}0"),
        // A result makes nothing.
        result.replace("/changed?", "/changed/next?"),
    ] {
        assert_ne!(forged, address);
        assert_eq!(fixture.get("operator", &forged).await.status, StatusCode::NOT_FOUND, "{forged}");
    }
    for role in ["viewer", "blind"] {
        assert_eq!(fixture.get(role, &address).await.status, StatusCode::FORBIDDEN);
    }
    let head =
        Request::get(&address).header("x-role", "operator").header(SITE, "cross-site").body(()).unwrap();
    let page = fixture.respond(&address, &head.into_parts().0, "".into()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(
        fixture.with(countersign_console::Console::with_read_only).get("operator", &address).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn an_old_address_leads_to_its_result_which_makes_a_new_one() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 510).await;
    let address = next(&begun(&fixture, "purge").await).unwrap();
    fixture.clock.advance(Duration::from_secs(31));
    let stopped = followed(&fixture, &address).await;
    assert!(
        stopped.seen().contains("Purged 500 events. 510 events were counted. Stopped."),
        "{}",
        stopped.seen()
    );
    assert_eq!((next(&stopped), log(&fixture).await), (None, vec![500]));
    let last = go_on(&fixture, &stopped).await;
    assert!(last.seen().contains("Purged 510 events. The change is complete."), "{}", last.seen());
    fixture.clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(fixture.get("operator", &address).await.status, StatusCode::NOT_FOUND);
}

/// Requests that a program sends before a person follows a link, such as a preview.
#[tokio::test]
async fn nothing_is_changed_without_a_response() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 510).await;
    let address = next(&begun(&fixture, "purge").await).unwrap();
    let request = Request::builder().method(Method::HEAD).uri(&address).header("x-role", "operator");
    let head = request.body(()).unwrap().into_parts().0;
    assert_eq!(fixture.respond(&address, &head, "".into()).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(log(&fixture).await, [500]);
}

/// The address of a result that goes on stays in the history of the browser.
#[tokio::test]
async fn a_change_that_was_stopped_does_not_go_on_by_the_back_button() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 2510).await;
    let (action, mut form) = fixture.get("operator", "/change?action=purge&source=orders").await.form();
    set(&mut form, "limit", "all");
    set(&mut form, "reason", "billing is back");
    let begun = fixture.post("operator", &action, &form).await.location();
    let running = fixture.get("operator", &begun).await;
    fixture.get("operator", &stop(&running)).await;
    // At once: the page and the address that it had loaded a moment later.
    let back = fixture.get("operator", &begun).await;
    assert!(back.seen().contains("Purged 500 events. 2510 events were counted. Stopped."), "{}", back.seen());
    let late = followed(&fixture, &next(&running).unwrap()).await;
    assert!(late.seen().contains("Stopped."), "{}", late.seen());
    assert_eq!((next(&back), next(&late), log(&fixture).await), (None, None, vec![500]));
    // It goes on from the form, and by itself from there.
    let running = go_on(&fixture, &back).await;
    assert!(running.seen().contains("Purged 2500 events."), "{}", running.seen());
    assert!(next(&running).is_some());
}

/// In another process, too, which does not know of the stop.
#[tokio::test]
async fn a_result_that_was_left_does_not_go_on_later() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 510).await;
    let (action, mut form) = fixture.get("operator", "/change?action=purge&source=orders").await.form();
    set(&mut form, "limit", "all");
    set(&mut form, "reason", "billing is back");
    let begun = fixture.post("operator", &action, &form).await.location();
    fixture.clock.advance(Duration::from_secs(15));
    assert!(next(&fixture.get("operator", &begun).await).is_some(), "a slow page");
    fixture.clock.advance(Duration::from_secs(1));
    let later = fixture.get("operator", &begun).await;
    assert!(later.seen().contains("Stopped.") && next(&later).is_none(), "{}", later.seen());
    let refreshed = fixture.get("operator", &format!("{}&refresh=5", stop_of(&begun))).await;
    assert!(refreshed.seen().contains("Stopped.") && next(&refreshed).is_none(), "{}", refreshed.seen());
    let forged = format!("{}0", &begun[..begun.len() - 1]);
    assert!(next(&fixture.get("operator", &forged).await).is_none());
    assert_eq!(log(&fixture).await, [500]);
}

/// Returns the address of a result without the seal with which it goes on.
fn stop_of(address: &str) -> &str {
    address.split("&going=").next().unwrap()
}

#[tokio::test]
async fn the_form_that_goes_on_needs_its_token_and_its_address() {
    let fixture = Fixture::in_memory();
    dead(&fixture, 510).await;
    let running = begun(&fixture, "purge").await;
    let (action, form) = running.form();
    for (action, form, status) in [
        (action.clone(), vec![], StatusCode::FORBIDDEN),
        (action.replace("action=purge", "action=replay"), form.clone(), StatusCode::NOT_FOUND),
        // The address that the page loads by itself is valid for seconds.
        (next(&running).unwrap(), form.clone(), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(fixture.post("operator", &action, &form).await.status, status, "{action}");
    }
    assert_eq!(fixture.get("operator", &action).await.status, StatusCode::NOT_FOUND, "no link makes a part");
    assert_eq!(fixture.post("viewer", &action, &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(log(&fixture).await, [500]);
}
