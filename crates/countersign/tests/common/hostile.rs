//! Generates the most expensive requests that an attacker can send to each declaration: bodies of 1 MiB and full
//! heads.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use countersign::scheme::{Format, Location};
use serde_json::Value;

use super::fixtures::{Fields, Fixture};

/// A request, and a description of the attack.
#[derive(Clone)]
pub struct Hostile {
    pub name: String,
    pub method: String,
    pub target: String,
    pub headers: Fields,
    pub body: Bytes,
}

/// The size of the bodies.
pub const BYTES: usize = 1 << 20;

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
        // What is tried with each of several signatures is the whole body.
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

/// The number of generated requests.
#[derive(Clone, Copy, PartialEq)]
pub enum Effort {
    Thorough,
    Short,
}

/// The parser of a body.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Json,
    Form,
    Token,
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

/// Bodies that are independent of a declaration.
static COMMON: LazyLock<Vec<(&str, Kind, Bytes)>> = LazyLock::new(|| {
    let numbered = |before: &str, piece: &dyn Fn(usize) -> String, after: &str| {
        let mut body = before.to_owned();
        let mut number = 0;
        while body.len() + after.len() + piece(number).len() < BYTES {
            body.push_str(&piece(number));
            number += 1;
        }
        body + after
    };
    let repeated = |before: &str, piece: &str, after: &str| {
        let times = (BYTES - before.len() - after.len()) / piece.len();
        format!("{before}{}{after}", piece.repeat(times))
    };
    let deep = format!("{}0{},", r#"{"a":"#.repeat(100), "}".repeat(100));
    let part = "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x";
    let texts = [
        ("text", Kind::Text, repeated("", "x", "")),
        ("spaces", Kind::Json, repeated("", " ", "{}")),
        ("zeros", Kind::Json, repeated("", "\0", "")),
        ("padding", Kind::Text, repeated("", "\u{80}\0\0\0\0\0\0\u{0}", "")),
        ("dots and brackets", Kind::Json, repeated("", ".{", "")),
        ("dots", Kind::Json, repeated("", ".", "")),
        ("line breaks", Kind::Json, repeated("", "\n", "")),
        ("members", Kind::Json, numbered("{", &|n| format!("\"{n}\":0,"), "\"\":0}")),
        ("equal members", Kind::Json, repeated("{", "\"id\":1,", "\"\":0}")),
        ("escaped names", Kind::Json, numbered("{", &|n| format!("\"\\u0061{n}\":0,"), "\"\":0}")),
        (
            "long escaped names",
            Kind::Json,
            numbered("{", &|n| format!("\"{}{n}\":0,", "\\u0061".repeat(20)), "\"\":0}"),
        ),
        ("few long names", Kind::Json, numbered("{", &|n| format!("\"{n:0100}\":0,"), "\"\":0}")),
        (
            "few long names beyond ASCII",
            Kind::Json,
            numbered("{", &|n| format!("\"{}{n:05}\":0,", "é".repeat(50)), "\"\":0}"),
        ),
        ("numbers", Kind::Json, repeated("[", "0,", "0]")),
        ("long number", Kind::Json, repeated("", "1", "")),
        ("fractions", Kind::Json, repeated("[", "1.2345678901234567e-300,", "0]")),
        ("strings", Kind::Json, repeated("[", "\"\",", "0]")),
        ("escapes", Kind::Json, repeated("\"", "\\u0061", "\"")),
        ("surrogates", Kind::Json, repeated("[\"", "\\ud83d\\ude00", "\"]")),
        ("quotes", Kind::Json, repeated("", "\"", "")),
        ("backslashes", Kind::Json, repeated("[\"", "\\\\", "\"]")),
        ("open string", Kind::Json, repeated("{\"id\":\"", "a", "")),
        ("arrays", Kind::Json, repeated("", "[", "")),
        ("objects", Kind::Json, repeated("", "{\"a\":", "")),
        ("empty objects", Kind::Json, repeated("[", "{},", "0]")),
        ("deep objects", Kind::Json, repeated("[", &deep, "0]")),
        ("colons", Kind::Json, repeated("{\"a\":\"", ":", "\"}")),
        ("fields", Kind::Form, numbered("", &|n| format!("a{n}=&"), "")),
        ("equal fields", Kind::Form, repeated("", "a&", "")),
        ("escaped fields", Kind::Form, numbered("", &|n| format!("%61{n}=%62&"), "")),
        ("escaped field", Kind::Form, repeated("a=", "%61", "")),
        ("broken escapes", Kind::Form, repeated("a=", "%%", "")),
        ("plus signs", Kind::Form, repeated("a=", "+", "")),
        ("ampersands", Kind::Form, repeated("", "&", "")),
        ("few fields", Kind::Form, numbered("", &|n| format!("a{n}={}&", "%61".repeat(350)), "")),
        ("parts", Kind::Form, repeated("--x", part, "--\r\n")),
        ("lines of parts", Kind::Form, repeated("--x\r\n", "--x", "")),
        ("near lines of parts", Kind::Form, repeated(&format!("--{}\r\n", "a".repeat(69)), "a", "")),
        ("head of a part", Kind::Form, repeated("--x\r\n", "a: b\r\n", "\r\n\r\n1\r\n--x--")),
        (
            "parameters of a part",
            Kind::Form,
            repeated("--x\r\nContent-Disposition: form-data", "; a=b", "; name=a\r\n\r\n1\r\n--x--"),
        ),
        (
            "token",
            Kind::Token,
            format!("{}.{}.{}", "a".repeat(BYTES / 3), "a".repeat(BYTES / 3), "a".repeat(BYTES / 3)),
        ),
        ("token of brackets", Kind::Token, token(&"[".repeat(BYTES / 2), "{}")),
        (
            "token of members",
            Kind::Token,
            token(&numbered("{", &|n| format!("\"{n}\":0,"), "\"alg\":\"RS256\"}"), "{}"),
        ),
    ];
    let mut all: Vec<_> = texts
        .into_iter()
        .map(|(name, kind, text)| {
            let mut bytes = text.into_bytes();
            bytes.truncate(BYTES);
            (name, kind, Bytes::from(bytes))
        })
        .collect();
    all.push(("bytes 0x80", Kind::Text, Bytes::from(vec![0x80; BYTES])));
    let padding: Vec<u8> = std::iter::once(0x80).chain([0; 129]).cycle().take(BYTES).collect();
    all.push(("padding of hashes", Kind::Text, Bytes::from(padding)));
    all.push(("no UTF-8", Kind::Form, Bytes::from(vec![0xff; BYTES])));
    all
});

fn token(header: &str, payload: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let mut header = part(header);
    header.truncate(BYTES - 1000);
    format!("{header}.{}.{}", part(payload), "A".repeat(342))
}

/// Returns the valid body with hostile values, filled up to the size.
fn bodies_of(fixture: &Fixture, effort: Effort) -> Vec<(String, Bytes)> {
    let mut bodies = Vec::new();
    let mut push = |name: String, text: Vec<u8>| {
        if text.len() <= BYTES {
            bodies.push((name, Bytes::from(text)));
        }
    };
    if let Ok(value @ Value::Object(_)) = serde_json::from_slice::<Value>(&fixture.body) {
        let text = value.to_string();
        let room = BYTES - text.len() - 100;
        for (name, member) in MEMBERS {
            let mut members = String::new();
            let mut count = 0;
            while count < 9_800 && members.len() < room - member.len() - 20 {
                members.push_str(&member.replace("#", &format!("{count:05}")));
                count += 1;
            }
            let rest = room - members.len();
            let more = format!("{members}\"rest\":\"{}\",", "x".repeat(rest.saturating_sub(12)));
            push(format!("{name} before"), format!("{{{more}{}", &text[1..]).into_bytes());
            let before = text.trim_end_matches('}');
            let closing = &text[before.len()..];
            push(
                format!("{name} behind"),
                format!("{before}}}{},{}}}", &closing[2.min(closing.len())..], more.trim_end_matches(','))
                    .into_bytes(),
            );
        }
        let mut places = Vec::new();
        scalars(&value, "", &mut places);
        for at in places.iter().take(if effort == Effort::Thorough { 24 } else { 3 }) {
            for (name, piece) in PIECES.into_iter().take(if effort == Effort::Thorough { 7 } else { 2 }) {
                let mut changed = value.clone();
                let Some(place) = changed.pointer_mut(at) else { continue };
                *place = Value::String("PLACE".to_owned());
                let value = piece.repeat(room / piece.len());
                push(format!("{at}: {name}"), changed.to_string().replacen("PLACE", &value, 1).into_bytes());
            }
        }
        let mut arrays = Vec::new();
        array_places(&value, "", &mut arrays);
        for at in arrays {
            let item =
                value.pointer(&at).and_then(|array| array.get(0)).map(Value::to_string).unwrap_or_default();
            for most in [usize::MAX, 1_000] {
                let mut changed = value.clone();
                *changed.pointer_mut(&at).unwrap() = Value::String("PLACE".to_owned());
                let times = (room / (item.len() + 1)).min(most);
                let items = vec![item.as_str(); times].join(",");
                push(
                    format!("{at}: {times} items"),
                    changed.to_string().replacen("\"PLACE\"", &format!("[{items}]"), 1).into_bytes(),
                );
            }
            let mut changed = value.clone();
            *changed.pointer_mut(&at).unwrap() = Value::String("PLACE".to_owned());
            let times = 19_000;
            push(
                format!("{at}: numbers"),
                changed
                    .to_string()
                    .replacen("\"PLACE\"", &format!("[{}0]", "0,".repeat(times)), 1)
                    .into_bytes(),
            );
        }
    } else if fixture.body.contains(&b'=') {
        let text = String::from_utf8_lossy(&fixture.body).into_owned();
        for (name, field) in FIELDS {
            let mut more = String::new();
            let mut count = 0;
            while count < 990 && more.len() + text.len() + field.len() + 10 < BYTES {
                more.push_str(&field.replace('#', &format!("{count:04}")));
                count += 1;
            }
            let room = BYTES - text.len() - more.len() - 8;
            let long = format!("{text}{more}&z={}", "x".repeat(room));
            push(format!("{name} behind"), long.into_bytes());
        }
        for (index, (field, _)) in
            text.split('&').filter_map(|field| field.split_once('=')).enumerate().take(10)
        {
            for (name, piece) in [("text", "x"), ("escapes", "%41"), ("plus signs", "+")] {
                let fields: Vec<String> = text
                    .split('&')
                    .enumerate()
                    .map(|(at, whole)| {
                        if at == index {
                            format!("{field}={}", piece.repeat((BYTES - text.len() - 10) / piece.len()))
                        } else {
                            whole.to_owned()
                        }
                    })
                    .collect();
                push(format!("field {field}: {name}"), fields.join("&").into_bytes());
            }
        }
    } else if let Ok(text) = std::str::from_utf8(&fixture.body)
        && text.split('.').count() == 3
    {
        // The body is a token.
        let parts: Vec<&str> = text.split('.').collect();
        for at in 0..3 {
            let mut longer: Vec<String> = parts.iter().map(|&part| part.to_owned()).collect();
            longer[at].push_str(&"A".repeat((BYTES - text.len()) / 4 * 4));
            push(format!("longer part {at}"), longer.join(".").into_bytes());
        }
        let members = |end: &str| {
            format!("{{{}{end}}}", (0..60_000).map(|n| format!("\"{n}\":0,")).collect::<String>())
        };
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
        let header = header.to_string();
        let part = URL_SAFE_NO_PAD.encode(members(&header[1..header.len() - 1]));
        push("header of members".to_owned(), format!("{part}.{}.{}", parts[1], parts[2]).into_bytes());
        let part = URL_SAFE_NO_PAD.encode(members("\"a\":0"));
        push("payload of members".to_owned(), format!("{}.{part}.{}", parts[0], parts[2]).into_bytes());
    }
    bodies
}

/// Members of an object, below the limit on their number.
const MEMBERS: [(&str, &str); 6] = [
    ("members", "\"k#\":0,"),
    (
        "long members",
        "\"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk#\":0,",
    ),
    (
        "escaped members",
        "\"\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b#\":0,",
    ),
    (
        "string members",
        "\"k#\":\"\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\\u006b\",",
    ),
    ("object members", "\"k#\":{},"),
    ("number members", "\"k#\":1.23456789012345678901234567890123456789012345678901234567890123456789e-299,"),
];

const PIECES: [(&str, &str); 7] = [
    ("backslashes", "\\\\"),
    ("escapes", "\\u0061"),
    ("dots", "."),
    ("line breaks", "\\n"),
    ("colons", ":"),
    ("commas", ","),
    ("text", "a"),
];

/// Fields of a form, below the limit on their number.
const FIELDS: [(&str, &str); 5] = [
    ("fields", "&k#=v"),
    ("equal fields", "&k=v"),
    (
        "long fields",
        "&kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk#=vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv",
    ),
    (
        "escaped fields",
        "&%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b#=%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b%6b",
    ),
    (
        "no UTF-8",
        "&%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff#=%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff",
    ),
];

/// Returns full heads.
fn heads_of(fixture: &Fixture) -> Vec<(String, Fields, String)> {
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

fn set(headers: &mut Fields, name: &str, value: &str) {
    headers.0.retain(|(other, _)| other != name);
    headers.0.push((name.to_owned(), value.as_bytes().to_vec()));
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

fn scalars(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            scalars(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| scalars(value, &format!("{at}/{index}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

fn array_places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| array_places(value, &format!("{at}/{name}"), found))
        }
        Value::Array(_) => found.push(at.to_owned()),
        _ => {}
    }
}
