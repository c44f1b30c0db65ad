//! Classifies each part of the signed content by the form of its values.

use crate::compiled::Source;
use crate::scheme::{Apply, Covers, Member, Needs, Part, Shape, TimestampFormat, Value};

/// The form of a part's values, as far as it determines where they begin and end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// The same text in every request.
    Literal(Vec<u8>),
    /// A timestamp of this format.
    Timestamp(TimestampFormat),
    /// Parts that are omitted together.
    Group(Vec<Kind>),
    /// Any other value.
    Value(Shape),
}

/// The place and format of the scheme's timestamp.
#[derive(Clone, Copy)]
pub(crate) struct Timestamp<'a> {
    pub(crate) source: Option<&'a Source>,
    pub(crate) format: TimestampFormat,
}

impl Timestamp<'_> {
    /// Returns whether the value is the timestamp, wherever that is.
    fn is_in(self, value: &Value) -> bool {
        match self.source {
            _ if value.row.shape == Shape::Timestamp => true,
            Some(Source::Form(at)) => {
                value.row.covers == Covers::Value && value.row.needs == Needs::Form && value.text == *at
            }
            Some(Source::Json(at)) => {
                matches!((value.row.apply, value.members()), (Apply::AsIs, [member]) if member.path == *at && !member.optional)
            }
            _ => false,
        }
    }
}

impl Kind {
    pub(super) fn of(part: &Part, timestamp: Timestamp<'_>) -> Self {
        match part {
            Part::Literal(literal) => Self::Literal(literal.as_bytes().to_vec()),
            Part::Group(parts) => Self::Group(parts.iter().map(|part| Self::of(part, timestamp)).collect()),
            Part::Value(value) if timestamp.is_in(value) => Self::Timestamp(timestamp.format),
            Part::Value(value) => Self::Value(match (value.shape(), value.members()) {
                (Shape::Text, [member]) if member.is_free => Shape::Free,
                (Shape::Free, lines) if !has_one_reading(lines) => Shape::Mixed,
                (shape, _) => shape,
            }),
        }
    }

    pub(super) const fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_) | Self::Value(Shape::Secret))
    }

    /// Returns whether the values consist of digits.
    pub(super) const fn is_digits(&self) -> bool {
        let is_timestamp = matches!(
            self,
            Self::Timestamp(
                TimestampFormat::Seconds | TimestampFormat::Milliseconds | TimestampFormat::Either
            )
        );
        is_timestamp || matches!(self, Self::Value(Shape::Number))
    }
}

/// Returns whether lines of names and values have only one reading. No value contains a line break except that of
/// the one free member: the lines before it are found from the start, those after it from the end, by their names.
/// The free member must be followed by a required member, because the free value could end like one that may be
/// missing.
fn has_one_reading(lines: &[Member]) -> bool {
    let unique = (1..lines.len()).all(|at| {
        let (before, from) = lines.split_at(at);
        from.first().is_none_or(|line| before.iter().all(|other| other.path.last() != line.path.last()))
    });
    let mut frees = lines.iter().enumerate().filter(|(_, line)| line.is_free);
    let behind = frees.next().and_then(|(at, _)| lines.get(at + 1));
    unique && frees.next().is_none() && behind.is_none_or(|line| !line.optional)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Template;

    fn lines(names: &'static str) -> bool {
        let content = Template::from(format!("{{json-lines:{names}}}")).parse().unwrap();
        has_one_reading(content.body_values().next().unwrap().members())
    }

    #[test]
    fn lines_have_one_reading_where_one_member_may_hold_line_breaks() {
        for good in ["A", "A*", "A,B", "A?,B?", "A*,B", "A*,B,C?,D", "A?,B*,C", "A,B*"] {
            assert!(lines(good), "{good}");
        }
        for bad in ["A*,B*", "A*,B?", "A*,B?,C", "A,A"] {
            assert!(!lines(bad), "{bad}");
        }
    }
}
