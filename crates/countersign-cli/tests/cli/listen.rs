//! Tests of `listen` over HTTP, with a provider that sends no timestamp, so that the clock does not matter.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use crate::support::{SECRET, countersign, run, signed};

/// The listening command, killed on drop.
pub(crate) struct Listener {
    child: Child,
    pub(crate) addr: String,
    pub(crate) path: String,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: BufReader<ChildStderr>,
}

impl Listener {
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::listen("github-sha256", options)
    }

    pub(crate) fn start_for(provider: &str) -> Self {
        Self::listen(provider, &[])
    }

    pub(crate) fn listen(provider: &str, options: &[&str]) -> Self {
        let mut command = countersign();
        command.args(["listen", "--provider", provider, "--secret", SECRET, "--addr", "127.0.0.1:0"]);
        command.args(options).stdout(Stdio::piped());
        Self::of(command)
    }

    /// Starts a prepared command.
    pub(crate) fn of(mut command: Command) -> Self {
        let forwards = command.get_args().any(|word| word == "--forward");
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let line = self::line(&mut stderr);
        let url = line.strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}"));
        let (addr, path) = url.split_once('/').unwrap();
        let (addr, path) = (addr.to_owned(), format!("/{path}"));
        if forwards {
            assert!(self::line(&mut stderr).starts_with("forwarding to http://"));
        }
        Self { child, addr, path, stdout, stderr }
    }

    /// Returns the next printed line.
    pub(crate) fn printed(&mut self) -> String {
        line(self.stdout.as_mut().unwrap())
    }

    /// Returns the next line on standard error.
    pub(crate) fn said(&mut self) -> String {
        line(&mut self.stderr)
    }

    /// Waits for the end, and returns the exit code.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Sends ctrl-c, and returns the exit code.
    pub(crate) fn interrupt(&mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        self.child.wait().unwrap().code()
    }

    /// Sends a delivery, and returns the status.
    pub(crate) fn send(&self, path: &str, headers: &[String], body: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.addr).unwrap();
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let (host, length) = (&self.addr, body.len());
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    }

    /// Sends bytes, and returns the whole answer.
    pub(crate) fn exchange(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.addr).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line.trim_end_matches('\n').to_owned()
}

#[test]
fn accepted_deliveries_are_lines_of_json() {
    let mut listener = Listener::start(&[]);
    assert_eq!(listener.path, "/webhooks/github-sha256");
    let accepted = r#"{"accepted":true,"provider":"github-sha256","id":"7","id_signed":false,"event_type":null,"timestamp":null,"key":"secret-1","#;
    let cases: [(&[u8], &str); 4] = [
        (b"{\n  \"b\": 1.50,\n  \"a\": []\n}", r#""body":{  "b": 1.50,  "a": []}}"#),
        (b"a=b&c=d", r#""body":"a=b&c=d"}"#),
        (b"", r#""body":""}"#),
        (b"\xff\x00", r#""body_base64":"/wA="}"#),
    ];
    for (body, shown) in cases {
        let headers = [signed("github-sha256", body), vec!["x-github-delivery: 7".to_owned()]].concat();
        assert_eq!(listener.send(&listener.path, &headers, body), "200");
        assert_eq!(listener.printed(), format!("{accepted}{shown}"));
    }
}

#[test]
fn rejected_ones_are_on_standard_error_with_kind_and_cause() {
    let mut listener = Listener::start(&["--path", "/hooks/in"]);
    let headers = signed("github-sha256", b"{}");
    assert_eq!(listener.send("/hooks/in", &headers, b"{ }"), "401");
    let said = listener.said();
    assert!(said.starts_with("rejected: signature_mismatch: signature mismatch: wrong secret"), "{said}");
    assert_eq!(listener.send("/hooks/in", &[], b"{}"), "400");
    assert_eq!(
        listener.said(),
        "rejected: missing_signature: the signature is missing: expected in header x-hub-signature-256"
    );
    assert_eq!(listener.send("/elsewhere", &headers, b"{}"), "404");
    assert_eq!(listener.said(), "not found: POST /elsewhere: the endpoint is /hooks/in");
    // None of them was printed as accepted.
    assert_eq!(listener.send("/hooks/in", &headers, b"{}"), "200");
    assert!(listener.printed().starts_with(r#"{"accepted":true,"#));
}

#[test]
fn people_get_a_sentence_and_the_body_laid_out() {
    let mut listener = Listener::start(&["--pretty"]);
    let headers = [signed("github-sha256", b"{\"a\":1}"), vec!["x-github-event: push".to_owned()]].concat();
    assert_eq!(listener.send(&listener.path, &headers, b"{\"a\":1}"), "200");
    let said: Vec<_> = (0..4).map(|_| listener.printed()).collect();
    assert_eq!(said, ["accepted: github-sha256 push, no id, key secret-1", "{", "  \"a\": 1", "}"]);
}

#[test]
fn it_ends_when_its_output_is_closed() {
    let mut listener = Listener::start(&[]);
    drop(listener.stdout.take());
    let headers = signed("github-sha256", b"{}").join("\r\n");
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n{headers}\r\n\r\n{{}}",
        listener.path
    );
    // A child of another test holds the pipe's other end between fork and exec: then a request is printed.
    let ended = (0..1000).find_map(|_| {
        // It refuses and breaks connections when it has ended.
        let _ = TcpStream::connect(&listener.addr).and_then(|mut stream| {
            stream.write_all(request.as_bytes())?;
            stream.read_to_end(&mut Vec::new())
        });
        listener.child.try_wait().unwrap()
    });
    let ended = ended.unwrap_or_else(|| listener.child.wait().unwrap());
    assert_eq!(ended.code(), Some(0));
}

#[test]
fn what_cannot_work_is_said_before_anything_is_received() {
    let secret = ["--secret", SECRET];
    let cases: [(&[&str], &str); 5] = [
        (&["--provider", "twilio-form"], "give --public-url"),
        (&["--provider", "stripe", "--path", "hooks"], "a path starts with `/`"),
        (&["--provider", "stripe", "--path", "/{id}"], "not a path of a URL"),
        (&["--provider", "stripe", "--public-url", "hooks.example.com"], "expected an origin"),
        (&["--provider", "stripe", "--addr", "nowhere"], "cannot listen on nowhere"),
    ];
    for (args, cure) in cases {
        let ran = run(&[&["listen"], args, &secret].concat());
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.stderr.contains(cure), "{cure}: {ran:?}");
    }
}
