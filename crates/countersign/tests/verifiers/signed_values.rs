//! Tests of the values that a signature covers, and of those that can be changed beside it.

use countersign::{Head, Provider, Signer, SigningRequest, Verifier};
use http::{HeaderMap, HeaderName};

use crate::support::{NOW, declared, delivered, secret, signed_content, signer_of_text, verdict};

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
