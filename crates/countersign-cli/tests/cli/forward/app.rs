//! Tests of what the app receives and of what the provider is answered.

use std::thread;

use serde_json::{Value, json};

use super::support::{SLUG, delivery, json_of};
use crate::app::App;
use crate::listen::Listener;
use crate::support::{OTHER_SECRET, SECRET, file, run, run_with};

#[test]
fn a_delivery_arrives_byte_for_byte_and_the_provider_gets_the_answer_of_the_app() {
    let app = App::start();
    let mut listener = Listener::start(&["--forward", &app.url("/hook?from=listen")]);
    let body = b"\xff\x00{\r\n}\r\n\n";
    let headers = delivery("7", "push", body).join("\r\n");
    let head = format!(
        "POST {}?a=%20b&c='x'&&d HTTP/1.1\r\nhost: hooks.example.com\r\ntransfer-encoding: chunked\r\n\
         connection: close, x-hop\r\nx-hop: 1\r\nx-b: 1\r\nx-a: 2\r\nx-b: 3\r\nx-empty:\r\n{headers}\r\n\r\n",
        listener.path
    );
    let chunked = |rest: &[u8]| [head.as_bytes(), b"5\r\n\xff\x00{\r\n\r\n", rest, b"\r\n0\r\n\r\n"].concat();
    let forged = listener.exchange(&chunked(b"5\r\n}\r\n\n\n"));
    assert!(forged.starts_with(b"HTTP/1.1 401"), "{}", String::from_utf8_lossy(&forged));
    let request = chunked(b"4\r\n}\r\n\n");
    let (answer, seen) = thread::scope(|scope| {
        let provider = scope.spawn(|| listener.exchange(&request));
        let seen = app.answer("418 I'm a teapot");
        (provider.join().unwrap(), seen)
    });
    assert_eq!(seen.head[0], "POST /hook?from=listen&a=%20b&c='x'&&d HTTP/1.1");
    assert_eq!(seen.body, body);
    for line in [
        &format!("host: {}", app.addr()),
        "x-b: 1",
        "x-b: 3",
        "x-a: 2",
        "x-empty:",
        "x-github-delivery: 7",
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-host: hooks.example.com",
        "x-forwarded-proto: http",
        &format!("content-length: {}", body.len()),
    ] {
        assert!(seen.has(line), "{line}: {seen:?}");
    }
    for name in ["x-hop", "transfer-encoding", "connection", "accept", "user-agent"] {
        assert!(!seen.head.iter().any(|line| line.starts_with(&format!("{name}:"))), "{name}: {seen:?}");
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 418 ") && answer.contains("x-app: yes\r\n"), "{answer}");
    let rejected = json_of(&listener.printed());
    assert_eq!((&rejected["accepted"], &rejected["error"]), (&json!(false), &json!("signature_mismatch")));
    let printed = json_of(&listener.printed());
    assert_eq!(
        (&printed["accepted"], &printed["id"], &printed["event_type"]),
        (&json!(true), &json!("7"), &json!("push"))
    );
    assert_eq!(
        (&printed["forward"]["result"], &printed["forward"]["status"]),
        (&json!("answered"), &json!(418))
    );
    assert!(printed["forward"]["latency_ms"].is_f64() && printed["received_at"].is_string(), "{printed}");
}

#[test]
fn an_app_that_takes_cloudevents_gets_them_in_structured_mode() {
    let app = App::start();
    let mut listener = Listener::start(&["--forward", &app.url("/events?key=1"), "--as", "cloudevents"]);
    let body = br#"{"amount": 1.00}"#;
    let seen = thread::scope(|scope| {
        let provider = scope.spawn(|| listener.send(&listener.path, &delivery("7", "push", body), body));
        let seen = app.answer("204 No Content");
        assert_eq!(provider.join().unwrap(), "204");
        seen
    });
    assert_eq!(seen.head[0], "POST /events?key=1 HTTP/1.1");
    assert!(seen.has("content-type: application/cloudevents+json; charset=utf-8"), "{seen:?}");
    assert!(!seen.head.iter().any(|line| line.starts_with("x-hub-signature")), "{seen:?}");
    let event: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(
        (&event["specversion"], &event["id"], &event["type"], &event["source"]),
        (&json!("1.0"), &json!("7"), &json!("github-sha256.push"), &json!("urn:webhook:github-sha256"))
    );
    assert!(String::from_utf8(seen.body).unwrap().contains(r#""data":{"amount": 1.00}"#));
    drop(json_of(&listener.printed()));
}

#[test]
fn values_of_a_proxy_in_front_are_kept() {
    let app = App::start();
    let listener =
        Listener::start(&["--forward", &app.url("/"), "--public-url", "https://hooks.example.com"]);
    let more = ["x-forwarded-for: 192.0.2.1", "x-forwarded-host: a.example"].map(str::to_owned);
    let headers = [delivery("1", "push", b"{}"), more.to_vec()].concat();
    thread::scope(|scope| {
        let provider = scope.spawn(|| listener.send(&listener.path, &headers, b"{}"));
        let seen = app.answer("204 No Content");
        for line in [
            "x-forwarded-for: 192.0.2.1, 127.0.0.1",
            "x-forwarded-host: a.example",
            "x-forwarded-proto: https",
        ] {
            assert!(seen.has(line), "{line}: {seen:?}");
        }
        assert_eq!(provider.join().unwrap(), "204");
    });
}

#[test]
fn people_get_one_line_per_delivery() {
    let app = App::start();
    let mut listener = Listener::start(&["--forward", &app.url("/"), "--events", "pu*,issues", "--pretty"]);
    let send = |event: &str| listener.send(&listener.path, &delivery("1", event, b"{}"), b"{}");
    assert_eq!(send("star"), "200");
    thread::scope(|scope| {
        let provider = scope.spawn(|| send("push"));
        app.answer("500 Oops");
        assert_eq!(provider.join().unwrap(), "500");
    });
    assert_eq!(listener.send(&listener.path, &delivery("1", "push", b"{}"), b"{ }"), "401");
    let lines = [listener.printed(), listener.printed()];
    assert!(
        lines[0].contains("Z accepted: github-sha256 star, id 1") && lines[0].ends_with("-> skipped"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains(" push, ") && lines[1].contains("-> 500 in ") && lines[1].ends_with(" ms"),
        "{lines:?}"
    );
    let said = listener.said();
    assert!(said.contains("Z rejected: signature_mismatch: "), "{said}");
    assert!(app.saw_nothing());
}

#[test]
fn the_app_verifies_with_its_own_secret() {
    for slug in ["stripe", "svix", SLUG] {
        let app = App::start();
        let listener =
            Listener::listen(slug, &["--forward", &app.url("/hook"), "--resign-with", OTHER_SECRET]);
        // Signed now, because these providers sign the time.
        let body = br#"{"id":"evt_1","type":"ping"}"#;
        let args = ["sign", "--provider", slug, "--secret", SECRET, "--body", "-", "--id", "msg_1"];
        let headers: Vec<_> = run_with(&args, body).stdout.lines().map(str::to_owned).collect();
        thread::scope(|scope| {
            let provider = scope.spawn(|| listener.send(&listener.path, &headers, body));
            let seen = app.answer("200 OK");
            assert_eq!(
                (provider.join().unwrap().as_str(), seen.body.as_slice()),
                ("200", &body[..]),
                "{slug}"
            );
            let path = file(&format!("resigned-{slug}.http"), &seen.raw);
            for (secret, code) in [(OTHER_SECRET, 0), (SECRET, 1)] {
                let ran =
                    run(&["verify", "--provider", slug, "--secret", secret, "--request", &path, "--json"]);
                assert_eq!(ran.code, code, "{slug}: {ran:?}");
            }
        });
    }
}

#[test]
fn requests_in_http_2_without_tls_are_received() {
    let app = App::start();
    let mut listener = Listener::start(&["--forward", &app.url("/hook")]);
    let mut block = vec![0x83, 0x86];
    let literal = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    for (name, value) in [(0x04, &*listener.path), (0x01, "hooks.example.com")] {
        block.extend([vec![name], literal(value)].concat());
    }
    for header in delivery("7", "push", b"{}") {
        let (name, value) = header.split_once(": ").unwrap();
        block.extend([vec![0], literal(name), literal(value)].concat());
    }
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
    };
    let request = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(4, 0, 0, b""),
        frame(1, 4, 1, &block),
        frame(0, 1, 1, b"{}"),
        // The end of the connection, after the answers.
        frame(7, 0, 0, &[0; 8]),
    ]
    .concat();
    thread::scope(|scope| {
        let provider = scope.spawn(|| listener.exchange(&request));
        let seen = app.answer("200 OK");
        assert!(seen.has("x-forwarded-host: hooks.example.com"), "{seen:?}");
        assert_eq!((seen.head[0].as_str(), seen.body.as_slice()), ("POST /hook HTTP/1.1", &b"{}"[..]));
        // The first frame of the answer: settings.
        assert_eq!(provider.join().unwrap()[3], 4);
    });
    assert_eq!(json_of(&listener.printed())["id"], "7");
}

#[test]
fn an_app_that_must_not_be_forwarded_to_is_refused_at_the_start() {
    let base = ["listen", "--provider", SLUG, "--secret", SECRET, "--addr", "127.0.0.1:0"];
    let cases: [(&[&str], &str); 4] = [
        (&["--forward", "http://192.0.2.1/"], "--allow-host 192.0.2.1"),
        (&["--forward", "localhost:3000"], "expected http"),
        (&["--events", "push"], "--forward"),
        (&["--forward", "http://127.0.0.1:1/", "--resign-with", ""], "resign-with"),
    ];
    for (args, cure) in cases {
        let ran = run(&[&base, args].concat());
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
        assert!(ran.stderr.contains(cure), "{cure}: {ran:?}");
    }
    let addr = App::down();
    let args = [
        "listen",
        "--provider",
        SLUG,
        "--secret",
        SECRET,
        "--addr",
        &addr,
        "--forward",
        &format!("http://{addr}/"),
    ];
    let ran = run(&args);
    assert!(ran.code == 2 && ran.stderr.contains("is the address of this command"), "{ran:?}");
}
