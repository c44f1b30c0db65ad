//! Decides which parts of the signed content have fixed boundaries.
//!
//! A signature covers one text. If two requests with different values yield the same text, a recorded one can be
//! replayed as the other. The boundaries of a part are fixed if they follow from the text: from the start, part by
//! part, as long as each is delimited by itself (a fixed length, its own grammar, a separator that its values do
//! not contain), and from the end in the same way. One part may remain between the two and is determined by the
//! others. If more than one remains, they can exchange bytes.

mod kind;
mod side;

pub(crate) use kind::Timestamp;

use self::kind::Kind;
pub(super) use self::side::{GroupStart, Side};

use self::side::Rule;
use super::guard::BodyGuard;
use super::render::Step;
use crate::scheme::{BodyPart, Content, FixedPart};

/// The boundaries of a content: its steps, with the rules that separate them.
#[derive(Debug, Default)]
pub(crate) struct Boundaries {
    pub(crate) before: Vec<Step>,
    pub(crate) after: Vec<Step>,
    /// Whether the timestamp must be in canonical form.
    pub(crate) exact_timestamp: bool,
    pub(crate) guard: BodyGuard,
    /// Adjacent parts that can exchange bytes, as they are written in the content.
    pub(crate) open: Vec<(String, String)>,
    pub(crate) bound: Bound,
}

/// The parts of a content with fixed boundaries.
#[derive(Debug, Default)]
pub(crate) struct Bound {
    pub(crate) fixed: Vec<FixedPart>,
    pub(crate) body: Vec<BodyPart>,
}

impl Bound {
    /// Returns whether all bytes of the body are covered, and none can be moved.
    pub(crate) fn covers_body(&self) -> bool {
        self.body.iter().any(BodyPart::is_whole_body)
    }

    fn keep(&mut self, part: &FixedPart) {
        match part {
            FixedPart::Group(parts) => self.fixed.extend(parts.iter().cloned()),
            part => self.fixed.push(part.clone()),
        }
    }
}

impl Boundaries {
    /// Analyses a content, and sets the separators that the values of its body must not contain.
    pub(crate) fn new(content: &mut Content, timestamp: Timestamp<'_>) -> Self {
        let head = |part: &FixedPart| Kind::of_fixed(part, timestamp);
        let kinds: Vec<Kind> = content
            .before
            .iter()
            .map(head)
            .chain(content.body.iter().map(|part| Kind::of_body(part, timestamp)))
            .chain(content.after.iter().map(head))
            .collect();
        let (rules, open) = side::rules(&kinds);

        let mut boundaries = Self::default();
        let names = names(content);
        let in_open = |at: &usize| open.contains(at);
        let varying: Vec<usize> =
            open.clone().filter(|at| kinds.get(*at).is_some_and(|kind| !kind.is_literal())).collect();
        for pair in varying.windows(2) {
            if let [Some(first), Some(second)] = [pair.first(), pair.last()].map(|at| names.get(*at?)) {
                boundaries.open.push((first.clone(), second.clone()));
            }
        }
        let mut at = 0..;
        let mut next = || at.next().unwrap_or_default();
        for part in &content.before {
            let at = next();
            let rule = rules.get(at);
            boundaries.before.push(step(part, rule));
            if !in_open(&at) {
                boundaries.bound.keep(part);
            }
        }
        for part in &mut content.body {
            let at = next();
            if let Some(rule) = rules.get(at) {
                part.exclude(&rule.end, &rule.start);
            }
            let is_mixed = kinds.get(at) == Some(&Kind::Mixed);
            if !in_open(&at) && !is_mixed {
                boundaries.bound.body.push(part.clone());
            }
        }
        for part in &content.after {
            let at = next();
            boundaries.after.push(step(part, rules.get(at)));
            if !in_open(&at) {
                boundaries.bound.keep(part);
            }
        }
        for rule in rules.iter().flat_map(Rule::all) {
            boundaries.exact_timestamp |= rule.exact;
            boundaries.guard.add_digits(rule.digits);
            boundaries.guard.add_group(rule.group.as_ref());
        }
        boundaries
    }
}

fn step(part: &FixedPart, rule: Option<&Rule>) -> Step {
    let rule = rule.cloned().unwrap_or_default();
    let inner = match part {
        FixedPart::Group(parts) => {
            parts.iter().zip(0..).map(|(part, at)| step(part, rule.inner.get(at))).collect()
        }
        _ => Vec::new(),
    };
    Step { part: part.clone(), end: rule.end, start: rule.start, inner }
}

/// Returns the parts as they are written in the content.
fn names(content: &Content) -> Vec<String> {
    let before = content.before.iter().map(FixedPart::written);
    let body = content.body.iter().map(BodyPart::written);
    before.chain(body).chain(content.after.iter().map(FixedPart::written)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Template, Unit};

    fn boundaries(content: &str, unit: Unit) -> Boundaries {
        let mut content = Template::owned(content.to_owned()).parse().unwrap();
        Boundaries::new(&mut content, Timestamp { source: None, unit })
    }

    fn open(content: &str, unit: Unit) -> Vec<String> {
        let open = boundaries(content, unit).open;
        open.into_iter().map(|(first, second)| first + " " + &second).collect()
    }

    #[test]
    fn separators_and_fixed_lengths_keep_parts_apart() {
        for (content, unit) in [
            ("{body}", Unit::Seconds),
            ("{id}.{timestamp}.{body}", Unit::Seconds),
            ("{timestamp}{body}", Unit::Seconds),
            ("{timestamp}{body}", Unit::Rfc3339),
            ("{timestamp}{body}", Unit::Either),
            ("{body}{timestamp}{secret}", Unit::Either),
            ("{id}{timestamp}{body}", Unit::Rfc3339),
            ("{body}{timestamp}", Unit::Rfc3339),
            ("{body}.{header:x-nonce}.{timestamp}", Unit::Seconds),
            ("v1:{timestamp}:{body}", Unit::Rfc3339Utc),
            ("{?{timestamp}:?}{body}", Unit::Seconds),
            ("{?id:{query:data.id};?}{?request-id:{header:x-request-id};?}ts:{timestamp};", Unit::Either),
            ("{json:?/a}:{json:?*/b}:{json:?/c}", Unit::Seconds),
            ("{json-lines:A*,B,C?,D}", Unit::Seconds),
            ("{method}\n{target}\n{headers:x-list}\n{body}", Unit::Seconds),
            ("{url}|{body}", Unit::Seconds),
            ("{timestamp}{header:x-nonce}{secret}{body}", Unit::Seconds),
        ] {
            assert!(open(content, unit).is_empty(), "{content} {unit:?}: {:?}", open(content, unit));
        }
    }

    #[test]
    fn neighbours_without_a_separator_are_named() {
        for (content, unit, expected) in [
            ("{url}{body}", Unit::Seconds, vec!["{url} {body}"]),
            ("{body}{id}", Unit::Seconds, vec!["{body} {id}"]),
            ("{method}{url}{body}{timestamp}", Unit::Milliseconds, vec!["{url} {body}"]),
            ("{id}{timestamp}{body}", Unit::Seconds, vec!["{id} {timestamp}", "{timestamp} {body}"]),
            ("{id}{timestamp}", Unit::Either, vec!["{id} {timestamp}"]),
            ("{timestamp}{body}", Unit::Rfc3339Utc, vec!["{timestamp} {body}"]),
            ("{json:/a}{json:/b}", Unit::Seconds, vec!["{json:/a} {json:/b}"]),
            ("{json:*/a}:{json:*/b}", Unit::Seconds, vec!["{json:*/a} {json:*/b}"]),
            ("{?{header:x}:?}{body}", Unit::Seconds, vec!["{?{header:x}:?} {body}"]),
            ("{url}.{body}", Unit::Seconds, vec!["{url} {body}"]),
            ("{url}{form:sorted}", Unit::Seconds, vec!["{url} {form:sorted}"]),
        ] {
            assert_eq!(open(content, unit), expected, "{content} {unit:?}");
        }
    }

    #[test]
    fn a_group_that_is_left_out_is_told_by_what_follows() {
        for (content, is_closed) in [
            ("{?x:{header:a};?}{body}", true),
            ("{?x:{header:a};?}y{body}", true),
            ("{?x:{header:a};?}xy{body}", true),
            ("{?x:{header:a};?}x:{body}", false),
            ("{?x:{header:a};?}x{body}", false),
            ("{?x:{header:a};?}{timestamp}{body}", true),
            ("{?1:{header:a};?}{timestamp}{body}", false),
            ("{?x:{header:a};?}{?y:{header:b};?}{body}", true),
            ("{?x:{header:a};?}{?x:{header:b};?}{body}", false),
            ("{?x:{header:a};?}{?{timestamp}:?}{body}", true),
            ("{?1:{header:a};?}{?{timestamp}:?}{body}", false),
            ("{?{timestamp}:?}{body}", true),
            ("{?{timestamp}:?}v{body}", true),
            ("{?{timestamp}:?}1{body}", false),
            ("{?{timestamp}:?}{timestamp}{body}", false),
            ("{?{timestamp}:?}{?{timestamp}:?}{body}", false),
            ("{?{timestamp}:?}{?y:{header:b};?}{body}", true),
            ("{?x:{header:a};?}{?{header:b};?}{body}", false),
        ] {
            let open = open(content, Unit::Seconds);
            assert_eq!(open.is_empty(), is_closed, "{content}: {open:?}");
        }
    }

    #[test]
    fn what_keeps_its_bytes_is_kept_beside_what_does_not() {
        let boundaries = boundaries("{method}{url}{body}{timestamp}", Unit::Milliseconds);
        assert_eq!(boundaries.bound.fixed, [FixedPart::Method, FixedPart::Timestamp]);
        assert!(boundaries.bound.body.is_empty() && boundaries.exact_timestamp);
    }

    #[test]
    fn a_separator_alone_asks_for_no_form_of_the_timestamp() {
        assert!(!boundaries("{id}.{timestamp}.{body}", Unit::Seconds).exact_timestamp);
        assert!(boundaries("{timestamp}{body}", Unit::Seconds).exact_timestamp);
    }
}
