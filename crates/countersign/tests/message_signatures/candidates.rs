//! Tests of messages with several signatures, and of the parameters and limits of each.

use countersign::scheme::{Algorithm, MessageSignatureRules};
use countersign::{Head, Verifier};
use http::{HeaderMap, HeaderValue};

use crate::support::{
    B22, B25, CREATED, SHARED, URL, base_signature, covering, headers, key, kind, message, message_of,
    provider, shared, verify,
};

#[test]
fn one_of_several_signatures_is_enough_and_the_others_do_no_harm() {
    let (inputs, signatures) = (format!("{}, {}", B25[0], B22[0]), format!("{}, {}", B22[1], B25[1]));
    let both = message(&inputs, &signatures);
    verify(shared("date"), SHARED, &both).unwrap();
    // The same in two lines.
    let mut lines = message_of(B25);
    lines.append("signature-input", HeaderValue::from_static(B22[0]));
    lines.append("signature", HeaderValue::from_static(B22[1]));
    verify(shared("date"), SHARED, &lines).unwrap();
    let label = |label| {
        let mut provider = shared("date");
        provider.scheme.message_signature = Some(MessageSignatureRules::new("date").with_label(label));
        provider
    };
    verify(label("sig-b25"), SHARED, &both).unwrap();
    let error = verify(label("sig-b26"), SHARED, &both).unwrap_err();
    assert_eq!(error.kind().as_str(), "no_signature_for_expected_version");
    let tagged = |tag| {
        let mut rsa = provider(Algorithm::RsaPssSha512, "@authority");
        rsa.scheme.message_signature = Some(MessageSignatureRules::new("@authority").with_tag(tag));
        rsa
    };
    let rsa = key!("rfc9421/rsa-pss-public.pem");
    verify(tagged("header-example"), rsa, &both).unwrap();
    verify(tagged("other"), rsa, &both).unwrap_err();

    let many: Vec<_> = (0..17).map(|n| B25[0].replace("sig-b25", &format!("sig{n}"))).collect();
    let error = verify(shared("date"), SHARED, &message(&many.join(", "), B25[1])).unwrap_err();
    assert_eq!(error.kind().as_str(), "malformed_signature");
}

#[test]
fn a_signature_is_refused_for_what_it_says_of_itself() {
    let rest = "(\"date\" \"@authority\" \"content-type\");created=1618884473";
    for (input, kind) in [
        (format!("sig-b25={rest};alg=\"ed25519\""), "malformed_signature"),
        (format!("sig-b25={rest};alg=\"none\""), "malformed_signature"),
        (format!("sig-b25={rest};expires=1618884472"), "timestamp_too_old"),
        (format!("sig-b25={rest};expires=1618884473"), "signature_mismatch"),
        ("sig-b25=(\"date\" \"date\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"@status\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"@method\";req);created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"@signature-params\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"Host\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"x-none\");created=1618884473".to_owned(), "missing_header"),
        ("sig-b25=(\"date\")".to_owned(), "missing_timestamp"),
        ("sig-b25=(\"date\");created=\"1618884473\"".to_owned(), "malformed_timestamp"),
        ("sig-b25=\"date\";created=1618884473".to_owned(), "malformed_signature"),
        ("other=(\"date\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\"".to_owned(), "malformed_signature"),
        (format!("sig-b25=({});created=1618884473", "\"date\" ".repeat(65)), "malformed_signature"),
    ] {
        let error = verify(shared("date"), SHARED, &message(&input, B25[1])).unwrap_err();
        assert_eq!(error.kind().as_str(), kind, "{input}");
    }
    let without = headers(&[("signature", B25[1]), ("date", "x")]);
    let error = verify(shared("date"), SHARED, &without).unwrap_err();
    assert_eq!(error.kind().as_str(), "missing_header");
    let without = headers(&[("signature-input", B25[0]), ("date", "x")]);
    let error = verify(shared("date"), SHARED, &without).unwrap_err();
    assert_eq!(error.kind().as_str(), "missing_signature");
}

#[test]
fn each_candidate_is_tried_unless_it_equals_one_before_it() {
    let right = covering(&[], &[]);
    let text = |name: &str| right[name].to_str().unwrap().split_once('=').unwrap().1.to_owned();
    let (input, signature) = (text("signature-input"), text("signature"));
    let other_input = input.replace("test-shared-secret", "other");
    let other_signature = format!(":{}:", base_signature("another base"));
    for (inputs, signatures, expected) in [
        ([&input, &input], [&other_signature, &signature], "valid"),
        ([&other_input, &input], [&signature, &signature], "valid"),
        ([&input, &input], [&signature, &signature], "valid"),
        ([&input, &input], [&other_signature, &other_signature], "signature_mismatch"),
        ([&other_input, &other_input], [&other_signature, &signature], "signature_mismatch"),
    ] {
        let joined = |[first, second]: [&String; 2]| format!("a={first}, b={second}");
        let message = headers(&[("signature-input", &joined(inputs)), ("signature", &joined(signatures))]);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), expected, "{inputs:?} {signatures:?}");
    }
}

#[test]
fn the_key_is_named_by_the_first_signature_that_names_one() {
    let key_id = |message: &HeaderMap| {
        let verifier = Verifier::keyless(shared("date")).unwrap();
        verifier.begin(&Head::new(message).with_url(URL), CREATED).unwrap().key_id()
    };
    assert_eq!(key_id(&message_of(B25)).as_deref(), Some("test-shared-secret"));
    let (input, _) = B25[0].split_once(";keyid").unwrap();
    assert_eq!(key_id(&message(input, B25[1])), None);
    assert_eq!(key_id(&message(&format!("{input};keyid=\"\""), B25[1])), None);
    let inputs = format!("{input}, {}", B25[0].replacen("sig-b25", "b", 1));
    let signatures = format!("{}, {}", B25[1], B25[1].replacen("sig-b25", "b", 1));
    assert_eq!(key_id(&message(&inputs, &signatures)).as_deref(), Some("test-shared-secret"));
}

#[test]
fn the_limits_of_a_message_are_the_most_that_is_accepted() {
    let length = |message: &HeaderMap, name: &str| -> usize {
        message.get_all(name).iter().map(|line| line.len() + 2).sum()
    };
    let mut two_lines = message_of(B25);
    two_lines.append("signature-input", HeaderValue::from_static(B22[0]));
    two_lines.append("signature", HeaderValue::from_static(B22[1]));
    for message in [message_of(B25), two_lines] {
        let longest = length(&message, "signature-input").max(length(&message, "signature"));
        for (limit, expected) in [(longest, "valid"), (longest - 1, "malformed_signature")] {
            let mut own = shared("date");
            own.scheme.limits.signature_bytes = limit;
            assert_eq!(kind(verify(own, SHARED, &message)), expected, "{longest} {limit}");
        }
    }
    for (count, expected) in [(63, "valid"), (64, "malformed_signature")] {
        let names: Vec<_> = (0..count).map(|n| (format!("x-{n}"), format!("\"x-{n}\""))).collect();
        let components: Vec<_> = names.iter().map(|(_, quoted)| (quoted.as_str(), "v")).collect();
        let sent: Vec<_> = names.iter().map(|(name, _)| (name.as_str(), "v")).collect();
        let message = covering(&components, &sent);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), expected, "{count} and the method");
    }
    for (length, expected) in [(100 << 10, "valid"), (257 << 10, "malformed_signature")] {
        let long = "x".repeat(length);
        let message = covering(&[("\"x-long\"", &long)], &[("x-long", &long)]);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), expected, "{length} bytes");
    }
}
