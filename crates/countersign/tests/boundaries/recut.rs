//! Moves the boundaries between the values of a request, and compares what a delivery reports.

use std::borrow::Cow;

use countersign::scheme::{Algorithm, KeyFormat};
use countersign::{Delivery, Provider, Tolerance, UnixTime};

use crate::carriers::{Carrier, carriers, get, with, without};
use crate::fixtures::Fixture;

/// The values that a delivery reports, each with whether it is signed.
#[derive(Debug, PartialEq)]
pub(crate) struct Reported {
    pub(crate) id: Option<(String, bool)>,
    pub(crate) event_type: Option<(String, bool)>,
    pub(crate) timestamp: Option<(UnixTime, bool)>,
    pub(crate) body: (Vec<u8>, bool),
}

impl Reported {
    pub(crate) fn of(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id().map(|id| (id.as_str().to_owned(), id.is_signed())),
            event_type: delivery.event_type().map(|name| (name.as_str().to_owned(), name.is_signed())),
            timestamp: delivery.timestamp().map(|time| (time.value(), time.is_signed())),
            body: (delivery.body().to_vec(), delivery.is_body_signed()),
        }
    }

    /// Returns the signed values that differ.
    pub(crate) fn changed(&self, other: &Self) -> Vec<&'static str> {
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
pub(crate) fn plain(original: &Provider) -> Provider {
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
pub(crate) fn recut(fixture: &Fixture) -> Vec<(String, Fixture)> {
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
