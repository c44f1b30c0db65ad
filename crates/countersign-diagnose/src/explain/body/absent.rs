//! Members that a program has dropped when it wrote a body again: `null`, other empty values, and duplicates.

mod usual;

use super::json::Node;
use super::places::{Edit, Object, edited};
use crate::explain::Cause;
use crate::explain::case::Bodies;

use usual::{EMPTY, LOST, NAMES};

/// Tries the usual names with `null` and other empty values in every place, and each member twice.
pub(super) fn last(body: &[u8]) -> Bodies<'_> {
    if Node::parse(body).is_none() {
        return Box::new(std::iter::empty());
    }
    let objects = Object::all(body, MOST_OBJECTS);
    let names = names(body, &objects);
    let few: Vec<_> = names.iter().take(MOST_EMPTY_NAMES).cloned().collect();
    let nulls: Vec<_> =
        objects.iter().flat_map(|object| added(body, object, &names, &["null"])).take(MOST_NULLS).collect();
    let empty: Vec<_> =
        objects.iter().flat_map(|object| added(body, object, &few, &EMPTY)).take(MOST_EMPTY).collect();
    let twice: Vec<_> = objects.iter().flat_map(|object| repeated(body, object)).take(MOST_TWICE).collect();
    let body_of = |cause: Cause| move |edits: Vec<Edit>| Some((vec![cause.clone()], edited(body, &edits)?));
    let nulls = nulls.into_iter().filter_map(body_of(NULLS));
    let twice = twice.into_iter().filter_map(body_of(TWICE));
    Box::new(nulls.chain(twice).chain(empty.into_iter().filter_map(body_of(NULLS))))
}

/// Returns the object with one more member, at its end first.
fn added<'a>(
    body: &'a [u8],
    object: &'a Object,
    names: &'a [String],
    values: &'a [&str],
) -> impl Iterator<Item = Vec<Edit>> + 'a {
    let count = object.members.len();
    let own: Vec<_> = object.members.iter().filter_map(|member| body.get(member.key.clone())).collect();
    let new: Vec<_> = names.iter().filter(|name| !own.contains(&name.as_bytes())).collect();
    let places = (0..=count).rev().take(MOST_PLACES);
    places.flat_map(move |place| {
        let new = new.clone();
        new.into_iter().flat_map(move |name| {
            values.iter().map(move |value| vec![object.added(body, place, name, value)])
        })
    })
}

/// Returns the object with a member twice: the last one was kept, in the place of the first or in its own, or the
/// first one was.
fn repeated<'a>(body: &'a [u8], object: &'a Object) -> impl Iterator<Item = Vec<Edit>> + 'a {
    let count = object.members.len();
    let text = |range: std::ops::Range<usize>| {
        String::from_utf8_lossy(body.get(range).unwrap_or_default()).into_owned()
    };
    object.members.iter().enumerate().take(MOST_PLACES).flat_map(move |(at, member)| {
        let (key, kept) = (text(member.key.clone()), text(member.value.clone()));
        let others = object
            .members
            .iter()
            .map(|other| text(other.value.clone()))
            .filter(|other| other.len() <= LONGEST);
        let mut lost: Vec<_> =
            std::iter::once(kept.clone()).chain(near(&kept)).chain(others.take(MOST_PLACES)).collect();
        lost.extend(LOST.iter().map(|lost| (*lost).to_owned()));
        let mut seen = std::collections::HashSet::new();
        lost.retain(|lost| seen.insert(lost.clone()));
        let places = (0..=count).filter(move |place| place.abs_diff(at) <= MOST_PLACES);
        lost.into_iter().flat_map(move |lost| {
            let (key, kept) = (key.clone(), kept.clone());
            places.clone().flat_map(move |place| {
                let kept_its_place = vec![object.added(body, place, &key, &lost)];
                let moved =
                    vec![(member.value.clone(), lost.clone()), object.added(body, place, &key, &kept)];
                std::iter::once(kept_its_place).chain((place > at && lost != kept).then_some(moved))
            })
        })
    })
}

/// Returns the numbers before and after a number.
fn near(value: &str) -> Vec<String> {
    let number = value.parse::<i64>().ok();
    number
        .map(|number| [number.wrapping_sub(1), number.wrapping_add(1)].map(|near| near.to_string()).to_vec())
        .unwrap_or_default()
}

/// Returns the names that a dropped member may have had, with quotes: those of other objects, then the usual ones in
/// the case of the body.
fn names(body: &[u8], objects: &[Object]) -> Vec<String> {
    let keys =
        objects.iter().flat_map(|object| &object.members).filter_map(|member| body.get(member.key.clone()));
    let keys: Vec<_> = keys.filter_map(|key| std::str::from_utf8(key).ok()).take(MOST_KEYS).collect();
    let is_camel = |key: &&str| {
        key.as_bytes()
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
    };
    let camel = keys.iter().any(is_camel) && !keys.iter().any(|key| key.contains('_'));
    let short = keys.iter().any(|key| key.len() == 3);
    let letters = ('a'..='z').filter(|_| short).map(String::from);
    let usual = NAMES.iter().map(|name| if camel { in_camel_case(name) } else { (*name).to_owned() });
    let new = letters.chain(usual).map(|name| format!("\"{name}\""));
    let mut seen = std::collections::HashSet::new();
    let all = keys.iter().map(|key| (*key).to_owned()).chain(new);
    all.filter(|name| seen.insert(name.clone())).collect()
}

fn in_camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (initial, rest) = part.split_at_checked(1).unwrap_or((part, ""));
        name + &initial.to_ascii_uppercase() + rest
    })
}

const MOST_OBJECTS: usize = 8;
const MOST_PLACES: usize = 16;
const MOST_KEYS: usize = 32;
const MOST_NULLS: usize = 4096;
const MOST_TWICE: usize = 2048;
const MOST_EMPTY: usize = 1024;
const MOST_EMPTY_NAMES: usize = 24;
/// The length of a value that is tried in the place of another.
const LONGEST: usize = 256;

const NULLS: Cause = Cause::new(
    "body_members_dropped",
    "a member that is `null` or empty was dropped from the body after it was signed, as serialisers do that leave out such members, \
     and with it the body verifies: verify the bytes as they were received, before anything parses them",
);
const TWICE: Cause = Cause::new(
    "body_duplicates_dropped",
    "a member that is there twice in the signed body was dropped, as parsers do that keep one of several duplicate keys, and with both \
     it verifies: verify the bytes as they were received, before anything parses them",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(now: &str, signed: &str) -> bool {
        last(now.as_bytes()).any(|(_, body)| body == signed.as_bytes())
    }

    #[test]
    fn dropped_members_are_found() {
        for (now, signed) in [
            (r#"{"a":1}"#, r#"{"a":1,"b":null}"#),
            (r#"{"a":1,"c":2}"#, r#"{"a":1,"b":null,"c":2}"#),
            (r#"{"id": "1", "data": {"x_y": 2}}"#, r#"{"id": "1", "data": {"x_y": 2, "deleted_at": null}}"#),
            (r#"{"orderId":1}"#, r#"{"orderId":1,"deletedAt":null}"#),
            (r#"[{"id":1,"size":2},{"id":2}]"#, r#"[{"id":1,"size":2},{"id":2,"size":null}]"#),
            (r#"{"id":1}"#, r#"{"id":1,"description":""}"#),
            (r#"{"id":1,"data":{}}"#, r#"{"id":1,"data":{"name":null}}"#),
        ] {
            assert!(finds(now, signed), "{signed}");
        }
    }

    #[test]
    fn dropped_duplicates_are_found() {
        for (now, signed) in [
            (r#"{"a":2}"#, r#"{"a":1,"a":2}"#),
            (r#"{"a":3,"b":2}"#, r#"{"a":1,"b":2,"a":3}"#),
            (r#"{"b":2,"a":3}"#, r#"{"a":1,"b":2,"a":3}"#),
            (r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2,"a":3}"#),
            (r#"{"a":1}"#, r#"{"a":1,"a":1}"#),
            (r#"{"d":{"k":"x","l":"y"}}"#, r#"{"d":{"k":"y","k":"x","l":"y"}}"#),
        ] {
            assert!(finds(now, signed), "{signed}");
        }
    }

    #[test]
    fn the_number_of_bodies_is_bounded() {
        let many: Vec<_> = (0..500).map(|n| format!("\"k{n}\":{{\"a\":{n}}}")).collect();
        assert!(
            last(format!("{{{}}}", many.join(",")).as_bytes()).count()
                <= MOST_NULLS + MOST_TWICE + MOST_EMPTY
        );
        assert_eq!(last(b"a=b").count(), 0);
    }
}
