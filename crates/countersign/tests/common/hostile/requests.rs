//! Combines hostile heads and bodies to requests.

use bytes::Bytes;
use countersign::scheme::Location;

use super::super::fixtures::{Fields, Fixture};
use super::bodies::{Effort, bodies_of};
use super::common_bodies::{BYTES, COMMON, Kind};
use super::heads::{heads_of, set};

/// A request, and a description of the attack.
#[derive(Clone)]
pub struct Hostile {
    pub name: String,
    pub method: String,
    pub target: String,
    pub headers: Fields,
    pub body: Bytes,
}

/// Returns hostile requests derived from a valid one, with bodies of the kinds that the declaration parses. None of
/// them verifies, unless nothing is signed.
pub fn requests(fixture: &Fixture, effort: Effort) -> Vec<Hostile> {
    let provider = fixture.verifier.provider();
    let (scheme, content) = (&provider.scheme, provider.scheme.content.as_str());
    let in_body = |at: &Location| at.is_in_body();
    let is_form = content.contains("{form:") || matches!(scheme.signature.at, Location::Form(_));
    let is_json = content.contains("{json") || content.contains(":json-") || scheme.for_each.is_some();
    let is_json = is_json || matches!(scheme.signature.at, Location::Json(_));
    let is_token = scheme.jwt.is_some();
    let looks_in = |kind: Kind| match kind {
        Kind::Text => true,
        Kind::Json => is_json || content.contains("{headers"),
        Kind::Form => is_form,
        Kind::Token => is_token && in_body(&scheme.signature.at),
    };
    let own = if is_form || is_json || is_token { bodies_of(fixture, effort) } else { Vec::new() };
    let common = COMMON.iter().filter(|(_, kind, _)| looks_in(*kind)).map(|(name, _, body)| (*name, body));
    let mut all: Vec<Hostile> = common
        .chain(own.iter().map(|(name, body)| (name.as_str(), body)))
        .map(|(name, body)| Hostile { name: name.to_owned(), body: body.clone(), ..of(fixture) })
        .collect();
    // Handshakes are looked for in bodies of at most 64 KiB, by their type.
    if !provider.handshakes.is_empty() {
        for (name, kind, body) in COMMON.iter().filter(|(_, kind, _)| *kind != Kind::Token) {
            let content_type =
                if *kind == Kind::Form { "application/x-www-form-urlencoded" } else { "application/json" };
            for headers in [fixture.headers.clone(), Fields(Vec::new())] {
                let mut headers = headers;
                set(&mut headers, "content-type", content_type);
                let body = body.slice(..64 << 10);
                all.push(Hostile { name: format!("handshake of {name}"), headers, body, ..of(fixture) });
            }
        }
    }
    let filled = Bytes::from(fill(&fixture.body));
    all.push(Hostile { name: "filled".to_owned(), body: filled.clone(), ..of(fixture) });
    for (name, headers, target) in heads_of(fixture) {
        // The whole body is tried with each of several signatures.
        if name.contains("signatures") {
            let (headers, target, body) = (headers.clone(), target.clone(), filled.clone());
            all.push(Hostile {
                name: format!("{name} and a large body"),
                headers,
                target,
                body,
                ..of(fixture)
            });
        }
        all.push(Hostile { name, headers, target, body: Bytes::from(fixture.body.clone()), ..of(fixture) });
    }
    all
}

fn of(fixture: &Fixture) -> Hostile {
    Hostile {
        name: String::new(),
        method: fixture.method.clone(),
        target: fixture.target.clone(),
        headers: fixture.headers.clone(),
        body: Bytes::new(),
    }
}

/// Extends the valid body without a change of its kind.
fn fill(body: &[u8]) -> Vec<u8> {
    let room = BYTES - body.len();
    match body {
        [b'{', rest @ ..] if rest.len() > 1 => {
            let pad = format!("{{\"pad\":\"{}\",", "x".repeat(room - 20));
            [pad.as_bytes(), rest].concat()
        }
        [b'[', rest @ ..] => [format!("[\"{}\",", "x".repeat(room - 20)).as_bytes(), rest].concat(),
        body if body.contains(&b'=') => [body, b"&pad=", "x".repeat(room - 5).as_bytes()].concat(),
        body => [body, "x".repeat(room).as_bytes()].concat(),
    }
}
