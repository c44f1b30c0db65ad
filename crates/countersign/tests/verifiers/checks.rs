//! Tests of checks, which hold values of a request against each other.

use countersign::{CheckSubject, Head, Signer, SigningRequest, Verifier, VerifyError};
use http::{HeaderMap, HeaderName};

use crate::support::{NOW, declared, secret, signed_body, signed_content, signer_of_text, verdict};

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
