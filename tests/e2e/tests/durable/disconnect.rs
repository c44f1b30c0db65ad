//! Tests that an accept that has started is completed after the sender disconnects.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use countersign_tests::durable::{Gate, Scripted, Server, Stack, Step};
use http_body_util::Full;
use tower::Service;

use crate::support::{BODY, accepting, run, signed};

#[test]
fn a_future_that_is_dropped_at_any_point_loses_nothing_that_was_begun() {
    let mut begun = 0;
    for polls in 0..10 {
        run(async {
            let store = Scripted::new([Step::Takes(Duration::from_secs(1))]);
            {
                let mut inbox = accepting(&store).tower();
                let request = http(&signed(BODY));
                let mut answer = pin!(inbox.call(request));
                let mut cx = Context::from_waker(Waker::noop());
                for _ in 0..polls {
                    assert!(answer.as_mut().poll(&mut cx).is_pending());
                    tokio::task::yield_now().await;
                }
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
            assert_eq!(store.stored().len(), store.asked(), "{polls}");
            assert_eq!(store.asked(), usize::from(polls > 0), "{polls}");
            begun += store.asked();
        });
    }
    assert_eq!(begun, 9);
}

#[test]
fn a_sender_who_closes_the_connection_before_the_answer_loses_nothing() {
    for stack in [Stack::Axum, Stack::Actix] {
        let gate = Gate::closed();
        let store = Scripted::new([Step::Waits(gate.clone())]);
        let server = Server::start(stack, accepting(&store));
        let mut sender = TcpStream::connect(server.addr()).unwrap();
        sender.write_all(&wire(BODY.len())).unwrap();
        until(|| store.asked() == 1);
        drop(sender);
        // A later request is answered: the server has detected the end of the connection.
        assert_eq!(ask(&server, r#"{"id":"evt_2","type":"t"}"#), 200);
        assert_eq!(store.stored().len(), 1, "{stack:?}");
        gate.open();
        until(|| store.stored().len() == 2);
    }
}

#[test]
fn a_sender_who_goes_away_in_the_middle_of_the_body_is_never_acknowledged_nor_stored() {
    for stack in [Stack::Axum, Stack::Actix] {
        let store = Scripted::new([]);
        let server = Server::start(stack, accepting(&store));
        for bytes in [0, 1, BODY.len() - 1] {
            let mut sender = TcpStream::connect(server.addr()).unwrap();
            sender.write_all(&wire(bytes)).unwrap();
            drop(sender);
        }
        assert_eq!(ask(&server, r#"{"id":"evt_2","type":"t"}"#), 200);
        let stored: Vec<_> = store.stored().into_iter().map(|event| event.external_id.unwrap()).collect();
        assert_eq!(stored, ["evt_2"], "{stack:?}");
    }
}

/// Returns the bytes of a request, with this many bytes of its body.
fn wire(bytes: usize) -> Vec<u8> {
    [head(BODY).as_bytes(), &BODY.as_bytes()[..bytes]].concat()
}

fn ask(server: &Server, body: &str) -> u16 {
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    stream.write_all(&[head(body).as_bytes(), body.as_bytes()].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn head(body: &str) -> String {
    let request = signed(body);
    let mut head = "POST /webhooks/hook HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n".to_owned();
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    head + "\r\n"
}

fn http(request: &countersign_tests::Request) -> http::Request<Full<Bytes>> {
    let mut http = http::Request::post(&request.target).body(Full::new(request.bytes())).unwrap();
    *http.headers_mut() = request.headers.clone();
    http
}

/// Waits until another thread makes the condition true.
fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "it does not become true");
        thread::yield_now();
    }
}

/// The timeout, which is reached only on failures.
const PATIENCE: Duration = Duration::from_secs(30);
