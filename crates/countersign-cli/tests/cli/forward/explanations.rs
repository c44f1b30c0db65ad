//! Tests of the explanations of rejected requests.

use serde_json::json;

use super::support::{SLUG, json_of};
use crate::app::App;
use crate::listen::Listener;
use crate::support::{OTHER_SECRET, signed, signed_with};

#[test]
fn rejections_are_explained() {
    let mut listener = Listener::start(&["--explain"]);
    let headers = signed(SLUG, b"{\"a\":1}");
    assert_eq!(listener.send(&listener.path, &headers, b"{\n  \"a\": 1\n}"), "401");
    assert!(listener.said().starts_with("rejected: signature_mismatch: "));
    assert!(listener.said().starts_with("explained: body_pretty_printed: "));
    let headers = signed_with(SLUG, OTHER_SECRET, b"{}");
    assert_eq!(listener.send(&listener.path, &headers, b"{}"), "401");
    assert!(listener.said().starts_with("rejected: signature_mismatch: "));
    assert!(listener.said().starts_with("unexplained: signature_mismatch: "));
    // Its body would not have been read.
    assert_eq!(listener.send(&listener.path, &[], b"{}"), "400");
    assert!(listener.said().starts_with("rejected: missing_signature: "));
    let said = listener.said();
    assert!(said.starts_with("explained: ") || said.starts_with("unexplained: "), "{said}");
}

#[test]
fn a_rejection_just_before_the_end_is_explained_all_the_same() {
    let mut listener = Listener::start(&["--explain"]);
    let headers = signed(SLUG, b"{\"a\":1}");
    assert_eq!(listener.send(&listener.path, &headers, b"{\n  \"a\": 1\n}"), "401");
    assert_eq!(listener.interrupt(), Some(0));
    assert!(listener.said().starts_with("rejected: signature_mismatch: "));
    assert!(listener.said().starts_with("explained: body_pretty_printed: "));
}

#[test]
fn explanations_are_in_the_lines_for_machines() {
    let app = App::start();
    let mut listener = Listener::start(&["--explain", "--forward", &app.url("/")]);
    let headers = signed(SLUG, b"{\"a\":1}");
    assert_eq!(listener.send(&listener.path, &headers, b"{\n  \"a\": 1\n}"), "401");
    let printed = json_of(&listener.printed());
    assert_eq!((&printed["accepted"], &printed["error"]), (&json!(false), &json!("signature_mismatch")));
    assert_eq!(printed["explanation"]["cause"], "body_pretty_printed");
    assert!(app.saw_nothing());
}
