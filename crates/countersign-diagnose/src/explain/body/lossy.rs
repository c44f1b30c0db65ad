//! Characters that were replaced by `?` or U+FFFD because the body was decoded as ASCII.

use std::ops::Range;

use crate::explain::Cause;
use crate::explain::case::Bodies;

/// Fills one gap with any character, several gaps with the same one, and two gaps with two of the most common ones.
pub(super) fn rare(body: &[u8]) -> Bodies<'_> {
    let gaps = std::str::from_utf8(body).map(gaps).unwrap_or_default();
    let choices: Vec<Vec<Range<usize>>> = match gaps.as_slice() {
        [] => Vec::new(),
        [gap] => vec![vec![gap.clone()]],
        gaps if gaps.len() > MOST_GAPS => Vec::new(),
        gaps => {
            let inner: Vec<_> = gaps.iter().filter(|gap| follows_letter(body, gap)).cloned().collect();
            let alone = gaps.iter().map(|gap| vec![gap.clone()]);
            let mut choices: Vec<_> = [inner, gaps.to_vec()].into_iter().chain(alone).collect();
            choices.retain(|choice| !choice.is_empty());
            choices.dedup();
            choices
        }
    };
    let count = if choices.len() == 1 { usize::MAX } else { MOST_SHARED };
    let same = choices.clone().into_iter().flat_map(move |gaps| {
        characters().take(count).flat_map(move |char| {
            let utf_8 = filled(body, &gaps, &[char.to_string()]);
            let escaped = filled(body, &gaps, &[escaped(char)]);
            [utf_8, escaped]
        })
    });
    let pairs: Vec<_> = choices.into_iter().filter(|choice| choice.len() == 2).take(1).collect();
    let pairs = pairs.into_iter().flat_map(move |gaps| {
        let usual = || USUAL.chars().take(MOST_PAIRED);
        let both = usual().flat_map(move |first| usual().map(move |second| [first, second]));
        both.map(move |pair| filled(body, &gaps, &pair.map(String::from)))
    });
    Box::new(same.chain(pairs).flatten().map(|body| (vec![REPLACED], body)))
}

/// Returns the body with the fills in its gaps, repeated in order.
fn filled(body: &[u8], gaps: &[Range<usize>], fills: &[String]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len() + 8);
    let mut end = 0;
    for (gap, fill) in gaps.iter().zip(fills.iter().cycle()) {
        out.extend_from_slice(body.get(end..gap.start)?);
        out.extend_from_slice(fill.as_bytes());
        end = gap.end;
    }
    out.extend_from_slice(body.get(end..)?);
    Some(out)
}

/// Returns runs of replacement characters: a character became one of them, or as many as it has bytes.
fn gaps(text: &str) -> Vec<Range<usize>> {
    let mut gaps: Vec<Range<usize>> = Vec::new();
    let replaced = text.char_indices().filter(|(_, char)| matches!(char, '?' | '\u{fffd}'));
    for (at, char) in replaced.take(MOST_REPLACED) {
        match gaps.last_mut() {
            Some(last) if last.end == at => last.end += char.len_utf8(),
            _ => gaps.push(at..at + char.len_utf8()),
        }
    }
    gaps
}

/// Returns whether a letter precedes the gap. A question mark after a word also matches; one in a URL does not.
fn follows_letter(body: &[u8], gap: &Range<usize>) -> bool {
    let before = gap.start.checked_sub(1).and_then(|at| body.get(at));
    let after = body.get(gap.end);
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    is_letter(before) && is_letter(after)
        || is_letter(after) && before == Some(&b'"')
        || is_letter(before) && after == Some(&b'"')
}

fn escaped(char: char) -> String {
    char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// Returns the characters of European languages, the most common ones first.
fn characters() -> impl Iterator<Item = char> {
    let all = [0xa0..=0x17f_u32, 0x400..=0x45f, 0x391..=0x3ce, 0x2013..=0x2026, 0x1f600..=0x1f64f];
    let rest = all.into_iter().flatten().filter_map(char::from_u32).filter(|char| !USUAL.contains(*char));
    USUAL.chars().chain(rest)
}

const USUAL: &str = "éüöäßèàçñóáíúêôãõåøæâîûëïœÉÜÖÄÅØÇÑłńśżźąęćčšžřěůőű’‘“”–—…€£°·®™©«»¿¡👍🎉🚀❤✓✔";
/// The number of gaps that are filled at once.
const MOST_GAPS: usize = 8;
const MOST_REPLACED: usize = 64;
/// The number of characters that are tried in several gaps at once.
const MOST_SHARED: usize = 96;
/// The number of characters of which all pairs are tried.
const MOST_PAIRED: usize = 32;

const REPLACED: Cause = Cause::new(
    "body_characters_replaced",
    "characters beyond ASCII were replaced by `?` after the body was signed, and with them it verifies: \
     verify the bytes as they were received, before anything decodes them",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(now: &str, signed: &str) -> bool {
        rare(now.as_bytes()).any(|(_, body)| body == signed.as_bytes())
    }

    #[test]
    fn what_was_replaced_is_found() {
        for (now, signed) in [
            (r#"{"a":"caf?"}"#, r#"{"a":"café"}"#),
            (r#"{"a":"caf??"}"#, r#"{"a":"café"}"#),
            ("{\"a\":\"caf\u{fffd}\"}", r#"{"a":"café"}"#),
            (r#"{"a":"caf?"}"#, "{\"a\":\"caf\\u00e9\"}"),
            (r#"{"a":"caf? M?nchen"}"#, r#"{"a":"café München"}"#),
            (r#"{"a":"?a va?"}"#, r#"{"a":"ça va?"}"#),
            (r#"{"a":"?????"}"#, r#"{"a":"😀"}"#),
        ] {
            assert!(finds(now, signed), "{now}");
        }
    }

    #[test]
    fn a_body_of_question_marks_costs_little() {
        assert_eq!(rare("?a".repeat(30_000).as_bytes()).count(), 0);
        assert!(rare(b"?a?b?c?d?e?f?g?h").count() < 20_000);
    }
}
