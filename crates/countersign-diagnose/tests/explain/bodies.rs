//! Tests of bodies that changed in transit.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::providers;

use crate::sent::{Sent, assert_named, body_signers, distinct, json, shared_body_signers};

/// A mistake, the accepted causes, the signed body, and the received body.
struct Row {
    name: &'static str,
    codes: &'static [&'static str],
    signed: String,
    received: Vec<u8>,
}

fn row(
    name: &'static str,
    codes: &'static [&'static str],
    signed: String,
    received: impl Into<Vec<u8>>,
) -> Row {
    Row { name, codes, signed, received: received.into() }
}

/// Returns the first guesses, which are tried with public keys, too.
fn quick() -> Vec<Row> {
    let plain = json(r#""x""#);
    vec![
        row(
            "line break added",
            &["body_trailing_newline", "body_white_space"],
            plain.clone(),
            format!("{plain}\n"),
        ),
        row("line break lost", &["body_trailing_newline"], format!("{plain}\n"), plain.clone()),
        row(
            "CRLF lost",
            &["body_trailing_newline", "body_line_breaks"],
            format!("{plain}\r\n"),
            plain.clone(),
        ),
        row("byte order mark", &["body_bom"], plain.clone(), format!("\u{feff}{plain}")),
        row("in a string", &["body_json_string"], plain.clone(), serde_json::to_string(&plain).unwrap()),
        row("Base64", &["body_base64"], plain.clone(), STANDARD.encode(&plain)),
        row("signed while empty", &["body_empty_when_signed"], String::new(), plain),
    ]
}

fn all() -> Vec<Row> {
    let plain = json(r#""x""#);
    let spaced = plain.replace("\":", "\": ").replace(",\"", ", \"");
    let accents = json("\"café & <b> it's +1/2\"");
    let escaped = accents.replace('é', "\\u00e9");
    let number = &["body_number_format"];
    let buffer: Vec<String> = plain.bytes().map(|byte| byte.to_string()).collect();
    let buffer = format!(r#"{{"type":"Buffer","data":[{}]}}"#, buffer.join(","));
    let python = spaced.replace('"', "'");
    let mut rows = quick();
    rows.extend([
        row("spaces lost", &["body_minified"], spaced.clone(), plain.clone()),
        row("spaces added", &["body_spaced"], plain.clone(), spaced.clone()),
        row("1.0", number, json("1.0"), json("1")),
        row("1.00", number, json("1.00"), json("1")),
        row("12.50", number, json("12.50"), json("12.5")),
        row("1e5", number, json("1e5"), json("100000")),
        row("1E+05", number, json("1E+05"), json("100000")),
        row("1.0E7", number, json("1.0E7"), json("10000000")),
        row("some of several", number, json("[1.0,2,3.0]"), json("[1,2,3]")),
        row("rounded", &["body_number_rounded"], json("1234567890123456789"), json("1234567890123456800")),
        row(
            "spaces and 1.0",
            &["body_minified", "body_number_format"],
            json("1.0").replace("\":", "\": ").replace(",\"", ", \""),
            json("1"),
        ),
        row("ASCII", &["body_characters_replaced"], json("\"café\""), json("\"caf?\"")),
        row("ASCII, bytes", &["body_characters_replaced"], json("\"Zürich\""), json("\"Z??rich\"")),
        row("U+FFFD", &["body_characters_replaced"], json("\"naïve\""), json("\"na\u{fffd}ve\"")),
        row(
            "ASCII, two",
            &["body_characters_replaced"],
            json("\"café in München\""),
            json("\"caf? in M?nchen\""),
        ),
        row("escapes gone", &["body_unicode_escapes"], escaped.clone(), accents.clone()),
        row("escapes new", &["body_unicode_escapes"], accents.clone(), escaped.clone()),
        row("slashes", &["body_slash_escapes"], accents.replace('/', "\\/"), accents.clone()),
        row(
            "Go",
            &["body_html_escapes"],
            accents.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e"),
            accents.clone(),
        ),
        row(
            ".NET",
            &["body_html_escapes"],
            accents
                .replace('&', "\\u0026")
                .replace('<', "\\u003C")
                .replace('>', "\\u003E")
                .replace('\'', "\\u0027")
                .replace('+', "\\u002B")
                .replace('é', "\\u00E9"),
            accents.clone(),
        ),
        row(
            "HTML entities",
            &["body_html_entities"],
            accents.clone(),
            accents.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;"),
        ),
        row(
            "nulls",
            &["body_nulls_added"],
            plain.clone(),
            plain.replace("\"value\":", "\"y\":null,\"value\":"),
        ),
        row("buffer", &["body_printed"], plain.clone(), buffer),
        row("bytes of Python", &["body_printed"], plain.clone(), format!("b'{plain}'")),
        row("dictionary of Python", &["body_printed"], spaced, python),
        row("parsed as a form", &["body_parsed_as_form"], plain.clone(), format!("{plain}=")),
        row("object", &["body_not_serialized"], plain, "[object Object]"),
        row(
            "Latin-1",
            &["body_latin_1"],
            json("\"café\""),
            json("\"café\"").chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect::<Vec<_>>(),
        ),
    ]);
    rows
}

/// Makes the mistake on a request of the provider. Returns `None` if the provider sends no such body.
fn made(provider: &countersign::Provider, row: &Row) -> Option<Sent> {
    Some(Sent::new(provider, row.signed.as_bytes())?.with_body(row.received.clone()))
}

#[test]
fn the_usual_mistakes_with_a_body_are_named_for_every_declaration_with_a_shared_secret() {
    let signers = shared_body_signers();
    assert!(signers.len() > 100, "{}", signers.len());
    for row in quick() {
        for sent in signers.iter().filter_map(|provider| made(provider, &row)) {
            assert_named(row.name, &sent, row.codes);
        }
    }
}

#[test]
fn every_mistake_with_a_body_is_named_for_every_way_to_sign_one() {
    let signers = distinct(shared_body_signers());
    assert!(signers.len() > 10, "{}", signers.len());
    for row in all() {
        for sent in signers.iter().filter_map(|provider| made(provider, &row)) {
            assert_named(row.name, &sent, row.codes);
        }
    }
}

#[test]
fn the_usual_mistakes_with_a_body_are_named_for_every_declaration_with_a_pair_of_keys() {
    let signers: Vec<_> =
        body_signers().into_iter().filter(|provider| provider.scheme.algorithm.is_asymmetric()).collect();
    assert!(signers.len() > 5, "{}", signers.len());
    for row in quick() {
        for sent in signers.iter().filter_map(|provider| made(provider, &row)) {
            assert_named(row.name, &sent, row.codes);
        }
    }
}

#[test]
fn lost_line_breaks_of_a_list_of_events_are_named() {
    let events = ["{\"event\":\"a\",\"sg_event_id\":\"1\"}", "{\"event\":\"b\",\"sg_event_id\":\"2\"}"];
    let received = format!("[{}]", events.join(","));
    for signed in [
        format!("[{}]\r\n", events.join(",\r\n")),
        format!("[{}]", events.join(",\n")),
        format!("[\n{}\n]\n", events.join(",\n")),
        format!("{}\n", events.join("\n")),
    ] {
        for provider in [&providers::SENDGRID, &providers::GITHUB, &providers::SVIX] {
            let sent = Sent::new(provider, signed.as_bytes()).unwrap().with_body(received.clone());
            assert_named("lines", &sent, &["body_line_breaks"]);
        }
    }
}

#[test]
fn forms_that_were_changed_are_named() {
    let form = "Body=hi+there&From=%2B1415&To=a+b";
    let rows: [(&str, &[&str], &str, &str); 5] = [
        ("order", &["form_reencoded"], "b=1&c=2&a=3", "a=3&b=1&c=2"),
        ("encoding", &["form_reencoded"], form, "Body=hi%20there&From=%2B1415&To=a%20b"),
        ("JSON", &["form_parsed"], "a=1&b=x+y", r#"{"a":"1","b":"x y"}"#),
        ("payload", &["form_unwrapped"], "payload=%7B%22a%22%3A%22b+c%22%7D", r#"{"a":"b c"}"#),
        ("decoded", &["form_reencoded"], "a=%2B1", "a=+1"),
    ];
    for (name, codes, signed, received) in rows {
        for provider in [&providers::SLACK, &providers::GITHUB, &providers::HUBSPOT] {
            let sent = Sent::new(provider, signed.as_bytes()).unwrap().with_body(received);
            assert_named(name, &sent, codes);
        }
    }
    // Its plus sign became a space.
    let sent = Sent::new(&providers::TWILIO, b"From=%2B1415").unwrap().with_body("From=+1415");
    assert_named("plus", &sent, &["form_reencoded"]);
    let sent = Sent::new(&providers::TWILIO, b"From=%2B1415&Body=a").unwrap();
    let sent = sent.with_body(r#"{"From":"+1415","Body":"a"}"#);
    assert_named("JSON of a form", &sent, &["form_parsed"]);
}
