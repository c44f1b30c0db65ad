use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::provider::Provider;
use crate::victim::Victim;

/// A client with control over the bytes it sends and their timing.
pub struct Client(TcpStream);

/// A request in its parts.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The head, up to the empty line.
    pub head: Vec<u8>,
    /// The body, as long as the head announces.
    pub body: Vec<u8>,
}

impl Parts {
    /// Returns an event, as the provider signs it now.
    ///
    /// # Panics
    ///
    /// If the request cannot be built.
    #[must_use]
    pub fn of(provider: &Provider, id: &str) -> Self {
        let (headers, body) = provider.signed(id);
        let mut head = "POST /webhooks/proxiant HTTP/1.1\r\nhost: victim\r\nconnection: close\r\n".to_owned();
        write!(head, "content-type: application/json\r\ncontent-length: {}\r\n", body.len()).unwrap();
        for (name, value) in &headers {
            write!(head, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
        }
        head.push_str("\r\n");
        Self { head: head.into(), body: body.into() }
    }
}

impl Client {
    /// Connects.
    ///
    /// # Panics
    ///
    /// If the connection is refused.
    #[must_use]
    pub fn connect(victim: &Victim) -> Self {
        let stream = TcpStream::connect(victim.addr()).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    /// Sends bytes.
    ///
    /// # Errors
    ///
    /// An error if the server has closed the connection.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Returns the status of the response, or `None` if the server closes the connection instead.
    ///
    /// # Panics
    ///
    /// If the server does neither.
    #[must_use]
    pub fn status(mut self) -> Option<u16> {
        let mut answer = Vec::new();
        let mut chunk = [0; 1024];
        while !answer.windows(2).any(|end| end == b"\r\n") {
            match self.0.read(&mut chunk) {
                Ok(0) => return None,
                Ok(length) => answer.extend_from_slice(&chunk[..length]),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("the server neither answers nor hangs up: {error}"),
            }
        }
        String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
    }
}

const PATIENCE: Duration = Duration::from_secs(20);
