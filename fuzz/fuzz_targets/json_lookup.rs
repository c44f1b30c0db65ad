//! Compares the values that a declaration finds in a JSON body with `serde_json::Value::pointer`.
//!
//! The first line of an input is the pointer of the id, the second that of the type, the rest is the body.
#![no_main]

use std::collections::HashSet;
use std::fmt;

use countersign::scheme::{Location, Scheme};
use countersign::{Head, Provider, Secret, Verifier};
use countersign_fuzz::NOW;
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::value::RawValue;

fuzz_target!(|input: &str| {
    let Some((id, rest)) = input.split_once('\n') else { return };
    let Some((event_type, body)) = rest.split_once('\n') else { return };
    // Alternatives are not comparable.
    if [id, event_type].iter().any(|pointer| pointer.is_empty() || pointer.contains('|')) {
        return;
    }
    let location = |pointer: &str| Location::try_from(format!("json:{pointer}")).ok();
    let (Some(at_id), Some(at_type)) = (location(id), location(event_type)) else { return };
    let Ok(value) = serde_json::from_str::<Value>(body) else { return };
    // Of members with the same name the first counts here, and the last there.
    if !is_unique(body) {
        return;
    }
    let provider = Provider::new("p", "P", Scheme::token("x-token")).with_id(at_id).with_event_type(at_type);
    let secret = Secret::new("token").expect("a secret");
    let Ok(verifier) = Verifier::new(provider, secret) else { return };
    let mut headers = HeaderMap::new();
    headers.insert("x-token", HeaderValue::from_static("token"));
    let delivery = verifier.verify(&Head::new(&headers), body.to_owned(), NOW).expect("the token is right");
    for (found, pointer) in [(delivery.id(), id), (delivery.event_type(), event_type)] {
        let found = found.map(|field| field.as_str()).filter(|text| !text.is_empty());
        match value.pointer(pointer) {
            Some(Value::String(text)) => {
                assert_eq!(found, Some(text.as_str()).filter(|text| !text.is_empty()), "{pointer}")
            }
            Some(expected @ (Value::Number(_) | Value::Bool(_))) => {
                let found = found.map(|text| serde_json::from_str::<Value>(text).expect("a scalar"));
                assert_eq!(found.as_ref(), Some(expected), "{pointer}");
            }
            _ => assert_eq!(found, None, "{pointer}"),
        }
    }
});

/// Returns whether no object of the document has a member twice.
fn is_unique(text: &str) -> bool {
    match text.trim_start().as_bytes().first() {
        Some(b'{') => serde_json::from_str::<Members>(text).is_ok_and(|Members(members)| {
            let names: HashSet<_> = members.iter().map(|(name, _)| name).collect();
            names.len() == members.len() && members.iter().all(|(_, raw)| is_unique(raw.get()))
        }),
        Some(b'[') => serde_json::from_str::<Vec<Box<RawValue>>>(text)
            .is_ok_and(|items| items.iter().all(|raw| is_unique(raw.get()))),
        _ => true,
    }
}

struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
