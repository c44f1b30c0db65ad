//! Bodies that were written again, encoded or wrapped.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::variation::{Variation, body, pretty};
use crate::sent::json;

pub(super) fn variations() -> Vec<Variation> {
    let plain = json(r#""x""#);
    // Written again by a parser that sorts keys, it stays in order.
    let ordered = pretty(&plain, b"").replace('\n', "").replace(": ", ":");
    let accents = json("\"Zoë & <Å> 100 €\"");
    let sorted = r#"{"amount":10,"currency":"EUR","id":"p_1","status":"paid"}"#;
    let natural = r#"{"id":"p_1","amount":10,"currency":"EUR","status":"paid"}"#;
    vec![
        body("keys sorted", "launchdarkly", natural, sorted, &["body_reordered"]),
        body("keys were sorted", "coinbase-commerce", sorted, natural, &["body_reordered"]),
        body(
            "pretty, two spaces",
            "calendly",
            ordered.clone(),
            pretty(&ordered, b"  "),
            &["body_pretty_printed"],
        ),
        body(
            "pretty, four spaces",
            "typeform",
            ordered.clone(),
            pretty(&ordered, b"    "),
            &["body_pretty_printed"],
        ),
        body("pretty, tabs", "intercom", ordered.clone(), pretty(&ordered, b"\t"), &["body_pretty_printed"]),
        body("pretty was signed", "box", pretty(&ordered, b"  "), ordered.clone(), &["body_minified"]),
        body(
            "pretty with CRLF was signed",
            "xero",
            pretty(&ordered, b"  ").replace('\n', "\r\n"),
            ordered.clone(),
            &["body_minified"],
        ),
        body(
            "pretty, LF became CRLF",
            "zendesk",
            pretty(&plain, b"  "),
            pretty(&plain, b"  ").replace('\n', "\r\n"),
            &["body_line_ends"],
        ),
        body(
            "pretty, CRLF became LF",
            "docusign",
            pretty(&plain, b"  ").replace('\n', "\r\n"),
            pretty(&plain, b"  "),
            &["body_line_ends"],
        ),
        body(
            "pretty, indent changed",
            "pagerduty",
            pretty(&plain, b"  "),
            pretty(&plain, b"    "),
            &["body_minified", "body_pretty_printed", "body_spaced"],
        ),
        body(
            "twice UTF-8",
            "bitbucket",
            accents.clone(),
            accents.bytes().map(char::from).collect::<String>(),
            &["body_latin_1"],
        ),
        body("twice UTF-8, Windows", "linear", json("\"5 €\""), json("\"5 â‚¬\""), &["body_latin_1"]),
        body("thrice UTF-8", "jira", json("\"é\""), json("\"ÃƒÂ©\""), &["body_latin_1"]),
        body(
            "UTF-16",
            "gitea",
            plain.clone(),
            plain.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
            &["body_utf_16"],
        ),
        body("NFD", "razorpay", json("\"é\""), json("\"e\u{301}\""), &["body_normalized"]),
        body("NFC", "launchdarkly", json("\"e\u{301}\""), json("\"é\""), &["body_normalized"]),
        body(
            "two line breaks lost",
            "shopify",
            format!("{plain}\n\n"),
            plain.clone(),
            &["body_trailing_newline"],
        ),
        body("null bytes", "buildkite", plain.clone(), format!("{plain}\0\0"), &["body_null_bytes"]),
        body("1.10", "square", json("1.10"), json("1.1"), &["body_number_format"]),
        body("1e21", "hubspot-v3", json("1000000000000000000000"), json("1e21"), &["body_number_format"]),
        body("0.000001", "asana", json("0.000001"), json("1e-6"), &["body_number_format"]),
        body(
            "float of an id",
            "shopify",
            json("4503599627370497"),
            json("4503599627370497.0"),
            &["body_number_format"],
        ),
        body(
            "date with milliseconds",
            "workos",
            plain.clone(),
            plain.replace("20Z", "20.000Z"),
            &["body_date_format"],
        ),
        body(
            "date with offset",
            "customerio",
            plain.clone(),
            plain.replace("20Z", "20+00:00"),
            &["body_date_format"],
        ),
        body(
            "as PHP writes",
            "github-sha1",
            json("\"a/b é\""),
            json("\"a\\/b \\u00e9\""),
            &["body_slash_escapes", "body_unicode_escapes"],
        ),
        body(
            "as Python writes",
            "circleci",
            json("\"a/é\""),
            json("\"a/\\u00e9\"").replace("\":", "\": ").replace(",\"", ", \""),
            &["body_spaced", "body_unicode_escapes"],
        ),
        body(
            "emoji escaped",
            "tailscale",
            json("\"😀\""),
            json("\"\\ud83d\\ude00\""),
            &["body_unicode_escapes"],
        ),
        body(
            "emoji escaped, upper case",
            "gogs",
            json("\"😀\""),
            json("\"\\uD83D\\uDE00\""),
            &["body_unicode_escapes"],
        ),
        body(
            "line separator",
            "forgejo",
            json("\"a\u{2028}b\""),
            json("\"a\\u2028b\""),
            &["body_unicode_escapes", "body_html_escapes"],
        ),
        body(
            "HTML entities, double quotes",
            "infisical",
            plain.clone(),
            plain.replace('"', "&quot;"),
            &["body_html_entities"],
        ),
        body("slashes escaped", "calendly", r#"{"a":"b/c"}"#, r#"{"a":"b\/c"}"#, &["body_slash_escapes"]),
        body(
            "escapes in lower case",
            "typeform",
            json(r#""\u00E9""#),
            json(r#""\u00e9""#),
            &["body_escape_digits"],
        ),
        body(
            "escapes in upper case",
            "box",
            json(r#""\u00e9""#),
            json(r#""\u00E9""#),
            &["body_escape_digits"],
        ),
        body("slashes stripped", "calendly", r#"{"a":"b\/c"}"#, r#"{"a":"b/c"}"#, &["body_slash_escapes"]),
        body("quotes escaped", "github-sha256", plain.clone(), plain.replace('"', "\\\""), &["body_escaped"]),
        body(
            "API gateway",
            "github-sha256",
            plain.clone(),
            format!(
                r#"{{"resource":"/","httpMethod":"POST","body":{},"isBase64Encoded":false}}"#,
                serde_json::to_string(&plain).unwrap()
            ),
            &["body_wrapped"],
        ),
        body(
            "API gateway, Base64",
            "intercom",
            plain.clone(),
            format!(r#"{{"version":"2.0","body":"{}","isBase64Encoded":true}}"#, STANDARD.encode(&plain)),
            &["body_wrapped"],
        ),
        body("URL-safe Base64", "pagerduty", plain.clone(), URL_SAFE_NO_PAD.encode(&plain), &["body_base64"]),
        body("hexadecimal", "linear", plain.clone(), const_hex::encode(&plain), &["body_hex"]),
        body(
            "percent-encoded",
            "zendesk",
            plain.clone(),
            form_urlencoded::byte_serialize(plain.as_bytes()).collect::<String>(),
            &["body_parsed_as_form", "body_percent_encoded", "form_reencoded"],
        ),
        body(
            "chunks kept",
            "xero",
            plain.clone(),
            format!("{:x}\r\n{plain}\r\n0\r\n\r\n", plain.len()),
            &["body_chunked"],
        ),
        body(
            "items in an array",
            "mux",
            plain.clone(),
            format!("[{plain}]"),
            &["body_wrapped", "body_line_breaks"],
        ),
    ]
}
