//! Tests of the places of ids, types, timestamps, signatures and names of keys.

use countersign::{Head, SecretSet, Signer, SigningRequest, Verifier, VerifyError};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::support::{NOW, declared, secret, signed_body, signed_content, signer_of_text, verdict};

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
