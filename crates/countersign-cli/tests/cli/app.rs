//! The app behind `listen --forward`, and the receiver of `replay`: shows the requests as they arrive.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use countersign_test_servers::refusing_addr;

/// A server that answers one request after the other.
pub(crate) struct App {
    listener: TcpListener,
}

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The lines of the head.
    pub(crate) head: Vec<String>,
    pub(crate) body: Vec<u8>,
    /// All bytes.
    pub(crate) raw: Vec<u8>,
}

impl App {
    pub(crate) fn start() -> Self {
        Self::at("127.0.0.1:0")
    }

    pub(crate) fn at(addr: &str) -> Self {
        Self { listener: TcpListener::bind(addr).unwrap() }
    }

    /// Returns an address without a listener.
    pub(crate) fn down() -> String {
        refusing_addr().to_string()
    }

    pub(crate) fn addr(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr())
    }

    /// Waits for a request, answers it, and returns it.
    pub(crate) fn answer(&self, answer: &str) -> Seen {
        let (mut stream, _) = self.listener.accept().unwrap();
        let seen = Seen::read(&mut stream);
        let head = "content-length: 0\r\nx-app: yes\r\nconnection: close";
        write!(stream, "HTTP/1.1 {answer}\r\n{head}\r\n\r\n").unwrap();
        seen
    }

    /// Takes a request, and closes the connection.
    pub(crate) fn break_off(&self) {
        let (mut stream, _) = self.listener.accept().unwrap();
        Seen::read(&mut stream);
    }

    /// Returns whether there was no connection.
    pub(crate) fn saw_nothing(&self) -> bool {
        self.listener.set_nonblocking(true).unwrap();
        self.listener.accept().is_err()
    }
}

impl Seen {
    fn read(stream: &mut TcpStream) -> Self {
        let mut raw = Vec::new();
        let mut byte = [0];
        while !raw.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            raw.push(byte[0]);
        }
        let head: Vec<_> = raw.split(|byte| *byte == b'\n').collect();
        let head: Vec<_> =
            head.iter().map(|line| String::from_utf8_lossy(line).trim_end().to_owned()).collect();
        let head: Vec<_> = head.into_iter().filter(|line| !line.is_empty()).collect();
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut body).unwrap();
        raw.extend_from_slice(&body);
        Self { head, body, raw }
    }

    pub(crate) fn has(&self, line: &str) -> bool {
        self.head.iter().any(|other| other == line)
    }
}
