//! Checks that values reported as signed cannot be changed, by moving bytes between the values of each request.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "common/scenes.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod scenes;

use std::borrow::Cow;

use countersign::scheme::{Algorithm, KeyFormat};
use countersign::{Delivery, Provider, Tolerance, UnixTime, providers};
use scenes::{NOW, Scene};
use serde_json::Value;

/// A place of a request that contains a value.
#[derive(Clone, Debug, PartialEq)]
enum Carrier {
    Header(usize),
    Url,
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

fn carriers(scene: &Scene) -> Vec<Carrier> {
    let content = scene.verifier.provider().scheme.content.as_str();
    let mut carriers: Vec<Carrier> = (0..scene.headers.0.len()).map(Carrier::Header).collect();
    carriers.extend((0..query(scene).len()).map(Carrier::Query));
    carriers.push(Carrier::Body);
    carriers.extend(scene.url.is_some().then_some(Carrier::Url));
    if content.contains("{form:") {
        let fields = 0..form(&scene.body).len();
        carriers.extend(fields.flat_map(|at| [Carrier::FormName(at), Carrier::FormValue(at)]));
    }
    if content.contains("{json")
        && let Ok(value) = serde_json::from_slice(&scene.body)
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

fn query(scene: &Scene) -> Vec<(String, String)> {
    form(scene.target.split_once('?').map_or("", |(_, query)| query).as_bytes())
}

fn encode(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn get(scene: &Scene, carrier: &Carrier) -> Vec<u8> {
    match carrier {
        Carrier::Header(at) => scene.headers.0[*at].1.clone(),
        Carrier::Url => scene.url.clone().unwrap().into_bytes(),
        Carrier::Query(at) => query(scene)[*at].1.clone().into_bytes(),
        Carrier::Body => scene.body.clone(),
        Carrier::FormName(at) => form(&scene.body)[*at].0.clone().into_bytes(),
        Carrier::FormValue(at) => form(&scene.body)[*at].1.clone().into_bytes(),
        Carrier::Json(at) => {
            let value: Value = serde_json::from_slice(&scene.body).unwrap();
            match value.pointer(at).unwrap() {
                Value::String(text) => text.clone().into_bytes(),
                other => other.to_string().into_bytes(),
            }
        }
    }
}

/// Returns the scene with another value at this place, or `None` if it cannot be sent.
fn with(mut scene: Scene, carrier: &Carrier, value: &[u8]) -> Option<Scene> {
    let text = || String::from_utf8(value.to_vec()).ok();
    match carrier {
        Carrier::Header(at) => {
            value.iter().all(|byte| *byte >= b' ').then_some(())?;
            scene.headers.0[*at].1 = value.to_vec();
        }
        Carrier::Url => {
            let url = text()?;
            scene.target = url.get("https://hooks.example.com".len()..)?.to_owned();
            scene.url = Some(url);
        }
        Carrier::Query(at) => {
            let mut fields = query(&scene);
            fields.get_mut(*at)?.1 = text()?;
            let (path, old) = scene.target.split_once('?')?;
            let target = format!("{path}?{}", encode(&fields));
            scene.url = scene.url.map(|url| url.replace(old, &encode(&fields)));
            scene.target = target;
        }
        Carrier::Body => scene.body = value.to_vec(),
        Carrier::FormName(at) | Carrier::FormValue(at) => {
            let mut fields = form(&scene.body);
            let field = fields.get_mut(*at)?;
            *(if matches!(carrier, Carrier::FormName(_)) { &mut field.0 } else { &mut field.1 }) = text()?;
            scene.body = encode(&fields).into_bytes();
        }
        Carrier::Json(at) => {
            let mut body: Value = serde_json::from_slice(&scene.body).ok()?;
            let place = body.pointer_mut(at)?;
            let text = text()?;
            *place = match text.parse::<u32>() {
                Ok(number) if place.is_number() && text == number.to_string() => number.into(),
                _ => text.into(),
            };
            scene.body = body.to_string().into_bytes();
        }
    }
    Some(scene)
}

/// Returns the scene without the value.
fn without(mut scene: Scene, carrier: &Carrier) -> Option<Scene> {
    match carrier {
        Carrier::Header(at) => drop(scene.headers.0.remove(*at)),
        Carrier::Json(at) => {
            let mut body: Value = serde_json::from_slice(&scene.body).ok()?;
            let (parent, name) = at.rsplit_once('/')?;
            body.pointer_mut(parent)?.as_object_mut()?.remove(name)?;
            scene.body = body.to_string().into_bytes();
        }
        Carrier::FormName(at) => {
            let mut fields = form(&scene.body);
            (*at < fields.len()).then(|| fields.remove(*at))?;
            scene.body = encode(&fields).into_bytes();
        }
        Carrier::Query(at) => {
            let mut fields = query(&scene);
            (*at < fields.len()).then(|| fields.remove(*at))?;
            let (path, old) = scene.target.split_once('?')?;
            let target = format!("{path}?{}", encode(&fields));
            scene.url = scene.url.map(|url| url.replace(old, &encode(&fields)));
            scene.target = target;
        }
        _ => return None,
    }
    Some(scene)
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
fn matters(scene: &Scene, carrier: &Carrier) -> bool {
    let genuine = Reported::of(&scene.verify().unwrap());
    let longer = [&get(scene, carrier), b"0".as_slice()].concat();
    let changed = with(scene.clone(), carrier, &longer);
    changed.is_none_or(|scene| {
        scene.verify().is_ok_and(|delivery| Reported::of(&delivery) != genuine) || scene.verify().is_err()
    })
}

/// Returns all requests derived from this one by moving the boundaries of its values.
fn recut(scene: &Scene) -> Vec<(String, Scene)> {
    let literals = literals(scene.verifier.provider().scheme.content.as_str());
    let carriers: Vec<Carrier> = carriers(scene).into_iter().filter(|at| matters(scene, at)).collect();
    let mut made = Vec::new();
    for one in &carriers {
        for other in carriers.iter().filter(|other| *other != one) {
            let (first, second) = (get(scene, one), get(scene, other));
            for literal in &literals {
                for (left, right) in cuts(&first, &second, literal) {
                    let moved = with(scene.clone(), one, &left).and_then(|scene| with(scene, other, &right));
                    let what = || format!("{one:?} {:?}, {other:?} {:?}", lossy(&left), lossy(&right));
                    made.extend(moved.map(|scene| (what(), scene)));
                }
            }
            // One value removed, with its text appended to the other.
            for literal in &literals {
                for text in [[&first[..], literal, &second].concat(), [&second[..], literal, &first].concat()]
                {
                    let folded = with(scene.clone(), other, &text).and_then(|scene| without(scene, one));
                    let what = || format!("without {one:?}, {other:?} {:?}", lossy(&text));
                    made.extend(folded.map(|scene| (what(), scene)));
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
        for scene in scenes::of(&plain(provider)) {
            let genuine = Reported::of(&scene.verify().unwrap());
            for (what, scene) in recut(&scene) {
                tried += 1;
                let Ok(delivery) = scene.verify_at(NOW) else { continue };
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
