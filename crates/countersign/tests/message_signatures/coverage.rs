//! Tests of the components that a signature has to cover, and of declarations of them.

use countersign::scheme::{Algorithm, Encoding, Location, SignatureField, TimestampField, TimestampFormat};
use countersign::{Head, Provider, Secret, Tolerance, UnixTime, Verifier};
use http::{HeaderName, HeaderValue};

use crate::support::{
    B21, B22, B23, B25, BODY, CREATED, SHARED, URL, covering, key, kind, message_of, provider, shared,
    verify, verify_at,
};

#[test]
fn what_a_declaration_requires_is_covered_or_the_message_is_refused() {
    for (components, key, vector) in [
        ("@method", "B21", B21),
        ("@method", "B22", B22),
        (r#"@query-param;name="param""#, "B22", B22),
        ("content-digest;key=\"sha-512\"", "B22", B22),
    ] {
        let pss = provider(Algorithm::RsaPssSha512, components);
        let error = verify(pss, key!("rfc9421/rsa-pss-public.pem"), &message_of(vector)).unwrap_err();
        assert_eq!(error.kind().as_str(), "malformed_signature", "{key} {components}");
    }
    let error = verify(shared("content-digest"), SHARED, &message_of(B25)).unwrap_err();
    assert_eq!(error.kind().as_str(), "malformed_signature");
}

#[test]
fn what_is_covered_cannot_be_changed() {
    let rsa = key!("rfc9421/rsa-pss-public.pem");
    let pss = || provider(Algorithm::RsaPssSha512, "content-digest|date|@method|@path|@query");
    for (name, value) in [
        ("date", "Tue, 20 Apr 2021 02:07:56 GMT"),
        ("content-type", "text/plain"),
        ("content-length", "19"),
        ("content-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"),
    ] {
        let mut changed = message_of(B23);
        changed.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        let error = verify(pss(), rsa, &changed).unwrap_err();
        assert_eq!(error.kind().as_str(), "signature_mismatch", "{name}");
    }
    let error = verify_at(pss(), rsa, &message_of(B23), r#"{"hello": "worle"}"#, CREATED).unwrap_err();
    assert_eq!(error.kind().as_str(), "body_hash_mismatch");
    let later = UnixTime::from_secs(CREATED.as_secs() + 301);
    let error = verify_at(pss(), rsa, &message_of(B23), BODY, later).unwrap_err();
    assert_eq!(error.kind().as_str(), "timestamp_too_old");
    let verifier = Verifier::new(pss(), Secret::new(rsa).unwrap()).unwrap();
    let headers = message_of(B23);
    for head in [
        Head::new(&headers).with_url(URL).with_method("PUT"),
        Head::new(&headers).with_url("https://example.com/fop?param=Value&Pet=dog"),
        Head::new(&headers).with_url("https://example.com/foo?param=Value&Pet=cat"),
        Head::new(&headers).with_url("https://example.org/foo?param=Value&Pet=dog"),
    ] {
        let error = verifier.verify(&head, BODY, CREATED).unwrap_err();
        assert_eq!(error.kind().as_str(), "signature_mismatch");
    }
}

#[test]
fn a_message_has_one_url_and_no_items() {
    let own = || provider(Algorithm::HmacSha256, "content-digest");
    assert!(own().check().is_ok());
    let mut any_port = own();
    any_port.scheme.any_port = true;
    let mut items = own();
    items.scheme = items.scheme.for_each("/items/*");
    for refused in [any_port, items] {
        assert_eq!(refused.check().unwrap_err().field(), "scheme.message_signature");
    }
}

#[test]
fn a_declaration_that_makes_no_sense_is_refused() {
    let field = |provider: Provider| provider.check().unwrap_err().field().to_owned();
    for components in
        ["", "|", "Date", "@status", "@query-param", "date|date", "@unknown", "date;req", "date;name=\"x\""]
    {
        assert_eq!(field(shared(components)), "scheme.message_signature.components", "{components}");
    }
    assert_eq!(field(provider(Algorithm::HmacSha512, "date")), "scheme.algorithm");
    let mut own = shared("date");
    own.scheme.signature = SignatureField::header("x-signature", Encoding::Base64);
    assert_eq!(field(own), "scheme.signature");
    let mut own = shared("date");
    own.scheme.content = countersign::scheme::Template::new("{body}");
    assert_eq!(field(own), "scheme.content");
    let mut own = shared("date");
    own.scheme.timestamp.as_mut().unwrap().at = Location::signature_item("expires");
    assert_eq!(field(own), "scheme.timestamp");
}

#[test]
fn a_structured_field_is_signed_as_it_is_serialised_again() {
    for (component, lines, value) in [
        (r#""cache-control""#, &["max-age=060,   private"][..], "max-age=060,   private"),
        (r#""cache-control";sf"#, &["max-age=060,   private"], "max-age=60, private"),
        (r#""cache-control";sf"#, &["max-age=60", "private"], "max-age=60, private"),
        (r#""priority";sf"#, &["u=1 ,  i=?1"], "u=1, i"),
        (r#""content-length";sf"#, &["018"], "18"),
        (r#""cache-control";key="max-age""#, &["max-age=060, private"], "60"),
        (r#""cache-control";sf;key="max-age""#, &["max-age=060, private"], "60"),
        (r#""x-list";bs"#, &["a", "b"], ":YQ==:, :Yg==:"),
    ] {
        let (name, _) = component.trim_start_matches('"').split_once('"').unwrap();
        let sent: Vec<_> = lines.iter().map(|line| (name, *line)).collect();
        let message = covering(&[(component, value)], &sent);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), "valid", "{component} {lines:?}");
        let other = covering(&[(component, "another")], &sent);
        assert_eq!(kind(verify(shared("@method"), SHARED, &other)), "signature_mismatch", "{component}");
    }
    for (component, name, line) in [
        (r#""x-unknown";sf"#, "x-unknown", "a=1"),
        (r#""cache-control";sf"#, "cache-control", "=, 7"),
        (r#""content-length";sf"#, "content-length", "1, 2"),
        (r#""cache-control";key="max-age""#, "cache-control", "private"),
    ] {
        let message = covering(&[(component, line)], &[(name, line)]);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), "malformed_header", "{component}");
    }
}

#[test]
fn a_message_may_be_dated_by_a_header_instead_of_its_signature() {
    let by_header = || {
        let mut own = shared("@method|x-at");
        let field =
            TimestampField::new(Location::header("x-at"), TimestampFormat::Seconds, Tolerance::seconds(300));
        own.scheme.timestamp = Some(field);
        own
    };
    let later = UnixTime::from_secs(CREATED.as_secs() + 1000);
    let at = |secs: i64, now: UnixTime| {
        let stamp = secs.to_string();
        let message = covering(&[("\"x-at\"", &stamp)], &[("x-at", &stamp)]);
        verify_at(by_header(), SHARED, &message, BODY, now)
    };
    let delivery = at(later.as_secs(), later).unwrap();
    assert_eq!(delivery.timestamp().unwrap().value(), later, "not when the signature was created");
    assert_eq!(kind(at(CREATED.as_secs(), later)), "timestamp_too_old");
    assert_eq!(kind(at(later.as_secs(), CREATED)), "timestamp_too_new");
}
