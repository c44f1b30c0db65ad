//! Tests of `explain`: its sentence, its JSON and its exit code.

use serde_json::{Value, json};

use crate::support::{BODY, FORM, OTHER_SECRET, Ran, SECRET, URL, file, run_with, signed, with_headers};

const PRETTY: &[u8] = b"{\n  \"a\": 1\n}";
const COMPACT: &[u8] = br#"{"a":1}"#;

/// Runs `countersign explain` for a body on standard input, at the time of signing.
fn explain(slug: &str, secret: &str, headers: &[String], more: &[&str], body: &[u8]) -> Ran {
    let args =
        ["explain", "--provider", slug, "--secret", secret, "--body", "-", "--at", "1700000000", "--json"];
    run_with(&with_headers(&[&args[..], more].concat(), headers), body)
}

/// Returns the exit code and the cause.
fn cause(ran: &Ran) -> (i32, String) {
    let json = ran.json();
    let text = |name| json.get(name).and_then(Value::as_str).unwrap_or_default();
    assert_eq!(json.get("accepted"), Some(&Value::Bool(false)), "{ran:?}");
    assert!(!text("explanation").is_empty() && !text("explanation").contains("MfKQ9r8G"), "{ran:?}");
    (ran.code, text("cause").to_owned())
}

fn explained(cause: &str) -> (i32, String) {
    (1, cause.to_owned())
}

/// Returns a captured request.
fn request(headers: &[String], line_end: &str, body: &[u8]) -> Vec<u8> {
    let lines = ["POST /in?tenant=7 HTTP/1.1".to_owned(), "Host: hooks.example.com".to_owned()];
    let head: String = lines.iter().chain(headers).map(|line| format!("{line}{line_end}")).collect();
    [head.as_bytes(), line_end.as_bytes(), body].concat()
}

#[test]
fn what_verifies_needs_no_explanation() {
    let ran = explain("stripe", SECRET, &signed("stripe", BODY), &[], BODY);
    let expected = json!({
        "accepted": true, "cause": null, "explanation": "the request verifies as it is", "tried": 0, "error": null,
    });
    assert_eq!((ran.code, ran.json()), (0, expected));
}

#[test]
fn a_mistake_is_named_as_one_line_of_json_and_in_a_sentence() {
    let headers = signed("stripe", COMPACT);
    let ran = explain("stripe", SECRET, &headers, &[], PRETTY);
    assert_eq!(cause(&ran), explained("body_pretty_printed"));
    let json = ran.json();
    assert_eq!(json["error"], "signature_mismatch");
    assert!(json["tried"].as_u64().is_some_and(|tried| tried > 0), "{json}");
    assert_eq!(json.as_object().map(serde_json::Map::len), Some(5));

    let args = ["explain", "--provider", "stripe", "--secret", SECRET, "--body", "-", "--at", "1700000000"];
    let ran = run_with(&with_headers(&args, &headers), PRETTY);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.starts_with("explained: body_pretty_printed: the body was pretty-printed"), "{ran:?}");
}

#[test]
fn secrets_are_taken_as_they_are_stored() {
    let headers = signed("stripe", BODY);
    for (stored, code) in [
        (format!("{SECRET}\n"), "secret_trailing_newline"),
        (format!(" {SECRET}"), "secret_white_space"),
        (format!("\"{SECRET}\""), "secret_quoted"),
        (format!("'{SECRET}'\n"), "secret_quoted"),
        (SECRET.trim_start_matches("whsec_").to_owned(), "secret_prefix_stripped"),
    ] {
        assert_eq!(cause(&explain("stripe", &stored, &headers, &[], BODY)), explained(code), "{stored:?}");
    }
    let path = file("secret-with-newline", format!("{SECRET}\r\n").as_bytes());
    let args =
        ["explain", "--provider", "stripe", "--secret-file", &path, "--body", "-", "--at", "1700000000"];
    let ran = run_with(&with_headers(&args, &headers), BODY);
    assert!(ran.stdout.starts_with("explained: secret_trailing_newline: "), "{ran:?}");
}

#[test]
fn another_secret_is_named_by_its_place() {
    let headers = signed("stripe", BODY);
    let ran =
        explain("stripe", OTHER_SECRET, &headers, &["--other-secret", "x", "--other-secret", SECRET], BODY);
    assert_eq!(cause(&ran), explained("other_secret"));
    assert!(ran.stdout.contains("`other-secret-2`"), "{ran:?}");
}

#[test]
fn urls_headers_clocks_and_providers_are_looked_at() {
    let twilio = signed("twilio-form", FORM);
    let http = URL.replace("https", "http");
    assert_eq!(
        cause(&explain("twilio-form", SECRET, &twilio, &["--url", &http], FORM)),
        explained("url_scheme")
    );
    let renamed: Vec<_> = signed("github-sha256", BODY)
        .iter()
        .map(|line| line.replace("x-hub-signature-256", "x-signature"))
        .collect();
    assert_eq!(cause(&explain("github-sha256", SECRET, &renamed, &[], BODY)), explained("header_renamed"));
    let stripe = signed("stripe", BODY);
    assert_eq!(cause(&explain("slack", SECRET, &stripe, &[], BODY)), explained("other_provider"));
    let late = [
        "explain",
        "--provider",
        "stripe",
        "--secret",
        SECRET,
        "--body",
        "-",
        "--at",
        "1700003600",
        "--json",
    ];
    let ran = run_with(&with_headers(&late, &stripe), BODY);
    assert_eq!(cause(&ran), explained("timestamp_too_old"));
    assert_eq!(ran.json()["error"], "timestamp_too_old");
    let ran = run_with(&with_headers(&[&late[..], &["--tolerance", "3600"]].concat(), &stripe), BODY);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_truly_wrong_signature_is_not_explained() {
    let ran = explain("stripe", OTHER_SECRET, &signed("stripe", BODY), &[], BODY);
    let json = ran.json();
    assert_eq!((ran.code, &json["cause"], &json["error"]), (1, &Value::Null, &json!("signature_mismatch")));
    let begin = format!("none of {} known mistakes explains it", json["tried"]);
    assert!(json["explanation"].as_str().is_some_and(|text| text.starts_with(&begin)), "{json}");
}

#[test]
fn a_captured_request_is_read_by_explain_and_verify() {
    let headers = signed("twilio-form", FORM);
    for line_end in ["\r\n", "\n"] {
        let path = file("captured.http", &request(&headers, line_end, FORM));
        for command in ["verify", "explain"] {
            let args =
                [command, "--provider", "twilio-form", "--secret", SECRET, "--request", &path, "--json"];
            let ran = run_with(&args, b"");
            assert_eq!((ran.code, ran.json()["accepted"].as_bool()), (0, Some(true)), "{command}: {ran:?}");
        }
    }
    let piped = request(&headers, "\r\n", b"MessageStatus=sent&Body=hello");
    let args = ["explain", "--provider", "twilio-form", "--secret", SECRET, "--request", "-", "--json"];
    assert_eq!(run_with(&args, &piped).json()["cause"], Value::Null);
}

#[test]
fn a_captured_body_ends_where_its_length_says_unless_it_was_changed() {
    let with_length = |length: usize| {
        let mut headers = signed("github-sha256", COMPACT);
        headers.push(format!("Content-Length: {length}"));
        headers
    };
    let captured = |length, body: &[u8]| {
        let path = file("length.http", &request(&with_length(length), "\r\n", body));
        let args =
            ["explain", "--provider", "github-sha256", "--secret", SECRET, "--request", &path, "--json"];
        run_with(&args, b"")
    };
    assert_eq!(captured(COMPACT.len(), &[COMPACT, b"\n"].concat()).code, 0);
    assert_eq!(cause(&captured(COMPACT.len(), PRETTY)), explained("body_pretty_printed"));
    assert_eq!(cause(&captured(3, COMPACT)), explained("content_length_differs"));
}

#[test]
fn chunks_of_a_captured_body_are_joined() {
    let mut headers = signed("github-sha256", COMPACT);
    headers.push("Transfer-Encoding: chunked".to_owned());
    let path = file("chunked.http", &request(&headers, "\r\n", b"3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n"));
    let args = ["verify", "--provider", "github-sha256", "--secret", SECRET, "--request", &path, "--json"];
    assert_eq!(run_with(&args, b"").code, 0);
}

#[test]
fn questions_that_make_no_sense_exit_with_2_and_say_so_in_json() {
    let path = file("no-request.http", b"{}");
    let cases: [(&[&str], &str); 6] = [
        (&["--provider", "strip", "--secret", SECRET, "--body", "-"], "invalid_config"),
        (&["--provider", "stripe", "--secret", SECRET], "invalid_config"),
        (&["--provider", "stripe", "--secret", "", "--body", "-"], "empty_secret"),
        (&["--provider", "stripe", "--secret", SECRET, "--request", &path], "invalid_config"),
        (&["--provider", "stripe", "--secret", SECRET, "--request", &path, "--body", "-"], "invalid_config"),
        (&["--provider", "svix", "--secret", "it's", "--body", "-"], "invalid_config"),
    ];
    for (args, error) in cases {
        let ran = run_with(&[&["explain", "--json"], args].concat(), b"");
        assert_eq!((ran.code, &ran.json()["error"]), (2, &json!(error)), "{args:?}: {ran:?}");
        assert_eq!(ran.json()["accepted"], false);
        let ran = run_with(&[&["explain"], args].concat(), b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
    }
}
