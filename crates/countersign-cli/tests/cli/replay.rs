//! Tests of `replay`, with a receiver that shows what arrives.

use std::thread;

use serde_json::{Value, json};

use crate::app::{App, Seen};
use crate::record::directory;
use crate::support::{OTHER_SECRET, Ran, SECRET, file, run, signed};

const COMMON: &str =
    "Host: hooks.example.com\r\nConnection: close\r\nTransfer-Encoding: identity\r\nX-A: 1\r\nX-A: 2\r\n";

/// Runs `replay` against an app that gives these answers.
fn replay(app: &App, args: &[&str], answers: &[&str]) -> (Ran, Vec<Seen>) {
    let to = app.url("/hook");
    thread::scope(|scope| {
        let ran = scope.spawn(|| run(&[&["replay", "--to", &to], args].concat()));
        let seen = answers.iter().map(|answer| app.answer(answer)).collect();
        (ran.join().unwrap(), seen)
    })
}

#[test]
fn requests_are_sent_as_they_are_in_the_order_of_the_files() {
    let one = file(
        "replay-1.http",
        &[format!("PUT /in?a=%20&b='x' HTTP/1.1\r\n{COMMON}\r\n").as_bytes(), b"\xff\r\n"].concat(),
    );
    let two = file("replay-2.http", format!("POST /in HTTP/1.1\r\n{COMMON}\r\n{{}}").as_bytes());
    let app = App::start();
    let (ran, seen) = replay(&app, &[&two, &one, &two], &["200 OK", "204 No Content", "500 Oops"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let starts: Vec<_> = ran.stdout.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(starts, ["200", "204", "500"]);
    assert!(ran.stdout.lines().nth(1).unwrap().ends_with("replay-1.http"), "{ran:?}");
    let lines: Vec<_> = seen.iter().map(|seen| seen.head[0].as_str()).collect();
    assert_eq!(lines, ["POST /hook HTTP/1.1", "PUT /hook?a=%20&b='x' HTTP/1.1", "POST /hook HTTP/1.1"]);
    assert_eq!(seen[1].body, b"\xff\r\n");
    assert!(seen[1].has("x-a: 1") && seen[1].has("x-a: 2") && seen[1].has(&format!("host: {}", app.addr())));
    assert!(!seen[1].head.iter().any(|line| line.starts_with("transfer-encoding")), "{seen:?}");
}

#[test]
fn requests_are_signed_anew_at_the_given_time() {
    let body = br#"{"id":"evt_1","type":"ping"}"#;
    let headers = signed("stripe", body).join("\r\n");
    let head = format!("POST /in HTTP/1.1\r\n{COMMON}{headers}\r\n\r\n");
    let recorded = file("replay-stripe.http", &[head.as_bytes(), body].concat());
    let resign = [&*recorded, "--resign", "--provider", "stripe", "--secret", OTHER_SECRET];
    let app = App::start();
    for (at, verified_at) in
        [(&["--at", "1800000000"][..], &["--at", "1800000000"][..]), (&["--at", "now"], &[]), (&[], &[])]
    {
        let (ran, seen) = replay(&app, &[&resign[..], at].concat(), &["200 OK"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(seen[0].body, body);
        let raw = file("replay-resigned.http", &seen[0].raw);
        let verify = ["verify", "--provider", "stripe", "--request", &raw, "--json", "--secret"];
        let ran = run(&[&verify[..], &[OTHER_SECRET], verified_at].concat());
        assert_eq!(ran.code, 0, "{at:?}: {ran:?}");
        assert_eq!(run(&[&verify[..], &[SECRET], verified_at].concat()).code, 1);
    }
}

#[test]
fn the_signed_url_is_that_of_the_receiver_with_the_recorded_query() {
    let head =
        format!("POST /in?tenant=7&bodySHA256=00 HTTP/1.1\r\n{COMMON}Content-Type: application/json\r\n");
    let recorded =
        file("replay-url.http", &[head.as_bytes(), b"x-twilio-signature: AAAA\r\n\r\n{}"].concat());
    let resign = [&*recorded, "--resign", "--provider", "twilio-body-sha256", "--secret", OTHER_SECRET];
    let app = App::start();
    let public = "https://hooks.example.com/app";
    for (url, signed) in [(&[][..], app.url("/hook")), (&["--url", public], public.to_owned())] {
        let (ran, seen) = replay(&app, &[&resign[..], url].concat(), &["200 OK"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let target = seen[0].head[0].split(' ').nth(1).unwrap();
        let query =
            target.strip_prefix("/hook?tenant=7&bodySHA256=44136fa3").unwrap_or_else(|| panic!("{target}"));
        let url = format!("{signed}?tenant=7&bodySHA256=44136fa3{query}");
        let raw = file("replay-url-resigned.http", &seen[0].raw);
        let verify =
            ["verify", "--provider", "twilio-body-sha256", "--secret", OTHER_SECRET, "--request", &raw];
        let ran = run(&[&verify[..], &["--url", &url]].concat());
        assert_eq!(ran.code, 0, "{url}: {ran:?}");
    }
}

#[test]
fn a_directory_stands_for_its_files_and_machines_get_a_line_each() {
    let dir = directory("replay-directory");
    std::fs::create_dir(&dir).unwrap();
    for (name, body) in [("000002-b.http", "2"), ("000001-a.http", "1"), ("notes.txt", "0")] {
        std::fs::write(format!("{dir}/{name}"), format!("POST / HTTP/1.1\r\n{COMMON}\r\n{body}")).unwrap();
    }
    let (ran, seen) = replay(&App::start(), &[&dir, "--json"], &["200 OK", "202 Accepted"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(seen.iter().map(|seen| seen.body.as_slice()).collect::<Vec<_>>(), [b"1", b"2"]);
    let reports: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answers: Vec<_> = reports.iter().map(|report| (&report["status"], &report["acknowledged"])).collect();
    assert_eq!(answers, [(&json!(200), &json!(true)), (&json!(202), &json!(true))]);
}

#[test]
fn a_receiver_that_is_down_is_exit_code_1() {
    let one = file("replay-down.http", format!("POST / HTTP/1.1\r\n{COMMON}\r\n").as_bytes());
    let ran = run(&["replay", &one, "--to", &format!("http://{}/", App::down()), "--json"]);
    assert_eq!((ran.code, &ran.json()["status"]), (1, &Value::Null), "{ran:?}");
    assert!(ran.json()["error"].as_str().unwrap().contains("refused"), "{ran:?}");
}

#[test]
fn nothing_is_sent_if_a_file_or_an_option_is_wrong() {
    let good = file("replay-good.http", format!("POST / HTTP/1.1\r\n{COMMON}\r\n").as_bytes());
    let bad = file("replay-bad.http", b"{}");
    let app = App::start();
    let to = app.url("/");
    let cases: [(&[&str], &str); 7] = [
        (&[&good, &bad, "--to", &to], "replay-bad.http"),
        (&[&good, "/none.http", "--to", &to], "/none.http"),
        (&[&good, "--to", "http://192.0.2.1/"], "--allow-host 192.0.2.1"),
        (&[&good, "--to", &to, "--resign", "--provider", "stripe"], "--secret"),
        (&[&good, "--to", &to, "--resign", "--secret", SECRET], "--scheme"),
        (&[&good, "--to", &to, "--at", "now"], "--resign"),
        (&[&good, "--to", &to, "--at", "soon", "--resign", "--secret", SECRET], "Unix seconds"),
    ];
    for (args, cure) in cases {
        let ran = run(&[&["replay"], args].concat());
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
        assert!(ran.stderr.contains(cure), "{cure}: {ran:?}");
    }
    assert!(app.saw_nothing());
}

#[test]
fn a_file_that_would_be_sent_with_another_body_is_refused() {
    for (name, rest) in [
        ("surplus", "Content-Length: 2\r\n\r\n{}POST / HTTP/1.1\r\n\r\n"),
        ("short", "Content-Length: 3\r\n\r\n{}"),
        ("conflict", "Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}"),
    ] {
        let file = file(&format!("replay-{name}.http"), format!("POST / HTTP/1.1\r\n{rest}").as_bytes());
        let app = App::start();
        let ran = run(&["replay", &file, "--to", &app.url("/")]);
        assert_eq!(ran.code, 2, "{name}: {ran:?}");
        assert!(app.saw_nothing(), "{name}");
    }
    let editors = file("replay-editor.http", b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\n");
    let app = App::start();
    let (ran, seen) = replay(&app, &[&editors], &["200 OK"]);
    assert_eq!((ran.code, seen[0].body.as_slice()), (0, b"{}".as_slice()));
}
