//! Contents that the sender may sign in the place of the declared one.

use std::collections::BTreeSet;

use countersign::providers;

/// Returns the contents of the catalogue and the parts of the declared one in other orders, those without optional
/// groups first: a group that may be missing lets a sender leave its parts out of the signature, so it is the last to
/// be proposed.
pub(super) fn all(own: &str) -> Vec<String> {
    let known: BTreeSet<_> = providers::all().map(|provider| provider.scheme.content.as_str()).collect();
    let (optional, plain): (Vec<_>, Vec<_>) = known.into_iter().partition(|content| content.contains(OPEN));
    let decided = optional.iter().flat_map(|content| [with_groups(content), without_groups(content)]);
    let mut all: Vec<String> = Vec::new();
    let in_order = plain.iter().map(|content| (*content).to_owned()).chain(decided);
    for content in in_order.chain(reordered(own)).chain(optional.iter().map(|content| (*content).to_owned()))
    {
        if content != own && !all.contains(&content) {
            all.push(content);
        }
    }
    all
}

/// Returns the content with its optional groups as parts that are always there.
fn with_groups(content: &str) -> String {
    content.replace(OPEN, "").replace(CLOSE, "")
}

/// Returns the content without its optional groups.
fn without_groups(content: &str) -> String {
    let mut pieces = content.split(OPEN);
    let first = pieces.next().unwrap_or_default().to_owned();
    let rest = pieces.map(|piece| piece.split_once(CLOSE).map_or("", |(_, after)| after));
    first + &rest.collect::<String>()
}

/// Returns the content with its placeholders in all other orders; the text between them stays where it is.
fn reordered(content: &str) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut places = Vec::new();
    if [OPEN, "{{", "}}"].iter().any(|other| content.contains(other)) {
        return Vec::new();
    }
    for piece in content.split_inclusive('}') {
        match piece.split_once('{') {
            Some((text, place)) => {
                if let Some(last) = texts.last_mut() {
                    last.push_str(text);
                }
                places.push(format!("{{{place}"));
                texts.push(String::new());
            }
            None => {
                if let Some(last) = texts.last_mut() {
                    last.push_str(piece);
                }
            }
        }
    }
    if !(2..=MOST_PLACES).contains(&places.len()) {
        return Vec::new();
    }
    let written = |order: Vec<&String>| {
        let pairs = texts.iter().zip(order.into_iter().map(String::as_str).chain([""]));
        pairs.map(|(text, place)| format!("{text}{place}")).collect()
    };
    orders(&places.iter().collect::<Vec<_>>()).into_iter().skip(1).map(written).collect()
}

/// Returns the items in all orders, the given one first.
fn orders<T: Copy>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let starting_with = |at: usize| {
        let mut rest = items.to_vec();
        let first = rest.remove(at);
        orders(&rest).into_iter().map(move |order| [vec![first], order].concat())
    };
    (0..items.len()).flat_map(starting_with).collect()
}

const OPEN: &str = "{?";
const CLOSE: &str = "?}";

/// The number of placeholders up to which all orders are tried: 24 of them.
const MOST_PLACES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_with_optional_groups_come_last() {
        let all = all("{body}");
        let first = all.iter().position(|content| content.contains(OPEN)).unwrap();
        assert!(all[first..].iter().all(|content| content.contains(OPEN)));
        for content in &all[first..] {
            for decided in [with_groups(content), without_groups(content)] {
                assert!(decided == "{body}" || all[..first].contains(&decided), "{decided}");
            }
        }
    }

    #[test]
    fn parts_are_reordered_between_the_texts() {
        assert_eq!(reordered("v0:{timestamp}.{body}"), ["v0:{body}.{timestamp}"]);
        assert_eq!(reordered("{id}.{timestamp}.{body}\n").len(), 5);
        assert!(reordered("{id}.{timestamp}.{body}\n").contains(&"{body}.{id}.{timestamp}\n".to_owned()));
        for content in ["{body}", "", "{?{timestamp}:?}{body}", "{{{id}{body}", "{a}{b}{c}{d}{e}"] {
            assert!(reordered(content).is_empty(), "{content}");
        }
    }

    #[test]
    fn optional_groups_are_kept_or_removed() {
        assert_eq!(with_groups("{?id:{id};?}ts:{timestamp}"), "id:{id};ts:{timestamp}");
        assert_eq!(without_groups("{?id:{id};?}{?a?}ts:{timestamp}"), "ts:{timestamp}");
    }
}
