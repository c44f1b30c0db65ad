//! Tests of declaration files, and of the errors for mistakes in them.
#![cfg(feature = "toml")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

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
    let missing = Provider::from_toml("slug = \"acme\"").unwrap_err();
    assert!(missing.to_string().contains("missing field"), "{missing}");
}

/// With any of these contents, one recorded signature would be valid for every body.
#[test]
fn a_declaration_whose_content_signs_nothing_does_not_load() {
    let declared = |content: &str| {
        format!(
            r#"
            slug = "x"
            name = "X"
            doc = "d"
            [scheme]
            algorithm = "hmac-sha256"
            content = "{content}"
            signature = {{ at = "header:x-sig", encoding = "hex" }}
            "#
        )
    };
    for content in ["", "a constant", "{form:php-serialize}", "v0:{method}"] {
        let refused =
            Provider::from_toml(&declared(content)).map(drop).map_err(|error| error.field().to_owned());
        let is_refused = matches!(&refused, Err(field) if field == "scheme.content");
        assert!(is_refused, "{content:?}: {refused:?}");
    }
    assert!(Provider::from_toml(&declared("{body}")).is_ok());
}

/// The secret is hashed where the declaration says so, or the declaration does not load.
#[test]
fn a_secret_that_would_not_be_hashed_or_compared_is_refused() {
    let declared = |content: &str, checks: &str| {
        let toml = format!(
            r#"
            slug = "x"
            name = "X"
            doc = "d"
            [scheme]
            algorithm = "sha256"
            content = "{content}"
            signature = {{ at = "header:x-sig", encoding = "hex" }}
            checks = [{checks}]
            "#
        );
        Provider::from_toml(&toml).map(drop).map_err(|error| error.field().to_owned())
    };
    let refused = |field: &str| Err(field.to_owned());
    for content in [
        "{?{secret}:?}{body}",
        "{body}{?.{secret}?}",
        "{?{header:x-a}{secret}?}{body}{secret}",
        "{secret}{method}{secret}{body}",
        "{body}{secret}{secret}",
    ] {
        assert_eq!(declared(content, ""), refused("scheme.content"), "{content}");
    }
    for content in
        ["{secret}{body}", "{body}{secret}", "{secret}{body}{secret}", "{?{header:x-a}:?}{secret}{body}"]
    {
        assert_eq!(declared(content, ""), Ok(()), "{content}");
    }
    for equals in ["{secret}", "a{secret}", "{secret}{body}"] {
        let check = format!(r#"{{ at = "header:x-token", equals = "{equals}" }}"#);
        assert_eq!(declared("{secret}{body}", &check), refused("scheme.checks.equals"), "{equals}");
    }
    for (equals, field) in [("{id}", "event.id"), ("{timestamp}", "scheme.timestamp")] {
        let check = format!(r#"{{ at = "header:x-token", equals = "{equals}" }}"#);
        assert_eq!(declared("{secret}{body}", &check), refused(field), "{equals}");
    }
}

/// The body that is signed through one of several values in it could have any others.
#[test]
fn a_check_that_one_of_several_values_passes_binds_no_body() {
    let declared = |separator: &str| {
        let toml = format!(
            r#"
            slug = "x"
            name = "X"
            doc = "d"
            [scheme]
            algorithm = "hmac-sha256"
            content = "{{header:x-body}}"
            signature = {{ at = "header:x-sig", encoding = "hex" }}
            checks = [{{ at = "header:x-body", equals = "{{body}}", separator = "{separator}" }}]
            "#
        );
        Provider::from_toml(&toml).unwrap()
    };
    let (now, secret) = (UnixTime::from_secs(0), || Secret::new("s3cret").unwrap());
    for (separator, body, is_signed) in [("", "a", true), (",", "a", false), (",", "b,a", false)] {
        let provider = declared(separator);
        let request =
            SigningRequest::new("a", now).with_header("x-body".parse().unwrap(), "a".parse().unwrap());
        let mut headers = Signer::new(provider.clone(), secret()).unwrap().sign(&request).unwrap();
        headers.insert("x-body", "a".parse().unwrap());
        let delivery =
            Verifier::new(provider, secret()).unwrap().verify(&Head::new(&headers), body, now).unwrap();
        assert_eq!(delivery.is_body_signed(), is_signed, "{separator:?} {body}");
    }
}

/// What is signed after a number could be its last digits.
#[test]
fn a_body_that_is_a_number_is_refused_where_json_is_signed_in_another_form() {
    for part in ["{body:json-sorted}", "{body:json-php}", "{base64:body:json-sorted}"] {
        let toml = format!(
            r#"
            slug = "x"
            name = "X"
            doc = "d"
            [scheme]
            algorithm = "hmac-sha256"
            content = "{part}{{id}}"
            signature = {{ at = "header:x-sig", encoding = "hex" }}
            event = {{ id = "header:x-id" }}
            "#
        );
        let toml = toml.replace("event = { id = \"header:x-id\" }", "[event]\nid = \"header:x-id\"");
        let provider = Provider::from_toml(&toml).unwrap();
        let (now, secret) = (UnixTime::from_secs(0), || Secret::new("s3cret").unwrap());
        let signer = Signer::new(provider, secret()).unwrap();
        for (body, is_signed) in
            [("{}", true), ("[1]", true), ("\"1\"", true), ("12", false), (" -1.5 ", false)]
        {
            let request = SigningRequest::new(body, now).with_id("3");
            assert_eq!(signer.sign(&request).is_ok(), is_signed, "{part} {body}");
        }
    }
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

#[test]
fn the_schemes_without_a_key_verify_too() {
    let plain = r#"
        slug = "x"
        name = "X"
        doc = "d"
        [scheme]
        algorithm = "sha256"
        content = "{secret}{method}{url}{body}"
        [scheme.signature]
        at = "header:x-sig"
        encoding = "hex"
    "#;
    let provider = Provider::from_toml(plain).unwrap();
    let secret = Secret::new("s3cret").unwrap();
    let now = UnixTime::from_secs(0);
    let request = SigningRequest::new("body", now).with_method("PUT").with_url("https://a.b/c");
    let headers = Signer::new(provider.clone(), secret.clone()).unwrap().sign(&request).unwrap();
    // printf 's3cretPUThttps://a.b/cbody' | sha256sum
    assert_eq!(headers["x-sig"], "4a8e48f66b4d534badcd879d588f06ba96302a5e0e8d2ede785914fa59690314");
    let verifier = Verifier::new(provider, secret).unwrap();
    let head = Head::new(&headers).with_method("PUT").with_url("https://a.b/c");
    assert!(verifier.verify(&head, "body", now).is_ok());
    assert!(verifier.verify(&Head::new(&headers).with_url("https://a.b/c"), "body", now).is_err());
}

#[test]
fn tokens_and_basic_authenticate_nothing_and_say_so() {
    for (algorithm, encoding, format, secret, value) in [
        ("token", "text", "{ value = {} }", "t0ken", "t0ken"),
        ("token", "text", "{ value = { prefixes = \"Bearer \", required = true } }", "t0ken", "Bearer t0ken"),
        (
            "basic",
            "base64",
            "{ value = { prefixes = \"Basic \", required = true } }",
            "me:pw",
            "Basic bWU6cHc=",
        ),
    ] {
        let text = format!(
            "slug = \"x\"\nname = \"X\"\ndoc = \"d\"\n[scheme]\nalgorithm = \"{algorithm}\"\n[scheme.signature]\n\
             at = \"header:authorization\"\nencoding = \"{encoding}\"\nformat = {format}\n[event]\nid = \"json:/id\"\n"
        );
        let provider = Provider::from_toml(&text).unwrap();
        let secret = Secret::new(secret).unwrap();
        let now = UnixTime::from_secs(0);
        let signer = Signer::new(provider.clone(), secret.clone()).unwrap();
        let headers = signer.sign(&SigningRequest::new("", now)).unwrap();
        assert_eq!(headers["authorization"], value);
        let verifier = Verifier::new(provider, secret).unwrap();
        let delivery = verifier.verify(&Head::new(&headers), r#"{"id":"1"}"#, now).unwrap();
        assert!(!delivery.is_body_signed() && !delivery.id().unwrap().is_signed());
        let mut other = headers.clone();
        other.insert("authorization", http::HeaderValue::from_static("Bearer other"));
        assert!(verifier.verify(&Head::new(&other), "", now).is_err());
    }
}

#[test]
fn each_hmac_gives_the_answer_of_its_rfc() {
    // RFC 2202 and RFC 4231, test case 2.
    for (algorithm, expected) in [
        ("hmac-md5", "750c783e6ab0b503eaa86e310a5db738"),
        ("hmac-sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ("hmac-sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            "hmac-sha512",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
    ] {
        let text = format!(
            "slug = \"x\"\nname = \"X\"\ndoc = \"d\"\n[scheme]\nalgorithm = \"{algorithm}\"\ncontent = \"{{body}}\"\n\
             [scheme.signature]\nat = \"header:x-sig\"\nencoding = \"hex\"\n"
        );
        let provider = Provider::from_toml(&text).unwrap();
        let (secret, body) = (Secret::new("Jefe").unwrap(), "what do ya want for nothing?");
        let now = UnixTime::from_secs(0);
        let signer = Signer::new(provider.clone(), secret.clone()).unwrap();
        let headers = signer.sign(&SigningRequest::new(body, now)).unwrap();
        assert_eq!(headers["x-sig"], expected, "{algorithm}");
        let verifier = Verifier::new(provider, secret).unwrap();
        assert!(verifier.verify(&Head::new(&headers), body, now).is_ok(), "{algorithm}");
    }
}

#[test]
fn a_body_that_is_not_signed_may_arrive_in_pieces() {
    let unsigned = r#"
        slug = "x"
        name = "X"
        doc = "d"
        [scheme]
        algorithm = "hmac-sha256"
        content = "{header:x-nonce}"
        [scheme.signature]
        at = "header:x-sig"
        encoding = "hex"
    "#;
    let provider = Provider::from_toml(unsigned).unwrap();
    let secret = Secret::new("s3cret").unwrap();
    let now = UnixTime::from_secs(0);
    let nonce = (http::HeaderName::from_static("x-nonce"), http::HeaderValue::from_static("n1"));
    let request = SigningRequest::new("", now).with_header(nonce.0.clone(), nonce.1.clone());
    let mut headers = Signer::new(provider.clone(), secret.clone()).unwrap().sign(&request).unwrap();
    headers.insert(nonce.0, nonce.1);
    let mut intake = Verifier::new(provider, secret).unwrap().begin(&Head::new(&headers), now).unwrap();
    for piece in ["a body ", "in two pieces"] {
        intake.push(piece).unwrap();
    }
    let delivery = intake.finish(now).unwrap();
    assert!(!delivery.is_body_signed());
}

/// The list of headers and the body are told apart by the signed item with the list, and by nothing else.
#[test]
fn a_list_of_headers_in_an_item_needs_the_item_before_it_and_the_body_behind_it() {
    let declared = |content: &str| {
        let declaration = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'x'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             [scheme.signature]\nat = 'header:x-signature'\nencoding = 'hex'\n\
             format = {{ list = {{ separator = ',', assign = '=', tags = 'v1' }} }}\n"
        );
        let provider = Provider::from_toml(&declaration).map_err(|error| error.to_string())?;
        provider.coverage().map_err(|error| error.to_string())
    };
    let good = declared("{sig:t}.{sig:h}.{headers:sig:h}.{body}").unwrap();
    assert!(good.body, "{good:?}");
    for content in [
        "{headers:sig:h}.{body}",
        "{sig:g}.{headers:sig:h}.{body}",
        "{sig:h}.{headers:sig:h}.{header:x-id}|{body}",
        "{sig:h}.{headers:sig:h}{body}",
        "{sig:h}.{headers:sig:h}|{body}",
        "{sig:h}.{headers:sig:h}.{body:sha256-hex}",
        "{sig:h}.{headers:sig:h}.{headers:sig:g}.{body}",
        "{?{sig:h}?}.{headers:sig:h}.{body}",
        "{sig:h}.{body}.{headers:sig:h}",
    ] {
        let refused = declared(content).unwrap_err();
        assert!(refused.contains("write `{sig:NAME}` before it"), "{content}: {refused}");
    }
}

/// Several texts of a signature are the same bytes.
#[test]
fn no_content_covers_the_text_of_its_own_signature() {
    let id = |at: &str| {
        let declaration = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'x'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{{body:json-php}}'\n\
             signature = {{ at = 'json:/sign', encoding = 'hex' }}\n[event]\nid = '{at}'\n"
        );
        Provider::from_toml(&declaration).unwrap().coverage().unwrap().id
    };
    assert!(id("json:/id"));
    for at in ["json:/sign", "json:/sign/0", "json:/id|/sign"] {
        assert!(!id(at), "{at}");
    }
}

/// A group is left out without its value. With a second value in it, the first one could be changed where the second is missing.
#[test]
fn a_group_of_two_values_is_refused() {
    for content in ["{?{header:x-a}.{header:x-b};?}{body}", "{?{timestamp}{id}?}{body}"] {
        let declaration = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'x'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n"
        );
        let refused = Provider::from_toml(&declaration).unwrap_err().to_string();
        assert!(refused.contains("a group has one placeholder"), "{content}: {refused}");
    }
}
