use std::io::{Read, Write};
use std::net::TcpStream;

/// Sends `body` to a local server, and returns the status and the body of the response.
///
/// # Panics
///
/// If there is no such server, or its response is invalid.
#[must_use]
pub fn post<'h>(
    addr: &str,
    path: &str,
    headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    body: &[u8],
) -> (u64, String) {
    let headers: String = headers.into_iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Sends the head of a request that asks for `100 Continue`, without its body, and returns the first status.
pub fn ask_to_continue(addr: &str, path: &str, headers: &str) -> u16 {
    let head = format!("POST {path} HTTP/1.1\r\nhost: {addr}\r\nexpect: 100-continue\r\n{headers}\r\n");
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    String::from_utf8(answer.to_vec()).unwrap()["HTTP/1.1 ".len()..].parse().unwrap()
}
