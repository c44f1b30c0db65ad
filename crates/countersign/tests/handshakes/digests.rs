//! Checks handshakes whose answers are plain digests of a configured value: it must not be a secret of deliveries.

use countersign::handshake::{Answer, Condition, Handshake, Method, Pattern, Place, Trust};
use countersign::receiver::{HandshakePolicy, Receiver, RequestHead, ResolveError, Tenant};
use countersign::scheme::{Algorithm, Encoding, KeyEncoding, KeyFormat, Scheme, SignatureField};
use countersign::{
    Confidence, ConfigError, ErrorKind, Provider, Secret, SecretSet, Signer, SigningRequest, Verifier,
    providers,
};
use http::HeaderMap;

use crate::receive::Early;
use crate::support::{NOW, get, rejected, secret, send};

/// The forms of answers with a digest of the verify token and of text that the sender chose.
const BODIES: [&str; 5] = [
    "{sha256-hex:verify-token+query:c}",
    "{sha256-hex:query:c+verify-token}",
    "{sha256-hex:setting:id+query:c}",
    "{sha256-hex:query:d+verify-token+query:c}",
    "{sha256-hex:query:c+verify-token+url}",
];

fn own(body: &'static str, challenge: Option<Pattern>) -> Handshake {
    let mut own = Handshake::new("own", Trust::Secret, Method::Get)
        .with_source(Confidence::Own, "")
        .with_answer(Answer::text(body));
    own.when = vec![Condition::present(Place::query("c"))].into();
    own.challenge = challenge;
    own
}

fn declared(algorithm: Algorithm, content: &'static str, handshakes: Vec<Handshake>) -> Provider {
    let scheme = Scheme::new(algorithm, SignatureField::header("x-signature", Encoding::Hex), content);
    with(Provider::new("own", "Own", scheme), handshakes)
}

fn with(mut provider: Provider, handshakes: Vec<Handshake>) -> Provider {
    provider.handshakes = handshakes.into();
    provider
}

/// Returns all handshakes of the catalogue and of the forms above whose answer is a digest of a configured value.
fn digesting() -> Vec<Handshake> {
    let known = providers::all_handshakes().flat_map(|(_, handshakes)| handshakes.iter().cloned());
    let has_digest = |handshake: &Handshake| {
        let answer = handshake.answer.as_ref();
        answer.is_some_and(|answer| {
            let texts = answer.headers.iter().map(|header| &*header.value).chain([&*answer.body]);
            let mut digests = texts.flat_map(|text| text.split("{sha256-hex:").skip(1));
            digests.any(|of| {
                of.split('}').next().is_some_and(|of| of.contains("verify-token") || of.contains("setting:"))
            })
        })
    };
    let found: Vec<_> = known.chain(BODIES.map(|body| own(body, None))).filter(has_digest).collect();
    assert!(found.len() >= 2 + BODIES.len(), "eBay's and Fastly's are among them: {}", found.len());
    found
}

/// Builds a receiver whose verify token and settings have this value.
fn build(provider: Provider, secrets: impl Into<SecretSet>, value: &str) -> Result<Receiver, ConfigError> {
    let verifier = Verifier::new(provider.clone(), secrets)?;
    policies(&provider, value)
        .into_iter()
        .try_fold(None, |_, policy| {
            let builder = Receiver::builder(verifier.clone())
                .with_clock(NOW)
                .with_public_url("https://hooks.example.com");
            builder.with_handshakes(policy).build().map(Some)
        })
        .map(Option::unwrap)
}

/// Returns a policy with this value at every place that the handshakes of the declaration use.
fn policies(provider: &Provider, value: &str) -> Vec<HandshakePolicy> {
    let handshake = provider.handshakes.first().unwrap();
    let body = &handshake.answer.as_ref().unwrap().body;
    let mut policy = HandshakePolicy::new();
    if body.contains("verify-token") {
        policy = policy.with_verify_token(secret(value));
    }
    for name in ["id", "service_id"] {
        if body.contains(&format!("setting:{name}")) {
            policy = policy.with_setting(name, value);
        }
    }
    vec![policy]
}

fn refused(built: Result<Receiver, ConfigError>) -> String {
    built.map(|_| String::new()).unwrap_or_else(|error| error.field().to_owned())
}

/// Refuses the secrets of all schemes: with one value for both, the answer would be a signature, or the key itself.
#[test]
fn a_secret_of_deliveries_is_no_verify_token_or_setting_that_an_answer_hashes() {
    let key = |format: KeyFormat, algorithm, content| {
        let mut provider = declared(algorithm, content, Vec::new());
        provider.scheme.key = format;
        provider
    };
    let hmac = |format| key(format, Algorithm::HmacSha256, "{body}");
    let prefixed = KeyFormat::new("whsec_", KeyEncoding::Utf8);
    let mut shapes = vec![
        (hmac(KeyFormat::UTF8), "a secret", vec!["a secret", "a secret and more", "more a secret"]),
        (hmac(prefixed), "whsec_abc", vec!["whsec_abc", "abc", "whsec_xabcx"]),
        (hmac(KeyFormat::UTF8.hashed_with_sha256()), "a secret", vec!["a secret"]),
        (hmac(KeyFormat::UTF8.hashed_with_sha1()), "a secret", vec!["a secret"]),
        (hmac(KeyFormat::UTF8.behind(":").hashed_with_sha256()), "id:key", vec!["id:key"]),
        (hmac(KeyFormat::base64("")), "c2VjcmV0MQ==", vec!["c2VjcmV0MQ==", "secret1", "c2VjcmV0MQ"]),
        (hmac(KeyFormat::UTF8.separated_by("|")), "one|two", vec!["one", "two", "one|two"]),
        (hmac(KeyFormat::UTF8.with_suffix("&")), "abc", vec!["abc", "abc&"]),
        (key(KeyFormat::UTF8, Algorithm::Sha1, "{secret}{body}"), "a secret", vec!["a secret"]),
        (key(KeyFormat::UTF8, Algorithm::Sha512, "{body}{secret}"), "a secret", vec!["a secret"]),
    ];
    shapes.push((providers::NETLIFY.clone(), "a secret", vec!["a secret"]));
    for (shape, held, equal) in shapes {
        for handshake in digesting() {
            let provider = with(shape.clone(), vec![handshake]);
            let case = format!(
                "{:?} {:?} {}",
                provider.scheme.algorithm, provider.scheme.key, provider.handshakes[0].name
            );
            for value in equal.clone() {
                let field = refused(build(provider.clone(), secret(held), value));
                assert!(
                    ["handshakes.verify_token", "handshakes.setting.id", "handshakes.setting.service_id"]
                        .contains(&field.as_str()),
                    "{case}: {value}: {field:?}"
                );
                let body = &provider.handshakes[0].answer.as_ref().unwrap().body;
                let is_setting = field.starts_with("handshakes.setting.");
                assert_eq!(is_setting, body.contains("setting:"), "{case}: {field}");
                // Any of several secrets, and any of several tokens.
                let several = SecretSet::new(secret("another:another")).with("old", secret(held));
                if shape.scheme.key.encoding == KeyFormat::UTF8.encoding {
                    assert_ne!(refused(build(provider.clone(), several, value)), "", "{case}: {value}");
                }
            }
            assert_eq!(refused(build(provider, secret(held), "a verify token")), "", "{case}");
        }
    }
}

#[test]
fn a_scheme_that_sends_its_secret_may_share_it() {
    for algorithm in [Scheme::token("x-token"), Scheme::basic()] {
        let provider = with(Provider::new("own", "Own", algorithm), vec![own(BODIES[0], None)]);
        assert_eq!(refused(build(provider, secret("user:password"), "user:password")), "");
    }
}

#[test]
fn each_of_several_tokens_is_compared_and_so_are_the_keys_of_the_fallback() {
    let provider = declared(Algorithm::HmacSha256, "{body}", vec![own(BODIES[0], None)]);
    let verifier = |provider: &Provider, text: &str| Verifier::new(provider.clone(), secret(text)).unwrap();
    let policy = || HandshakePolicy::new().with_verify_token(secret("a token"));
    let builder = Receiver::builder(verifier(&provider, "a secret"));
    let field = |built: Result<Receiver, ConfigError>| built.err().map(|error| error.field().to_owned());
    let second = policy().with_verify_token(secret("a secret"));
    assert_eq!(
        field(builder.clone().with_handshakes(second).build()).as_deref(),
        Some("handshakes.verify_token")
    );
    let fallback =
        |text| builder.clone().with_handshakes(policy()).with_fallback(verifier(&providers::SHOPIFY, text));
    assert_eq!(field(fallback("a token").build()).as_deref(), Some("handshakes.verify_token"));
    assert_eq!(field(fallback("another").build()), None);
}

#[test]
fn the_deliveries_of_a_tenant_are_rejected_while_its_secret_is_the_verify_token() {
    let provider = declared(Algorithm::HmacSha256, "{body}", vec![own(BODIES[0], None)]);
    for (tenant, expected) in [("a token", Some(ErrorKind::BadSecrets)), ("a secret", None)] {
        let resolve = move |_: RequestHead| async move {
            Ok::<_, ResolveError>(Some(Tenant::new("acme", secret(tenant))))
        };
        let receiver = Receiver::builder(Verifier::new(provider.clone(), secret("unused")).unwrap())
            .with_clock(NOW)
            .with_tenants(resolve)
            .with_handshakes(HandshakePolicy::new().with_verify_token(secret("a token")))
            .build()
            .unwrap();
        let signer = Signer::new(provider.clone(), secret(tenant)).unwrap();
        let headers = signer.sign(&SigningRequest::new("{}", NOW)).unwrap();
        let received = send(&receiver, "POST", "/", &headers, b"{}");
        match expected {
            None => drop(received.unwrap()),
            Some(kind) => assert_eq!(rejected(received).kind(), kind),
        }
    }
}

/// The digest of an HMAC scheme is no signature, whatever is hashed: the pattern is for HMACs and for text.
#[test]
fn an_answer_that_cannot_be_a_signature_hashes_any_challenge() {
    let hex = || Some(Pattern::new("^[a-f0-9]{8,32}$"));
    for body in BODIES.into_iter().chain(["{sha256-hex:query:c}"]) {
        let declaration = declared(Algorithm::HmacSha256, "{body}", vec![own(body, hex())]);
        let receiver = Receiver::builder(Verifier::new(declaration.clone(), secret("a secret")).unwrap())
            .with_clock(NOW)
            .with_public_url("https://hooks.example.com")
            .with_handshakes(policies(&declaration, "a value").remove(0))
            .build()
            .unwrap();
        let answered = get(&receiver, "/?c=no+hexadecimal&d=nor+this");
        assert_eq!((answered.status().as_u16(), answered.body().len()), (200, 64), "{body}");
    }
}

/// Deliveries that are signed with the digest which an answer holds.
#[test]
fn a_plain_hash_bounds_what_an_answer_hashes_for_strangers() {
    let hex = || Some(Pattern::new("^[a-f0-9]{8,32}$"));
    for algorithm in [Algorithm::Sha256, Algorithm::Sha1OrSha256] {
        for content in ["{secret}{body}", "{body}{secret}", "{secret}.{body}", "{method}{secret}{body}"] {
            for body in BODIES {
                let open = declared(algorithm, content, vec![own(body, None)]);
                let error = Verifier::new(open, secret("a secret")).unwrap_err();
                assert_eq!(error.field(), "handshakes[0].challenge", "{content} {body}");
                let bounded = declared(algorithm, content, vec![own(body, hex())]);
                assert!(Verifier::new(bounded, secret("a secret")).is_ok(), "{content} {body}");
            }
            // Nothing that the sender chose, or nothing that is kept.
            for harmless in ["{sha256-hex:verify-token}", "{sha256-hex:query:c}", "{query:c}"] {
                let provider = declared(algorithm, content, vec![own(harmless, None)]);
                assert!(Verifier::new(provider, secret("a secret")).is_ok(), "{content} {harmless}");
            }
        }
    }
    // Other digests sign nothing that an answer holds.
    for algorithm in [Algorithm::Sha1, Algorithm::Sha512, Algorithm::Md5] {
        let provider = declared(algorithm, "{secret}{body}", vec![own(BODIES[0], None)]);
        assert!(Verifier::new(provider, secret("a secret")).is_ok());
    }
}

/// Even if the receiver did not compare them: an answer that is given signs no delivery.
#[test]
fn what_a_plain_hash_answers_is_no_signature_of_a_delivery() {
    let provider = declared(
        Algorithm::Sha256,
        "{secret}{body}",
        vec![own("{sha256-hex:verify-token+query:c}", Some(Pattern::new("^[a-f0-9]{8,32}$")))],
    );
    // Another process has the same secret as its verify token, so that this one cannot know.
    let asked = build(provider.clone(), secret("another"), "a secret").unwrap();
    let ask = |challenge: &str| match send(&asked, "GET", &format!("/?c={challenge}"), &HeaderMap::new(), b"")
    {
        Err(Early::Handshake(answer)) => {
            Some(String::from_utf8(answer.into_response().body().to_vec()).unwrap())
        }
        _ => None,
    };
    let receiver = build(provider.clone(), secret("a secret"), "a verify token").unwrap();
    let deliver = |signature: &str, body: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("x-signature", signature.parse().unwrap());
        send(&receiver, "POST", "/", &headers, body.as_bytes())
    };
    assert_eq!(ask("%7B%22a%22%3A1%7D"), None, "a delivery is not hashed");
    assert_eq!(ask("0123456"), None, "it is shorter than a challenge");
    let answer = ask("0123456789abcdef").unwrap();
    assert_eq!(rejected(deliver(&answer, "0123456789abcdef")).kind(), ErrorKind::SignedChallenge);
    let signer = Signer::new(provider, Secret::new("a secret").unwrap()).unwrap();
    let genuine = signer.signature(&SigningRequest::new("{\"a\":1}", NOW)).unwrap();
    assert!(deliver(&genuine, "{\"a\":1}").is_ok());
}
