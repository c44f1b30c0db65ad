//! Checks how both frameworks treat the bytes on the wire: raw TCP against real servers, on a loopback address.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use axum::Router;
use axum::routing::any;
use countersign::receiver::Receiver;
use countersign::{Delivery, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
use countersign_actix::{ExpectHandler, VerifyWebhook};
use countersign_tower::VerifyWebhookLayer;
use http::HeaderMap;

const BODY: &str = r#"{"zen":"Keep it logically awesome."}"#;
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const ORIGIN: &str = "https://hooks.example.com";

#[test]
fn a_refused_upgrade_is_answered_at_once() {
    for (name, addr) in servers(github()) {
        let answer =
            ask(addr, &format!("POST /hook HTTP/1.1\r\nhost: x\r\n{UPGRADE}content-length: 2\r\n\r\n{{}}"));
        assert_eq!(statuses(&answer), ["400"], "{name}: {answer}");
    }
}

#[test]
fn a_signed_body_that_asks_for_an_upgrade_is_read_up_to_its_length() {
    let signed = signed_github();
    for (name, addr) in servers(github()) {
        let head = format!(
            "POST /hook HTTP/1.1\r\nhost: x\r\n{UPGRADE}{signed}content-length: {}\r\n\r\n",
            BODY.len()
        );
        let answer = ask(addr, &format!("{head}{BODY}"));
        assert_eq!(statuses(&answer), ["200"], "{name}: {answer}");
        assert!(answer.ends_with("handled 36"), "{name}: {answer}");
    }
}

/// Twilio signs the URL of a WebSocket as configured: with `wss://`, without parameters of a body.
#[test]
fn a_signed_websocket_is_upgraded() {
    let token = || Secret::new("12345").unwrap();
    let receiver = Receiver::builder(Verifier::new(&providers::TWILIO, token()).unwrap())
        .with_public_url(ORIGIN)
        .build()
        .unwrap();
    // printf wss://hooks.example.com/hook | openssl dgst -sha1 -hmac 12345 -binary | base64
    let signature = "0Wn0Zv0q6P5x8rccSvH1vjTu95Y=";
    let computed = Signer::new(&providers::TWILIO, token()).unwrap();
    let computed =
        computed.sign(&SigningRequest::new("", NOW).with_url("wss://hooks.example.com/hook")).unwrap();
    assert_eq!(computed["x-twilio-signature"], signature);
    for (name, addr) in servers(receiver) {
        let get = |signature: &str| {
            format!(
                "GET /hook HTTP/1.1\r\nhost: x\r\n{UPGRADE}sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nx-twilio-signature: {signature}\r\n\r\n"
            )
        };
        let answer = ask(addr, &get(signature));
        assert_eq!(statuses(&answer), ["101"], "{name}: {answer}");
        assert_eq!(statuses(&ask(addr, &get("c3R5bGVkIHNpZ25hdHVyZSE="))), ["401"], "{name}");
        // The signature of a WebSocket is not valid for a request to the same address.
        let plain = format!(
            "GET /hook HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-twilio-signature: {signature}\r\n\r\n"
        );
        assert_eq!(statuses(&ask(addr, &plain)), ["401"], "{name}");
    }
}

/// The path is that of the app: with its scope, its parameters, and decoded as the router decodes it.
#[test]
fn a_server_that_checks_heads_first_refuses_them_without_100_continue() {
    let addr = actix_server_that_checks_heads(github());
    let signed = signed_github();
    let post = |path: &str, lines: &str| {
        ask(addr, &format!("POST {path} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n{lines}\r\n"))
    };
    for path in ["/hook", "/hoo%6b", "/hook?a=b", "/of/acme/hook"] {
        for (lines, status) in [
            ("content-length: 2\r\n", "400"),
            ("x-hub-signature-256: none\r\ncontent-length: 2\r\n", "400"),
            (&*format!("{signed}content-length: 2000\r\n"), "413"),
        ] {
            assert_eq!(statuses(&post(path, lines)), [status], "{path}: {lines}");
        }
        let answer = post(path, &format!("{signed}content-length: {}\r\n", BODY.len()));
        assert_eq!(statuses(&answer), ["100"], "{path}");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\n{signed}content-length: {}\r\n\r\n{BODY}",
            BODY.len()
        );
        assert!(ask(addr, &head).ends_with("handled 36"), "{path}");
    }
    // Nothing is verified there.
    assert_eq!(statuses(&post("/of/acme/others", "content-length: 2\r\n"))[0], "100");
}

/// A body is never read as a request, even if the request that it belongs to is refused.
#[test]
fn a_request_in_the_body_of_a_refused_one_is_not_answered() {
    let inner = "GET /open HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let forged = format!("x-hub-signature-256: sha256={}\r\n", "0".repeat(64));
    let (len, filler) = (inner.len(), "a".repeat(2000));
    let post = |more: &str, body: &str| format!("POST /hook HTTP/1.1\r\nhost: x\r\n{more}\r\n{body}");
    let long = 2000 + len;
    for (what, request) in [
        ("refused by its head", post(&format!("content-length: {len}\r\n"), inner)),
        ("refused by its signature", post(&format!("{forged}content-length: {len}\r\n"), inner)),
        (
            "announced too large",
            post(&format!("{forged}content-length: {long}\r\n"), &format!("{filler}{inner}")),
        ),
        (
            "too large in pieces",
            post(
                &format!("{forged}transfer-encoding: chunked\r\n"),
                &format!("7d0\r\n{filler}\r\n{len:x}\r\n{inner}\r\n0\r\n\r\n"),
            ),
        ),
    ] {
        for (name, addr) in servers(github()) {
            let last = post("connection: close\r\ncontent-length: 0\r\n", "");
            let answer = converse(addr, &format!("{request}{last}"));
            assert!(!answer.contains("open") && !answer.contains("handled"), "{name}: {what}: {answer}");
            assert!(
                statuses(&answer).iter().all(|status| status.starts_with('4')),
                "{name}: {what}: {answer}"
            );
        }
    }
}

#[test]
fn nothing_but_a_signature_in_the_head_opens_the_handler() {
    let signed = signed_github();
    let forged = format!("x-hub-signature-256: sha256={}\r\n", "0".repeat(64));
    let len = BODY.len();
    let close = "host: x\r\nconnection: close\r\n";
    let methods = ["GET", "OPTIONS", "PUT", "DELETE", "TRACE", "PROPFIND"];
    let unsigned =
        methods.map(|method| (method.to_owned(), format!("{method} /hook HTTP/1.1\r\n{close}\r\n")));
    let trailer = format!(
        "POST /hook HTTP/1.1\r\n{close}transfer-encoding: chunked\r\n\r\n{len:x}\r\n{BODY}\r\n0\r\n{signed}\r\n"
    );
    let twice = format!("POST /hook HTTP/1.1\r\n{close}{signed}{forged}content-length: {len}\r\n\r\n{BODY}");
    let more = [("a trailer".to_owned(), trailer), ("two signatures".to_owned(), twice)];
    for (what, request) in unsigned.into_iter().chain(more) {
        for (name, addr) in servers(github()) {
            let answer = converse(addr, &request);
            let refused: Vec<_> = statuses(&answer);
            assert!(refused.len() == 1 && refused[0].starts_with('4'), "{name}: {what}: {answer}");
            assert!(!answer.contains("handled"), "{name}: {what}: {answer}");
        }
    }
}

/// Two lengths of one body are an error, or the body is read by its chunks and no further request is in it.
#[test]
fn a_body_with_two_lengths_is_one_request_at_most() {
    let (signed, len) = (signed_github(), BODY.len());
    let head =
        format!("{signed}content-length: {len}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n");
    let request = format!("POST /hook HTTP/1.1\r\nhost: x\r\n{head}\r\n{len:x}\r\n{BODY}\r\n0\r\n\r\n");
    for (name, addr) in servers(github()) {
        let answer = converse(addr, &request);
        assert!(statuses(&answer).len() <= 1 && !answer.contains("open"), "{name}: {answer}");
    }
}

/// Returns everything that the server sends until it closes the connection.
fn converse(addr: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // A server that refuses a request may close the connection before all of it was sent.
    let _ = stream.write_all(request.as_bytes());
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn github() -> Receiver {
    let verifier = Verifier::new(&providers::GITHUB, Secret::new("s").unwrap()).unwrap();
    Receiver::builder(verifier).with_body_limit(1000).build().unwrap()
}

fn signed_github() -> String {
    let signer = Signer::new(&providers::GITHUB, Secret::new("s").unwrap()).unwrap();
    lines(&signer.sign(&SigningRequest::new(BODY, NOW)).unwrap())
}

fn lines(headers: &HeaderMap) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap())).collect()
}

/// Returns the codes of the status lines, including interim ones.
fn statuses(answer: &str) -> Vec<&str> {
    answer.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)).collect()
}

/// Reads one response, and fails if there is none.
fn ask(addr: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut piece).unwrap_or_else(|error| panic!("{error}: {request}"));
        answer.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&answer);
        if read == 0 || text.split_once("\r\n\r\n").is_some_and(|(head, body)| body.len() >= length(head)) {
            return text.into_owned();
        }
    }
}

fn length(head: &str) -> usize {
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.map_or(0, |length| length.parse().unwrap())
}

fn servers(receiver: Receiver) -> [(&'static str, SocketAddr); 2] {
    [("axum", axum_server(receiver.clone())), ("actix", actix_server(receiver))]
}

fn axum_server(receiver: Receiver) -> SocketAddr {
    async fn handle(delivery: Delivery, request: axum::extract::Request) -> http::Response<axum::body::Body> {
        let response = http::Response::builder();
        let response = if request.headers().contains_key("sec-websocket-key") {
            response
                .status(101)
                .header("connection", "upgrade")
                .header("upgrade", "websocket")
                .body(Default::default())
        } else {
            response.body(format!("handled {}", delivery.body().len()).into())
        };
        response.unwrap()
    }
    let (sender, addr) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let hook = any(handle).layer(VerifyWebhookLayer::new(receiver));
            let app = Router::new().route("/hook", hook).route("/open", any(async || "open"));
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    addr.recv().unwrap()
}

fn actix_server(receiver: Receiver) -> SocketAddr {
    async fn handle(delivery: countersign::Delivery, request: HttpRequest) -> HttpResponse {
        if request.headers().contains_key("sec-websocket-key") {
            HttpResponse::SwitchingProtocols().upgrade("websocket").finish()
        } else {
            HttpResponse::Ok().body(format!("handled {}", delivery.body().len()))
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                let hook = web::resource("/hook")
                    .wrap(VerifyWebhook::new(receiver.clone()))
                    .route(web::route().to(handle));
                App::new().service(hook).route("/open", web::get().to(async || "open"))
            };
            HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run().await.unwrap();
        });
    });
    addr
}

fn actix_server_that_checks_heads(receiver: Receiver) -> SocketAddr {
    async fn handle(delivery: countersign::Delivery) -> String {
        format!("handled {}", delivery.body().len())
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let verify = VerifyWebhook::new(receiver);
    let expect = ["/hook", "/of/{tenant}/hook"]
        .into_iter()
        .fold(ExpectHandler::new(), |expect, path| expect.with_resource(path, verify.clone()));
    assert!(format!("{expect:?}").contains("/of/{tenant}/hook"));
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                let hook = || web::resource("/hook").wrap(verify.clone()).to(handle);
                App::new().service(hook()).service(web::scope("/of/{tenant}").service(hook()))
            };
            let server = Server::build().workers(1).disable_signals();
            expect.listen(server, listener, app).unwrap().run().await.unwrap();
        });
    });
    addr
}

const UPGRADE: &str = "connection: upgrade\r\nupgrade: websocket\r\n";
