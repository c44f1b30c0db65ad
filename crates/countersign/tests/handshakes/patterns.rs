//! Tests of the patterns of challenges: a declaration that signs for any sender needs one that no delivery has.

use countersign::handshake::{Answer, Condition, Handshake, Method, Pattern, Place, Trust};
use countersign::receiver::{HandshakePolicy, Receiver};
use countersign::scheme::{Algorithm, Encoding, KeyFormat, TimestampFormat};
use countersign::{Confidence, ErrorKind, Provider, Signer, SigningRequest, Verifier, providers};
use http::HeaderMap;

use crate::fixtures::{self, Fixture};
use crate::support::{NOW, secret, send};

/// Matches every text of visible characters that does not begin as JSON or XML does.
const ALL_BUT_OPENERS: &str = r"^[!#-;=-Z\\-z|}~][!-~]{0,1023}$";

/// Returns a declaration with a user-defined handshake.
fn own(trust: Trust, body: &'static str, challenge: Option<Pattern>) -> Provider {
    let method = if matches!(trust, Trust::Signed) { Method::Post } else { Method::Get };
    let mut handshake =
        Handshake::new("own", trust, method).with_source(Confidence::Own, "").with_answer(Answer::text(body));
    handshake.when = vec![Condition::present(Place::query("c"))].into();
    handshake.challenge = challenge;
    let mut provider = providers::GITHUB.clone();
    provider.handshakes = vec![handshake].into();
    provider
}

#[test]
fn a_declaration_that_signs_for_strangers_names_its_pattern_or_is_refused() {
    let hex = || Some(Pattern::new("^[a-f0-9]{8,32}$"));
    let error = |provider: Provider| Verifier::new(provider, secret("secret")).unwrap_err();
    let unsigned = [
        Trust::Secret,
        Trust::Echo,
        Trust::VerifyToken(Place::query("t")),
        Trust::Origin(Place::header("o")),
        Trust::IssuesSecret(Place::header("s")),
    ];
    for trust in unsigned {
        for body in
            ["{hmac-sha256-hex:query:c}", "{hmac-sha1-hex:verify-token+path}", "{hmac-sha256-base64:url}"]
        {
            let refused = error(own(trust.clone(), body, None));
            assert_eq!(refused.field(), "handshakes[0].challenge", "{trust:?} {body}");
            assert!(refused.to_string().contains("challenge ="), "the cure is named: {refused}");
            assert!(
                Verifier::new(own(trust.clone(), body, hex()), secret("secret")).is_ok(),
                "{trust:?} {body}"
            );
        }
        for harmless in ["{query:c}", "{sha256-hex:query:c+verify-token}", "{hmac-sha256-hex:setting:id}"] {
            assert!(
                Verifier::new(own(trust.clone(), harmless, None), secret("secret")).is_ok(),
                "{harmless}"
            );
        }
    }
    // A signature protects only the values that it covers.
    let covered = own(Trust::Signed, "{hmac-sha256-hex:json:/c}", None);
    assert!(Verifier::new(covered, secret("secret")).is_ok());
    for (content, answer) in [
        ("{header:c}.{body}", "{hmac-sha256-hex:header:c}"),
        ("{url}\n{body}", "{hmac-sha256-hex:query:c}"),
        ("{url}\n{body}", "{hmac-sha256-hex:path}"),
    ] {
        let mut covered = own(Trust::Signed, answer, None);
        covered.scheme.content = countersign::scheme::Template::new(content);
        assert!(Verifier::new(covered, secret("secret")).is_ok(), "{content} {answer}");
    }
    let uncovered = own(Trust::Signed, "{hmac-sha256-hex:query:c}", None);
    assert_eq!(error(uncovered).field(), "handshakes[0].challenge");
}

/// Signed content of every kind: the body, parameters of the query, parts of the URL, values of headers.
#[test]
fn content_that_has_the_form_of_a_challenge_is_refused_in_every_declaration() {
    let mut refused = Vec::new();
    // No handshake answers a plain hash that has the secret in it.
    let signs = |provider: &&Provider| {
        let content = provider.scheme.content.as_str();
        provider.scheme.algorithm.covers_content() && !content.is_empty() && !content.contains("{secret}")
    };
    for original in providers::all().filter(signs) {
        let mut provider = original.clone();
        if provider.scheme.algorithm.is_asymmetric() {
            provider.scheme.algorithm = Algorithm::HmacSha256;
            provider.scheme.key = KeyFormat::UTF8;
            provider.scheme.signature.encoding = Encoding::Hex;
        }
        for fixture in fixtures::of(&provider) {
            let genuine = fixture.verify().unwrap();
            let mut asked = fixture.verifier.provider().clone();
            asked.handshakes =
                own(Trust::Secret, "{hmac-sha256-hex:query:c}", Some(Pattern::new(ALL_BUT_OPENERS)))
                    .handshakes;
            let (_, key) = fixtures::keys(&asked);
            // A declaration all of whose deliveries have that form does not even load.
            let Ok(verifier) = Verifier::new(asked, key) else {
                refused.push(fixture.slug);
                continue;
            };
            let template = original.scheme.content.as_str();
            let signed = genuine.signed_content();
            let signed =
                signed.map(|content| content.pieces().collect::<Vec<_>>().concat()).unwrap_or_default();
            // No challenge is empty, holds a space or a line break, or begins as JSON does.
            let is_apart = signed.is_empty()
                // The payload of the request ends with a line break, which does not count as another content.
                || original.scheme.final_newline
                || !signed.iter().all(u8::is_ascii_graphic)
                || original.scheme.timestamp.as_ref().is_some_and(|field| field.format == TimestampFormat::HttpDate)
                || signed.first().is_some_and(|first| b"{[<\"".contains(first))
                || template.contains('\n')
                || ["[", "{{"].iter().any(|start| template.starts_with(start));
            let decided = Fixture { verifier, ..fixture }.verify();
            match decided {
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::SignedChallenge, "{}: {error}", original.slug);
                    refused.push(original.slug.to_string());
                }
                Ok(_) => assert!(is_apart, "{}: {template}", original.slug),
            }
        }
    }
    refused.dedup();
    for slug in ["mercadopago", "moov", "quicknode", "square", "twilio-form", "paypal", "twilio-body-sha256"]
    {
        assert!(refused.iter().any(|found| found == slug), "{slug}: {refused:?}");
    }
    assert!(refused.len() > 40, "{refused:?}");
}

#[test]
fn a_handshake_is_refused_with_the_status_of_its_declaration() {
    for (refused, expected) in [(None, 403), (Some(410), 410)] {
        let mut provider = own(Trust::VerifyToken(Place::query("t")), "{query:c}", None);
        provider.handshakes.to_mut().first_mut().unwrap().refused = refused;
        let policy = HandshakePolicy::new().with_verify_token(secret("right"));
        let verifier = Verifier::new(provider, secret("secret")).unwrap();
        let receiver = Receiver::builder(verifier).with_clock(NOW).with_handshakes(policy).build().unwrap();
        let ask = |token: &str| send(&receiver, "GET", &format!("/?c=1&t={token}"), &HeaderMap::new(), b"");
        assert_eq!(crate::support::answer(ask("right")).body(), "1");
        assert_eq!(crate::support::rejected(ask("wrong")).status().as_u16(), expected);
    }
}

#[test]
fn a_body_is_no_handshake_beyond_64_kib() {
    let mut provider = own(Trust::Echo, "{json:/c}", None);
    let handshake = provider.handshakes.to_mut().first_mut().unwrap();
    handshake.method = Method::Post;
    handshake.when = vec![Condition::present(Place::json("/c"))].into();
    let stranger = Signer::new(provider.clone(), secret("another")).unwrap();
    let verifier = Verifier::new(provider, secret("secret")).unwrap();
    let policy = HandshakePolicy::new().with_echo();
    let receiver = Receiver::builder(verifier).with_clock(NOW).with_handshakes(policy).build().unwrap();
    let ask = |length: usize| {
        let start = r#"{"c":"1","x":""#;
        let body = format!("{start}{}\"}}", "x".repeat(length - start.len() - 2));
        let headers = stranger.sign(&SigningRequest::new(body.clone(), NOW)).unwrap();
        send(&receiver, "POST", "/", &headers, body.as_bytes())
    };
    assert_eq!(crate::support::answer(ask(64 << 10)).body(), "1");
    assert_eq!(crate::support::rejected(ask((64 << 10) + 1)).kind().as_str(), "signature_mismatch");
}

#[test]
fn a_place_is_one_of_several_at_one_level_only() {
    let at = |place: Place| {
        let mut provider = own(Trust::Secret, "{query:c}", None);
        let handshake = provider.handshakes.to_mut().first_mut().unwrap();
        handshake.method = Method::Post;
        handshake.when = vec![Condition::present(place)].into();
        Verifier::new(provider, secret("secret")).map(drop).map_err(|error| error.to_string())
    };
    let several = || Place::FirstOf(vec![Place::json("/a"), Place::json("/b")].into());
    assert_eq!(at(several()), Ok(()));
    for (text, places) in [
        ("json:/a|/b", vec![Place::json("/a"), Place::json("/b")]),
        ("query:a|header:b", vec![Place::query("a"), Place::header("b")]),
        ("query:a|b|path", vec![Place::query("a"), Place::query("b"), Place::Path]),
    ] {
        assert_eq!(Place::try_from(text.to_owned()), Ok(Place::FirstOf(places.into())), "{text}");
    }
    let error = at(Place::FirstOf(vec![Place::json("/c"), several()].into())).unwrap_err();
    assert!(error.contains("alternatives within alternatives"), "{error}");
    let error = at(Place::FirstOf(vec![several(), Place::header("X-Upper")].into())).unwrap_err();
    assert!(error.contains("alternatives within alternatives"), "{error}");
    assert!(at(Place::FirstOf(vec![Place::json("/c"), Place::header("X-Upper")].into())).is_err());
}

#[test]
fn a_pattern_that_every_delivery_matches_is_refused() {
    let broad = own(Trust::Secret, "{hmac-sha256-hex:query:c}", Some(Pattern::new("^[a-f0-9]{8,64}$")));
    let mut digest = broad.clone();
    digest.scheme.content = countersign::scheme::Template::new("{body:sha256-hex}");
    assert!(Verifier::new(broad, secret("secret")).is_ok());
    let error = Verifier::new(digest.clone(), secret("secret")).unwrap_err();
    assert_eq!(error.field(), "handshakes");
    // A body has any form, so that its first bytes say nothing about deliveries.
    let mut prefixed = own(Trust::Secret, "{hmac-sha256-hex:query:c}", Some(Pattern::new("^v1:[a-z]{0,4}$")));
    prefixed.scheme.content = countersign::scheme::Template::new("v1:{body}");
    assert_eq!(Verifier::new(prefixed, secret("secret")).map(drop), Ok(()));
    // The digest stands between literals, which tell it from a challenge, unless that has them, too.
    digest.scheme.content = countersign::scheme::Template::new("v1:{body:sha256-hex}.");
    assert!(Verifier::new(digest.clone(), secret("secret")).is_ok());
    let with_literals =
        own(Trust::Secret, "{hmac-sha256-hex:query:c}", Some(Pattern::new(r"^v1:[a-f0-9]{64}\.$")));
    digest.handshakes = with_literals.handshakes;
    assert_eq!(Verifier::new(digest, secret("secret")).unwrap_err().field(), "handshakes");
}

#[cfg(feature = "toml")]
#[test]
fn a_declaration_in_toml_is_held_to_the_same() {
    let toml = |challenge: &str| {
        let toml = format!(
            r#"
            slug = "acme"
            name = "Acme"
            doc = "https://acme.example/docs"
            [scheme]
            algorithm = "hmac-sha256"
            content = "{{body}}"
            signature = {{ at = "header:acme-signature", encoding = "hex" }}
            [[handshakes]]
            name = "challenge"
            trust = "secret"
            method = "GET"
            when = ["query:challenge"]
            answer = {{ body = "{{hmac-sha256-hex:query:challenge}}" }}
            {challenge}
            "#
        );
        Provider::from_toml(&toml).and_then(|provider| Verifier::new(provider, secret("secret")))
    };
    assert_eq!(toml("").unwrap_err().field(), "handshakes[0].challenge");
    assert_eq!(toml(r#"challenge = "[a-f0-9]{20,32}""#).unwrap_err().field(), "handshakes[0].challenge");
    assert!(toml(r#"challenge = "^[a-f0-9]{20,32}$""#).is_ok());
}
