//! Tests of `trigger`, with `listen` as the receiver.

use std::io::{Read, Write};
use std::net::TcpListener;

use countersign_test_servers::refusing_addr;
use serde_json::{Value, json};

use crate::listen::Listener;
use crate::support::{OTHER_SECRET, SECRET, countersign, file, run, run_command};

#[test]
fn an_event_arrives_with_its_type_its_id_and_the_given_values() {
    let mut listener = Listener::start(&[]);
    let to = format!("http://{}{}", listener.addr, listener.path);
    let ran = run(&[
        "trigger",
        "github",
        "push",
        "--secret",
        SECRET,
        "--to",
        &to,
        "--id",
        "d-1",
        "--set",
        "ref=refs/heads/main",
        "--set",
        "/repository/id=7",
        "--json",
    ]);
    let report = ran.json();
    assert_eq!(
        (ran.code, &report["status"], &report["acknowledged"]),
        (0, &json!(200), &json!(true)),
        "{ran:?}"
    );
    let received: Value = serde_json::from_str(&listener.printed()).unwrap();
    assert_eq!((&received["id"], &received["event_type"]), (&json!("d-1"), &json!("push")), "{received}");
    assert_eq!(received["body"]["ref"], "refs/heads/main");
    assert_eq!(received["body"]["repository"]["id"], 7);
}

#[test]
fn a_refused_event_is_exit_code_1_with_the_response() {
    let listener = Listener::start(&[]);
    let to = format!("http://{}{}", listener.addr, listener.path);
    let ran = run(&["trigger", "github", "push", "--secret", OTHER_SECRET, "--to", &to]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.starts_with("401 after ") && ran.stdout.contains("signature_mismatch"), "{ran:?}");
}

#[test]
fn a_receiver_that_is_not_there_is_exit_code_1_with_the_reason() {
    let to = format!("http://{}/", refusing_addr());
    let ran = run(&["trigger", "stripe", "invoice.paid", "--secret", SECRET, "--to", &to, "--json"]);
    let report = ran.json();
    assert_eq!((ran.code, &report["status"]), (1, &Value::Null), "{ran:?}");
    assert!(report["error"].as_str().unwrap().contains("refused"), "{report}");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}/in", receiver.local_addr().unwrap());
    let location = elsewhere.local_addr().unwrap();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = receiver.accept().unwrap();
        let mut start = [0; 4096];
        let _ = stream.read(&mut start).unwrap();
        let answer = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{location}/\r\ncontent-length: 0\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let ran = run(&["trigger", "github", "push", "--secret", SECRET, "--to", &to, "--json"]);
    answering.join().unwrap();
    assert_eq!((ran.code, &ran.json()["status"]), (1, &json!(307)), "{ran:?}");
    elsewhere.set_nonblocking(true).unwrap();
    assert!(elsewhere.accept().is_err(), "the redirect was followed");
}

/// Otherwise a proxy of the environment would read the request, and send it anywhere.
#[test]
fn a_proxy_of_the_environment_is_not_used() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let through = format!("http://{}/", proxy.local_addr().unwrap());
    let mut listener = Listener::start(&[]);
    let to = format!("http://{}{}", listener.addr, listener.path);
    let mut command = countersign();
    command.args(["trigger", "github", "push", "--secret", SECRET, "--to", &to]);
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, &through);
    }
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    let ran = run_command(command, b"");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(listener.printed().contains("push"));
    proxy.set_nonblocking(true).unwrap();
    assert!(proxy.accept().is_err(), "the proxy was used");
}

#[test]
fn only_this_machine_is_sent_to() {
    let ran = run(&["trigger", "stripe", "invoice.paid", "--secret", SECRET, "--to", "http://192.0.2.1/in"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("--allow-host 192.0.2.1"), "{ran:?}");
}

#[test]
fn a_declaration_in_a_file_needs_no_slug() {
    let to = format!("http://{}/", refusing_addr());
    let scheme = crate::support::ACME;
    let ran = run(&["trigger", "parcel.sent", "--scheme", scheme, "--secret", SECRET, "--to", &to, "--json"]);
    assert_eq!((ran.code, &ran.json()["provider"]), (1, &json!("acme")), "{ran:?}");
}

#[test]
fn a_parameter_that_is_signed_is_asked_for() {
    let scheme = r#"
slug = "acme"
name = "Acme"
doc = "https://acme.example/docs"

[scheme]
algorithm = "hmac-sha256"
content = "{query:tenant}.{body}"
signature = { at = "header:acme-signature", format = { value = {} }, encoding = "hex" }

[event]
type = "json:/type"
"#;
    let scheme = file("parameter.toml", scheme.as_bytes());
    let words =
        ["trigger", "parcel.sent", "--scheme", &scheme, "--secret", SECRET, "--to", "http://127.0.0.1:1/"];
    let ran = run(&words);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.stderr.contains("the parameter `tenant` of the query is missing: add it to --to, or to --url"),
        "{ran:?}"
    );
}
