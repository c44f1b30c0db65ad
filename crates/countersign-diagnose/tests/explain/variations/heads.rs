//! Headers and URLs that were changed on the way, and secrets that are stored otherwise.

use super::variation::{Variation, header, secret, url};

pub(super) fn headers() -> Vec<Variation> {
    vec![
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
    ]
}

pub(super) fn secrets() -> Vec<Variation> {
    vec![
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
        secret(
            "prefix in upper case",
            "stripe",
            "whsec_abcDEF123456",
            "WHSEC_abcDEF123456",
            &["secret_prefix_case"],
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
    ]
}

pub(super) fn urls() -> Vec<Variation> {
    vec![
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
    ]
}
