#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use http::StatusCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::super::exchange::Forwarding;
use super::model::{Model, Row, RowVerdict};
use super::update::{Effect, Key, MOST_ROWS, Message, update};
use super::view::view;

const SIGNATURE: &str = "sha256=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd";

fn row(number: u64, verdict: RowVerdict) -> Row {
    Row {
        number,
        at: format!("2026-11-29T13:22:0{}.042Z", number % 10),
        method: "POST".to_owned(),
        target: "/webhooks/github?token=hunter2".to_owned(),
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("x-hub-signature-256".to_owned(), SIGNATURE.to_owned()),
        ],
        body: vec!["{".to_owned(), format!("  \"number\": {number}"), "}".to_owned()],
        verdict,
        event_type: Some("push".to_owned()),
        id: Some(format!("d-{number}\u{1b}[2J")),
        forwarding: None,
        replays: Vec::new(),
        recorded: None,
    }
}

fn accepted(number: u64) -> Message {
    Message::Arrived(Box::new(row(number, RowVerdict::Accepted("accepted: github push".to_owned()))))
}

fn rejected(number: u64) -> Message {
    let verdict = RowVerdict::Rejected {
        reason: "signature_mismatch: wrong secret".to_owned(),
        explanation: Some("explained: body_pretty_printed".to_owned()),
    };
    Message::Arrived(Box::new(row(number, verdict)))
}

fn answered(status: StatusCode) -> Forwarding {
    Forwarding::Answered { status, latency: Duration::from_micros(3210) }
}

/// Returns the state after messages, and all that is to be done.
fn after(messages: impl IntoIterator<Item = Message>) -> (Model, Vec<Effect>) {
    let start = (Model::new("countersign github".to_owned()), Vec::new());
    messages.into_iter().fold(start, |(model, mut effects), message| {
        let (model, effect) = update(model, message);
        effects.extend(effect);
        (model, effects)
    })
}

/// Returns the lines of the screen.
fn drawn(model: &Model) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(110, 24)).unwrap();
    terminal.draw(|frame| view(model, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let width = usize::from(buffer.area.width);
    let lines = buffer.content().chunks(width);
    lines
        .map(|cells| cells.iter().map(|cell| cell.symbol()).collect::<String>().trim_end().to_owned())
        .collect()
}

fn keys(keys: &[Key]) -> Vec<Message> {
    keys.iter().copied().map(Message::Key).collect()
}

#[test]
fn the_screen_shows_list_detail_and_verdict() {
    let (model, _) = after([
        accepted(1),
        Message::Forwarded { number: 1, forwarding: answered(StatusCode::OK) },
        rejected(2),
        Message::Key(Key::Up),
    ]);
    let lines = drawn(&model);
    assert_eq!(lines[0], "countersign github");
    let of = |text: &str| lines.iter().filter(|line| line.contains(text)).count();
    assert!(lines[2].starts_with("1      13:22:01.042 accepted  push"), "{lines:#?}");
    assert!(lines[2].ends_with("200 in 3.2 ms"), "{lines:#?}");
    assert!(lines[3].starts_with("2      13:22:02.042 rejected  signature_mismatch: wrong"), "{lines:#?}");
    for text in
        ["request 1", "accepted: github push", "content-type: application/json", "\"number\": 1", "r replay"]
    {
        assert_eq!(of(text), 1, "{text}: {lines:#?}");
    }
    let (model, _) = after([accepted(1), rejected(2)]);
    let lines = drawn(&model);
    assert!(lines.iter().any(|line| line == "explained: body_pretty_printed"), "{lines:#?}");
}

#[test]
fn values_of_headers_and_query_are_hidden_until_a_key_is_pressed_and_after_the_next_selection() {
    let shows = |model: &Model| {
        let text = drawn(model).join("\n");
        (text.contains(SIGNATURE), text.contains("hunter2"))
    };
    let arrived = || [accepted(1), accepted(2)];
    assert_eq!(shows(&after(arrived()).0), (false, false));
    let shown = arrived().into_iter().chain(keys(&[Key::Reveal]));
    assert_eq!(shows(&after(shown).0), (true, true));
    for hides in [Key::Reveal, Key::Up, Key::First] {
        let hidden = arrived().into_iter().chain(keys(&[Key::Reveal, hides]));
        assert_eq!(shows(&after(hidden).0), (false, false), "{hides:?}");
    }
}

#[test]
fn the_newest_request_is_selected_until_another_one_is() {
    let selected = |messages: Vec<Message>| after(messages).0.row().map(|row| row.number);
    assert_eq!(selected(vec![]), None);
    assert_eq!(selected(keys(&[Key::Up, Key::Down, Key::Replay, Key::PageDown])), None);
    assert_eq!(selected(vec![accepted(1), accepted(2)]), Some(2));
    let up = || [accepted(1), accepted(2)].into_iter().chain(keys(&[Key::Up]));
    assert_eq!(selected(up().chain([accepted(3)]).collect()), Some(1));
    assert_eq!(selected(up().chain(keys(&[Key::Last])).chain([accepted(3)]).collect()), Some(3));
    // Requests that were read faster arrive earlier, and stand in the order of their numbers all the same.
    let (model, _) = after([accepted(2), accepted(1), accepted(3)]);
    assert_eq!(model.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn the_selected_delivery_is_replayed_and_its_result_is_shown() {
    let (model, effects) = after([accepted(1), accepted(2)].into_iter().chain(keys(&[Key::Up, Key::Replay])));
    assert_eq!(effects, [Effect::Replay(1)]);
    let replayed = Message::Replayed { number: 1, forwarding: answered(StatusCode::INTERNAL_SERVER_ERROR) };
    let lines = drawn(&update(model, replayed).0);
    assert!(lines.iter().any(|line| line == "replayed: 500 in 3.2 ms"), "{lines:#?}");
    assert!(lines[2].ends_with("500 in 3.2 ms"), "{lines:#?}");

    let (model, effects) = after([rejected(1)].into_iter().chain(keys(&[Key::Replay])));
    assert_eq!(effects, []);
    assert!(drawn(&model).iter().any(|line| line.contains("no accepted delivery")));
    assert_eq!(after(keys(&[Key::Quit])).1, [Effect::Quit]);
}

#[test]
fn old_requests_are_forgotten_and_long_lists_show_the_selected_one() {
    let (model, _) = after((1..=MOST_ROWS as u64 + 5).map(accepted));
    assert_eq!((model.rows.len(), model.rows.front().unwrap().number), (MOST_ROWS, 6));
    assert!(drawn(&model).iter().any(|line| line.starts_with("1005 ")));
    let (model, _) = update(model, Message::Key(Key::First));
    assert!(drawn(&model).iter().any(|line| line.starts_with("6 ")));
    // A result of a request that is gone changes nothing.
    let (model, _) = update(model, Message::Forwarded { number: 1, forwarding: Forwarding::Skipped });
    assert_eq!(model.rows.len(), MOST_ROWS);
}

#[test]
fn nothing_controls_the_terminal_and_small_screens_draw() {
    let (model, _) = after([accepted(1)]);
    assert!(!drawn(&model).join("").contains('\u{1b}'));
    for (width, height) in [(1, 1), (5, 3), (20, 6)] {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view(&model, frame)).unwrap();
    }
}
