//! Numbers that became strings, and strings that became numbers, when a body was written again.

use super::json::Node;
use super::layout::compact;
use crate::explain::Cause;
use crate::explain::case::Bodies;

/// Tries all numbers as strings, all numeric strings as numbers, each of them alone, and all together with booleans.
pub(super) fn rare(body: &[u8]) -> Bodies<'_> {
    let Some(node) = Node::parse(body) else { return Box::new(std::iter::empty()) };
    let count = {
        let mut count = 0;
        rewrite(&node, &mut |_| count += 1);
        count
    };
    let choices = std::iter::once(None).chain((0..count.min(MOST_SINGLES)).map(Some));
    let single: [Change; 2] = [unquoted, quoted];
    let all: [Change; 2] = [unquoted_word, quoted_word];
    let single =
        single.into_iter().flat_map(move |change| choices.clone().map(move |wanted| (change, wanted)));
    Box::new(single.chain(all.map(|change| (change, None))).filter_map(move |(change, wanted)| {
        let (mut at, mut changed) = (0, false);
        let text = rewrite(&node, &mut |atom| {
            if wanted.is_none_or(|wanted| wanted == at)
                && let Some(other) = change(atom)
            {
                (*atom, changed) = (other, true);
            }
            at += 1;
        });
        changed.then(|| (vec![QUOTES], text.into_bytes()))
    }))
}

type Change = fn(&str) -> Option<String>;

/// Writes the values without white space, each atom after a change.
fn rewrite(node: &Node<'_>, change: &mut dyn FnMut(&mut String)) -> String {
    let joined = |items: Vec<String>, open, close| format!("{open}{}{close}", items.join(","));
    match node {
        Node::Atom(atom) => {
            let mut text = (*atom).to_owned();
            change(&mut text);
            text
        }
        Node::Array(items) => joined(items.iter().map(|item| rewrite(item, change)).collect(), '[', ']'),
        Node::Object(members) => {
            let member = |(key, value): &(&str, Node<'_>)| format!("{key}:{}", rewrite(value, change));
            joined(members.iter().map(member).collect(), '{', '}')
        }
    }
}

/// The number that a string contains.
fn unquoted(atom: &str) -> Option<String> {
    let inner = atom.strip_prefix('"')?.strip_suffix('"')?;
    is_number(inner).then(|| inner.to_owned())
}

/// The string with a number.
fn quoted(atom: &str) -> Option<String> {
    is_number(atom).then(|| format!("\"{atom}\""))
}

/// The number or the boolean that a string contains.
fn unquoted_word(atom: &str) -> Option<String> {
    let inner = atom.strip_prefix('"')?.strip_suffix('"')?;
    (is_number(inner) || is_boolean(inner)).then(|| inner.to_owned())
}

/// The string with a number or a boolean.
fn quoted_word(atom: &str) -> Option<String> {
    (is_number(atom) || is_boolean(atom)).then(|| format!("\"{atom}\""))
}

fn is_boolean(text: &str) -> bool {
    matches!(text, "true" | "false")
}

fn is_number(text: &str) -> bool {
    text.starts_with(|char: char| char == '-' || char.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(text).is_ok()
}

/// Returns the values of an object's members that are objects or arrays themselves, without white space.
pub(super) fn inner_documents(body: &[u8]) -> Vec<Vec<u8>> {
    let Some(Node::Object(members)) = Node::parse(body) else { return Vec::new() };
    let inner = members.iter().filter(|(_, value)| !matches!(value, Node::Atom(_)));
    inner.take(MOST_INNER).map(|(_, value)| compact(value).into_bytes()).collect()
}

/// The number of values that are changed alone.
const MOST_SINGLES: usize = 64;
/// The number of members that are tried as the signed document.
const MOST_INNER: usize = 8;

const QUOTES: Cause = Cause::new(
    "body_number_quotes",
    "numbers of the body became strings, or strings numbers, after it was signed, and without that it verifies: \
     verify the bytes as they were received, before anything parses them",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_strings_change_places_at_once_and_alone() {
        let finds = |now: &str, signed: &str| rare(now.as_bytes()).any(|(_, body)| body == signed.as_bytes());
        for (now, signed) in [
            (r#"{"a":"1","b":[-2.5],"c":"x"}"#, r#"{"a":1,"b":[-2.5],"c":"x"}"#),
            (r#"{"a":1,"b":[-2.5]}"#, r#"{"a":"1","b":["-2.5"]}"#),
            (r#"{"a":"1","b":"2"}"#, r#"{"a":"1","b":2}"#),
            (r#"{"a":"true","b":"1"}"#, r#"{"a":true,"b":1}"#),
            (r#"{"a":false,"b":1}"#, r#"{"a":"false","b":"1"}"#),
        ] {
            assert!(finds(now, signed), "{now}");
        }
        assert_eq!(rare(b"{\"a\":\"x\",\"b\":null}").count(), 0);
        assert_eq!(inner_documents(br#"{"id":"1","detail":{"a": 1}}"#), [br#"{"a":1}"#.to_vec()]);
    }
}
