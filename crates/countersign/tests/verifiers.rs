//! Tests of the accessors of a verifier, and of the errors of its builder.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use countersign::{
    CheckSubject, Delivery, Head, Provider, Secret, SecretSet, Signer, SigningRequest, Tolerance, UnixTime,
    Verifier, VerifyError, providers,
};
use http::{HeaderMap, HeaderName, HeaderValue};

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
    let provider = signed_body("timestamp = { at = 'json:/sent|/created', format = 'seconds' }\n", "");
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
        ("header:x-key|x-other", &[signature, ("x-key", ""), ("x-other", "k2")], "", Some("k2")),
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
        // `?id=1?2`, `?id=1%26type=x` and `?id=1&id=2` would be signed as well.
        ("{target:encoded-query}\\n{body}", "query:id", false),
        ("{url:sorted-query}\\n{body}", "query:id", false),
        ("{query:canonical}\\n{body}", "query:id", false),
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
        ("json_values = 5", (r#"{"a":1,"b":2}"#, one), "{body:json-sorted}", "valid"),
        ("json_values = 4", (r#"{"a":1,"b":2}"#, one), "{body:json-sorted}", "malformed_body"),
    ] {
        assert_eq!(kind(limits, request, content), expected, "{limits}");
    }
}

/// The verdict on `{}`, signed as the content alone, with these headers and this target.
fn verdict(provider: &Provider, signed: &str, headers: &[(&str, &[u8])], target: &str) -> &'static str {
    let signature = signer_of_text(signed);
    let mut map = HeaderMap::new();
    map.insert("x-signature", signature.parse().unwrap());
    for (name, value) in headers {
        map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value).unwrap());
    }
    let verifier = Verifier::new(provider.clone(), secret("s")).unwrap();
    let verified = verifier.verify(&Head::new(&map).with_target(target), "{}", NOW);
    verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
}

/// The signature over a text, whatever a declaration makes it of.
fn signer_of_text(text: &str) -> String {
    let signer = Signer::new(signed_body("", ""), secret("s")).unwrap();
    signer.signature(&SigningRequest::new(text.to_owned(), NOW)).unwrap()
}

/// A signature over this content in a header.
fn signed_content(content: &str, more: &str, event: &str) -> Provider {
    let scheme = format!(
        "algorithm = 'hmac-sha256'\ncontent = '{content}'\n\
         signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n{more}"
    );
    declared(&scheme, event)
}

#[test]
fn a_header_that_is_signed_may_be_repeated_but_not_changed() {
    let required = signed_content("{header:x-nonce}.{body}", "", "");
    let optional = signed_content("{?{header:x-nonce}.?}{body}", "", "");
    for (signed, headers, if_required, if_optional) in [
        ("1.{}", &[("x-nonce", b"1".as_slice())][..], "valid", "valid"),
        ("1.{}", &[("x-nonce", b"1"), ("x-nonce", b"1")], "valid", "valid"),
        ("1.{}", &[("x-nonce", b"1"), ("x-nonce", b"2")], "malformed_header", "malformed_header"),
        ("{}", &[("x-nonce", b"1"), ("x-nonce", b"2")], "malformed_header", "malformed_header"),
        ("{}", &[("x-nonce", b"1.2")], "malformed_header", "malformed_header"),
        ("1.2.{}", &[("x-nonce", b"1.2")], "malformed_header", "malformed_header"),
        ("{}", &[], "missing_header", "valid"),
    ] {
        assert_eq!(verdict(&required, signed, headers, "/"), if_required, "{signed} {headers:?}");
        assert_eq!(verdict(&optional, signed, headers, "/"), if_optional, "{signed} {headers:?}, optional");
    }
}

#[test]
fn an_id_in_the_content_must_not_contain_the_separator_beside_it() {
    let behind = signed_content("{id}.{header:x-a}.{body}", "", "id = 'header:x-id'");
    let before = signed_content("{body}.{header:x-a}.{id}", "", "id = 'header:x-id'");
    for (id, a, signed, expected) in [("1", "2", "1.2.{}", "valid"), ("1.2", "3", "1.2.3.{}", "malformed_id")]
    {
        let headers: [(&str, &[u8]); 2] = [("x-id", id.as_bytes()), ("x-a", a.as_bytes())];
        assert_eq!(verdict(&behind, signed, &headers, "/"), expected, "{signed}");
        let signed = format!("{{}}.{a}.{id}");
        assert_eq!(verdict(&before, &signed, &headers, "/"), expected, "{signed}");
    }
}

#[test]
fn a_url_has_one_other_reading() {
    let refused = |more: &str| {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'd'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{{url}}.{{body}}'\n\
             signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n{more}"
        );
        Provider::from_toml(&toml).err().map(|error| error.field().to_owned())
    };
    assert_eq!(refused("any_port = true"), None);
    assert_eq!(refused("any_trailing_slash = true"), None);
    assert_eq!(refused("any_port = true\nany_trailing_slash = true").as_deref(), Some("scheme.content"));
}

/// The timestamp needs no separator, because it consists of digits, and the fields beside it do.
#[test]
fn a_field_of_a_form_must_not_contain_the_separator_behind_it() {
    let stamp = "timestamp = { at = 'form:t', format = 'seconds', tolerance = 300 }\n";
    let provider = signed_content("{form:a}.{form:b}.{form:t}", stamp, "");
    let verifier = Verifier::new(provider, secret("s")).unwrap();
    let t = NOW.as_secs();
    for (fields, signed, verdict) in [
        ("a=x&b=y", "x.y", "valid"),
        ("a=x.y&b=z", "x.y.z", "malformed_body"),
        ("a=x&b=y.z", "x.y.z", "malformed_body"),
    ] {
        let headers = HeaderMap::from_iter(
            [
                ("x-signature", signer_of_text(&format!("{signed}.{t}"))),
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ]
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())),
        );
        let verified = verifier.verify(&Head::new(&headers), format!("{fields}&t={t}"), NOW);
        assert_eq!(verified.map_or_else(|error| error.kind().as_str(), |_| "valid"), verdict, "{fields}");
    }
}

/// The line break that may be added at the end makes another value of the last one.
#[test]
fn a_final_newline_leaves_the_last_value_open_and_no_other() {
    let event = "id = 'json:/id'\ntype = 'json:/type'";
    for (more, id) in [("", true), ("final_newline = true\n", false)] {
        let coverage = signed_content("{json:/type}.{json:/id}", more, event).coverage().unwrap();
        assert_eq!((coverage.event_type, coverage.id), (true, id), "{more}");
    }
}

#[test]
fn a_parameter_that_is_signed_may_be_repeated_but_not_changed() {
    let provider = signed_content("{query:a}.{body}", "", "");
    for (signed, target, expected) in [
        ("1.{}", "/?a=1", "valid"),
        ("1.{}", "/?b=2&a=1&a=1", "valid"),
        ("1.{}", "/?a=1&a=2", "malformed_header"),
        ("2.{}", "/?a=1&a=2", "malformed_header"),
        ("1.{}", "/?b=1", "missing_parameter"),
    ] {
        assert_eq!(verdict(&provider, signed, &[], target), expected, "{signed} {target}");
    }
}

#[test]
fn an_id_in_the_head_is_one_visible_text() {
    let header = signed_content("{id}.{body}", "", "id = 'header:x-id'");
    let query = signed_content("{id}.{body}", "", "id = 'query:id'");
    let unsigned = signed_content("{body}", "", "id = 'header:x-id'");
    for (provider, signed, headers, target, expected) in [
        (&header, "1.{}", &[("x-id", b"1".as_slice())][..], "/", "valid"),
        (&header, "1.{}", &[("x-id", b"1"), ("x-id", b"2")], "/", "malformed_id"),
        (&header, "1.2.{}", &[("x-id", b"1.2")], "/", "malformed_id"),
        (&header, "\u{e9}.{}", &[("x-id", "\u{e9}".as_bytes())], "/", "malformed_id"),
        (&header, ".{}", &[("x-id", b"")], "/", "missing_id"),
        (&header, ".{}", &[], "/", "missing_id"),
        (&query, "1.{}", &[], "/?id=1", "valid"),
        (&query, "1.{}", &[], "/?id=1&id=1", "valid"),
        (&query, "1.{}", &[], "/?id=1&id=2", "malformed_id"),
        (&query, ".{}", &[], "/?id=1&id=2", "malformed_id"),
        (&query, ".{}", &[], "/", "missing_id"),
        (&unsigned, "{}", &[("x-id", "\u{e9}".as_bytes())], "/", "malformed_id"),
        (&unsigned, "{}", &[], "/", "valid"),
    ] {
        assert_eq!(verdict(provider, signed, headers, target), expected, "{signed} {headers:?} {target}");
    }
}

#[test]
fn an_unsigned_id_or_type_that_is_not_visible_gives_way_to_another_place() {
    let provider = signed_body("", "id = 'header:x-a|header:x-b'\ntype = 'header:x-type'");
    let mut headers = HeaderMap::new();
    headers.insert("x-signature", signer_of_text("{}").parse().unwrap());
    headers.insert("x-a", HeaderValue::from_bytes(b"\xe9").unwrap());
    headers.insert("x-b", HeaderValue::from_static("2"));
    headers.insert("x-type", HeaderValue::from_bytes(b"a\xe9").unwrap());
    let verifier = Verifier::new(provider, secret("s")).unwrap();
    let delivery = verifier.verify(&Head::new(&headers), "{}", NOW).unwrap();
    assert_eq!(delivery.id().map(|id| id.as_str().to_owned()).as_deref(), Some("2"));
    assert!(delivery.event_type().is_none(), "a type that is no text is none");
}

#[test]
fn a_timestamp_outside_the_body_is_required_unless_it_is_optional() {
    let stamp = |optional: bool| {
        let field = "at = 'header:x-at', format = 'seconds', tolerance = 300";
        signed_body(&format!("timestamp = {{ {field}, optional = {optional} }}\n"), "")
    };
    for (optional, headers, expected) in [
        (false, &[("x-at", b"1700000000".as_slice())][..], "valid"),
        (false, &[], "missing_timestamp"),
        (false, &[("x-at", b"")], "missing_timestamp"),
        (false, &[("x-at", b"1700000000"), ("x-at", b"1700000001")], "malformed_timestamp"),
        (true, &[], "valid"),
        (true, &[("x-at", b"1600000000")], "timestamp_too_old"),
    ] {
        assert_eq!(verdict(&stamp(optional), "{}", headers, "/"), expected, "{optional} {headers:?}");
    }
}

#[test]
fn each_of_repeated_signature_headers_is_tried_where_they_are_alternatives() {
    let provider = |repeat: &str| {
        let scheme = "algorithm = 'hmac-sha256'\ncontent = '{body}'\n";
        let signature = "signature = { at = 'header:x-signature', encoding = 'hex'";
        declared(&format!("{scheme}{signature}{repeat} }}\n"), "")
    };
    let right = signer_of_text("{}");
    for (second, any, same) in [(&*right, "valid", "valid"), ("00", "valid", "malformed_signature")] {
        let headers = [("x-signature", second.as_bytes())];
        assert_eq!(verdict(&provider(", repeat = 'any'"), "{}", &headers, "/"), any);
        assert_eq!(verdict(&provider(""), "{}", &headers, "/"), same);
        let wrong_first = verdict(&provider(", repeat = 'any'"), "another", &headers, "/");
        assert_eq!(wrong_first, if second == right { "valid" } else { "signature_mismatch" });
    }
}

#[test]
fn a_form_is_sent_as_a_form() {
    let kind = |content: &str, content_type: &str| {
        let provider = signed_content(content, "", "");
        let signature = signer_of_text("1");
        let mut headers = HeaderMap::new();
        headers.insert("x-signature", signature.parse().unwrap());
        headers.insert("content-type", content_type.parse().unwrap());
        let verifier = Verifier::new(provider, secret("s")).unwrap();
        let verified = verifier.verify(&Head::new(&headers), "a=1", NOW);
        verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
    };
    for (content_type, expected) in [
        ("application/x-www-form-urlencoded", "valid"),
        ("Application/X-WWW-Form-URLEncoded ; charset=UTF-8", "valid"),
        ("application/json", "unsupported_content_type"),
        ("text/plain;application/x-www-form-urlencoded", "unsupported_content_type"),
        ("", "unsupported_content_type"),
    ] {
        assert_eq!(kind("{form:a}", content_type), expected, "{content_type}");
    }
    assert_eq!(kind("{form:sorted}", "multipart/form-data; boundary=x"), "unsupported_content_type");
}

#[test]
fn content_and_signature_are_in_one_kind_of_body() {
    let field = |at: &str, content: &str| {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{content}'\nsignature = {{ at = '{at}', encoding = 'hex' }}\n"
        );
        Provider::from_toml(&toml).map_or_else(|error| error.field().to_owned(), |_| "valid".to_owned())
    };
    for (at, content, expected) in [
        ("json:/sig", "{json:/a}", "valid"),
        ("form:sig", "{form:a}", "valid"),
        ("header:sig", "{form:a}", "valid"),
        ("header:sig", "{json:/a}", "valid"),
        ("json:/sig", "{form:a}", "scheme.signature.at"),
        ("form:sig", "{json:/a}", "scheme.signature.at"),
    ] {
        assert_eq!(field(at, content), expected, "{at} {content}");
    }
}

#[test]
fn a_final_newline_may_be_signed_that_was_not_sent() {
    let verdicts = |more: &str, signed: &str| {
        let verifier = Verifier::new(signed_body(more, ""), secret("s")).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-signature", signer_of_text(signed).parse().unwrap());
        let whole = verifier.verify(&Head::new(&headers), "{}", NOW);
        let mut intake = verifier.begin(&Head::new(&headers), NOW).unwrap();
        intake.push("{").unwrap();
        intake.push("}").unwrap();
        [whole, intake.finish(NOW)]
            .map(|result| result.map_or_else(|error| error.kind().as_str(), |_| "valid"))
    };
    for (more, signed, expected) in [
        ("final_newline = true\n", "{}", "valid"),
        ("final_newline = true\n", "{}\n", "valid"),
        ("final_newline = true\n", "{}\n\n", "signature_mismatch"),
        ("", "{}\n", "signature_mismatch"),
    ] {
        assert_eq!(verdicts(more, signed), [expected; 2], "{more} {signed:?}");
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
fn a_signed_id_is_required_unless_it_is_in_a_part_that_may_be_left_out() {
    let id = |content: &str| signed_content(content, "", "id = 'header:x-id'");
    for (content, signed, headers, expected) in [
        ("{header:x-id}.{body}", "1.{}", &[("x-id", b"1".as_slice())][..], "valid"),
        ("{header:x-id}.{body}", ".{}", &[], "missing_id"),
        ("{?id:{id};?}{body}", "id:1;{}", &[("x-id", b"1")], "valid"),
        ("{?id:{id};?}{body}", "{}", &[], "valid"),
        ("{?id:{header:x-id};?}{body}", "{}", &[], "valid"),
    ] {
        assert_eq!(verdict(&id(content), signed, headers, "/"), expected, "{content} {signed}");
    }
}

#[test]
fn keys_that_are_named_are_tried_by_their_names() {
    let kind = |field: &str| {
        let scheme = "algorithm = 'hmac-sha256'\ncontent = '{form:data}'\nkey = { after = ':' }\n\
                      [scheme.signature]\nat = 'form:sig'\nencoding = 'hex'\n\
                      format = { list = { separator = ',', assign = ':', tags = '{key}' } }\n";
        let secrets =
            SecretSet::new(secret("a:s")).with("second", secret("a:t")).with("third", secret("b:u"));
        let verifier = Verifier::new(declared(scheme, ""), secrets).unwrap();
        let body = format!("data=x&sig={}", field.replace('*', &signer_of_text("x")));
        let verified = verifier.verify(&Head::new(&HeaderMap::new()), body, NOW);
        verified.map(|delivery| delivery.key().to_owned())
    };
    for field in ["a:*", "b:00,a:*", "a:00,a:*", "c:00,a:*"] {
        assert_eq!(kind(field).as_deref(), Ok("primary"), "{field}");
    }
    assert_eq!(kind("a:00"), Err(VerifyError::SignatureMismatch { keys: 3 }));
    assert_eq!(kind("b:*"), Err(VerifyError::SignatureMismatch { keys: 3 }), "it is that of another key");
    assert_eq!(kind("c:*"), Err(VerifyError::NoMatchingPublicKey));
}

#[test]
fn a_check_says_what_it_binds_and_hexadecimal_has_any_case() {
    let verify = |check: &str, headers: &[(&'static str, &str)]| {
        let provider = signed_body(&format!("checks = [{{ at = 'header:x-check', {check} }}]\n"), "");
        let mut map = HeaderMap::new();
        map.insert("x-signature", signer_of_text("{}").parse().unwrap());
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let verifier = Verifier::new(provider, secret("s")).unwrap();
        verifier.verify(&Head::new(&map).with_url("https://own.example/in"), "{}", NOW).map(drop)
    };
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let of_body = "equals = '{body}', digest = 'sha256-hex'";
    assert_eq!(verify(of_body, &[("x-check", digest)]), Ok(()));
    assert_eq!(verify(of_body, &[("x-check", &digest.to_ascii_uppercase())]), Ok(()));
    let url_safe = "equals = '{body}', digest = 'sha256-base64-url'";
    for value in
        ["RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o=", "RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o"]
    {
        assert_eq!(verify(url_safe, &[("x-check", value)]), Ok(()));
    }
    let failed = |of| Err(VerifyError::CheckFailed { at: "header:x-check".to_owned(), of });
    assert_eq!(verify(of_body, &[("x-check", "00")]), failed(CheckSubject::Body));
    assert_eq!(
        verify("equals = '{url}', digest = 'sha256-hex'", &[("x-check", "00")]),
        failed(CheckSubject::Url)
    );
    assert_eq!(verify("equals = '{url}'", &[("x-check", "00")]), failed(CheckSubject::Other));
    assert_eq!(verify("equals = '{url}'", &[("x-check", "https://own.example/in")]), Ok(()));
    assert_eq!(
        verify("equals = 'v2'", &[("x-check", "V2")]),
        failed(CheckSubject::Other),
        "a text has its case"
    );
}

#[test]
fn a_check_covers_the_body_only_if_its_value_depends_on_it() {
    let is_body_signed = |check: &str, value: &str| {
        let provider = signed_content(
            "{header:x-check}",
            &format!("checks = [{{ at = 'header:x-check', {check} }}]\n"),
            "",
        );
        let mut headers = HeaderMap::new();
        headers.insert("x-signature", signer_of_text(value).parse().unwrap());
        headers.insert("x-check", value.parse().unwrap());
        let verifier = Verifier::new(provider, secret("s")).unwrap();
        let head = Head::new(&headers).with_url("https://own.example/in");
        verifier.verify(&head, "{}", NOW).unwrap().is_body_signed()
    };
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert!(is_body_signed("equals = '{body}', digest = 'sha256-hex'", digest));
    assert!(!is_body_signed("equals = '{url}'", "https://own.example/in"));
    assert!(!is_body_signed("equals = 'v2'", "v2"));
    let optional = "equals = '{body}', digest = 'sha256-hex', presence = 'optional'";
    assert!(!is_body_signed(optional, digest), "a sender may leave it out");
}

#[test]
fn a_value_in_the_body_that_is_checked_is_written_by_its_author() {
    let sign = |at: &str, url: Option<&str>| {
        let provider = signed_body(&format!("checks = [{{ at = '{at}', equals = '{{url}}' }}]\n"), "");
        let request = SigningRequest::new(r#"{"url":"https://own.example/in"}"#, NOW);
        let request = url.map_or(request.clone(), |url| request.with_url(url));
        let signed = Signer::new(provider, secret("s")).unwrap().sign(&request);
        signed.map(|headers| headers.len()).map_err(|error| error.kind().as_str())
    };
    assert_eq!(sign("json:/url", None), Ok(1));
    assert_eq!(sign("header:x-url", None), Err("missing_url"));
    assert_eq!(sign("header:x-url", Some("https://own.example/in")), Ok(2));
}

#[test]
fn a_parameter_with_two_values_is_refused_like_such_a_header() {
    for (field, parameter, header, expected) in [
        ("id", "id = 'query:v'", "id = 'header:v'", "malformed_id"),
        ("type", "type = 'query:v'", "type = 'header:v'", "valid"),
    ] {
        let plain = |event: &str| signed_content("{body}", "", event);
        assert_eq!(verdict(&plain(parameter), "{}", &[], "/?v=1&v=2"), expected, "{field}");
        assert_eq!(verdict(&plain(parameter), "{}", &[], "/?v=1&v=1"), "valid", "{field}");
        assert_eq!(verdict(&plain(header), "{}", &[("v", b"1"), ("v", b"2")], "/"), expected, "{field}");
    }
    let stamp = |at: &str| {
        signed_body(&format!("timestamp = {{ at = '{at}', format = 'seconds', tolerance = 300 }}\n"), "")
    };
    let now = "1700000000";
    let both = |target: &str| verdict(&stamp("query:t"), "{}", &[], target);
    assert_eq!(both(&format!("/?t={now}")), "valid");
    let headers: &[(&str, &[u8])] = &[("t", now.as_bytes()), ("t", b"1700000001")];
    let of_headers = verdict(&stamp("header:t"), "{}", headers, "/");
    assert_eq!(both(&format!("/?t={now}&t=1700000001")), of_headers);
    assert_ne!(of_headers, "missing_timestamp");
}

#[test]
fn a_body_may_begin_like_a_group_that_is_there() {
    let grouped = signed_content("{?v1:{header:x-a}:?}{body}", "", "");
    let verifier = Verifier::new(grouped, secret("s")).unwrap();
    for (of_header, signed, body, expected) in [
        (Some("7"), "v1:7:v1:7:{}", "v1:7:{}", "valid"),
        (None, "{}", "{}", "valid"),
        (None, "v1:7:{}", "v1:7:{}", "malformed_body"),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("x-signature", signer_of_text(signed).parse().unwrap());
        of_header.into_iter().for_each(|value| drop(headers.insert("x-a", HeaderValue::from_static(value))));
        let verified = verifier.verify(&Head::new(&headers), body, NOW);
        assert_eq!(verified.map_or_else(|error| error.kind().as_str(), |_| "valid"), expected, "{signed}");
    }
}

/// The signed bytes around the body tell deliveries apart whose id is not signed, unless they are the same in every
/// attempt or differ in every attempt.
#[test]
fn a_delivery_keeps_what_is_signed_around_its_body_if_that_tells_it_from_others() {
    let stamp = "timestamp = { at = 'header:x-at', format = 'seconds', tolerance = 300 }\n";
    for (content, more, event, keeps) in [
        ("{body}", "", "id = 'header:x-id'", false),
        ("v0:{timestamp}:{body}", stamp, "id = 'header:x-id'", false),
        ("{url}\\n{body}", "", "id = 'header:x-id'", true),
        ("{body}\\n{header:x-id}{method}", "", "id = 'header:x-id'", true),
        ("{url}\\n{body}", "", "", false),
        ("{id}\\n{url}\\n{body}", "", "id = 'header:x-id'", false),
        ("{id}\\n{body}", "", "id = 'header:x-id'\ntype = 'header:x-type'", true),
        ("{id}\\n{body}", "", "id = 'header:x-id'\ntype = 'json:/type'", false),
        ("{body}", "", "type = 'header:x-type'", false),
        ("{url}{body}", "", "", true),
        // The digits of a timestamp and the body beside it have no fixed boundary.
        ("{timestamp}{body}", stamp, "id = 'header:x-id'", true),
        ("{body}{timestamp}", stamp, "id = 'header:x-id'", true),
        // With a part that may be missing, the same bytes may be another id.
        ("{?{header:x-b}.?}{id}.{body}", "", "id = 'header:x-id'", true),
        ("{id}.{body:sha256-hex}{?.{header:x-b}?}", "", "id = 'header:x-id'", true),
    ] {
        let provider = signed_content(content, more, event);
        let request = SigningRequest::new("{}", NOW)
            .with_id("7")
            .with_url("https://own.example/in")
            .with_header(HeaderName::from_static("x-id"), HeaderValue::from_static("7"));
        let mut headers = Signer::new(provider.clone(), secret("s")).unwrap().sign(&request).unwrap();
        headers.insert("x-id", HeaderValue::from_static("7"));
        let verifier = Verifier::new(provider, secret("s")).unwrap();
        let head = Head::new(&headers).with_url("https://own.example/in");
        let delivery = verifier.verify(&head, "{}", NOW).unwrap();
        assert_eq!(delivery.signed_content().unwrap().has_more(), keeps, "{content} {event}");
    }
}

/// Verifies this body at a URL that ends with a slash or not, signed for the URL without it.
fn delivered(provider: &Provider, body: &'static str, url: &str) -> Delivery {
    let request = SigningRequest::new(body, NOW)
        .with_id("7")
        .with_url("https://own.example/in")
        .with_header(HeaderName::from_static("x-type"), HeaderValue::from_static("paid"));
    let mut headers = Signer::new(provider.clone(), secret("s")).unwrap().sign(&request).unwrap();
    for (name, value) in [("x-id", "7"), ("x-type", "paid")] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let verifier = Verifier::new(provider.clone(), secret("s")).unwrap();
    verifier.verify(&Head::new(&headers).with_url(url), body, NOW).unwrap()
}

/// A value in the head can be left out, even if it is signed: the content may have a second reading without it.
#[test]
fn a_request_without_its_id_or_type_may_be_the_same_delivery_unless_they_are_in_signed_bytes_of_the_body() {
    let body = r#"{"id":"7","type":"paid","n":1}"#;
    for (content, event, can_lose_id, can_lose_type) in [
        ("{body}", "", false, false),
        ("{body}", "id = 'header:x-id'\ntype = 'header:x-type'", true, true),
        ("{id}.{header:x-type}.{body}", "id = 'header:x-id'\ntype = 'header:x-type'", true, true),
        ("{body}", "id = 'json:/id'\ntype = 'json:/type'", false, false),
        ("{json:/id}", "id = 'json:/id'\ntype = 'json:/type'", false, true),
        ("{json:/type}", "id = 'json:/id'\ntype = 'json:/type'", true, false),
    ] {
        let delivery = delivered(&signed_content(content, "", event), body, "https://own.example/in");
        let can_lose = (delivery.can_lose_id(), delivery.can_lose_type());
        assert_eq!(can_lose, (can_lose_id, can_lose_type), "{content} {event}");
    }
}

#[test]
fn the_signed_bytes_of_a_delivery_are_the_same_in_each_reading_of_its_url() {
    let bytes =
        |delivery: &Delivery| delivery.signed_content().unwrap().pieces().collect::<Vec<_>>().concat();
    let stamp = "timestamp = { at = 'header:x-at', format = 'seconds', tolerance = 300 }\n";
    for (more, content, signed) in [
        ("any_trailing_slash = true\n", "{timestamp}.{url}.{body}", Some(NOW)),
        ("any_trailing_slash = true\n", "{url}.{body}", None),
    ] {
        let provider = signed_content(content, &format!("{more}{stamp}"), "id = 'header:x-id'");
        for url in ["https://own.example/in", "https://own.example/in/"] {
            let delivery = delivered(&provider, "{}", url);
            let expected = content.replace("{url}", "https://own.example/in").replace("{body}", "{}");
            let expected = expected.replace("{timestamp}", &NOW.as_secs().to_string());
            assert_eq!(String::from_utf8(bytes(&delivery)).unwrap(), expected, "{url}");
            assert_eq!(delivery.signed_content().unwrap().timestamp(), signed, "{url}");
        }
    }
}

#[test]
fn a_line_break_at_the_end_of_a_signed_value_is_a_part_of_it() {
    let provider = signed_content("{json:/a}", "", "");
    let delivery = delivered(&provider, r#"{"a":"x\n"}"#, "https://own.example/in");
    assert_eq!(delivery.signed_content().unwrap().body(), b"x\n");
}

/// Each item has a signature of its own, so a sender can leave items out, repeat them and change their order.
#[test]
fn nothing_of_a_batch_is_signed_whose_items_are_signed_one_by_one() {
    let own = |event: &str| {
        let scheme = "algorithm = 'hmac-sha256'\ncontent = '{id}.{json:/id}'\neach = '/items/*'\n\
                      signature = { at = 'json:/signature', encoding = 'hex' }\n";
        declared(scheme, event)
    };
    let batch = own("id = 'header:x-id'\ntype = 'json:/items/0/id'");
    let request = SigningRequest::new(r#"{"items":[{"id":"a"},{"id":"b"}]}"#, NOW).with_id("i1");
    let signed = Signer::new(batch.clone(), secret("s")).unwrap().sign_request(&request).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&signed.body).unwrap();
    let items = document["items"].as_array().unwrap();
    let verifier = Verifier::new(batch, secret("s")).unwrap();
    for order in [&[0, 1][..], &[1, 0], &[0], &[1], &[1, 1, 0]] {
        let items: Vec<_> = order.iter().map(|at| &items[*at]).collect();
        let body = serde_json::json!({ "items": items, "more": order }).to_string();
        let delivery = verifier.verify(&Head::new(&signed.headers), body, NOW).unwrap();
        let (id, event_type) = (delivery.id().unwrap(), delivery.event_type().unwrap());
        assert_eq!(id.as_str(), "i1");
        assert!(!id.is_signed() && !event_type.is_signed() && !delivery.is_body_signed(), "{order:?}");
    }
    // The content is a member of each item, not of the body.
    let of_items = "algorithm = 'hmac-sha256'\ncontent = '{json:/id}.{json:/t}'\neach = '/items/*'\n\
                    signature = { at = 'json:/signature', encoding = 'hex' }\n\
                    timestamp = { at = 'json:/t', format = 'seconds', tolerance = 300 }\n";
    let beside = declared(of_items, "id = 'json:/id'\ntype = 'json:/id'").coverage().unwrap();
    assert!(!beside.id && !beside.event_type && !beside.timestamp);
    // A digest of the whole body binds the items to each other.
    let bound = declared(
        "algorithm = 'hmac-sha256'\ncontent = '{header:x-digest}.{json:/id}'\neach = '/items/*'\n\
         signature = { at = 'json:/signature', encoding = 'hex' }\n\
         checks = [{ at = 'header:x-digest', equals = '{body}', digest = 'sha256-hex' }]\n",
        "id = 'header:x-digest'",
    );
    let coverage = bound.coverage().unwrap();
    assert!(coverage.body && coverage.id);
    for provider in countersign::providers::all().filter(|provider| provider.scheme.for_each.is_some()) {
        let coverage = provider.coverage().unwrap();
        assert!(!coverage.body && !coverage.id && !coverage.event_type, "{}", provider.slug);
    }
}

#[test]
fn the_signed_bytes_are_those_around_the_body_too() {
    let provider = signed_content("{method}.{body}.{path}", "", "");
    let verifier = Verifier::new(provider, secret("s")).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-signature", "00".parse().unwrap());
    let head = Head::new(&headers).with_method("PUT").with_url("https://own.example/in?a=1");
    let now = UnixTime::from_secs(1_700_000_000);
    let signed = countersign::__private::inspect::signed_bytes(&verifier, &head, b"{}", now);
    assert_eq!(signed.unwrap(), b"PUT.{}./in");
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

#[test]
fn values_that_a_list_or_lines_cover_are_signed() {
    let coverage =
        |content: &str, more: &str, event: &str| signed_content(content, more, event).coverage().unwrap();
    for (content, id, is_signed) in [
        ("{json-lines:id,x}", "json:/id", true),
        ("{json-lines:x,y}", "json:/id", false),
        ("{body:json-sorted}", "json:/id", true),
        ("{headers:x-list}\\n{body}", "header:x-list", true),
        ("{headers:x-list}\\n{body}", "header:x-id", false),
    ] {
        assert_eq!(coverage(content, "", &format!("id = '{id}'")).id, is_signed, "{content} {id}");
    }
    let stamp = "timestamp = { at = 'header:x-at', format = 'seconds', tolerance = 300 }\n";
    assert!(coverage("{headers:x-list}\\n{body}", stamp, "").timestamp, "the list has to name it");
    let form = |content: &str, id: &str| {
        // The value leaves out the field of the signature.
        let at = if content.contains("php") { "form:sig" } else { "header:x-sig" };
        let scheme = format!(
            "algorithm = 'hmac-sha256'\ncontent = '{content}'\nsignature = {{ at = '{at}', encoding = 'hex' }}\n"
        );
        declared(&scheme, &format!("id = '{id}'")).coverage().unwrap().id
    };
    assert!(form("{form:php-serialize}", "form:id") && form("{form:id}", "form:id"));
    assert!(!form("{form:a}", "form:id") && !form("{form:sorted}", "form:id"));
}

#[test]
fn an_item_of_the_signature_is_signed_where_the_content_holds_it() {
    let covered = |content: &str| {
        let scheme = format!(
            "algorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             timestamp = {{ at = 'sig:t', format = 'seconds', tolerance = 300 }}\n\
             [scheme.signature]\nat = 'header:x-signature'\nencoding = 'hex'\n\
             format = {{ list = {{ separator = ',', assign = '=', tags = 'v1' }} }}\n"
        );
        declared(&scheme, "").coverage().unwrap().timestamp
    };
    for (content, is_signed) in [
        ("{timestamp}.{body}", true),
        ("{sig:t}.{body}", true),
        ("{sig:t:json-string}.{body}", true),
        ("{sig:u}.{body}", false),
        ("{sig:u:json-string}.{body}", false),
        ("{body}", false),
    ] {
        assert_eq!(covered(content), is_signed, "{content}");
    }
}

#[test]
fn a_check_passes_over_a_place_without_a_value() {
    let provider = signed_body("checks = [{ at = 'header:x-a|x-b', equals = 'v2' }]\n", "");
    for (headers, expected) in [
        (&[("x-a", b"v2".as_slice())][..], "valid"),
        (&[("x-b", b"v2")], "valid"),
        (&[("x-a", b""), ("x-b", b"v2")], "valid"),
        (&[("x-a", b"v1"), ("x-b", b"v2")], "check_failed"),
        (&[("x-a", b""), ("x-b", b"")], "missing_body_hash"),
    ] {
        assert_eq!(verdict(&provider, "{}", headers, "/"), expected, "{headers:?}");
    }
}

#[test]
fn parts_of_a_body_are_signed_in_base64() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    for (content, signed) in [
        ("{base64:body}", STANDARD.encode("{}")),
        ("{base64:body:json-string}", STANDARD.encode("\"{}\"")),
        ("{base64:body:json-sorted}", STANDARD.encode("{}")),
        ("a.{base64:body}.b", format!("a.{}.b", STANDARD.encode("{}"))),
    ] {
        let provider = signed_content(content, "", "");
        assert_eq!(verdict(&provider, &signed, &[], "/"), "valid", "{content}");
        assert_eq!(verdict(&provider, "{}", &[], "/"), "signature_mismatch", "{content}");
    }
}

#[test]
fn pairs_of_a_form_are_signed_without_the_signature_and_those_that_are_named() {
    let kind = |at: &str, content: &str, signed: &str| {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{content}'\nsignature = {{ at = '{at}', encoding = 'hex' }}\n"
        );
        let verifier = Verifier::new(Provider::from_toml(&toml).unwrap(), secret("s")).unwrap();
        let signature = signer_of_text(signed);
        let mut headers = HeaderMap::new();
        headers.insert("x-signature", signature.parse().unwrap());
        let body = format!("b=2&kind=k&a=1&sign={}", if at == "form:sign" { &signature } else { "x" });
        let verified = verifier.verify(&Head::new(&headers), body, NOW);
        verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
    };
    for (at, content, signed) in [
        ("form:sign", "{form:pairs}", "a=1&b=2&kind=k"),
        ("form:sign", "{form:pairs-without:kind}", "a=1&b=2"),
        ("form:sign", "{form:pairs-without:kind,a}", "b=2"),
        ("header:x-signature", "{form:pairs}", "a=1&b=2&kind=k&sign=x"),
        ("header:x-signature", "{form:pairs-without:sign}", "a=1&b=2&kind=k"),
    ] {
        assert_eq!(kind(at, content, signed), "valid", "{at} {content}");
        assert_eq!(kind(at, content, &format!("{signed}&")), "signature_mismatch", "{at} {content}");
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

#[test]
fn items_are_signed_with_one_key_or_with_a_few() {
    let scheme = |more: &str, at: &str| {
        format!(
            "algorithm = 'hmac-sha256'\ncontent = '{{json:/id}}'\n{more}signature = {{ at = '{at}', encoding = 'hex' }}\n"
        )
    };
    let provider = declared(&scheme("for_each = '/items/*'\n", "json:/s"), "");
    let of_an_item = declared(&scheme("", "header:x-signature"), "");
    let set =
        (0..4).fold(SecretSet::none(), |set, key| set.with(key.to_string(), secret(&format!("key {key}"))));
    let verifier = Verifier::new(provider, set).unwrap();
    let body = |keys: &[usize]| {
        let item = |key: &usize| {
            let signer = Signer::new(of_an_item.clone(), secret(&format!("key {key}"))).unwrap();
            let signature = signer.signature(&SigningRequest::new(r#"{"id":"1"}"#, NOW)).unwrap();
            format!(r#"{{"id":"1","s":"{signature}"}}"#)
        };
        format!(r#"{{"items":[{}]}}"#, keys.iter().map(item).collect::<Vec<_>>().join(","))
    };
    let key = |keys: &[usize]| {
        let delivery = verifier.verify(&Head::new(&HeaderMap::new()), body(keys), NOW);
        delivery.ok().map(|delivery| delivery.key().to_owned())
    };
    assert_eq!(key(&[3; 100]).as_deref(), Some("3"));
    assert_eq!(key(&[1, 3, 0, 2]).as_deref(), Some("1"), "the key of the first item is that of the delivery");
    assert_eq!(key(&[4]), None);
    assert_eq!(key(&[3, 3, 4]), None);
    let changes = |count: usize| (0..=count).map(|item| item % 2).collect::<Vec<_>>();
    assert_eq!(key(&changes(16)).as_deref(), Some("0"));
    assert_eq!(key(&changes(17)), None, "nobody signs like that, and each change costs a search");
}
