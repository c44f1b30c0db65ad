//! Mistakes that people report, each on a request of another provider than those of the other tables.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::{Provider, Secret, providers};
use countersign_diagnose::{Cause, Diagnosis};
use http::HeaderName;

use crate::fixtures;
use crate::sent::{Sent, json};

/// A request with a mistake, and the causes of which one has to be named.
struct Variation {
    name: &'static str,
    sent: Sent,
    codes: &'static [&'static str],
}

fn find(slug: &str) -> &'static Provider {
    providers::find(slug).unwrap_or_else(|| panic!("{slug}"))
}

/// A body that was changed after it was signed.
fn body(
    name: &'static str,
    slug: &str,
    signed: impl Into<Vec<u8>>,
    received: impl Into<Vec<u8>>,
    codes: &'static [&'static str],
) -> Variation {
    let sent = Sent::new(find(slug), &signed.into()).unwrap_or_else(|| panic!("{slug}"));
    Variation { name, sent: sent.with_body(received), codes }
}

/// The value of a header, changed.
fn header(
    name: &'static str,
    slug: &str,
    header: Option<&str>,
    change: impl Fn(&str) -> String,
    codes: &'static [&'static str],
) -> Variation {
    let sent = Sent::new(find(slug), json("1").as_bytes()).unwrap();
    let at: HeaderName =
        header.map_or_else(|| sent.signature_header().unwrap(), |name| name.parse().unwrap());
    let value = change(&sent.header(&at));
    Variation { name, sent: sent.with_lines(&at, &[&value]), codes }
}

/// A secret that is stored otherwise.
fn secret(
    name: &'static str,
    slug: &str,
    genuine: &str,
    stored: impl Into<String>,
    codes: &'static [&'static str],
) -> Variation {
    let provider = fixtures::complete(find(slug));
    let key = Secret::new(genuine).unwrap();
    let sent = Sent::signed(&provider, key, &stored.into(), json("1").as_bytes()).unwrap();
    Variation { name, sent, codes }
}

/// A URL that was changed on the way.
fn url(name: &'static str, slug: &str, url: &str, codes: &'static [&'static str]) -> Variation {
    let content = find(slug).scheme.content.as_str();
    let body = if content.contains("{form") { "a=1&b=2".to_owned() } else { json("1") };
    let sent = Sent::new(find(slug), body.as_bytes()).unwrap();
    Variation { name, sent: Sent { url: Some(url.to_owned()), ..sent }, codes }
}

fn pretty(text: &str, indent: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent);
    serde::Serialize::serialize(&value, &mut serde_json::Serializer::with_formatter(&mut out, formatter))
        .unwrap();
    String::from_utf8(out).unwrap()
}

fn variations() -> Vec<Variation> {
    let plain = json(r#""x""#);
    // Written again by a parser that sorts keys, it stays in order.
    let ordered = pretty(&plain, b"").replace('\n', "").replace(": ", ":");
    let accents = json("\"Zoë & <Å> 100 €\"");
    let mut all = Vec::new();
    // Bodies.
    let sorted = r#"{"amount":10,"currency":"EUR","id":"p_1","status":"paid"}"#;
    let natural = r#"{"id":"p_1","amount":10,"currency":"EUR","status":"paid"}"#;
    all.extend([
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
    ]);
    // Bodies that a program has trimmed, wrapped or converted.
    let lines = "{\"a\":1}\n{\"b\":2}\n";
    let events = |detail: &str| format!(r#"{{"version":"0","detail-type":"hook","detail":{detail}}}"#);
    for slug in ["pagerduty", "zendesk", "typeform"] {
        all.extend([
            body("trimmed", slug, format!(" {plain} \n"), plain.clone(), &["body_white_space"]),
            body("trimmed start", slug, format!("\r\n{plain}"), plain.clone(), &["body_white_space"]),
            body("numbers as strings", slug, json("12"), json("\"12\""), &["body_number_quotes"]),
            body("strings as numbers", slug, json("\"1.5\""), json("1.5"), &["body_number_quotes"]),
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
    // Bodies that no guess restores: the answer says where to look.
    let long = json(&format!("\"{}\"", "x".repeat(5_000)));
    for slug in ["intercom", "shopify", "razorpay"] {
        let lost = |name, signed: &str, received: &str| body(name, slug, signed, received, &[]);
        all.extend([
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
    // Headers.
    all.extend([
        header("upper-case hexadecimal", "intercom", None, str::to_uppercase, &["signature_case"]),
        header("quotes", "zendesk", None, |v| format!("\"{v}\""), &["signature_quoted"]),
        header(
            "URL-safe Base64",
            "shopify",
            None,
            |v| v.replace('+', "-").replace('/', "_"),
            &["signature_encoding"],
        ),
        header(
            "Base64 without padding",
            "xero",
            None,
            |v| v.trim_end_matches('=').to_owned(),
            &["signature_encoding", "signature_padding"],
        ),
        header(
            "plus became space",
            "docusign",
            None,
            |v| v.replace('+', " "),
            &["signature_percent_encoded"],
        ),
        header(
            "percent-encoded",
            "woocommerce",
            None,
            |v| form_urlencoded::byte_serialize(v.as_bytes()).collect(),
            &["signature_percent_encoded"],
        ),
        header("folded", "stripe", None, |v| v.replace(',', ",\t "), &["signature_joined", "header_folded"]),
        header("Bearer", "launchdarkly", None, |v| format!("Bearer {v}"), &["signature_prefix_unexpected"]),
        header(
            "prefix twice",
            "github-sha256",
            None,
            |v| format!("sha256={v}"),
            &["signature_prefix_unexpected"],
        ),
        header("prefix cut", "pagerduty", None, |v| v.replace("v1=", ""), &["signature_prefix_missing"]),
        header(
            "milliseconds",
            "slack",
            Some("x-slack-request-timestamp"),
            |v| format!("{v}000"),
            &["timestamp_unit"],
        ),
        header(
            "RFC 3339",
            "zoom",
            Some("x-zm-request-timestamp"),
            |_| "2023-11-14T22:13:20Z".to_owned(),
            &["timestamp_unit"],
        ),
    ]);
    // Secrets.
    all.extend([
        secret("carriage return", "intercom", "abc-DEF-123", "abc-DEF-123\r\n", &["secret_trailing_newline"]),
        secret("BOM", "linear", "abc-DEF-123", "\u{feff}abc-DEF-123", &["secret_bom", "secret_white_space"]),
        secret("upper case", "pagerduty", "abc-def-123", "ABC-DEF-123", &["secret_case"]),
        secret(
            "percent-encoded",
            "zendesk",
            "abc+DEF/123==",
            "abc%2BDEF%2F123%3D%3D",
            &["secret_percent_encoded"],
        ),
        secret("whsec_ lost", "stripe", "whsec_abcdef123456", "abcdef123456", &["secret_prefix_stripped"]),
        secret(
            "single quotes and line break",
            "bitbucket",
            "abc-DEF-123",
            "'abc-DEF-123'\n",
            &["secret_quoted"],
        ),
        secret("export", "typeform", "abc-DEF-123", "export SECRET=\"abc-DEF-123\"", &["secret_with_name"]),
        secret("YAML", "asana", "abc-DEF-123", "secret: abc-DEF-123", &["secret_with_name", "secret_part"]),
        secret("no-break space", "calendly", "abc-DEF-123", "abc-DEF-123\u{a0}", &["secret_white_space"]),
        secret("zero-width space", "gitea", "abc-DEF-123", "abc-DEF-123\u{200b}", &["secret_characters"]),
        secret("dashes", "gogs", "abc-DEF-123", "abc–DEF–123", &["secret_characters"]),
        secret("escaped dollar", "forgejo", "abc$DEF-123", "abc\\$DEF-123", &["secret_escaped"]),
        secret("dollar doubled", "box", "abc$DEF-123", "abc$$DEF-123", &["secret_escaped"]),
        secret("variable not replaced", "box", "abc-DEF-123", "${WEBHOOK_SECRET}", &[]),
        secret("public key for secret", "box", "abc-DEF-123", "pk_live_abcdef123", &[]),
    ]);
    // URLs.
    all.extend([
        url(
            "port",
            "square",
            "https://hooks.example.com:443/in/hook?b=2&data.id=ab1&type=payment&a=1",
            &["url_port"],
        ),
        url(
            "inner port",
            "hubspot-v3",
            "https://hooks.example.com:8080/in/hook?b=2&data.id=ab1&type=payment&a=1",
            &["url_port"],
        ),
        url(
            "inner http and port",
            "mandrill",
            "http://localhost:3000/in/hook?b=2&data.id=ab1&type=payment&a=1",
            &["url_host", "url_scheme"],
        ),
        url(
            "double slash",
            "square",
            "https://hooks.example.com//in/hook?b=2&data.id=ab1&type=payment&a=1",
            &["url_double_slash"],
        ),
        url(
            "www",
            "mandrill",
            "https://www.hooks.example.com/in/hook?b=2&data.id=ab1&type=payment&a=1",
            &["url_host"],
        ),
    ]);
    all
}

#[test]
fn every_variation_is_named() {
    let mut wrong = Vec::new();
    let variations = variations();
    assert!(variations.len() > 60, "{}", variations.len());
    for Variation { name, sent, codes } in variations {
        let diagnosis = sent.diagnose();
        let code = diagnosis.cause().map(Cause::code);
        let is_fine = match &diagnosis {
            // Not a mistake for this provider.
            Diagnosis::Accepted => true,
            // A hint, which nothing proves.
            _ if codes.is_empty() => diagnosis.to_string().contains("this is where to look"),
            _ => code.is_some_and(|code| codes.contains(&code)),
        };
        if !is_fine {
            wrong.push(format!("{} {name}: {code:?} {diagnosis}", sent.provider.slug));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
