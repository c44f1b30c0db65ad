//! Tests of forms, of parts of a body, and of bodies that hold several items.

use countersign::{Head, Provider, SecretSet, Signer, SigningRequest, Verifier};
use http::{HeaderMap, HeaderValue};

use crate::support::{NOW, declared, secret, signed_body, signed_content, signer_of_text, verdict};

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
    assert_eq!(key(&changes(17)), None, "no provider signs like that, and each change costs a search");
}
