//! Finds the boundaries from either side of a content, and the rules that they depend on.

use std::ops::Range;

use super::kind::Kind;
use crate::scheme::{Shape, TimestampFormat};

/// The side of a timestamp that adjoins the body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    Before,
    After,
}

/// The beginning of a group of parts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum GroupStart {
    Literal(Vec<u8>),
    /// Digits, followed by this literal.
    Digits(Vec<u8>),
}

/// The rules for the values of a part that make its boundaries follow from the text.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Rule {
    /// The literal after the part, which its values must not contain.
    pub(super) end: Vec<u8>,
    /// The literal in front of the part, which its values must not contain.
    pub(super) start: Vec<u8>,
    /// Whether the timestamp must be in canonical form.
    pub(super) exact: bool,
    /// The side on which the body must not continue with digits.
    pub(super) digits: Option<Side>,
    /// The beginnings that the body must not have if the group is omitted.
    pub(super) group: Option<GroupStart>,
    /// The rules of the parts of a group.
    pub(super) inner: Vec<Rule>,
}

impl Rule {
    fn exact() -> Self {
        Self { exact: true, ..Self::default() }
    }

    fn ending(literal: &[u8]) -> Self {
        Self { end: literal.to_vec(), ..Self::default() }
    }

    /// Returns the rule, followed by those of its group.
    pub(super) fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.inner)
    }
}

/// Returns the rules of all parts, and the range of those that can exchange bytes, which is empty if every boundary
/// is determined.
pub(super) fn rules(kinds: &[Kind]) -> (Vec<Rule>, Range<usize>) {
    let mut rules = vec![Rule::default(); kinds.len()];
    let mut first = 0;
    while let Some(rule) = from_start(kinds, first) {
        if let Some(place) = rules.get_mut(first) {
            *place = rule;
        }
        first += 1;
    }
    // A group that is not delimited by itself keeps the rules of its parts.
    if let (Some(Kind::Group(inner)), Some(place)) = (kinds.get(first), rules.get_mut(first)) {
        place.inner = inner_rules(inner).unwrap_or_default();
    }
    let mut last = kinds.len();
    while last > first + 1
        && let Some(rule) = from_end(kinds, last - 1).filter(|rule| rule.start.is_empty())
    {
        put(&mut rules, last - 1, rule);
        last -= 1;
    }
    // Require separators from this side only if that leaves one part: values that contain them are rejected.
    let mut closed = (rules.clone(), last);
    while closed.1 > first + 1
        && let Some(rule) = from_end(kinds, closed.1 - 1)
    {
        put(&mut closed.0, closed.1 - 1, rule);
        closed.1 -= 1;
    }
    if closed.1 <= first + 1 {
        return (closed.0, 0..0);
    }
    for at in first..last {
        let is_literal = |at: Option<usize>| at.and_then(|at| kinds.get(at)).is_some_and(Kind::is_literal);
        let is_open = !is_literal(Some(at + 1)) || !is_literal(at.checked_sub(1));
        if let (Some(Kind::Timestamp(_)), Some(rule)) = (kinds.get(at), rules.get_mut(at)) {
            // The number of digits does not determine the end, and leading zeros are not accepted.
            rule.exact |= is_open;
        }
    }
    (rules, first..last)
}

fn put(rules: &mut [Rule], at: usize, rule: Rule) {
    if let Some(place) = rules.get_mut(at) {
        *place = rule;
    }
}

/// Returns the rule under which the part is delimited, read from the start. `None` if there is no such part or
/// rule.
fn from_start(kinds: &[Kind], at: usize) -> Option<Rule> {
    let next = kinds.get(at + 1);
    let starts_without = |text: &[u8]| !matches!(next, Some(Kind::Literal(literal)) if literal.first().is_none_or(|byte| text.contains(byte)));
    let before_literal = matches!(next, Some(Kind::Literal(_)));
    match kinds.get(at)? {
        Kind::Literal(_) | Kind::Value(Shape::Secret | Shape::Fixed | Shape::Closed) => Some(Rule::default()),
        digits if digits.is_digits() && before_literal && starts_without(b"0123456789") => {
            Some(Rule::default())
        }
        Kind::Timestamp(
            TimestampFormat::Seconds
            | TimestampFormat::Milliseconds
            | TimestampFormat::Rfc3339
            | TimestampFormat::HttpDate,
        ) => Some(Rule::exact()),
        Kind::Timestamp(TimestampFormat::Rfc3339Utc) => {
            (before_literal && starts_without(b"0123456789.Zz+-")).then_some(Rule::exact())
        }
        Kind::Timestamp(TimestampFormat::Either) => (next == Some(&Kind::Value(Shape::Raw)))
            .then_some(Rule { digits: Some(Side::After), ..Rule::exact() }),
        // The first colon of a URL ends its scheme.
        Kind::Value(Shape::Method) if next == Some(&Kind::Value(Shape::Url)) => Some(Rule::ending(b":")),
        Kind::Value(Shape::Text | Shape::Method) => match next? {
            Kind::Literal(literal) => Some(Rule::ending(literal)),
            Kind::Value(Shape::Secret) => Some(Rule::default()),
            // The first colon of a date and time follows its hour.
            Kind::Timestamp(TimestampFormat::Rfc3339) => Some(Rule::ending(b":")),
            _ => None,
        },
        Kind::Value(Shape::Url | Shape::UrlText) => match next? {
            Kind::Literal(literal) if literal.iter().any(|byte| !may_be_in_url(*byte)) => {
                Some(Rule::ending(literal))
            }
            Kind::Value(Shape::Secret) => Some(Rule::default()),
            _ => None,
        },
        Kind::Group(inner) => {
            let inner_rules = inner_rules(inner)?;
            let group = is_told_apart(inner, kinds.get(at + 1..).unwrap_or_default())?;
            Some(Rule { inner: inner_rules, group, ..Rule::default() })
        }
        Kind::Value(_) => None,
    }
}

/// Returns the rule under which the part is delimited, read from the end.
fn from_end(kinds: &[Kind], at: usize) -> Option<Rule> {
    let before = at.checked_sub(1).and_then(|at| kinds.get(at));
    let literal = match before {
        Some(Kind::Literal(literal)) => literal.as_slice(),
        _ => &[],
    };
    match kinds.get(at)? {
        Kind::Literal(_) | Kind::Value(Shape::Secret | Shape::Fixed) => Some(Rule::default()),
        digits if digits.is_digits() && literal.last().is_some_and(|byte| !byte.is_ascii_digit()) => {
            Some(Rule::default())
        }
        Kind::Timestamp(TimestampFormat::Either) => (before == Some(&Kind::Value(Shape::Raw)))
            .then_some(Rule { digits: Some(Side::Before), ..Rule::exact() }),
        Kind::Timestamp(_) => Some(Rule::exact()),
        Kind::Value(Shape::Text | Shape::Method) if !literal.is_empty() => {
            Some(Rule { start: literal.to_vec(), ..Rule::default() })
        }
        _ => None,
    }
}

/// Returns the rules of the parts of a group, if each of them is delimited by itself.
fn inner_rules(inner: &[Kind]) -> Option<Vec<Rule>> {
    (0..inner.len()).map(|at| from_start(inner, at)).collect()
}

/// Returns whether the following text shows that the group was omitted, and the beginning that the body must not
/// have.
#[expect(clippy::option_option, reason = "told apart without a rule, told apart with one, or not at all")]
fn is_told_apart(group: &[Kind], following: &[Kind]) -> Option<Option<GroupStart>> {
    let start = match group {
        [Kind::Literal(literal), ..] => GroupStart::Literal(literal.clone()),
        [digits, Kind::Literal(literal), ..] if digits.is_digits() => GroupStart::Digits(literal.clone()),
        _ => return None,
    };
    for kind in following {
        match (kind, &start) {
            (Kind::Value(Shape::Raw), _) => return Some(Some(start)),
            (Kind::Literal(other), _) => return differs(&start, other).then_some(None),
            (Kind::Group(other), _) => match other.first() {
                Some(Kind::Literal(other)) if differs(&start, other) => {}
                Some(digits) if digits.is_digits() && begins_without_digit(&start) => {}
                _ => return None,
            },
            (digits, _) if digits.is_digits() => return begins_without_digit(&start).then_some(None),
            _ => return None,
        }
    }
    Some(None)
}

fn begins_without_digit(start: &GroupStart) -> bool {
    matches!(start, GroupStart::Literal(literal) if literal.first().is_some_and(|byte| !byte.is_ascii_digit()))
}

/// Returns whether the literal cannot be the beginning of the group.
fn differs(start: &GroupStart, other: &[u8]) -> bool {
    match start {
        GroupStart::Literal(literal) => literal.iter().zip(other).any(|(a, b)| a != b),
        GroupStart::Digits(_) => other.first().is_some_and(|byte| !byte.is_ascii_digit()),
    }
}

/// Returns whether the byte can occur in a URL (RFC 3986), including characters that senders use although they
/// should be encoded.
fn may_be_in_url(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}
