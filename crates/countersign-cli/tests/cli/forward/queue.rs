//! Tests of deliveries that wait for the app.

use std::thread;

use serde_json::json;

use super::support::{delivery, json_of};
use crate::app::App;
use crate::listen::Listener;

#[test]
fn deliveries_wait_for_an_app_that_is_down_and_arrive_in_their_order() {
    let addr = App::down();
    let mut listener = Listener::start(&["--forward", &format!("http://{addr}/hook")]);
    let bodies = ["0", "1", "2", "3"];
    for (body, waiting) in bodies.into_iter().zip(1..) {
        let headers = delivery(body, "push", body.as_bytes());
        assert_eq!(listener.send(&listener.path, &headers, body.as_bytes()), "200");
        let said = listener.said();
        assert!(said.contains(&format!("queued, {waiting} waiting: ")), "{said}");
    }
    let app = App::at(&addr);
    // An app that restarts within a request gets it again.
    app.break_off();
    for body in bodies {
        assert_eq!(app.answer("200 OK").body, body.as_bytes());
        let printed = json_of(&listener.printed());
        assert_eq!((&printed["id"], &printed["forward"]["status"]), (&json!(body), &json!(200)));
    }
    let headers = delivery("4", "push", b"4");
    thread::scope(|scope| {
        let provider = scope.spawn(|| listener.send(&listener.path, &headers, b"4"));
        app.answer("201 Created");
        assert_eq!(provider.join().unwrap(), "201");
    });
}

#[test]
fn a_delivery_that_makes_the_app_crash_does_not_keep_the_others_waiting() {
    let app = App::start();
    let mut listener = Listener::start(&["--forward", &app.url("/")]);
    let headers = delivery("1", "push", b"1");
    thread::scope(|scope| {
        let provider = scope.spawn(|| listener.send(&listener.path, &headers, b"1"));
        app.break_off();
        assert_eq!(provider.join().unwrap(), "200");
    });
    assert_eq!(listener.send(&listener.path, &delivery("2", "push", b"2"), b"2"), "200");
    for _ in 0..2 {
        app.break_off();
    }
    assert_eq!(app.answer("200 OK").body, b"2");
    assert_eq!(json_of(&listener.printed())["forward"]["status"], 200);
    for _ in 0..2 {
        app.break_off();
    }
    let dropped = json_of(&listener.printed());
    assert_eq!((&dropped["id"], &dropped["forward"]["result"]), (&json!("1"), &json!("dropped")));
}

#[test]
fn an_app_that_closes_every_connection_while_it_starts_loses_no_delivery() {
    let app = App::start();
    let mut listener = Listener::start(&["--forward", &app.url("/")]);
    let headers = delivery("1", "push", b"1");
    thread::scope(|scope| {
        let provider = scope.spawn(|| listener.send(&listener.path, &headers, b"1"));
        app.break_off();
        assert_eq!(provider.join().unwrap(), "200");
    });
    for _ in 0..5 {
        app.break_off();
    }
    assert_eq!(app.answer("200 OK").body, b"1");
    assert_eq!(json_of(&listener.printed())["forward"]["status"], 200);
}

#[test]
fn deliveries_that_still_wait_at_the_end_are_named() {
    let mut listener = Listener::start(&["--forward", &format!("http://{}/", App::down())]);
    for id in ["1", "2"] {
        assert_eq!(listener.send(&listener.path, &delivery(id, "push", b"{}"), b"{}"), "200");
        listener.said();
    }
    assert_eq!(listener.interrupt(), Some(0));
    for id in ["1", "2"] {
        let printed = json_of(&listener.printed());
        assert_eq!((&printed["id"], &printed["forward"]["result"]), (&json!(id), &json!("dropped")));
    }
    assert_eq!(listener.said(), "note: deliveries without an answer of the app: 2");
}

#[test]
fn a_delivery_that_the_queue_has_no_room_for_is_503_so_that_the_provider_sends_it_again() {
    let mut listener = Listener::start(&["--forward", &format!("http://{}/", App::down()), "--pretty"]);
    let body = vec![b'a'; 20 << 20];
    let headers = delivery("1", "push", &body);
    for status in ["200", "200", "200", "503"] {
        assert_eq!(listener.send(&listener.path, &headers, &body), status);
    }
    let printed = listener.printed();
    assert!(printed.ends_with("-> dropped: the app is down, and the queue is full"), "{printed}");
}

#[test]
fn an_app_that_does_not_answer_is_504_and_nothing_is_queued() {
    let app = App::start();
    let mut listener = Listener::start(&["--forward", &app.url("/"), "--timeout", "20ms"]);
    assert_eq!(listener.send(&listener.path, &delivery("1", "push", b"{}"), b"{}"), "504");
    let printed = json_of(&listener.printed());
    assert_eq!(printed["forward"], json!({ "result": "failed", "error": "no response within 20ms" }));
}
