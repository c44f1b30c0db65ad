//! Bodies that a program has trimmed, wrapped or converted, and those that no guess restores.

use super::variation::{Variation, body};
use crate::sent::json;

/// Bodies that a program has trimmed, wrapped or converted.
pub(super) fn converted() -> Vec<Variation> {
    let plain = json(r#""x""#);
    let mut all = Vec::new();
    let lines = "{\"a\":1}\n{\"b\":2}\n";
    let events = |detail: &str| format!(r#"{{"version":"0","detail-type":"hook","detail":{detail}}}"#);
    for slug in ["pagerduty", "zendesk", "typeform"] {
        all.extend([
            body("trimmed", slug, format!(" {plain} \n"), plain.clone(), &["body_white_space"]),
            body("trimmed start", slug, format!("\r\n{plain}"), plain.clone(), &["body_white_space"]),
            body("numbers as strings", slug, json("12"), json("\"12\""), &["body_number_quotes"]),
            body("strings as numbers", slug, json("\"1.5\""), json("1.5"), &["body_number_quotes"]),
            body(
                "numbers and booleans",
                slug,
                json("[true,1]"),
                json("[\"true\",\"1\"]"),
                &["body_number_quotes"],
            ),
            body("object of PHP", slug, json("{}"), json("[]"), &["body_empty_values"]),
            body("empty string of Laravel", slug, json("\"\""), json("null"), &["body_empty_values"]),
            body("lines joined", slug, lines, lines.replace('\n', ""), &["body_line_breaks"]),
            body("event bus", slug, plain.clone(), events(&plain), &["body_wrapped"]),
            body("line break decoded", slug, json("\"a\\nb\""), json("\"a\nb\""), &["body_unescaped"]),
            body("apostrophe", slug, json("\"it’s\""), json("\"it's\""), &["body_punctuation"]),
            body(
                "no-break space",
                slug,
                r#"{"a":"5\u{a0}€"}"#.replace("\\u{a0}", "\u{a0}"),
                "{\"a\":\"5 €\"}",
                &["body_punctuation"],
            ),
        ]);
    }
    all
}

/// Bodies that no guess restores: the answer says where to look.
pub(super) fn lost() -> Vec<Variation> {
    let plain = json(r#""x""#);
    let mut all = Vec::new();
    let long = json(&format!("\"{}\"", "x".repeat(5_000)));
    for slug in ["intercom", "shopify", "razorpay"] {
        let lost = |name, signed: &str, received: &str| body(name, slug, signed, received, &[]);
        all.extend([
            lost(
                "rounded",
                &json("[1234567890123456789,9876543210987654321]"),
                &json("[1234567890123456800,9876543210987655000]"),
            ),
            lost("cut", &long, long.get(..4_096).unwrap_or_default()),
            lost("empty object", &plain, "{}"),
            lost("null", &plain, "null"),
            lost("form", &plain, "id=p_1&value=x&status=paid"),
            lost("print_r", &plain, "Array\n(\n    [id] => p_1\n)\n"),
            lost("map of Java", &plain, "{id=p_1, value=x, status=paid}"),
            lost("characters of Asia", &json("\"日本語\""), &json("\"???\"")),
            lost("backslashes stripped", &json("\"a\\\"b\""), &json("\"a\"b\"")),
        ]);
    }
    all
}
