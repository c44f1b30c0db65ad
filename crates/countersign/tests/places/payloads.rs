//! Payloads in forms, in multipart/form-data and in gzip.

use std::io::Write;

use countersign::receiver::{Budget, Receiver};
use countersign::{
    ErrorKind, Event, EventCatalog, Head, Signer, SigningRequest, UnixTime, Verifier, providers,
};
use http::HeaderMap;
use serde::Deserialize;

use crate::support::{NOW, declared, deliver, event_type, id, secret};

#[test]
fn the_json_in_a_field_of_a_form_is_the_payload() {
    let provider = declared("id = 'json:/id'\ntype = 'json:/type'\ndata = '/data'\npayload = 'form:payload'");
    let json = r#"{"id":"1","data":{"number":7},"type":"push"}"#;
    let form: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("x", "y")
        .append_pair("payload", json)
        .finish();
    let multipart =
        format!("--b\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{json}\r\n--b--\r\n");
    for body in [json, &form, &multipart] {
        let delivery = deliver(&provider, body, &[], "/");
        assert_eq!((id(&delivery), event_type(&delivery)), (Some(("1", true)), Some("push")), "{body}");
        assert_eq!((&delivery.payload()[..], &delivery.body()[..]), (json.as_bytes(), body.as_bytes()));
        assert_eq!(delivery.json::<serde_json::Value>().unwrap()["data"]["number"], 7);
        assert_eq!(Event::<Push>::decode(delivery).unwrap().data.number, 7);
    }
    let delivery = deliver(&provider, "x=y", &[], "/");
    assert_eq!((id(&delivery), event_type(&delivery)), (None, None));
}

#[test]
fn gzip_is_decompressed_after_verification_up_to_a_limit() {
    let provider = declared("id = 'json:/id'\ntype = 'json:/type'\ndata = '/data'");
    let json = br#"{"id":"1","data":{"number":7},"type":"push"}"#;
    let body = gzip(json);
    let delivery = deliver(&provider, body.clone(), &[], "/");
    assert_eq!((id(&delivery), event_type(&delivery)), (Some(("1", true)), Some("push")));
    assert_eq!((&delivery.payload()[..], &delivery.body()[..]), (&json[..], &body[..]));
    assert_eq!(Event::<Push>::decode(delivery).unwrap().data.number, 7);

    let bomb = deliver(&provider, gzip(&vec![b' '; 17 << 20]), &[], "/");
    assert!(bomb.json::<serde_json::Value>().unwrap_err().to_string().contains("`with_body_limit`"));
    assert_eq!((id(&bomb), bomb.payload()), (None, bomb.body()));
    let broken = deliver(&provider, body[..20].to_vec(), &[], "/");
    assert!(Event::<Push>::decode(broken).unwrap_err().to_string().contains("gzip"));
}

#[test]
fn the_content_of_gzip_counts_in_the_budget_as_long_as_its_delivery_is_there() {
    const CONTENT: usize = 1 << 20;
    let body = gzip(&vec![b' '; CONTENT]);
    for provider in [declared("id = 'json:/id'"), declared("")] {
        let signer = Signer::new(provider.clone(), secret()).unwrap();
        let headers = signer.sign(&SigningRequest::new(body.clone(), NOW)).unwrap();
        let receive = |budget: &Budget| {
            let receiver = Receiver::new(Verifier::new(provider.clone(), secret()).unwrap());
            let receiver = receiver.to_builder().with_clock(NOW).with_budget(budget.clone()).build().unwrap();
            crate::receive::receive(&receiver, "POST", "/", &headers, &body, body.len())
        };
        let plenty = Budget::new(2 * CONTENT);
        let delivery = receive(&plenty).unwrap();
        assert_eq!(plenty.in_use(), CONTENT);
        let clone = delivery.clone();
        drop(delivery);
        assert_eq!((clone.payload().len(), plenty.in_use()), (CONTENT, CONTENT));
        drop(clone);
        assert_eq!(plenty.in_use(), 0);

        let scarce = Budget::new(CONTENT - 1);
        let Err(crate::receive::Early::Rejected(rejection)) = receive(&scarce) else {
            panic!("more than the budget is held")
        };
        assert_eq!((rejection.kind(), scarce.in_use()), (ErrorKind::BudgetSpent, 0));
    }
}

/// A provider that sends both has a declaration for each, and the reason of a refusal says that the other one is needed.
#[test]
fn a_form_where_json_is_read_and_json_where_a_form_is_read_are_named() {
    let form = "timestamp=1700000000&token=0abc10&event=delivered&signature=00ff";
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n1\r\n--b--\r\n";
    let json = r#"{"signature":{"timestamp":"1700000000","token":"0abc10","signature":"00ff"}}"#;
    for (provider, body, expected) in [
        (&providers::MAILGUN, form, "is a form, and this declaration reads JSON"),
        (&providers::MAILGUN, multipart, "is a form, and this declaration reads JSON"),
        (&providers::MAILGUN, "token", "is not JSON"),
        (&providers::MIDTRANS, form, "is a form, and this declaration reads JSON"),
        (&providers::MAILGUN_ROUTES, json, "is JSON, and this declaration reads a form"),
        (&providers::MAILGUN_ROUTES, "timestamp=1&signature=00ff", "a field that the signature covers"),
    ] {
        let verifier = Verifier::new(provider, secret()).unwrap();
        let now = UnixTime::from_secs(1_700_000_000);
        let verdict = verifier.verify(&Head::new(&HeaderMap::new()), body, now);
        let error = verdict.unwrap_err().to_string();
        assert!(error.contains(expected), "{} {body}: {error}", provider.slug);
    }
    assert!(providers::MAILGUN.notes.contains("`mailgun-routes`"));
    assert!(providers::MAILGUN_ROUTES.notes.contains("`mailgun`"));
}

#[test]
fn mailgun_routes_take_forms_and_multipart() {
    let signer = Signer::new(&providers::MAILGUN_ROUTES, secret()).unwrap();
    let verifier = Verifier::new(&providers::MAILGUN_ROUTES, secret()).unwrap();
    let verify = |content_type: &str, body: String| {
        let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, content_type.parse().unwrap())]);
        verifier.verify(&Head::new(&headers), body, NOW)
    };
    let form = "timestamp=1700000000&token=t1&recipient=a%40b.example";
    let signature = signer.signature(&SigningRequest::new(form, NOW)).unwrap();
    let delivery =
        verify("application/x-www-form-urlencoded", format!("{form}&signature={signature}")).unwrap();
    assert_eq!(id(&delivery), Some(("t1", true)));
    let field = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = "--b\r\nContent-Disposition: form-data; name=\"token\"; filename=\"a\"\r\n\r\nt2\r\n";
    let parts =
        [file, &field("token", "t1"), &field("timestamp", "1700000000"), &field("signature", &signature)]
            .concat();
    let content_type = "multipart/form-data; boundary=b";
    assert_eq!(id(&verify(content_type, format!("{parts}--b--\r\n")).unwrap()), Some(("t1", true)));
    let twice = format!("{parts}{}--b--\r\n", field("token", "t2"));
    assert_eq!(verify(content_type, twice).unwrap_err().kind(), ErrorKind::MalformedBody);
}

#[test]
fn bodies_with_too_many_fields_or_members_are_refused_before_they_are_taken_apart() {
    let twilio = Verifier::new(&providers::TWILIO, secret()).unwrap();
    let headers = HeaderMap::from_iter([(
        http::HeaderName::from_static("x-twilio-signature"),
        "AAAAAAAAAAAAAAAAAAAAAAAAAAA=".parse().unwrap(),
    )]);
    let head = Head::new(&headers).with_url("https://a.example/");
    for (fields, kind) in [(1_000, ErrorKind::SignatureMismatch), (1_001, ErrorKind::MalformedBody)] {
        let body = vec!["a=b"; fields].join("&");
        assert_eq!(twilio.verify(&head, body, NOW).unwrap_err().kind(), kind, "{fields}");
    }
    let mailgun = Verifier::new(&providers::MAILGUN, secret()).unwrap();
    let text = format!(
        r#"{{"text":"{}","signature":{{"signature":"00","timestamp":"1700000000","token":"t"}}}}"#,
        r#"\",:["#.repeat(20_000)
    );
    let many = format!(r#"{{"x":[{}1]}}"#, "1,".repeat(20_000));
    for (body, kind) in [(text, ErrorKind::SignatureMismatch), (many, ErrorKind::MalformedBody)] {
        assert_eq!(mailgun.verify(&Head::new(&HeaderMap::new()), body, NOW).unwrap_err().kind(), kind);
    }
}

#[derive(Debug, Deserialize, EventCatalog)]
#[event("push")]
struct Push {
    number: u32,
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}
