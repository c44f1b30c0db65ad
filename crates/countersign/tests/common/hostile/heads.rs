//! Full heads.

use countersign::scheme::{Format, Location};

use super::super::fixtures::{Fields, Fixture};

/// Returns full heads.
pub(super) fn heads_of(fixture: &Fixture) -> Vec<(String, Fields, String)> {
    let scheme = &fixture.verifier.provider().scheme;
    let mut heads = Vec::new();
    let mut push =
        |name: &str, headers: Fields| heads.push((name.to_owned(), headers, fixture.target.clone()));
    if let Location::Header(names) = &scheme.signature.at {
        let names: Vec<&str> = names.split(',').map(|name| name.trim()).collect();
        let is_signature = |name: &str| {
            names.iter().any(|wanted| match wanted.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == *wanted,
            })
        };
        let found = fixture.headers.0.iter().find(|(name, _)| is_signature(name)).cloned();
        if let Some((name, value)) = found {
            let value = String::from_utf8_lossy(&value).into_owned();
            let others: Vec<String> = (0..400).map(|number| other_signature(&value, number)).collect();
            let separator = match &scheme.signature.format {
                Format::List { separator, .. } => separator.chars().next().unwrap_or(','),
                _ => ',',
            };
            for count in [4, 15, 16, 50, 400] {
                let field = others[..count].join(&separator.to_string());
                let mut headers = fixture.headers.clone();
                set(&mut headers, &name, &field);
                push(&format!("{count} signatures"), headers);
                let mut headers = fixture.headers.clone();
                for (number, other) in others[..count].iter().enumerate() {
                    let name = match names.iter().find_map(|name| name.strip_suffix('*')) {
                        Some(start) => format!("{start}{number}"),
                        None => name.clone(),
                    };
                    headers.0.push((name, other.clone().into_bytes()));
                }
                push(&format!("{count} headers with signatures"), headers);
            }
            let mut headers = fixture.headers.clone();
            set(&mut headers, &name, &value.repeat(8_000 / value.len().max(1)));
            push("long signature", headers);
            let mut headers = fixture.headers.clone();
            set(&mut headers, &name, &separator.to_string().repeat(8_000));
            push("separators", headers);
            let mut headers = fixture.headers.clone();
            set(&mut headers, &name, &format!("{value}{}", format!("{separator}a=b").repeat(1_900)));
            push("short items", headers);
        }
    }
    for index in 0..fixture.headers.0.len() {
        for (name, piece) in [
            ("text", "a"),
            ("commas", ","),
            ("names", "a,"),
            ("spaces", " "),
            ("equal names", "content-type,"),
        ] {
            let mut headers = fixture.headers.clone();
            let (header, value) = &mut headers.0[index];
            value.extend_from_slice(piece.repeat(60_000 / piece.len()).as_bytes());
            let name = format!("long {header}: {name}");
            push(&name, headers);
        }
    }
    let mut headers = fixture.headers.clone();
    for number in 0..96 {
        headers.0.push((format!("x-{number}"), vec![b'a'; 3_500]));
    }
    push("many long headers", headers.clone());
    for (name, separator) in
        [("x-contentful-signed-headers", ","), ("x-hook0-signature", " "), ("x-hook0-signed", " ")]
    {
        let list: Vec<String> = headers.0.iter().map(|(name, _)| name.clone()).collect();
        if fixture.headers.0.iter().any(|(other, _)| other == name) {
            let mut headers = headers.clone();
            set(&mut headers, name, &list.join(separator));
            push(&format!("all headers in {name}"), headers);
        }
    }
    if scheme.message_signature.is_some() {
        for (name, headers) in message_heads(fixture) {
            push(&name, headers);
        }
    }
    for (name, piece) in [
        ("parameters", "&a=b"),
        ("escapes", "&%61=%62"),
        ("equal parameters", "&x=1"),
        ("plus signs", "+"),
        ("values", "&data.id=1&type=x"),
    ] {
        let target = format!("{}{}", fixture.target, piece.repeat(60_000 / piece.len()));
        heads.push((format!("query of {name}"), fixture.headers.clone(), target));
    }
    heads
}

/// Returns HTTP Message Signatures that cover the largest number of components, in the largest number.
fn message_heads(fixture: &Fixture) -> Vec<(String, Fields)> {
    let value = |name: &str| {
        let found = fixture.headers.0.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
    };
    let (input, signature) = (value("signature-input"), value("signature"));
    let (Some((_, input)), Some((_, signature))) = (input.split_once('='), signature.split_once('=')) else {
        return Vec::new();
    };
    let covered = input.trim_start_matches('(');
    let mut heads = Vec::new();
    for (name, components) in [
        ("same", String::new()),
        ("many components", (0..50).map(|n| format!("\"x-{n}\" ")).collect()),
        ("query parameters", (0..50).map(|n| format!("\"@query-param\";name=\"p{n}\" ")).collect()),
    ] {
        for label in [None, Some("sig1")] {
            let count = if label.is_some() { 1 } else { 16 };
            let labels: Vec<String> =
                (0..count).map(|n| label.map_or(format!("s{n}"), str::to_owned)).collect();
            let inputs: Vec<String> =
                labels.iter().map(|label| format!("{label}=({components}{covered}")).collect();
            let signatures: Vec<String> = labels
                .iter()
                .enumerate()
                .map(|(n, label)| format!("{label}={}", other_signature(signature, n)))
                .collect();
            let mut headers = fixture.headers.clone();
            set(&mut headers, "signature-input", &inputs.join(", "));
            set(&mut headers, "signature", &signatures.join(", "));
            for number in 0..60 {
                headers.0.push((format!("x-{number}"), vec![b'a'; 3_500]));
            }
            heads.push((format!("message signatures: {name}, {count}"), headers));
        }
    }
    heads
}

/// Returns a signature of the same form with other bytes.
fn other_signature(text: &str, number: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let end = bytes.iter().rposition(|byte| byte.is_ascii_alphanumeric()).unwrap_or_default();
    for (step, digit) in [number % 10, number / 10 % 10, number / 100].into_iter().enumerate() {
        if let Some(byte) = end.checked_sub(8 + step).and_then(|at| bytes.get_mut(at))
            && byte.is_ascii_alphanumeric()
        {
            *byte = b'0' + digit as u8;
        }
    }
    String::from_utf8(bytes).unwrap()
}

pub(super) fn set(headers: &mut Fields, name: &str, value: &str) {
    headers.0.retain(|(other, _)| other != name);
    headers.0.push((name.to_owned(), value.as_bytes().to_vec()));
}
