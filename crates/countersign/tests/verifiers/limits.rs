//! Tests of limits.

use countersign::scheme::Limits;
use countersign::{Head, Provider, SecretSet, Signer, SigningRequest, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::support::{NOW, declared, secret, signer_of_text};

#[test]
fn limits_of_a_verifier_replace_those_of_its_declaration() {
    let mut provider = declared(
        "algorithm = 'hmac-sha256'\ncontent = '{form:a}'\nsignature = { at = 'header:x-signature', encoding = 'hex' }\n",
        "",
    );
    provider.scheme.limits = Limits::DEFAULT.with_body_bytes(1);
    let kind = |limits: Limits, body: &'static str| {
        let verifier = Verifier::builder(provider.clone(), secret("s")).with_limits(limits).build().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-signature", HeaderValue::from_static("00"));
        verifier.verify(&Head::new(&headers), body, NOW).unwrap_err().kind().as_str()
    };
    for (limits, body, expected) in [
        (Limits::DEFAULT.with_form_fields(2), "a=1&b=2", "signature_mismatch"),
        (Limits::DEFAULT.with_form_fields(1), "a=1&b=2", "malformed_body"),
        (Limits::DEFAULT.with_body_bytes(6), "a=1&b=2", "payload_too_large"),
        (Limits::DEFAULT.with_signature_bytes(1), "a=1&b=2", "malformed_signature"),
    ] {
        assert_eq!(kind(limits, body), expected, "{limits:?}");
    }
}

#[test]
fn each_limit_is_the_most_that_is_accepted() {
    // The names of the limits, and a request of so many bytes, signatures, fields, keys and values.
    let kind = |limits: &str, (body, field): (&str, &str), content: &str| {
        let scheme = format!(
            "algorithm = 'hmac-sha256'\ncontent = '{content}'\nlimits = {{ {limits} }}\n\
             [scheme.signature]\nat = 'header:x-signature'\nencoding = 'hex'\n\
             format = {{ list = {{ separator = ',', assign = '=', tags = 'v1' }} }}\n"
        );
        let provider = declared(&scheme, "");
        let plain = format!(
            "algorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n"
        );
        let signer = Signer::new(declared(&plain, ""), secret("s")).unwrap();
        let signature = signer.signature(&SigningRequest::new(body.to_owned(), NOW)).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-signature", field.replace('*', &signature).parse().unwrap());
        let verified =
            Verifier::new(provider, secret("s")).unwrap().verify(&Head::new(&headers), body.to_owned(), NOW);
        verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
    };
    let one = "v1=*";
    for (limits, request, content, expected) in [
        ("body_bytes = 5", ("12345", one), "{body}", "valid"),
        ("body_bytes = 4", ("12345", one), "{body}", "payload_too_large"),
        ("signature_bytes = 67", ("1", one), "{body}", "valid"),
        ("signature_bytes = 66", ("1", one), "{body}", "malformed_signature"),
        ("signatures = 2", ("1", "v1=00,v1=*"), "{body}", "valid"),
        ("signatures = 1", ("1", "v1=00,v1=*"), "{body}", "malformed_signature"),
        ("form_fields = 2", ("a=1&b=2", one), "{form:a}", "valid"),
        ("form_fields = 1", ("a=1&b=2", one), "{form:a}", "malformed_body"),
        ("json_values = 5", (r#"{"a":1,"b":2}"#, one), "{json:/a}", "valid"),
        ("json_values = 4", (r#"{"a":1,"b":2}"#, one), "{json:/a}", "malformed_body"),
        ("json_values = 5", (r#"{"a":1,"b":2}"#, one), "{body:json-sorted}", "valid"),
        ("json_values = 4", (r#"{"a":1,"b":2}"#, one), "{body:json-sorted}", "malformed_body"),
    ] {
        assert_eq!(kind(limits, request, content), expected, "{limits}");
    }
}

#[test]
fn a_body_that_holds_only_its_signature_is_bounded_like_one_that_is_signed() {
    let kind = |at: &str, limits: &str, body: &str| {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{{header:x-a}}'\nlimits = {{ {limits} }}\nsignature = {{ at = '{at}', encoding = 'hex' }}\n"
        );
        let verifier = Verifier::new(Provider::from_toml(&toml).unwrap(), secret("s")).unwrap();
        let headers: HeaderMap =
            [(HeaderName::from_static("x-a"), HeaderValue::from_static("a"))].into_iter().collect();
        let body = body.replace('*', &signer_of_text("a"));
        let verified = verifier.verify(&Head::new(&headers), body, NOW);
        verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
    };
    for (at, limits, body, expected) in [
        ("form:sig", "form_fields = 2", "a=1&sig=*", "valid"),
        ("form:sig", "form_fields = 1", "a=1&sig=*", "malformed_body"),
        ("json:/sig", "json_values = 5", r#"{"a":1,"sig":"*"}"#, "valid"),
        ("json:/sig", "json_values = 4", r#"{"a":1,"sig":"*"}"#, "malformed_body"),
        ("form:sig", "form_fields = 9", "sig=", "missing_signature"),
    ] {
        assert_eq!(kind(at, limits, body), expected, "{at} {limits}");
    }
}

/// With each further key the whole content is hashed once more.
#[test]
fn many_keys_are_tried_in_proportion_to_the_size() {
    let json = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    let header = "signature = { at = 'header:x-signature', encoding = 'hex' }\n";
    for (algorithm, content, more, length, most) in [
        ("hmac-sha256", "{body}", "", 1 << 20, 12),
        ("hmac-sha256", "{body}", "", 1 << 18, 40),
        ("hmac-sha256", "{body}", "final_newline = true\n", 1 << 20, 6),
        ("hmac-sha512", "{body}", "", 1 << 20, 4),
        ("hmac-sha256", "{body:json-string}", "", 1 << 20, 3),
        ("hmac-sha256", "{body:json-string}", "", 1 << 16, 40),
    ] {
        let case = format!("{algorithm} {content} {more}{length}");
        let provider =
            declared(&format!("algorithm = '{algorithm}'\ncontent = '{content}'\n{header}{more}"), "");
        let key = |number: usize| secret(&format!("secret {number}"));
        let set = (0..40).fold(SecretSet::none(), |set, number| set.with(number.to_string(), key(number)));
        let verifier = Verifier::new(provider.clone(), set).unwrap();
        let body = json(length);
        let accepted = |number: usize| {
            let signer = Signer::new(provider.clone(), key(number)).unwrap();
            let headers = signer.sign(&SigningRequest::new(body.clone(), NOW)).unwrap();
            let whole = verifier.verify(&Head::new(&headers), body.clone(), NOW).is_ok();
            let mut intake = verifier.begin(&Head::new(&headers), NOW).unwrap();
            for piece in body.as_bytes().chunks(length / 2) {
                intake.push(piece.to_vec()).unwrap();
            }
            assert_eq!(intake.finish(NOW).is_ok(), whole, "{case}: in pieces");
            whole
        };
        for (number, expected) in [(0, true), (most - 1, true), (most, false)] {
            assert_eq!(accepted(number), expected && number < 40, "{case}: {number}");
        }
    }
}

#[test]
fn what_multiplies_to_more_than_a_request_may_cost_does_not_load() {
    let header = "signature = { at = 'header:x-signature', encoding = 'hex' }\n";
    let forms = |count: usize| {
        let form = ["{ encoding = 'hex' }", "{ encoding = 'base64' }", "{ sha256 = true }"];
        format!("key = {{ alternatives = [{}] }}\n", form.get(..count).unwrap().join(", "))
    };
    for (algorithm, content, more, field) in [
        ("hmac-sha256", "{url}.{body}", format!("{}any_port = true\nfinal_newline = true\n", forms(3)), None),
        ("hmac-sha512", "{body}", format!("{}final_newline = true\n", forms(1)), None),
        (
            "hmac-sha512",
            "{body}",
            format!("{}final_newline = true\n", forms(2)),
            Some("scheme.key.alternatives"),
        ),
        ("hmac-sha256", "{body:json-string}", forms(3), None),
        ("hmac-sha512", "{body:json-string}", forms(0), None),
        ("hmac-sha512", "{body:json-string}", forms(1), Some("scheme.key.alternatives")),
        ("md5", "{secret}{body:json-string}", forms(2), Some("scheme.key.alternatives")),
        ("sha1-or-sha256", "{secret}{body:json-string}", forms(3), Some("scheme.key.alternatives")),
        ("ed25519", "{body}", "final_newline = true\n".to_owned(), None),
    ] {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'd'\n[scheme]\nalgorithm = '{algorithm}'\ncontent = '{content}'\n{header}{more}"
        );
        let refused = Provider::from_toml(&toml).err().map(|error| error.field().to_owned());
        assert_eq!(refused.as_deref(), field, "{algorithm} {content} {more}");
    }
    let items = "slug = 'own'\nname = 'Own'\ndoc = 'd'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{json:/a}'\n\
                 for_each = '/items/*'\nsignature = { at = 'json:/s', encoding = 'hex' }\n";
    assert!(Provider::from_toml(items).is_ok());
    let twice = format!("{items}final_newline = true\n");
    assert_eq!(Provider::from_toml(&twice).unwrap_err().field(), "scheme.for_each");
}
