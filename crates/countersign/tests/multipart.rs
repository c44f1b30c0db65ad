//! The fields of multipart/form-data are those that the parser of axum reads.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use countersign::{Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};
use http::HeaderMap;
use multer::Multipart;
use proptest::collection;
use proptest::prelude::*;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const BOUNDARY: &str = "x-0y";

/// A part of a body: a field, or a file.
#[derive(Clone, Debug)]
struct Part {
    name: String,
    file: bool,
    quoted: bool,
    more: bool,
    value: String,
}

fn part() -> impl Strategy<Value = Part> {
    let text = prop_oneof![
        "[a-c ]{0,3}",
        Just("\r\n".to_owned()),
        Just("--".to_owned()),
        Just("--x-0y".to_owned()),
        Just("\r\n--x-0".to_owned()),
        Just("--x-0y--".to_owned()),
        Just("Content-Disposition: form-data; name=\"id\"\r\n\r\n".to_owned()),
        Just("ü€".to_owned()),
    ];
    let value = collection::vec(text, 0..4).prop_map(|pieces| pieces.concat());
    let name = prop_oneof!["id", "type", "[a-z]{1,3}"];
    (name, any::<bool>(), any::<bool>(), any::<bool>(), value).prop_map(
        |(name, file, quoted, more, value)| Part {
            name,
            file,
            quoted,
            more,
            // No sender has its boundary at the start of a line of a value.
            value: format!("\r\n{value}").replace("\r\n--x-0y", "\r\n--x-1y").split_off(2),
        },
    )
}

fn body(parts: &[Part]) -> String {
    let mut body = String::new();
    for part in parts {
        let quote = if part.quoted { "\"" } else { "" };
        body += &format!("--{BOUNDARY}\r\n");
        if part.more {
            body += "Content-Type: text/plain; charset=utf-8\r\n";
        }
        body += &format!("Content-Disposition: form-data; name={quote}{}{quote}", part.name);
        if part.file {
            body += "; filename=\"a.txt\"";
        }
        body += &format!("\r\n\r\n{}\r\n", part.value);
    }
    body + &format!("--{BOUNDARY}--\r\n")
}

/// Runs a future that waits for nothing.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// The first text of each field, as multer reads it, or nothing if the body is none to it.
fn read(body: &str) -> Option<Vec<(String, String)>> {
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from(body.to_owned()))]);
    let mut parts = Multipart::new(stream, BOUNDARY);
    let mut fields: Vec<(String, String)> = Vec::new();
    run(async {
        while let Some(field) = parts.next_field().await.ok()? {
            let (name, is_file) = (field.name()?.to_owned(), field.file_name().is_some());
            let value = field.text().await.ok()?;
            if !is_file && !fields.iter().any(|(other, _)| *other == name) {
                fields.push((name, value));
            }
        }
        Some(fields)
    })
}

fn provider() -> Provider {
    Provider::from_toml(
        "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n\
         [scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{body}'\n\
         signature = { at = 'header:x-signature', encoding = 'hex' }\n\
         [event]\nid = 'form:id'\ntype = 'form:type'",
    )
    .unwrap()
}

/// The id and the type that we read.
fn ours(body: &str) -> [Option<String>; 2] {
    let secret = || Secret::new("secret").unwrap();
    let headers: HeaderMap =
        Signer::new(provider(), secret()).unwrap().sign(&SigningRequest::new(body.to_owned(), NOW)).unwrap();
    let verifier = Verifier::new(provider(), secret()).unwrap();
    let delivery = verifier.verify(&Head::new(&headers), body.to_owned(), NOW).unwrap();
    [delivery.id(), delivery.event_type()].map(|field| field.map(|field| field.as_str().to_owned()))
}

fn theirs(fields: &[(String, String)]) -> [Option<String>; 2] {
    ["id", "type"].map(|name| {
        let value = fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
        value.filter(|value| !value.is_empty())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn fields_are_those_that_multer_reads(parts in collection::vec(part(), 1..6)) {
        let body = body(&parts);
        let fields = read(&body);
        prop_assert!(fields.is_some(), "{body}");
        prop_assert_eq!(ours(&body), theirs(&fields.unwrap()), "{}", body);
    }
}
