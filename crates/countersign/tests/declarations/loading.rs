//! Tests of declarations in TOML.

use countersign::{Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};

const ACME: &str = r#"
slug = "acme"
name = "Acme"
doc = "https://acme.example/docs"

[scheme]
algorithm = "hmac-sha512"
content = "{header:acme-nonce}|{timestamp}|{body}|{path}"
key = { encoding = "hex", prefix = "acme_" }

[scheme.signature]
at = "header:acme-signature"
format = { list = { separator = ";", assign = "=", tags = "s|s2" } }
encoding = "base64url"

[scheme.timestamp]
at = "sig:ts"
format = "milliseconds"
tolerance = { past = 60, future = 5 }

[event]
id = "json:/meta/id"
type = "json:/meta/type"
data = "/payload"

[retries]
attempts = 8
"#;

#[test]
fn a_declaration_of_your_own_signs_and_verifies() {
    let acme = Provider::from_toml(ACME).unwrap();
    let secret = Secret::new("acme_00ff00ff").unwrap();
    let now = UnixTime::from_millis(1_700_000_000_123);
    let body = r#"{"meta":{"id":"7","type":"a"},"payload":{"x":1}}"#;
    let nonce = (http::HeaderName::from_static("acme-nonce"), http::HeaderValue::from_static("n1"));
    let request = SigningRequest::new(body, now)
        .with_url("https://me.example/hooks/acme?x=1")
        .with_header(nonce.0.clone(), nonce.1.clone());
    let mut headers = Signer::new(acme.clone(), secret.clone()).unwrap().sign(&request).unwrap();
    headers.insert(nonce.0, nonce.1);
    assert!(headers["acme-signature"].to_str().unwrap().starts_with("ts=1700000000123;s="));

    let verifier = Verifier::new(acme, secret).unwrap();
    let head = Head::new(&headers).with_url("http://other.example/hooks/acme");
    let delivery = verifier.verify(&head, body, now).unwrap();
    assert_eq!(delivery.id().unwrap().as_str(), "7");
    assert_eq!(delivery.data::<serde_json::Value>().unwrap(), serde_json::json!({"x": 1}));
    assert_eq!(delivery.timestamp().unwrap().value(), now);
    let elsewhere = Head::new(&headers).with_url("http://other.example/hooks/other");
    assert!(verifier.verify(&elsewhere, body, now).is_err());
}

#[test]
fn a_mistake_names_its_field() {
    for (from, to, field) in [
        ("hmac-sha512", "hmac-md4", "scheme.algorithm"),
        ("{body}", "{bod}", "scheme.content"),
        ("|{timestamp}", "|{id}", "event.id"),
        ("header:acme-signature", "acme-signature", "scheme.signature.at"),
        ("header:acme-signature", "header:not a name", "scheme.signature.at"),
        ("header:acme-signature", "sig:s", "scheme.signature.at"),
        ("tags = \"s|s2\"", "tags = \"\"", "scheme.signature.format"),
        ("separator = \";\"", "separator = \"\"", "scheme.signature.format"),
        ("base64url", "base58", "scheme.signature.encoding"),
        ("base64url", "text", "scheme.signature.encoding"),
        ("milliseconds", "minutes", "scheme.timestamp.format"),
        ("past = 60", "past = -1", "scheme.timestamp.tolerance"),
        ("\"json:/meta/id\"", "\"json:meta/id\"", "event.id"),
        ("\"/payload\"", "\"payload\"", "event.data"),
        ("attempts = 8", "attempt = 8", "retries.attempt"),
        ("slug = \"acme\"", "slug = \"\"", "slug"),
        ("slug = \"acme\"", "slug = \"../acme\"", "slug"),
        ("slug = \"acme\"", "slug = \"{acme}\"", "slug"),
        ("slug = \"acme\"", "slug = \"acme hooks\"", "slug"),
    ] {
        assert!(ACME.contains(from), "{from}");
        let error = Provider::from_toml(&ACME.replacen(from, to, 1)).unwrap_err();
        assert!(error.field().starts_with(field), "{from} -> {to}: {error}");
        assert_eq!(error.code(), "invalid_config");
    }
    assert!(Provider::from_toml("slug =").is_err());
}

#[test]
fn a_missing_field_is_named() {
    let documented = "doc = \"https://acme.example/docs\"\n";
    let toml = |text: &str| Provider::from_toml(text).unwrap_err().to_string();
    assert_eq!(toml("slug = \"acme\"\nname = \"Acme\""), "`doc`: missing field: every declaration has it");
    let json = Provider::from_json(r#"{"slug": "acme", "name": "Acme"}"#).unwrap_err();
    assert_eq!(json.field(), "doc");
    let of_scheme = toml(&format!("slug = \"acme\"\nname = \"Acme\"\n{documented}[scheme]"));
    assert!(
        of_scheme.starts_with("`scheme`: ") && of_scheme.ends_with("missing field `algorithm`"),
        "{of_scheme}"
    );
}

#[test]
fn every_declaration_of_the_catalogue_survives_toml() {
    for provider in providers::all() {
        let text = toml::to_string(provider).unwrap();
        assert_eq!(&Provider::from_toml(&text).unwrap(), provider, "{text}");
    }
}

#[test]
fn declarations_in_the_words_of_an_earlier_draft_load() {
    for provider in providers::all() {
        let mut declaration = toml::Table::try_from(provider).unwrap();
        let scheme = declaration["scheme"].as_table_mut().unwrap();
        if let Some(timestamp) = scheme.get_mut("timestamp") {
            rename(timestamp.as_table_mut().unwrap(), "format", "unit");
        }
        rename(scheme, "for_each", "each");
        rename(scheme, "jwt", "token");
        let text = declaration.to_string();
        assert_eq!(&Provider::from_toml(&text).unwrap(), provider, "{text}");
    }
}

fn rename(table: &mut toml::Table, from: &str, to: &str) {
    if let Some(value) = table.remove(from) {
        table.insert(to.to_owned(), value);
    }
}
