//! Checks that values reported as signed cannot be changed, by moving bytes between the values of each request.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "common/fixtures.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;

use std::borrow::Cow;
use std::sync::LazyLock;

use countersign::scheme::{Algorithm, KeyFormat};
use countersign::{Delivery, Provider, Signer, SigningRequest, Tolerance, UnixTime, providers};
use fixtures::{Fixture, NOW};
use http::{HeaderName, HeaderValue};
use proptest::collection;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

/// A place of a request that contains a value.
#[derive(Clone, Debug, PartialEq)]
enum Carrier {
    Header(usize),
    Url,
    QueryName(usize),
    Query(usize),
    Body,
    FormName(usize),
    FormValue(usize),
    Json(String),
}

/// The values that a delivery reports, each with whether it is signed.
#[derive(Debug, PartialEq)]
struct Reported {
    id: Option<(String, bool)>,
    event_type: Option<(String, bool)>,
    timestamp: Option<(UnixTime, bool)>,
    body: (Vec<u8>, bool),
}

impl Reported {
    fn of(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id().map(|id| (id.as_str().to_owned(), id.is_signed())),
            event_type: delivery.event_type().map(|name| (name.as_str().to_owned(), name.is_signed())),
            timestamp: delivery.timestamp().map(|time| (time.value(), time.is_signed())),
            body: (delivery.body().to_vec(), delivery.is_body_signed()),
        }
    }

    /// Returns the signed values that differ.
    fn changed(&self, other: &Self) -> Vec<&'static str> {
        fn differ<T: PartialEq>(one: Option<&(T, bool)>, other: Option<&(T, bool)>) -> bool {
            let signed = [one, other].into_iter().flatten().any(|(_, signed)| *signed);
            signed && one.map(|(value, _)| value) != other.map(|(value, _)| value)
        }
        let all = [
            ("id", differ(self.id.as_ref(), other.id.as_ref())),
            ("event type", differ(self.event_type.as_ref(), other.event_type.as_ref())),
            ("timestamp", differ(self.timestamp.as_ref(), other.timestamp.as_ref())),
            ("body", differ(Some(&self.body), Some(&other.body))),
        ];
        all.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
    }
}

/// Returns the declaration with a shared key and an unbounded timestamp, which do not affect boundaries.
fn plain(original: &Provider) -> Provider {
    let mut provider = original.clone();
    let scheme = &mut provider.scheme;
    if scheme.algorithm.is_asymmetric() {
        scheme.algorithm = Algorithm::HmacSha256;
        scheme.key = KeyFormat::UTF8;
    }
    if let Some(timestamp) = &mut scheme.timestamp {
        timestamp.tolerance = Tolerance::default().insecure_any_age().insecure_any_future();
    }
    provider
}

fn carriers(fixture: &Fixture) -> Vec<Carrier> {
    let content = fixture.verifier.provider().scheme.content.as_str();
    let mut carriers: Vec<Carrier> = (0..fixture.headers.0.len()).map(Carrier::Header).collect();
    carriers.extend((0..query(fixture).len()).flat_map(|at| [Carrier::QueryName(at), Carrier::Query(at)]));
    carriers.push(Carrier::Body);
    carriers.extend(fixture.url.is_some().then_some(Carrier::Url));
    if content.contains("{form:") {
        let fields = 0..form(&fixture.body).len();
        carriers.extend(fields.flat_map(|at| [Carrier::FormName(at), Carrier::FormValue(at)]));
    }
    if content.contains("{json")
        && let Ok(value) = serde_json::from_slice(&fixture.body)
    {
        scalars(&value, "", &mut carriers);
    }
    carriers
}

fn scalars(value: &Value, at: &str, found: &mut Vec<Carrier>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| scalars(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| scalars(value, &format!("{at}/{index}"), found));
        }
        Value::String(_) | Value::Number(_) => found.push(Carrier::Json(at.to_owned())),
        _ => {}
    }
}

fn form(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn query(fixture: &Fixture) -> Vec<(String, String)> {
    form(fixture.target.split_once('?').map_or("", |(_, query)| query).as_bytes())
}

fn encode(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn get(fixture: &Fixture, carrier: &Carrier) -> Vec<u8> {
    match carrier {
        Carrier::Header(at) => fixture.headers.0[*at].1.clone(),
        Carrier::Url => fixture.url.clone().unwrap().into_bytes(),
        Carrier::QueryName(at) => query(fixture)[*at].0.clone().into_bytes(),
        Carrier::Query(at) => query(fixture)[*at].1.clone().into_bytes(),
        Carrier::Body => fixture.body.clone(),
        Carrier::FormName(at) => form(&fixture.body)[*at].0.clone().into_bytes(),
        Carrier::FormValue(at) => form(&fixture.body)[*at].1.clone().into_bytes(),
        Carrier::Json(at) => {
            let value: Value = serde_json::from_slice(&fixture.body).unwrap();
            match value.pointer(at).unwrap() {
                Value::String(text) => text.clone().into_bytes(),
                other => other.to_string().into_bytes(),
            }
        }
    }
}

/// Returns the fixture with another value at this place, or `None` if it cannot be sent.
fn with(mut fixture: Fixture, carrier: &Carrier, value: &[u8]) -> Option<Fixture> {
    let text = || String::from_utf8(value.to_vec()).ok();
    match carrier {
        Carrier::Header(at) => {
            value.iter().all(|byte| *byte >= b' ').then_some(())?;
            fixture.headers.0[*at].1 = value.to_vec();
        }
        Carrier::Url => {
            let url = text()?;
            fixture.target = url.get("https://hooks.example.com".len()..)?.to_owned();
            fixture.url = Some(url);
        }
        Carrier::QueryName(at) | Carrier::Query(at) => {
            let mut fields = query(&fixture);
            let field = fields.get_mut(*at)?;
            *(if matches!(carrier, Carrier::QueryName(_)) { &mut field.0 } else { &mut field.1 }) = text()?;
            let (path, old) = fixture.target.split_once('?')?;
            let target = format!("{path}?{}", encode(&fields));
            fixture.url = fixture.url.map(|url| url.replace(old, &encode(&fields)));
            fixture.target = target;
        }
        Carrier::Body => fixture.body = value.to_vec(),
        Carrier::FormName(at) | Carrier::FormValue(at) => {
            let mut fields = form(&fixture.body);
            let field = fields.get_mut(*at)?;
            *(if matches!(carrier, Carrier::FormName(_)) { &mut field.0 } else { &mut field.1 }) = text()?;
            fixture.body = encode(&fields).into_bytes();
        }
        Carrier::Json(at) => {
            let mut body: Value = serde_json::from_slice(&fixture.body).ok()?;
            let place = body.pointer_mut(at)?;
            let text = text()?;
            *place = match text.parse::<u32>() {
                Ok(number) if place.is_number() && text == number.to_string() => number.into(),
                _ => text.into(),
            };
            fixture.body = body.to_string().into_bytes();
        }
    }
    Some(fixture)
}

/// Returns the fixture without the value.
fn without(mut fixture: Fixture, carrier: &Carrier) -> Option<Fixture> {
    match carrier {
        Carrier::Header(at) => drop(fixture.headers.0.remove(*at)),
        Carrier::Json(at) => {
            let mut body: Value = serde_json::from_slice(&fixture.body).ok()?;
            let (parent, name) = at.rsplit_once('/')?;
            body.pointer_mut(parent)?.as_object_mut()?.remove(name)?;
            fixture.body = body.to_string().into_bytes();
        }
        Carrier::FormName(at) => {
            let mut fields = form(&fixture.body);
            (*at < fields.len()).then(|| fields.remove(*at))?;
            fixture.body = encode(&fields).into_bytes();
        }
        Carrier::QueryName(at) => {
            let mut fields = query(&fixture);
            (*at < fields.len()).then(|| fields.remove(*at))?;
            let (path, old) = fixture.target.split_once('?')?;
            let target = format!("{path}?{}", encode(&fields));
            fixture.url = fixture.url.map(|url| url.replace(old, &encode(&fields)));
            fixture.target = target;
        }
        _ => return None,
    }
    Some(fixture)
}

/// Returns the texts between the placeholders of a content, and the empty text.
fn literals(content: &str) -> Vec<Vec<u8>> {
    let content = content.replace("{?", "").replace("?}", "").replace("{{", "\u{1}").replace("}}", "\u{2}");
    let mut literals = vec![Vec::new()];
    if let Some((_, names)) = content.split_once("{json-lines:") {
        let names = names.split('}').next().unwrap().split(',');
        literals.extend(names.map(|name| format!("\n{}\n", name.trim_end_matches(['?', '*'])).into_bytes()));
    }
    for piece in content.split('{') {
        let literal = piece.split_once('}').map_or(piece, |(_, literal)| literal);
        let literal = literal.replace('\u{1}', "{").replace('\u{2}', "}").into_bytes();
        if !literals.contains(&literal) {
            literals.push(literal);
        }
    }
    literals
}

/// Returns pairs of values that yield the same text as `first` and `second` with `literal` between them.
fn cuts(first: &[u8], second: &[u8], literal: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let text = [first, literal, second].concat();
    let is_near = |at: usize| !literal.is_empty() || at.abs_diff(first.len()) <= 5;
    (0..=text.len())
        .filter(|at| *at != first.len() && is_near(*at) && text[*at..].starts_with(literal))
        .map(|at| (text[..at].to_vec(), text[at + literal.len()..].to_vec()))
        .collect()
}

/// Returns whether another value at this place is rejected or reported.
fn matters(fixture: &Fixture, carrier: &Carrier) -> bool {
    let genuine = Reported::of(&fixture.verify().unwrap());
    let longer = [&get(fixture, carrier), b"0".as_slice()].concat();
    let changed = with(fixture.clone(), carrier, &longer);
    changed.is_none_or(|fixture| {
        fixture.verify().is_ok_and(|delivery| Reported::of(&delivery) != genuine) || fixture.verify().is_err()
    })
}

/// Returns all requests derived from this one by moving the boundaries of its values.
fn recut(fixture: &Fixture) -> Vec<(String, Fixture)> {
    let literals = literals(fixture.verifier.provider().scheme.content.as_str());
    let carriers: Vec<Carrier> = carriers(fixture).into_iter().filter(|at| matters(fixture, at)).collect();
    let mut made = Vec::new();
    for one in &carriers {
        for other in carriers.iter().filter(|other| *other != one) {
            let (first, second) = (get(fixture, one), get(fixture, other));
            for literal in &literals {
                for (left, right) in cuts(&first, &second, literal) {
                    let moved =
                        with(fixture.clone(), one, &left).and_then(|fixture| with(fixture, other, &right));
                    let what = || format!("{one:?} {:?}, {other:?} {:?}", lossy(&left), lossy(&right));
                    made.extend(moved.map(|fixture| (what(), fixture)));
                }
            }
            // One value removed, with its text appended to the other.
            for literal in &literals {
                for text in [[&first[..], literal, &second].concat(), [&second[..], literal, &first].concat()]
                {
                    let folded =
                        with(fixture.clone(), other, &text).and_then(|fixture| without(fixture, one));
                    let what = || format!("without {one:?}, {other:?} {:?}", lossy(&text));
                    made.extend(folded.map(|fixture| (what(), fixture)));
                }
            }
        }
    }
    made
}

fn lossy(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(text)
}

#[test]
fn bytes_that_move_across_a_boundary_change_nothing_that_is_signed() {
    let composed = providers::all().filter(|provider| {
        let content = provider.scheme.content.as_str();
        provider.scheme.algorithm.covers_content() && content != "{body}"
    });
    let (mut wrong, mut tried) = (Vec::new(), 0_u64);
    for provider in composed {
        for fixture in fixtures::of(&plain(provider)) {
            let genuine = Reported::of(&fixture.verify().unwrap());
            for (what, fixture) in recut(&fixture) {
                tried += 1;
                let Ok(delivery) = fixture.verify_at(NOW) else { continue };
                let changed = genuine.changed(&Reported::of(&delivery));
                if !changed.is_empty() {
                    wrong.push(format!("{}: {changed:?}: {what}", provider.slug));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 100_000, "{tried}");
}

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

/// Returns the signed members of the body that stand before a separator, with that separator.
fn separated_members(provider: &Provider) -> Vec<(String, String)> {
    let start =
        provider.scheme.for_each.as_ref().map(|each| each.as_str().replace('*', "0")).unwrap_or_default();
    let pieces = provider.scheme.content.as_str().split('{').filter_map(|piece| piece.split_once('}'));
    let members = pieces.filter(|(_, literal)| !literal.is_empty() && !literal.contains('?'));
    let named = members
        .filter_map(|(name, literal)| Some((name.strip_prefix("json:")?.trim_start_matches('?'), literal)));
    named
        .filter(|(at, _)| at.starts_with('/'))
        .map(|(at, literal)| (format!("{start}{at}"), literal.to_owned()))
        .collect()
}

/// One value of a content may hold the separator, because the others determine it.
#[test]
fn all_but_one_of_the_members_with_a_separator_behind_them_are_refused_with_it() {
    let mut checked = Vec::new();
    for provider in providers::all() {
        let members = separated_members(provider);
        if members.len() < 2 {
            continue;
        }
        let provider = &plain(provider);
        let Some(fixture) = fixtures::of(provider).into_iter().next() else { continue };
        let Ok(signer) = Signer::new(provider.clone(), fixtures::keys(provider).0) else { continue };
        let signs = |body: &Value| {
            let request = SigningRequest::new(body.to_string(), NOW).with_id("msg_1").with_event_type("a.b");
            signer.sign_request(&request.with_url("https://hooks.example.com/in")).is_ok()
        };
        let Ok(genuine) = serde_json::from_slice::<Value>(&fixture.body) else { continue };
        if !signs(&genuine) {
            continue;
        }
        let with = |(at, literal): &(String, String)| {
            let mut body = genuine.clone();
            *body.pointer_mut(at)? = format!("x{literal}y").into();
            Some(body)
        };
        let bodies: Vec<_> = members.iter().filter_map(with).collect();
        let signed = bodies.iter().filter(|body| signs(body)).count();
        assert!(signed <= 1, "{}: {signed} of {} values", provider.slug, bodies.len());
        checked.push(provider.slug.clone());
    }
    assert!(checked.len() > 1, "{checked:?}");
}

#[test]
fn every_declaration_with_open_boundaries_says_so() {
    for provider in providers::all() {
        let open =
            provider.warnings().unwrap().iter().any(|warning| warning.message().contains("tells where"));
        let says =
            provider.notes.contains("Nothing separates") || provider.notes.contains("nothing separates");
        assert!(open == says, "{}: {:?}", provider.slug, provider.warnings());
    }
}
