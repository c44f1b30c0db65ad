//! Tests of `listen --record`: what is recorded is read by `verify`, `explain`, `identify` and `replay`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use bytes::Bytes;
use countersign::{Secret, SecretSet, SignedRequest, Signer, SystemClock, providers};
use countersign_testkit::simulators::Sample;
use serde_json::Value;

use crate::app::App;
use crate::listen::Listener;
use crate::support::{OTHER_SECRET, SECRET, run, signed};

/// An empty directory for this test.
pub(crate) fn directory(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    path.into_os_string().into_string().unwrap()
}

/// Returns the files of a directory, in the order of their names.
pub(crate) fn files(directory: &str) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path().into_os_string().into_string().unwrap())
        .collect();
    files.sort();
    files
}

/// Returns the bytes of a request to a path.
fn request(path: &str, signed: &SignedRequest) -> Vec<u8> {
    let query = signed.url.as_deref().and_then(|url| url.split_once('?'));
    let query = query.map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let mut request = format!(
        "{} {path}{query} HTTP/1.1\r\nhost: hooks.example.com\r\nconnection: close\r\ncontent-length: {}\r\n",
        signed.method,
        signed.body.len()
    )
    .into_bytes();
    for (name, value) in &signed.headers {
        request.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    [&request, &b"\r\n"[..], &signed.body].concat()
}

/// One provider of each kind of scheme.
const KINDS: [&str; 15] = [
    "preflix",
    "redpin",
    "printprice",
    "proxiant",
    "github-sha256",
    "stripe",
    "gitlab-token",
    "twilio-form",
    "twilio-body-sha256",
    "mailgun",
    "mailgun-routes",
    "dropbox-sign",
    "pandadoc",
    "qstash",
    "messagebird",
];

#[test]
fn a_recorded_request_of_each_kind_is_verified_explained_identified_and_replayed() {
    for slug in KINDS {
        let Some(provider) = providers::find(slug) else { panic!("{slug}") };
        let set = SecretSet::new(Secret::new(SECRET).unwrap());
        let signer = Signer::new(provider.clone(), set).unwrap();
        let dir = directory(&format!("record-{slug}"));
        let origin = "https://hooks.example.com";
        let mut listener = Listener::listen(slug, &["--record", &dir, "--public-url", origin]);
        let now = countersign::Clock::now(&SystemClock);
        let mut message = Sample::new(provider, "invoice.paid").with_id("evt_1").message(now).unwrap();
        let is_opaque = slug == "github-sha256";
        if is_opaque {
            message.body = Bytes::from_static(b"\xff\x00\r\n{\r\n\n");
        } else if message.body.starts_with(b"{") {
            message.body = [&message.body[..], b"\r\n"].concat().into();
        }
        let url = format!("{origin}{}", listener.path);
        let sent = message.sign(&signer, &url, now).unwrap();
        let answer = String::from_utf8(listener.exchange(&request(&listener.path, &sent))).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{slug}: {answer}");
        let printed: Value = serde_json::from_str(&listener.printed()).unwrap();
        let [file] = &files(&dir)[..] else { panic!("{slug}: {:?}", files(&dir)) };
        assert_eq!(printed["recorded"], **file, "{slug}");
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fs::read(file).unwrap().ends_with(&[b"\r\n\r\n", &sent.body[..]].concat()), "{slug}");

        for command in ["verify", "explain"] {
            let base = [command, "--provider", slug, "--request", file, "--json", "--secret"];
            let genuine = run(&[&base[..], &[SECRET]].concat());
            assert_eq!(
                (genuine.code, &genuine.json()["accepted"]),
                (0, &Value::Bool(true)),
                "{slug}: {genuine:?}"
            );
        }
        let foreign = ["verify", "--provider", slug, "--request", file, "--secret", OTHER_SECRET];
        assert_eq!(run(&foreign).code, 1, "{slug}");
        let identified = run(&["identify", "--request", file, "--secret", SECRET, "--json"]).json();
        let is_found = |one: &Value| one["slug"] == *provider.slug && one["verified"] == true;
        assert!(identified.as_array().unwrap().iter().any(is_found), "{slug}: {identified}");

        let app = App::start();
        let to = app.url("/hook");
        let seen = std::thread::scope(|scope| {
            let replay = scope.spawn(|| run(&["replay", file, "--to", &to]));
            let seen = app.answer("200 OK");
            let ran = replay.join().unwrap();
            assert!(ran.code == 0 && ran.stdout.starts_with("200 after "), "{slug}: {ran:?}");
            seen
        });
        assert_eq!(seen.body, &sent.body[..], "{slug}");
        for (name, value) in &sent.headers {
            let line = format!("{name}: {}", value.to_str().unwrap());
            assert!(seen.has(&line), "{slug}: {line}: {seen:?}");
        }
    }
}

#[test]
fn files_sort_by_arrival_over_several_runs_and_rejected_requests_are_there_too() {
    let dir = directory("record-order");
    for _ in 0..2 {
        let listener = Listener::start(&["--record", &dir]);
        let headers = [signed("github-sha256", b"{}"), vec!["x-github-event: a/b:c".to_owned()]].concat();
        assert_eq!(listener.send(&listener.path, &headers, b"{}"), "200");
        assert_eq!(listener.send(&listener.path, &headers, b"{ }"), "401");
        // The head is enough to reject it, and the body is recorded all the same.
        assert_eq!(listener.send(&listener.path, &[], b"unsigned"), "400");
    }
    let files = files(&dir);
    let names: Vec<_> = files.iter().map(|file| file.rsplit('/').next().unwrap()).collect();
    let starts: Vec<_> = names.iter().map(|name| &name[..7]).collect();
    assert_eq!(starts, ["000001-", "000002-", "000003-", "000004-", "000005-", "000006-"]);
    for (name, verdict) in names
        .iter()
        .zip(["accepted-a_b_c", "rejected-signature_mismatch", "rejected-missing_signature"].iter().cycle())
    {
        assert!(name.contains(verdict) && name.ends_with(".http"), "{name}");
    }
    assert!(fs::read(&files[2]).unwrap().ends_with(b"\r\n\r\nunsigned"));
}

#[test]
fn a_request_whose_body_is_too_large_is_not_recorded_and_that_is_said() {
    let dir = directory("record-large");
    let mut listener = Listener::start(&["--record", &dir]);
    let body = vec![b'a'; 32 << 20];
    let headers = ["x-hub-signature-256: sha256=00".to_owned()];
    let length = body.len();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n{}\r\n\r\n",
        listener.path, headers[0]
    );
    let mut stream = std::net::TcpStream::connect(&listener.addr).unwrap();
    // The listener may answer and close before it has read everything.
    let _ = std::io::Write::write_all(&mut stream, &[head.as_bytes(), &body].concat());
    let said = [listener.said(), listener.said()];
    assert!(said.iter().any(|line| line.contains("request 1 is not recorded: ")), "{said:?}");
    assert!(files(&dir).is_empty());
}

#[test]
fn a_body_that_announces_too_much_is_refused_at_once_whatever_is_kept() {
    let dir = directory("record-announced");
    for options in [&["--record", &*dir][..], &["--explain"]] {
        let listener = Listener::start(options);
        let head = |signature: &str| {
            let path = &listener.path;
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 107374182400\r\n{signature}\r\n"
            )
        };
        // Neither sender sends the rest, or ends the connection.
        for (signature, status) in [("x-hub-signature-256: sha256=00\r\n", "413"), ("", "4")] {
            let answer = listener.exchange(head(signature).as_bytes());
            let answer = String::from_utf8_lossy(&answer).into_owned();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{options:?} {signature}: {answer}");
            assert!(!answer.starts_with("HTTP/1.1 408"), "{options:?} {signature}: {answer}");
        }
    }
    assert!(files(&dir).is_empty());
}
