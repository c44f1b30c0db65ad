//! Measures the time of a server from the last byte of a request to its response.
//!
//! Everything except the last byte is sent in pieces, with pauses for the server to process them. Prints the median
//! in microseconds.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use bytes::Bytes;
use countersign::{Clock, SystemClock};
use countersign_benches::ours::STANDARD_WEBHOOKS;
use countersign_benches::race::median;
use countersign_benches::sample::Sender;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, bytes, times] = arguments.as_slice() else {
        eprintln!("usage: http_last_byte ADDRESS BYTES TIMES");
        std::process::exit(2);
    };
    let request = request(bytes.parse().unwrap());
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_nodelay(true).unwrap();
    let found = (0..times.parse().unwrap()).map(|_| micros(&mut connection, &request)).collect();
    println!("{:.1}", median(found));
}

fn micros(connection: &mut TcpStream, request: &[u8]) -> f64 {
    let (last, before) = request.split_last().unwrap();
    for piece in before.chunks(PIECE) {
        connection.write_all(piece).unwrap();
    }
    sleep(PAUSE);
    let start = Instant::now();
    connection.write_all(&[*last]).unwrap();
    let mut response = [0; 1024];
    let read = connection.read(&mut response).unwrap();
    let took = start.elapsed().as_secs_f64() * 1e6;
    let status = response.get(..read).unwrap();
    assert!(status.starts_with(b"HTTP/1.1 204"), "{}", String::from_utf8_lossy(status));
    took
}

fn request(bytes: usize) -> Vec<u8> {
    let body = Bytes::from(vec![b'x'; bytes]);
    let sample = Sender::find(STANDARD_WEBHOOKS).unwrap().sign(body, SystemClock.now());
    let mut head = String::from("POST / HTTP/1.1\r\n");
    for (name, value) in &sample.headers {
        write!(head, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    [format!("{head}\r\n").as_bytes(), &sample.body].concat()
}

const PIECE: usize = 32 << 10;
const PAUSE: Duration = Duration::from_millis(30);
