//! Checks methods and request targets on the wire of both frameworks, for every declaration: raw TCP against real
//! servers, on a loopback address.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "../../../crates/countersign/tests/common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use actix_web::{App, HttpServer, guard, web};
use axum::Router;
use axum::routing::any;
use countersign::receiver::Receiver;
use countersign::{Delivery, providers};
use countersign_actix::VerifyWebhook;
use countersign_tower::VerifyWebhookLayer;
use fixtures::Fixture;
use tower::ServiceExt;

/// The header by which the servers choose a declaration. No declaration reads it.
const CHOICE: &str = "x-declaration";

#[test]
fn an_absolute_target_is_its_path_and_query_whatever_its_authority() {
    let tested = Tested::new();
    for fixture in &tested.fixtures {
        for server in &tested.servers {
            let genuine = server.send(fixture, &fixture.method, &fixture.target, true);
            assert_eq!((&*genuine.status, genuine.handled), ("200", 1), "{genuine:?}");
            for origin in ["http://evil.example", "https://hooks.example.com:8443", "HTTP://a:b@127.0.0.1"] {
                let target = format!("{origin}{}", fixture.target);
                assert_eq!(
                    server.send(fixture, &fixture.method, &target, true),
                    genuine,
                    "{}: {target}",
                    fixture.slug
                );
                let forged = server.send(fixture, &fixture.method, &target, false);
                assert!(forged.is_refused(), "{}: {target}: {forged:?}", fixture.slug);
            }
        }
    }
}

#[test]
fn a_signed_request_with_another_method_is_the_same_delivery_or_none() {
    let tested = Tested::new();
    let mut refused = Vec::new();
    for fixture in &tested.fixtures {
        let signs_method = signs_method(fixture);
        for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
            let answers = tested.servers.each_ref().map(|server| {
                let genuine = server.send(fixture, &fixture.method, &fixture.target, true);
                let other = server.send(fixture, method, &fixture.target, true);
                let name = server.name;
                if signs_method {
                    assert!(other.is_refused(), "{name}: {}: {method}: {other:?}", fixture.slug);
                } else {
                    assert_eq!(other, genuine, "{name}: {}: {method}", fixture.slug);
                }
                other
            });
            assert_eq!(answers[0], answers[1], "{}: {method}", fixture.slug);
        }
        if signs_method {
            refused.push(&*fixture.slug);
        }
    }
    assert!(refused.len() > 3, "{refused:?}");
}

#[test]
fn no_method_opens_the_handler_without_a_signature() {
    let tested = Tested::new();
    for fixture in &tested.fixtures {
        for method in ["GET", "HEAD", "PUT", "OPTIONS", "TRACE"] {
            let answers = tested.servers.each_ref().map(|server| {
                let forged = server.send(fixture, method, &fixture.target, false);
                let is_handshake = fixture
                    .verifier
                    .provider()
                    .handshakes
                    .iter()
                    .any(|handshake| handshake.method.as_str() == method);
                let name = server.name;
                assert_eq!(forged.handled, 0, "{name}: {}: {method}: {forged:?}", fixture.slug);
                assert!(
                    is_handshake || forged.is_refused(),
                    "{name}: {}: {method}: {forged:?}",
                    fixture.slug
                );
                forged
            });
            assert_eq!(answers[0], answers[1], "{}: {method}", fixture.slug);
        }
    }
}

/// Otherwise a proxy in front of the server would take the body for the next response of the connection.
#[test]
fn an_answer_to_head_has_no_body_and_the_connection_goes_on() {
    let tested = Tested::new();
    for fixture in &tested.fixtures {
        for is_signed in [true, false] {
            for server in &tested.servers {
                let head = request(fixture, "HEAD", &fixture.target, is_signed, "");
                let next = "GET /open HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
                let answer = in_turn(server.addr, &head, next.as_bytes());
                let what = format!("{}: {}, signed: {is_signed}: {answer}", server.name, fixture.slug);
                let (first, rest) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{what}"));
                // A server may close the connection after a body that it did not read.
                let is_closed = first.to_ascii_lowercase().contains("connection: close") && rest.is_empty();
                assert!(is_closed || rest.starts_with("HTTP/1.1 200"), "{what}");
                assert!(is_closed || rest.ends_with("open"), "{what}");
            }
        }
    }
}

/// Whether the method is a part of what is signed.
fn signs_method(fixture: &Fixture) -> bool {
    let scheme = &fixture.verifier.provider().scheme;
    let covers = |rules: &countersign::scheme::MessageSignatureRules| rules.components.contains("@method");
    let is_claim = scheme.checks.iter().any(|check| check.equals.as_str().contains("{method"));
    scheme.content.as_str().contains("{method")
        || is_claim
        || scheme.message_signature.as_ref().is_some_and(covers)
}

#[derive(Debug, Eq, PartialEq)]
struct Answered {
    status: String,
    body: String,
    handled: usize,
}

impl Answered {
    fn is_refused(&self) -> bool {
        self.status.starts_with('4') && self.handled == 0
    }
}

/// A request of each declaration, and the servers.
struct Tested {
    fixtures: Vec<Fixture>,
    servers: [Server; 2],
}

struct Server {
    name: &'static str,
    addr: SocketAddr,
    handled: Arc<AtomicUsize>,
}

impl Tested {
    fn new() -> Self {
        let fixtures: Vec<_> =
            providers::all().map(|provider| fixtures::of(provider).swap_remove(0)).collect();
        let receivers: Vec<_> =
            fixtures.iter().map(|fixture| (fixture.slug.clone(), receiver(fixture))).collect();
        let server = |name, start: fn(Vec<(String, Receiver)>, Arc<AtomicUsize>) -> SocketAddr| {
            let handled = Arc::new(AtomicUsize::new(0));
            Server { name, addr: start(receivers.clone(), Arc::clone(&handled)), handled }
        };
        let servers = [server("axum", axum_server), server("actix", actix_server)];
        Self { fixtures, servers }
    }
}

impl Server {
    fn send(&self, fixture: &Fixture, method: &str, target: &str, is_signed: bool) -> Answered {
        let answer =
            converse(self.addr, &request(fixture, method, target, is_signed, "connection: close\r\n"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| {
            panic!("{}: no answer to {method} {target} of {}: {answer}", self.name, fixture.slug)
        });
        let status = head.strip_prefix("HTTP/1.1 ").unwrap()[..3].to_owned();
        Answered { status, body: body.to_owned(), handled: self.handled.swap(0, Ordering::SeqCst) }
    }
}

fn receiver(fixture: &Fixture) -> Receiver {
    let builder = Receiver::builder(fixture.verifier.clone()).with_clock(fixtures::NOW);
    let builder =
        if fixture.url.is_some() { builder.with_public_url("https://hooks.example.com") } else { builder };
    builder.build().unwrap()
}

/// Returns a request as it is sent. One that is not signed has none of the headers, and another body.
fn request(fixture: &Fixture, method: &str, target: &str, is_signed: bool, more: &str) -> Vec<u8> {
    let body = if is_signed { &*fixture.body } else { b"{}" };
    let mut request =
        format!("{method} {target} HTTP/1.1\r\n{CHOICE}: {}\r\n{more}", fixture.slug).into_bytes();
    let headers = if is_signed { &*fixture.headers.0 } else { &[] };
    if !headers.iter().any(|(name, _)| name == "host") {
        request.extend_from_slice(b"host: x\r\n");
    }
    for (name, value) in headers {
        request.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    request.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    request.extend_from_slice(body);
    request
}

/// Returns everything that the server sends until it closes the connection.
fn converse(addr: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // A server that refuses a request may close the connection before all of it was sent.
    let _ = stream.write_all(request);
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends the second request after the head of the first response. Two at once confuse actix: the kind of the last one that
/// it has read decides whether the first response has a body.
fn in_turn(addr: SocketAddr, first: &[u8], second: &[u8]) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(first).unwrap();
    let (mut answer, mut piece, mut is_sent) = (Vec::new(), [0; 4096], false);
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..read]);
        if !is_sent && answer.windows(4).any(|end| end == b"\r\n\r\n") {
            let _ = stream.write_all(second);
            is_sent = true;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn describe(delivery: &Delivery, handled: &AtomicUsize) -> String {
    handled.fetch_add(1, Ordering::SeqCst);
    let (id, event_type) = (delivery.id(), delivery.event_type());
    format!("handled {} {id:?} {event_type:?}", delivery.body().len())
}

fn axum_server(receivers: Vec<(String, Receiver)>, handled: Arc<AtomicUsize>) -> SocketAddr {
    let apps = receivers.into_iter().map(|(slug, receiver)| {
        let handled = Arc::clone(&handled);
        let handle = async move |delivery: Delivery| describe(&delivery, &handled);
        (slug, Router::new().route("/in", any(handle).layer(VerifyWebhookLayer::new(receiver))))
    });
    let apps: Arc<HashMap<String, Router>> = Arc::new(apps.collect());
    let choose = async move |request: axum::extract::Request| {
        let slug = request.headers()[CHOICE].to_str().unwrap().to_owned();
        apps[&slug].clone().oneshot(request).await.unwrap()
    };
    let (sender, addr) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let app = Router::new().route("/in", any(choose)).route("/open", any(async || "open"));
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    addr.recv().unwrap()
}

fn actix_server(receivers: Vec<(String, Receiver)>, handled: Arc<AtomicUsize>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                let open = App::new().route("/open", web::get().to(async || "open"));
                receivers.iter().fold(open, |app, (slug, receiver)| {
                    let (handled, slug) = (Arc::clone(&handled), slug.clone());
                    let is_chosen = guard::fn_guard(move |context| {
                        context.head().headers().get(CHOICE).is_some_and(|chosen| chosen == &*slug)
                    });
                    let handle = move |delivery: Delivery| {
                        let answer = describe(&delivery, &handled);
                        async move { answer }
                    };
                    let wrap = VerifyWebhook::new(receiver.clone());
                    app.service(
                        web::resource("/in").guard(is_chosen).wrap(wrap).route(web::route().to(handle)),
                    )
                })
            };
            HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run().await.unwrap();
        });
    });
    addr
}
