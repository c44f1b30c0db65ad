//! Tests over real connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;

use countersign_tests::durable::{Scripted, Server, Stack};

use crate::support::{BODY, accepting, signed};

#[test]
fn of_a_hundred_concurrent_duplicates_one_is_stored_and_all_are_acknowledged() {
    for stack in [Stack::Axum, Stack::Actix] {
        let store = Scripted::new([]);
        let server = Server::start(stack, accepting(&store));
        for round in 1..=20 {
            let body = BODY.replace("evt_1", &format!("evt_{round}"));
            let barrier = Barrier::new(SENDERS);
            let send = || {
                let mut stream = TcpStream::connect(server.addr()).unwrap();
                let request = wire(&body);
                let (first, rest) = request.split_at(request.len() - 1);
                stream.write_all(first).unwrap();
                barrier.wait();
                stream.write_all(rest).unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).unwrap();
                answer
            };
            let answers: Vec<String> = thread::scope(|scope| {
                let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(send)).collect();
                senders.into_iter().map(|sender| sender.join().unwrap()).collect()
            });
            let new = answers.iter().filter(|answer| !answer.contains("x-webhook-duplicate: ready")).count();
            assert!(
                answers.iter().all(|answer| answer.starts_with("HTTP/1.1 200 ")),
                "{stack:?}: {answers:?}"
            );
            assert_eq!((new, store.stored().len()), (1, round), "{stack:?}");
        }
    }
}

fn wire(body: &str) -> Vec<u8> {
    let mut wire = "POST /webhooks/hook HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n".to_owned();
    for (name, value) in &signed(body).headers {
        wire.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    wire.push_str("\r\n");
    wire.push_str(body);
    wire.into_bytes()
}

const SENDERS: usize = 100;
