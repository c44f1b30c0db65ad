//! The valid body of a declaration with hostile values.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::Value;

use super::super::fixtures::Fixture;
use super::common_bodies::BYTES;

/// The number of generated requests.
#[derive(Clone, Copy, PartialEq)]
pub enum Effort {
    Thorough,
    Short,
}

/// Returns the valid body with hostile values, filled up to the size.
pub(super) fn bodies_of(fixture: &Fixture, effort: Effort) -> Vec<(String, Bytes)> {
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
