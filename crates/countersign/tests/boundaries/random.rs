//! Checks requests with random values.

use std::sync::LazyLock;

use countersign::{Signer, SigningRequest, providers};
use http::{HeaderName, HeaderValue};
use proptest::collection;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::carriers::encode;
use crate::fixtures;
use crate::fixtures::{Fixture, NOW};
use crate::recut::{Reported, plain, recut};

/// Texts of which the values of a random request are made: separators of all contents among them.
#[derive(Clone, Debug)]
struct Texts {
    id: String,
    header: String,
    path: String,
    query: Vec<(String, String)>,
    body: String,
}

fn texts() -> impl Strategy<Value = Texts> {
    let piece = || {
        prop_oneof![
            "[a-c0-9]{1,3}",
            "[-.:;|/&=?,_+~%# ]{1,2}",
            Just("1700000000".to_owned()),
            Just("ts:1700000000;".to_owned()),
            Just("request-id:".to_owned()),
            Just("v1.ed25519.".to_owned()),
            Just("\n".to_owned()),
            Just("{\"a\":1}".to_owned()),
        ]
    };
    let text = move |most: usize| collection::vec(piece(), 0..most).prop_map(|pieces| pieces.concat());
    let field = (text(3), text(4));
    (text(4), text(4), text(3), collection::vec(field, 0..4), text(5))
        .prop_map(|(id, header, path, query, body)| Texts { id, header, path, query, body })
}

/// The fixture with other texts wherever its signature is not in the body, signed. None where it cannot be sent.
fn signed(fixture: &Fixture, texts: &Texts) -> Option<Fixture> {
    let provider = fixture.verifier.provider();
    let content = provider.scheme.content.as_str();
    let mut query = texts.query.clone();
    let asked = content.split("{query:").skip(1).filter_map(|rest| rest.split('}').next());
    query.extend(asked.map(|name| (name.to_owned(), texts.header.clone())));
    let path = form_urlencoded::byte_serialize(texts.path.as_bytes()).collect::<String>();
    let target = format!("/in{path}?{}", encode(&query));
    let url = format!("https://hooks.example.com{target}");
    let body = match (content.contains("{form:"), content.contains("{json")) {
        (true, _) => encode(&texts.query),
        (_, true) => String::from_utf8(fixture.body.clone()).ok()?,
        _ => texts.body.clone(),
    };
    let mut request = SigningRequest::new(body.clone(), NOW).with_event_type("a.b").with_url(&url);
    if texts.id.bytes().all(|byte| byte > b' ') {
        request = request.with_id(&texts.id);
    }
    let mut headers = fixture.headers.clone();
    let names = content.split("{header:").skip(1).filter_map(|rest| rest.split('}').next());
    for name in names.filter(|_| texts.header.bytes().all(|byte| byte > b' ')) {
        let value = HeaderValue::from_str(&texts.header).ok()?;
        request = request.with_header(HeaderName::try_from(name).ok()?, value);
        headers.0.retain(|(other, _)| other != name);
        headers.0.push((name.to_owned(), texts.header.clone().into_bytes()));
    }
    let signer = Signer::new(provider.clone(), fixtures::keys(provider).0).ok()?;
    for (name, value) in &signer.sign(&request).ok()? {
        headers.0.retain(|(other, _)| other != name.as_str());
        headers.0.push((name.to_string(), value.as_bytes().to_vec()));
    }
    let made = Fixture {
        url: fixture.url.as_ref().map(|_| url),
        target,
        headers,
        body: body.into_bytes(),
        ..fixture.clone()
    };
    made.verify().is_ok().then_some(made)
}

/// A valid request of each declaration that signs parts of the URL, or values of headers.
static OUTSIDE_THE_BODY: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
    let has = |content: &str| {
        ["{url", "{query", "{path", "{target", "{header", "{id}", "{sig:"]
            .iter()
            .any(|part| content.contains(part))
    };
    let composed = providers::all().filter(|provider| {
        provider.scheme.algorithm.covers_content() && has(provider.scheme.content.as_str())
    });
    composed.filter_map(|provider| fixtures::of(&plain(provider)).into_iter().next()).collect()
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn bytes_that_move_across_a_boundary_of_any_request_change_nothing_that_is_signed(
        texts in texts(),
        which in any::<Index>(),
    ) {
        let fixture = which.get(&OUTSIDE_THE_BODY);
        if let Some(fixture) = signed(fixture, &texts) {
            let genuine = Reported::of(&fixture.verify().unwrap());
            for (what, other) in recut(&fixture) {
                let Ok(delivery) = other.verify_at(NOW) else { continue };
                let changed = genuine.changed(&Reported::of(&delivery));
                prop_assert!(changed.is_empty(), "{}: {changed:?}: {what} from {fixture:?}", fixture.slug);
            }
        }
    }
}

#[test]
fn random_requests_are_sent_by_most_declarations() {
    assert!(OUTSIDE_THE_BODY.len() > 30, "{}", OUTSIDE_THE_BODY.len());
    let texts = Texts {
        id: "m-10".to_owned(),
        header: "n-10".to_owned(),
        path: "a.1".to_owned(),
        query: vec![("a".to_owned(), "1".to_owned())],
        body: "{}".to_owned(),
    };
    let unsent = OUTSIDE_THE_BODY.iter().filter(|fixture| signed(fixture, &texts).is_none());
    let unsent: Vec<&str> = unsent.map(|fixture| fixture.slug.as_str()).collect();
    assert!(unsent.len() < 8, "{unsent:?}");
}
