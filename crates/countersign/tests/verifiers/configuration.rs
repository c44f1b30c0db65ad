//! Tests of what a verifier is built from: limits, costs, warnings and errors.

use countersign::scheme::Limits;
use countersign::{Head, Provider, SecretSet, Signer, SigningRequest, Tolerance, Verifier, providers};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::support::{NOW, declared, secret, signed_body, signed_content, signer_of_text};

#[test]
fn a_tolerance_that_nothing_holds_is_refused_if_it_bounds_any_direction() {
    let provider = signed_body("", "");
    let both = Tolerance::seconds(60);
    for (tolerance, is_refused) in [
        (both, true),
        (both.insecure_any_age(), true),
        (both.insecure_any_future(), true),
        (both.insecure_any_age().insecure_any_future(), false),
    ] {
        let built = Verifier::builder(provider.clone(), secret("s")).with_tolerance(tolerance).build();
        assert_eq!(built.is_err(), is_refused, "{tolerance}");
    }
}

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
fn debug_names_the_provider_and_the_keys_and_shows_none() {
    let set = SecretSet::new(secret("hunter2")).with("old", secret("hunter3"));
    let shown = format!("{:?}", Verifier::new(&providers::GITHUB, set.clone()).unwrap());
    assert_eq!(shown, r#"Verifier { provider: "github-sha256", keys: ["primary", "old"] }"#);
    let token = providers::NETLIFY.clone();
    let shown = format!("{:?}", Verifier::new(token.clone(), set).unwrap());
    assert_eq!(shown, r#"Verifier { provider: "netlify", keys: ["primary", "old"] }"#);
    let shown = format!("{:?}", Signer::new(token, secret("hunter2")).unwrap());
    assert!(
        shown.contains(r#"SigningKey { algorithm: "HS256", .. }"#) && !shown.contains("hunter"),
        "{shown}"
    );
}

#[test]
fn an_intake_counts_what_it_has_taken() {
    let provider = signed_body("", "");
    let headers =
        Signer::new(provider.clone(), secret("s")).unwrap().sign(&SigningRequest::new("{}", NOW)).unwrap();
    let mut intake = Verifier::new(provider, secret("s")).unwrap().begin(&Head::new(&headers), NOW).unwrap();
    assert_eq!((intake.is_empty(), intake.len()), (true, 0));
    intake.push("{").unwrap();
    intake.push("").unwrap();
    assert_eq!((intake.is_empty(), intake.len()), (false, 1));
    intake.push("}").unwrap();
    assert_eq!(format!("{intake:?}"), r#"Intake { provider: "own", bytes: 2 }"#);
    assert!(intake.finish(NOW).is_ok());
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

#[test]
fn each_weakness_of_a_declaration_is_a_warning_of_its_own() {
    let warnings = |provider: Provider| -> Vec<(String, String)> {
        let warnings = provider.warnings().unwrap();
        warnings.iter().map(|warning| (warning.field().to_owned(), warning.message().to_owned())).collect()
    };
    let plain = |content: &str| signed_content(content, "", "");
    let hashed = |content: &str| {
        let scheme = format!(
            "algorithm = 'sha256'\ncontent = '{content}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex' }}\n"
        );
        declared(&scheme, "")
    };
    let stamp = "timestamp = { at = 'header:x-at', format = 'seconds', tolerance = 300 }\n";
    let items = "algorithm = 'hmac-sha256'\ncontent = '{json:/id}'\neach = '/items/*'\n\
                 signature = { at = 'json:/signature', encoding = 'hex' }\n";
    for (provider, field, says) in [
        (plain("{url}{body}"), "scheme.content", "`{url}` ends and `{body}` begins"),
        (
            plain("{method}.{base64:body:md5}"),
            "scheme.content",
            "`{base64:body:md5}` is a digest with known collisions",
        ),
        (plain("{form:sorted}"), "scheme.content", "`{form:sorted}` joins names and values"),
        (hashed("{secret}{body}"), "scheme.algorithm", "which that leaves are refused"),
        (declared(items, ""), "scheme.for_each", "items left out"),
        (signed_body(stamp, ""), "scheme.timestamp.at", "does not cover the timestamp at `header:x-at`"),
        (plain("{header:x-a}"), "scheme.content", "does not cover the body"),
        (plain("{json:/id}"), "scheme.content", "covers parts of the body only"),
        (plain("{form:a}"), "scheme.content", "covers parts of the body only"),
        (plain("{body:crc32}"), "scheme.content", "covers a checksum of the body"),
        (signed_body("", "id = 'header:x-id'"), "event.id", "does not cover the id at `header:x-id`"),
    ] {
        let found = warnings(provider);
        let [(at, message)] = found.as_slice() else { panic!("{field}: {found:?}") };
        assert!(at == field && message.contains(says), "{at}: {message}");
    }
    let derived = warnings(hashed("{secret}{json:/id}"));
    assert!(derived.iter().all(|(_, message)| !message.contains("which that leaves")), "{derived:?}");
    for strong in [
        signed_body("", "id = 'json:/id'"),
        plain("{body:json-sorted}"),
        plain("{url}\\n{body}"),
        plain("{body}"),
        hashed("{body}{secret}"),
        signed_content("{timestamp}.{body}", stamp, ""),
        signed_content(
            "{header:x-a}",
            "checks = [{ at = 'header:x-a', equals = '{body}', digest = 'sha256-hex' }]\n",
            "",
        ),
    ] {
        assert!(warnings(strong.clone()).is_empty(), "{:?}", strong.scheme.content);
    }
}

/// A placeholder with a name accepts any name.
#[test]
fn an_argument_that_is_almost_a_placeholder_is_a_warning_with_the_placeholder() {
    let list = "format = { list = { separator = ',', assign = '=', tags = 'v1' } }";
    let says = |content: &str, check: &str| -> Vec<(String, String)> {
        let scheme = format!(
            "algorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             signature = {{ at = 'header:x-signature', encoding = 'hex', {list} }}\n\
             checks = [{{ at = 'header:x-a', equals = '{check}' }}]\n"
        );
        let warnings = declared(&scheme, "").warnings().unwrap();
        let meant = warnings.iter().filter(|warning| warning.message().contains("did you mean"));
        meant.map(|warning| (warning.field().to_owned(), warning.message().to_owned())).collect()
    };
    for (written, meant) in [
        ("{form:php-serialise}", "{form:php-serialize}"),
        ("{form:srted}", "{form:sorted}"),
        ("{form:sorted-after-ulr}", "{form:sorted-after-url}"),
        ("{form:pair}", "{form:pairs}"),
        ("{form:pairs-witout:a,b}", "{form:pairs-without:NAMES}"),
        ("{query:cannonical}{form:a}", "{query:canonical}"),
        ("{sig:t:json-sting}.{form:a}", "{sig:NAME:json-string}"),
    ] {
        let found = says(written, "x");
        let [(field, message)] = found.as_slice() else { panic!("{written}: {found:?}") };
        assert!(
            field == "scheme.content" && message.contains(&format!("did you mean `{meant}`?")),
            "{message}"
        );
    }
    let [(field, _)] = says("{body}", "{query:canonicl}").try_into().unwrap();
    assert_eq!(field, "scheme.checks.equals");
    for written in [
        "{form:sort}",
        "{form:payload}",
        "{form:pairs}",
        "{form:pairs-without:a}",
        "{query:code}{body}",
        "{sig:t}.{body}",
    ] {
        assert_eq!(says(written, "x"), [], "{written}");
    }
    // A name that is none of the kind is refused.
    for written in ["{json:canonicl}", "{headers:sgi:h}.{body}", "{body:json-sortd}"] {
        let scheme = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{written}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex' }}\n"
        );
        assert_eq!(Provider::from_toml(&scheme).unwrap_err().field(), "scheme.content", "{written}");
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
