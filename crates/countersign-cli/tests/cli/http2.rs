//! Tests of `--http2-prior-knowledge`, with an app that speaks HTTP/2 without TLS and nothing else.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, Version};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;

use crate::app::App;
use crate::listen::Listener;
use crate::support::{SECRET, run, run_with, sign_args, signed};

/// A request as it arrived.
struct Seen {
    version: Version,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

/// Starts the app at an address, and returns the requests as they arrive.
fn start(addr: &str) -> (String, Receiver<Seen>) {
    let listener = TcpListener::bind(addr).unwrap();
    listener.set_nonblocking(true).unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    let (sender, seen) = channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let sender = sender.clone();
                let service = service_fn(move |request| answer(request, sender.clone()));
                let connection = http2::Builder::new(TokioExecutor::new());
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        });
    });
    (addr, seen)
}

async fn answer(
    request: Request<Incoming>,
    sender: Sender<Seen>,
) -> Result<Response<Empty<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let (version, method, uri, headers) = (head.version, head.method, head.uri, head.headers);
    sender.send(Seen { version, method, uri, headers, body }).unwrap();
    let mut response = Response::new(Empty::new());
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().insert("x-app", http::HeaderValue::from_static("yes"));
    Ok(response)
}

#[test]
fn a_delivery_is_forwarded_over_http2_as_it_came_and_waits_for_an_app_that_is_down() {
    let addr = App::down();
    let to = format!("http://{addr}/hook?from=listen");
    let mut listener = Listener::start(&["--forward", &to, "--http2-prior-knowledge"]);
    let headers = [signed("github-sha256", b"first"), vec!["x-github-event: push".to_owned()]].concat();
    assert_eq!(listener.send(&listener.path, &headers, b"first"), "200");
    assert!(listener.said().contains("queued, 1 waiting: "));
    let (_, seen) = start(&addr);
    assert_eq!(seen.recv().unwrap().body, b"first"[..]);
    listener.printed();

    let body = b"\xff\x00{\r\n}\r\n\n";
    let signature = signed("github-sha256", body).join("\r\n");
    let (path, length) = (&listener.path, body.len());
    let head = format!(
        "POST {path}?a=%20b&&c HTTP/1.1\r\nhost: hooks.example.com\r\ncontent-length: {length}\r\n\
         connection: close, X-Hop, keep-alive\r\nx-hop: 1\r\nkeep-alive: timeout=5\r\nx-b: 1\r\nx-b: 2\r\n{signature}\r\n\r\n"
    );
    let answer = listener.exchange(&[head.as_bytes(), body].concat());
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 ") && answer.contains("x-app: yes\r\n"), "{answer}");
    let seen = seen.recv().unwrap();
    assert_eq!((seen.version, seen.method), (Version::HTTP_2, Method::POST));
    assert_eq!(seen.uri.to_string(), format!("http://{addr}/hook?from=listen&a=%20b&&c"));
    assert_eq!(seen.body, body[..]);
    assert_eq!(seen.headers.get_all("x-b").iter().collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(seen.headers["x-forwarded-host"], "hooks.example.com");
    for name in ["x-hop", "connection", "keep-alive", "host"] {
        assert!(!seen.headers.contains_key(name), "{name}");
    }
}

#[test]
fn every_command_that_sends_reaches_the_app() {
    let (addr, seen) = start("127.0.0.1:0");
    let to = format!("http://{addr}/hook");
    let sent_to = ["--secret", SECRET, "--to", &to, "--http2-prior-knowledge"];
    let ran = run(&[&["trigger", "github", "push"], &sent_to[..]].concat());
    assert!(ran.code == 0 && ran.stdout.starts_with("201 after "), "{ran:?}");
    let ran = run(&[&["simulate", "proxiant", "--event", "job.served", "--json"], &sent_to[..]].concat());
    assert_eq!((ran.code, &ran.json()["attempts"][0]["outcome"]), (0, &json!(201)), "{ran:?}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("1.http");
    let headers = run_with(&sign_args("github-sha256"), b"{}").stdout;
    std::fs::write(&file, format!("POST /hook HTTP/1.1\nhost: a\ncontent-length: 2\n{headers}\n{{}}"))
        .unwrap();
    let ran = run(&["replay", file.to_str().unwrap(), "--to", &to, "--http2-prior-knowledge"]);
    assert!(ran.code == 0 && ran.stdout.starts_with("201 after "), "{ran:?}");
    for _ in 0..3 {
        assert_eq!(seen.recv().unwrap().version, Version::HTTP_2);
    }
}

#[test]
fn a_response_of_another_protocol_comes_with_the_cure() {
    let app = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}/hook", app.local_addr().unwrap());
    let mut listener = Listener::start(&["--forward", &to]);
    let headers = signed("github-sha256", b"{}");
    let status = thread::scope(|scope| {
        let provider = scope.spawn(|| listener.send(&listener.path, &headers, b"{}"));
        let (mut stream, _) = app.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n{}") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        // SETTINGS, which an endpoint of HTTP/2 sends first, and GOAWAY.
        stream.write_all(b"\0\0\0\x04\0\0\0\0\0\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01").unwrap();
        drop(stream);
        provider.join().unwrap()
    });
    assert_eq!(status, "502");
    let printed = listener.printed();
    assert!(printed.contains("add --http2-prior-knowledge"), "{printed}");
}

#[test]
fn the_option_needs_an_app() {
    let ran = run(&["listen", "--provider", "github", "--secret", SECRET, "--http2-prior-knowledge"]);
    assert!(ran.code == 2 && ran.stderr.contains("give --forward URL, too"), "{ran:?}");
}
