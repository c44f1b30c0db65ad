//! Classifies each part of the signed content by the form of its values.

use crate::compiled::Source;
use crate::scheme::{BodyPart, FixedPart, JsonLines, RarePart, Unit};

/// The form of a part's values, as far as it determines where they begin and end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// The same text in every request.
    Literal(Vec<u8>),
    /// The same text in every request, unknown to the sender: no value contains it.
    Secret,
    /// A fixed length: a digest.
    Fixed,
    /// Delimited by its own grammar: a JSON string, or a value that PHP serialises.
    Closed,
    /// A timestamp of this unit.
    Timestamp(Unit),
    /// Digits, any number of them.
    Number,
    /// A method: an HTTP token, which contains no colon.
    Method,
    /// A URL that begins with `http://` or `https://`.
    Url,
    /// A part of a URL.
    UrlText,
    /// Text that is checked against the adjacent literals.
    Text,
    /// Unrestricted text: one such part of a content can be determined by all the others.
    Free,
    /// The body.
    Raw,
    /// Several values without separators.
    Mixed,
    /// Parts that are omitted together.
    Group(Vec<Kind>),
}

/// The place and unit of the scheme's timestamp.
#[derive(Clone, Copy)]
pub(crate) struct Timestamp<'a> {
    pub(crate) source: Option<&'a Source>,
    pub(crate) unit: Unit,
}

impl Kind {
    pub(super) fn of_fixed(part: &FixedPart, timestamp: Timestamp<'_>) -> Self {
        match part {
            FixedPart::Literal(literal) => Self::Literal(literal.as_bytes().to_vec()),
            FixedPart::Timestamp => Self::Timestamp(timestamp.unit),
            FixedPart::Secret => Self::Secret,
            FixedPart::Method => Self::Method,
            FixedPart::Url | FixedPart::UrlWithoutQuery => Self::Url,
            FixedPart::Path | FixedPart::Query => Self::UrlText,
            FixedPart::Id | FixedPart::Header(_) => Self::Text,
            FixedPart::Rare(rare) => Self::of_rare(rare),
            FixedPart::Group(parts) => {
                Self::Group(parts.iter().map(|part| Self::of_fixed(part, timestamp)).collect())
            }
        }
    }

    fn of_rare(part: &RarePart) -> Self {
        match part {
            RarePart::MethodLower => Self::Method,
            RarePart::UrlSortedQuery => Self::Url,
            RarePart::Target | RarePart::TargetEncodedQuery | RarePart::QueryCanonical => Self::UrlText,
            RarePart::QueryParameter(_) | RarePart::Headers(_) | RarePart::SignatureItem(_) => Self::Text,
            RarePart::SignatureItemJson(_) => Self::Closed,
            // Its end is checked once the body is complete: see `verifier/listed.rs`.
            RarePart::ListedValues(_) => Self::Closed,
            // The signed header of the token determines the number of lines.
            RarePart::ClaimedHeaders(_) => Self::Closed,
            // Set by the developer, and a literal afterwards.
            RarePart::Parameter(_) => Self::Fixed,
        }
    }

    pub(super) fn of_body(part: &BodyPart, timestamp: Timestamp<'_>) -> Self {
        match part {
            BodyPart::Raw => Self::Raw,
            BodyPart::Sha256 | BodyPart::Sha256Hex => Self::Fixed,
            BodyPart::Crc32 => Self::Number,
            BodyPart::JsonString | BodyPart::JsonSorted | BodyPart::JsonPhp | BodyPart::FormPhp => {
                Self::Closed
            }
            BodyPart::FormSorted | BodyPart::FormSortedAfterUrl | BodyPart::FormPairs(_) => Self::Mixed,
            BodyPart::Base64(inner) => match Self::of_body(inner, timestamp) {
                Self::Fixed => Self::Fixed,
                _ => Self::Free,
            },
            BodyPart::Form(field) => match timestamp.source {
                Some(Source::Form(at)) if *at == field.name => Self::Timestamp(timestamp.unit),
                _ => Self::Text,
            },
            BodyPart::Json(json) => match timestamp.source {
                Some(Source::Json(at)) if *at == json.path && !json.optional => {
                    Self::Timestamp(timestamp.unit)
                }
                _ if json.is_free => Self::Free,
                _ => Self::Text,
            },
            BodyPart::JsonLines(lines) if has_one_reading(lines) => Self::Free,
            BodyPart::JsonLines(_) => Self::Mixed,
            BodyPart::Literal(literal) => Self::Literal(literal.as_bytes().to_vec()),
        }
    }

    pub(super) const fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_) | Self::Secret)
    }

    /// Returns whether the values consist of digits.
    pub(super) const fn is_digits(&self) -> bool {
        matches!(self, Self::Number | Self::Timestamp(Unit::Seconds | Unit::Milliseconds | Unit::Either))
    }
}

/// Returns whether lines of names and values have only one reading. No value contains a line break except that of
/// the one free member: the lines before it are found from the start, those after it from the end, by their names.
/// The free member must be followed by a required member, because the free value could end like one that may be
/// missing.
fn has_one_reading(lines: &JsonLines) -> bool {
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
        match content.body.as_slice() {
            [BodyPart::JsonLines(lines)] => has_one_reading(lines),
            other => panic!("{other:?}"),
        }
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
