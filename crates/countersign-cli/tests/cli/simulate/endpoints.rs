//! Endpoints that are subscribed, and disabled, as the founding providers do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;

use serde_json::{Value, json};

use super::receiver;
use crate::support::{SECRET, countersign, run};

/// Sends a request to the API, and returns its answer.
fn ask(addr: &str, method: &str, path: &str, key: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[cfg(unix)]
#[test]
fn the_subscription_api_of_proxiant_is_served() {
    let (mut listener, to) = receiver("proxiant");
    let words = ["simulate", "proxiant", "--api", "127.0.0.1:0", "--rate", "1000/s", "--json"];
    let mut child = countersign().args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let (addr, key) = said
        .trim()
        .strip_prefix("listening on http://")
        .unwrap()
        .split_once("/webhooks, Authorization: Bearer ")
        .unwrap();

    assert!(ask(addr, "GET", "/webhooks", "wrong", "").starts_with("HTTP/1.1 401"));
    let wanted = json!({ "url": to, "events": ["*"], "secret": SECRET }).to_string();
    let created = ask(addr, "POST", "/webhooks", key, &wanted);
    assert!(created.starts_with("HTTP/1.1 201"), "{created}");
    let received: Vec<Value> = (0..13).map(|_| serde_json::from_str(&listener.printed()).unwrap()).collect();
    assert!(received.iter().any(|event| event["event_type"] == "webhook.test"), "{received:?}");
    let listed = ask(addr, "GET", "/webhooks", key, "");
    let (_, listed) = listed.split_once("\r\n\r\n").unwrap();
    let listed: Value = serde_json::from_str(listed).unwrap();
    let id = listed[0]["id"].as_str().unwrap();
    assert!(ask(addr, "DELETE", &format!("/webhooks/{id}"), key, "").starts_with("HTTP/1.1 204"));

    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["telemetry"]["events"], 13, "{report}");
}

/// Starts a receiver that fails until the event says that it was disabled.
fn failing_receiver() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut is_well = false;
        for mut stream in listener.incoming().flatten() {
            let (mut request, mut chunk) = (String::new(), [0; 8192]);
            while !request.trim_end().ends_with('}') {
                match stream.read(&mut chunk) {
                    Ok(read) if read > 0 => request += &String::from_utf8_lossy(&chunk[..read]),
                    _ => break,
                }
            }
            is_well |= request.contains("endpoint.disabled");
            let status = if is_well { "200 OK" } else { "500 Internal Server Error" };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    to
}

#[test]
fn redpin_recovers_an_endpoint_that_it_disabled() {
    // Ten days of events.
    let words =
        ["simulate", "redpin", "--secret", SECRET, "--count", "60", "--rate", "12/d", "--speed", "1000000"];
    let ran = run(&[&words[..], &["--to", &failing_receiver()]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    let ran = run(&[&words[..], &["--to", &failing_receiver(), "--recover"]].concat());
    assert!(ran.stderr.contains("was disabled: it is enabled again"), "{ran:?}");
    assert_eq!(ran.code, 0, "{ran:?}");
}
