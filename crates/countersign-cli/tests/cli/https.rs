//! Tests of receivers behind TLS, with a certificate that the system does not know.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use crate::support::{SECRET, run};

/// A self-signed certificate of `localhost`, valid until 2126, and its key.
const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/https/certificate.pem");
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/https/key.pem");

/// Starts a receiver that accepts everything, and returns its URL.
fn receiver() -> String {
    let certificate = CertificateDer::from_pem_file(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_file(KEY).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // A sender that does not trust the certificate ends the connection.
            let _ = answer(StreamOwned::new(connection, stream));
        }
    });
    format!("https://localhost:{port}/hook")
}

fn answer(mut stream: impl Read + Write) -> std::io::Result<()> {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            if body.len() >= length.unwrap_or("0").parse().unwrap_or(0) {
                break;
            }
        }
        match stream.read(&mut chunk)? {
            0 => return Ok(()),
            read => request.extend(&chunk[..read]),
        }
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    stream.flush()
}

#[test]
fn a_receiver_with_a_certificate_of_its_own_is_checked() {
    let url = receiver();
    let words = ["check", &url, "--provider", "preflix", "--secret", SECRET, "--only", "genuine", "--json"];
    let ran = run(&[&words[..], &["--cacert", CERTIFICATE]].concat());
    assert_eq!((ran.code, &ran.json()["passed"]), (0, &json!(1)), "{ran:?}");
    let ran = run(&words);
    assert_ne!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_certificate_of_its_own_is_for_all_commands_that_send() {
    let url = receiver();
    for words in [&["trigger", "github", "push"][..], &["simulate", "preflix", "--rate", "1000/s"]] {
        let words = [words, &["--secret", SECRET, "--to", &url]].concat();
        let ran = run(&[&words[..], &["--cacert", CERTIFICATE]].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let ran = run(&["trigger", "github", "push", "--secret", SECRET, "--to", &url]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let ran = run(&["trigger", "github", "push", "--secret", SECRET, "--to", &url, "--cacert", KEY]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("no certificate"), "{ran:?}");
}
