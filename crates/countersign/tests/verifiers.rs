//! Tests of the accessors of a verifier, and of the errors of its builder.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use countersign::{
    Head, Provider, Secret, SecretSet, Signer, SigningRequest, Tolerance, UnixTime, Verifier, providers,
};
use http::{HeaderMap, HeaderName};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

fn declared(scheme: &str, event: &str) -> Provider {
    let toml = format!(
        "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\n{scheme}\n[event]\n{event}"
    );
    Provider::from_toml(&toml).unwrap()
}

/// Returns a declaration with a signature over the body in a header.
fn signed_body(more: &str, event: &str) -> Provider {
    let scheme = "algorithm = 'hmac-sha256'\ncontent = '{body}'\n\
                  signature = { at = 'header:x-signature', encoding = 'hex' }\n";
    declared(&format!("{scheme}{more}"), event)
}

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
fn the_tenant_of_the_secrets_is_that_of_the_deliveries() {
    let provider = signed_body("", "");
    let headers =
        Signer::new(provider.clone(), secret("s")).unwrap().sign(&SigningRequest::new("{}", NOW)).unwrap();
    let set = |tenant: &str| SecretSet::new(secret("s")).with_tenant(tenant);
    let tenant = |verifier: &Verifier| {
        let delivery = verifier.verify(&Head::new(&headers), "{}", NOW).unwrap();
        delivery.tenant().map(str::to_owned)
    };
    let built = Verifier::new(provider.clone(), set("acme")).unwrap();
    assert_eq!(tenant(&built).as_deref(), Some("acme"));
    let other = built.with_secrets(&set("other")).unwrap();
    assert_eq!(tenant(&other).as_deref(), Some("other"));
    let same = other.with_secrets(&SecretSet::new(secret("s"))).unwrap();
    assert_eq!(tenant(&same).as_deref(), Some("other"), "secrets without a tenant change the keys alone");
    assert_eq!(tenant(&Verifier::new(provider, secret("s")).unwrap()), None);
}

#[test]
fn debug_names_the_provider_and_the_keys_and_shows_none() {
    let set = SecretSet::new(secret("hunter2")).with("old", secret("hunter3"));
    let shown = format!("{:?}", Verifier::new(&providers::GITHUB_SHA256, set.clone()).unwrap());
    assert_eq!(shown, r#"Verifier { provider: "github-sha256", keys: ["primary", "old"] }"#);
    let token = providers::NETLIFY.clone();
    let shown = format!("{:?}", Verifier::new(token.clone(), set).unwrap());
    assert_eq!(shown, r#"Verifier { provider: "netlify", keys: ["primary", "old"] }"#);
    let shown = format!("{:?}", Signer::new(token, secret("hunter2")).unwrap());
    assert!(shown.contains("HS256") && !shown.contains("hunter"), "{shown}");
}

#[test]
fn items_that_are_signed_one_by_one_are_the_signed_content_in_any_order() {
    let provider = declared(
        "algorithm = 'hmac-sha256'\ncontent = '{json:/id}'\neach = '/items/*'\n\
         signature = { at = 'json:/signature', encoding = 'hex' }\n",
        "",
    );
    let of_an_item = "algorithm = 'hmac-sha256'\ncontent = '{json:/id}'\n\
                      signature = { at = 'header:x-signature', encoding = 'hex' }\n";
    let signer = Signer::new(declared(of_an_item, ""), secret("s")).unwrap();
    let item = |id: &str| {
        let signature = signer.signature(&SigningRequest::new(format!(r#"{{"id":"{id}"}}"#), NOW)).unwrap();
        format!(r#"{{"id":"{id}","signature":"{signature}"}}"#)
    };
    let verifier = Verifier::new(provider.clone(), secret("s")).unwrap();
    let content = |items: &[&str]| {
        let items: Vec<_> = items.iter().map(|id| item(id)).collect();
        let body = format!(r#"{{"items":[{}]}}"#, items.join(","));
        let delivery = verifier.verify(&Head::new(&HeaderMap::new()), body, NOW).unwrap();
        delivery.signed_content().unwrap().body().to_vec()
    };
    // The lengths of the items in eight bytes each, and the items.
    assert_eq!(content(&["a"]), [&1_u64.to_be_bytes(), b"a".as_slice()].concat());
    assert_eq!(content(&["b", "a"]), [&1_u64.to_be_bytes(), &1_u64.to_be_bytes(), b"ab".as_slice()].concat());
    assert_eq!(content(&["b", "a"]), content(&["a", "b"]));
    assert_eq!(content(&["b", "a"]), content(&["a", "b", "a"]));
    assert_ne!(content(&["ab", "c"]), content(&["a", "bc"]), "a boundary does not move");
}

#[test]
fn a_timestamp_is_read_from_the_first_of_several_places_in_the_body() {
    let provider = signed_body("timestamp = { at = 'json:/sent|/created', unit = 'seconds' }\n", "");
    let signer = Signer::new(provider.clone(), secret("s")).unwrap();
    let verifier = Verifier::new(provider, secret("s")).unwrap();
    let kind = |body: &str| {
        let headers = signer.sign(&SigningRequest::new(body.to_owned(), NOW)).unwrap();
        let verified = verifier.verify(&Head::new(&headers), body.to_owned(), NOW);
        verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
    };
    for (body, expected) in [
        (r#"{"sent":1700000000,"created":1}"#, "valid"),
        (r#"{"created":1700000000}"#, "valid"),
        (r#"{"sent":"","created":1700000000}"#, "valid"),
        (r#"{"sent":1,"created":1700000000}"#, "timestamp_too_old"),
        (r#"{"sent":"","created":""}"#, "missing_timestamp"),
        ("{}", "missing_timestamp"),
        ("no JSON", "missing_timestamp"),
    ] {
        assert_eq!(kind(body), expected, "{body}");
    }
}

#[test]
fn a_header_that_is_there_twice_gives_way_to_another_place() {
    let provider = signed_body("", "id = 'header:x-first|header:x-second'");
    let mut headers: HeaderMap =
        Signer::new(provider.clone(), secret("s")).unwrap().sign(&SigningRequest::new("{}", NOW)).unwrap();
    headers.insert(HeaderName::from_static("x-second"), "2".parse().unwrap());
    let id = |headers: &HeaderMap| {
        let verified =
            Verifier::new(provider.clone(), secret("s")).unwrap().verify(&Head::new(headers), "{}", NOW);
        verified
            .map(|delivery| delivery.id().map(|id| id.as_str().to_owned()))
            .map_err(|error| error.kind().as_str())
    };
    assert_eq!(id(&headers), Ok(Some("2".to_owned())));
    headers.insert(HeaderName::from_static("x-first"), "1".parse().unwrap());
    assert_eq!(id(&headers), Ok(Some("1".to_owned())));
    headers.append(HeaderName::from_static("x-first"), "3".parse().unwrap());
    assert_eq!(id(&headers), Err("malformed_id"));
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
fn the_name_of_the_key_is_found_where_the_declaration_says() {
    let key_id = |at: &str, headers: &[(&'static str, &str)], body: &str| {
        let scheme = format!(
            "algorithm = 'hmac-sha256'\ncontent = '{{body}}'\nkey_id = '{at}'\n\
             signature = {{ at = 'header:x-signature', encoding = 'hex', format = {{ list = {{ separator = ',', assign = '=', tags = 'v1' }} }} }}\n"
        );
        let verifier = Verifier::new(declared(&scheme, ""), secret("s")).unwrap();
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let mut intake = verifier.begin(&Head::new(&headers), NOW).unwrap();
        intake.push(body.to_owned()).unwrap();
        intake.key_id()
    };
    let signature = ("x-signature", "kid=a7,v1=00");
    for (at, headers, body, expected) in [
        ("header:x-key", &[signature, ("x-key", "k1")][..], "", Some("k1")),
        ("header:x-key", &[signature, ("x-key", "")], "", None),
        ("header:x-key", &[signature], "", None),
        ("header:x-key|x-other", &[signature, ("x-other", "k2")], "", Some("k2")),
        ("header:x-key|x-other", &[signature, ("x-key", "k1"), ("x-other", "k2")], "", Some("k1")),
        ("sig:kid", &[signature], "", Some("a7")),
        ("sig:key", &[signature], "", None),
        ("json:/key", &[signature], r#"{"key":"k3"}"#, Some("k3")),
        ("json:/key|/keys/0", &[signature], r#"{"keys":["k4"]}"#, Some("k4")),
        ("json:/key|header:x-key", &[signature, ("x-key", "k1")], "{}", Some("k1")),
    ] {
        assert_eq!(key_id(at, headers, body).as_deref(), expected, "{at} {headers:?}");
    }
}

#[test]
fn the_signature_covers_the_parameters_that_it_signs_and_no_other() {
    let covers = |content: &str, id: &str| {
        let scheme = format!(
            "algorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n"
        );
        declared(&scheme, &format!("id = '{id}'")).coverage().unwrap().id
    };
    for (content, id, is_signed) in [
        ("{url}\\n{body}", "query:id", true),
        ("{query}\\n{body}", "query:id", true),
        ("{path}\\n{body}", "query:id", false),
        ("{url_without_query}\\n{body}", "query:id", false),
        ("{target}\\n{body}", "query:id", true),
        ("{query:id}\\n{body}", "query:id", true),
        ("{query:id}\\n{body}", "query:other", false),
        ("{header:x-id}\\n{body}", "header:x-id", true),
        ("{header:x-id}\\n{body}", "header:x-other", false),
        ("{header:x-id}\\n{body}", "header:x-id,x-other", false),
        ("{form:id}", "form:id", true),
        ("{form:id}", "form:other", false),
        ("{json:/id}", "json:/id", true),
        ("{json:/id}", "json:/other", false),
        ("{json:/id}", "json:/id|/other", false),
        ("{body}", "json:/id", true),
        ("{body}", "header:x-id", false),
    ] {
        assert_eq!(covers(content, id), is_signed, "{content} {id}");
    }
}

#[test]
fn checks_hold_items_of_the_signature_field_against_the_request() {
    let provider = declared(
        "algorithm = 'hmac-sha256'\ncontent = '{body}'\nchecks = [{ at = 'sig:alg', equals = 'hs256' }]\n\
         [scheme.signature]\nat = 'header:x-signature'\nencoding = 'hex'\n\
         format = { list = { separator = ',', assign = '=', tags = 'v1' } }\n",
        "",
    );
    let signer = Signer::new(signed_body("", ""), secret("s")).unwrap();
    let signature = signer.signature(&SigningRequest::new("{}", NOW)).unwrap();
    let kind = |field: String| {
        let headers: HeaderMap =
            [(HeaderName::from_static("x-signature"), field.parse().unwrap())].into_iter().collect();
        let verifier = Verifier::new(provider.clone(), secret("s")).unwrap();
        let verified = verifier.verify(&Head::new(&headers), "{}", NOW);
        verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
    };
    assert_eq!(kind(format!("alg=hs256,v1={signature}")), "valid");
    assert_eq!(kind(format!("alg=none,v1={signature}")), "check_failed");
    assert_eq!(kind(format!("v1={signature}")), "missing_body_hash");
    assert_eq!(kind(format!("alg=,v1={signature}")), "check_failed");
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
    ] {
        assert_eq!(kind(limits, request, content), expected, "{limits}");
    }
}
