//! HTML tags that a filter has removed from the texts of a body, and HTML entities that it has decoded.

use std::ops::Range;

use super::json::Node;
use super::places::{edited, values};
use crate::explain::Cause;
use crate::explain::case::Bodies;

/// Tries the usual tags around the texts of the body and around their words, and scripts and line breaks in them.
pub(super) fn last(body: &[u8]) -> Bodies<'_> {
    let texts = texts(body);
    let whole = texts.clone().into_iter().flat_map(move |text| tagged(text.clone()).chain(lost(&text)));
    let words = texts.clone().into_iter().flat_map(|text| {
        let body = body.get(text.clone()).unwrap_or_default();
        word_runs(body, text.start).into_iter().filter(move |words| *words != text).flat_map(tagged)
    });
    let breaks = texts.into_iter().flat_map(|text| {
        let places = text.start + 1..text.end;
        places.flat_map(|at| BREAKS.iter().map(move |tag| vec![(at..at, (*tag).to_owned())]))
    });
    let all = whole.take(MOST_WHOLE).chain(words.take(MOST_WORDS)).chain(breaks.take(MOST_BREAKS));
    Box::new(all.filter_map(move |edits| Some((vec![TAGS], edited(body, &edits)?))))
}

/// Tries the characters of HTML in the texts of the body as entities.
pub(super) fn rare(body: &[u8]) -> Bodies<'_> {
    let has = |byte: &u8| b"<>&'".contains(byte);
    let texts = if body.iter().any(has) { strings(body) } else { Vec::new() };
    let quotes: [&[(&str, &str)]; 4] = [&[], &[("'", "&#39;")], &[("'", "&#x27;")], &[("'", "&apos;")]];
    let double: [&[(&str, &str)]; 3] = [&[], &[("\\\"", "&quot;")], &[("\\\"", "&#34;")]];
    let choices = quotes
        .into_iter()
        .flat_map(move |single| double.into_iter().map(move |double| [single, double].concat()));
    Box::new(choices.filter_map(move |more| {
        let all = || BASIC.iter().chain(&more);
        let edits: Vec<_> = texts
            .iter()
            .filter_map(|range| {
                let text = std::str::from_utf8(body.get(range.clone())?).ok()?;
                Some((
                    range.clone(),
                    all().fold(text.to_owned(), |text, (char, entity)| text.replace(char, entity)),
                ))
            })
            .collect();
        Some((vec![ENTITIES], edited(body, &edits).filter(|_| !edits.is_empty())?))
    }))
}

/// Returns the positions of the strings in JSON, without their quotes, or that of the whole body.
fn strings(body: &[u8]) -> Vec<Range<usize>> {
    if Node::parse(body).is_none() {
        return std::iter::once(0..body.len()).collect();
    }
    let strings = values(body).into_iter().filter(|range| body.get(range.start) == Some(&b'"'));
    strings.map(|range| range.start + 1..range.end - 1).collect()
}

/// Returns the positions of strings that may be texts of people, without ids, dates and addresses.
fn texts(body: &[u8]) -> Vec<Range<usize>> {
    let is_text = |range: &Range<usize>| {
        let text = body.get(range.clone()).unwrap_or_default();
        text.len() <= LONGEST
            && text.iter().any(u8::is_ascii_alphabetic)
            && !text.windows(3).any(|part| part == b"://")
    };
    // Texts of several words first.
    let mut texts: Vec<_> = strings(body).into_iter().filter(is_text).collect();
    texts.sort_by_key(|range| !body.get(range.clone()).unwrap_or_default().contains(&b' '));
    texts.truncate(MOST_TEXTS);
    texts
}

/// Returns the positions of words and of several in a row.
fn word_runs(text: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut at = start;
    let words = text.split(|byte| *byte == b' ').map(|word| {
        let range = at..at + word.len();
        at = range.end + 1;
        range
    });
    let words: Vec<_> = words.filter(|word| !word.is_empty()).take(MOST_IN_TEXT).collect();
    let runs = (1..=words.len())
        .flat_map(|count| words.windows(count).filter_map(|run| Some(run.first()?.start..run.last()?.end)));
    // Without the punctuation behind the last word, too.
    let bare = |run: Range<usize>| {
        let last = text.get((run.end - start).wrapping_sub(1)).copied().unwrap_or_default();
        let shorter = b".,!?;:".contains(&last).then_some(run.start..run.end - 1);
        std::iter::once(run).chain(shorter)
    };
    runs.flat_map(bare).filter(|run| !run.is_empty()).collect()
}

/// Returns the changes that put a pair of tags around this part of the body.
fn tagged(range: Range<usize>) -> impl Iterator<Item = Vec<(Range<usize>, String)>> {
    PAIRS.iter().flat_map(move |(open, close)| {
        let (start, end) = (range.start..range.start, range.end..range.end);
        WRITTEN.iter().map(move |[less, slash, greater]| {
            let written = |tag: &str| tag.replace('<', less).replace("/", slash).replace('>', greater);
            vec![(start.clone(), written(open)), (end.clone(), written(close))]
        })
    })
}

/// Returns the changes that add an element whose content was removed, too.
fn lost(range: &Range<usize>) -> impl Iterator<Item = Vec<(Range<usize>, String)>> + use<> {
    let places = [range.start..range.start, range.end..range.end];
    places.into_iter().flat_map(|place| {
        WHOLE.iter().flat_map(move |tag| {
            let place = place.clone();
            WRITTEN.iter().map(move |[less, slash, greater]| {
                vec![(place.clone(), tag.replace('<', less).replace("/", slash).replace('>', greater))]
            })
        })
    })
}

/// Tags around a text.
static PAIRS: [(&str, &str); 18] = [
    ("<b>", "</b>"),
    ("<p>", "</p>"),
    ("<strong>", "</strong>"),
    ("<i>", "</i>"),
    ("<em>", "</em>"),
    ("<script>", "</script>"),
    ("<div>", "</div>"),
    ("<span>", "</span>"),
    ("<u>", "</u>"),
    ("<h1>", "</h1>"),
    ("<h2>", "</h2>"),
    ("<code>", "</code>"),
    ("<pre>", "</pre>"),
    ("<a>", "</a>"),
    ("<ul><li>", "</li></ul>"),
    ("<p><b>", "</b></p>"),
    ("<p>", "</p>\\n"),
    ("<html><body>", "</body></html>"),
];
/// Elements that are removed with their content.
static WHOLE: [&str; 6] = ["<script>alert(1)</script>", "<br>", "<br/>", "<br />", "<hr>", "<img>"];
static BREAKS: [&str; 5] = ["<br>", "<br/>", "<br />", "</p><p>", "<wbr>"];
/// The ways to write `<`, `/` and `>` in JSON.
static WRITTEN: [[&str; 3]; 4] =
    [["<", "/", ">"], ["<", "\\/", ">"], ["\\u003c", "/", "\\u003e"], ["\\u003C", "\\/", "\\u003E"]];
static BASIC: [(&str, &str); 3] = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")];

const MOST_TEXTS: usize = 8;
const MOST_IN_TEXT: usize = 8;
const LONGEST: usize = 1024;
const MOST_WHOLE: usize = 1024;
const MOST_WORDS: usize = 2560;
const MOST_BREAKS: usize = 512;

const TAGS: Cause = Cause::new(
    "body_html_tags_removed",
    "HTML tags were removed from the texts of the body after it was signed, as filters against scripts do, and with them it verifies: \
     verify the bytes as they were received, and filter later",
);
const ENTITIES: Cause = Cause::new(
    "body_html_entities",
    "HTML entities of the body, such as `&lt;`, were decoded after it was signed, and with them it verifies: \
     verify the bytes as they were received",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_tags_and_decoded_entities_are_found() {
        let finds = |now: &str, signed: &str| {
            let all = rare(now.as_bytes()).chain(last(now.as_bytes()));
            all.into_iter().any(|(_, body)| body == signed.as_bytes())
        };
        for (now, signed) in [
            (r#"{"id":"x1","text":"hello big world"}"#, r#"{"id":"x1","text":"hello <b>big</b> world"}"#),
            (r#"{"text":"hi"}"#, r#"{"text":"<p>hi</p>"}"#),
            (r#"{"text":"hi"}"#, r#"{"text":"<p>hi<\/p>"}"#),
            (r#"{"text":"hi"}"#, r#"{"text":"\u003cem\u003ehi\u003c/em\u003e"}"#),
            (r#"{"text":"alert(1)"}"#, r#"{"text":"<script>alert(1)</script>"}"#),
            (r#"{"text":"hi"}"#, r#"{"text":"hi<script>alert(1)</script>"}"#),
            (r#"{"text":"one two!"}"#, r#"{"text":"<b>one two</b>!"}"#),
            (r#"{"text":"onetwo"}"#, r#"{"text":"one<br>two"}"#),
            (r#"{"text":"<b> & it's"}"#, r#"{"text":"&lt;b&gt; &amp; it&#39;s"}"#),
            (r#"{"text":"\"a\" & b"}"#, r#"{"text":"&quot;a&quot; &amp; b"}"#),
        ] {
            assert!(finds(now, signed), "{signed}");
        }
    }

    #[test]
    fn texts_of_many_words_cost_a_bounded_number_of_bodies() {
        let body = format!(r#"["{}"]"#, vec!["word"; 200].join(" "));
        assert!(last(body.as_bytes()).count() <= MOST_WHOLE + MOST_WORDS + MOST_BREAKS);
        assert!(rare(body.as_bytes()).count() <= 12);
    }
}
