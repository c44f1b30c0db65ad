use super::part::{Part, Value};
use super::transform::{Covers, Needs};
use crate::scheme::algorithm::Algorithm;

/// A parsed template. All of `before` and `after` is known from the head of the request; `body` is not.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Content {
    pub(crate) before: Vec<Part>,
    pub(crate) body: Vec<Part>,
    pub(crate) after: Vec<Part>,
}

impl Content {
    /// Returns whether the body is hashed unchanged, so that hashing can start before it is complete.
    pub(crate) fn streams(&self) -> bool {
        self.body.is_empty() || self.is_raw_body()
    }

    /// Returns whether the only signed part of the body is all of it, unchanged.
    pub(crate) fn is_raw_body(&self) -> bool {
        matches!(self.body.as_slice(), [Part::Value(value)] if value.is_raw_body())
    }

    /// Returns whether the signature covers all bytes of the body.
    pub(crate) fn covers_body(&self) -> bool {
        self.body_values().any(|value| value.row.covers.is_body())
    }

    /// Returns whether no value of the body can be changed, if the values have boundaries: all bytes, or all members or
    /// fields but the signature, are signed.
    pub(crate) fn covers_all_values(&self) -> bool {
        let is_all =
            |covers: Covers| covers.is_body() || matches!(covers, Covers::Values | Covers::OtherValues);
        self.body_values().any(|value| is_all(value.row.covers))
    }

    /// Returns all parts that are known from the head, in order, including those in groups.
    pub(crate) fn fixed(&self) -> impl Iterator<Item = &Part> {
        self.before.iter().chain(&self.after).flat_map(Part::flat)
    }

    /// Returns the placeholders of the head, in order, including those in groups.
    pub(crate) fn head_values(&self) -> impl Iterator<Item = &Value> {
        self.fixed().filter_map(Part::value)
    }

    /// Returns the placeholders of the body, in order.
    pub(crate) fn body_values(&self) -> impl Iterator<Item = &Value> {
        self.body.iter().filter_map(Part::value)
    }

    /// Returns all placeholders.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.head_values().chain(self.body_values())
    }

    /// Returns whether a placeholder needs this part of a request.
    pub(crate) fn needs(&self, needs: Needs) -> bool {
        self.first(needs).is_some()
    }

    /// Returns the first placeholder that needs this part of a request.
    pub(crate) fn first(&self, needs: Needs) -> Option<&Value> {
        self.values().find(|value| value.row.needs == needs)
    }

    /// Returns the item of the signature field that lists headers whose values are signed.
    pub(crate) fn header_list(&self) -> Option<&str> {
        self.first(Needs::HeadersOfItem).map(|value| value.text.as_str())
    }

    /// Returns the claim of a JWT that lists headers whose values are signed.
    pub(crate) fn claimed_list(&self) -> Option<&str> {
        self.first(Needs::HeadersOfClaim).map(|value| value.text.as_str())
    }

    /// Returns whether the content can be extended without the secret (length extension): plain hashes reveal their
    /// state, unless the secret is hashed last.
    pub(crate) fn can_be_continued(&self, algorithm: Algorithm) -> bool {
        let last = self.after.iter().rev().find(|part| !part.is_literal());
        algorithm.takes_secret_in_content() && !last.is_some_and(|part| part.needs(Needs::Secret))
    }

    /// Returns whether a part may be omitted.
    pub(crate) fn has_group(&self) -> bool {
        self.before.iter().chain(&self.after).any(|part| matches!(part, Part::Group(_)))
    }

    /// Returns whether another body with the same signed part is easily made.
    pub(crate) fn is_partial(&self) -> bool {
        self.body_values().any(|value| match value.row.covers {
            Covers::Checksum => true,
            Covers::Value => value.row.needs == Needs::Json,
            _ => false,
        })
    }

    /// Returns whether multipart/form-data is accepted as a form: single fields are signed.
    pub(crate) fn takes_multipart(&self) -> bool {
        self.body_values().all(|value| value.row.needs == Needs::Form && value.row.covers == Covers::Value)
    }

    /// Returns whether a value of the head is signed that belongs to one delivery: not only the URL, which deliveries
    /// share, and the time, which they may share.
    pub(crate) fn has_own_value(&self) -> bool {
        self.head_values().any(|value| match value.row.covers {
            Covers::Value => !matches!(value.row.needs, Needs::Timestamp | Needs::Method),
            covers => covers == Covers::Listed,
        })
    }

    /// Returns whether nothing is signed.
    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.body.is_empty() && self.after.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use crate::scheme::template::parse;
    use crate::scheme::{Location, Shape};

    #[test]
    fn fields_that_are_left_out_are_not_covered() {
        let content = parse::content("{form:pairs-without:a,b}").unwrap();
        let covers = |name| content.values().any(|value| value.covers(&Location::form(name)));
        assert_eq!(["a", "b", "c"].map(covers), [false, false, true]);
    }

    /// Base64 has none of the quotes and brackets that end a value.
    #[test]
    fn a_value_in_base64_has_no_boundaries_unless_its_length_is_fixed() {
        for (content, shape) in [
            ("{body:json-string}", Shape::Closed),
            ("{base64:body:json-string}", Shape::Free),
            ("{base64:body}", Shape::Free),
            ("{base64:body:sha256}", Shape::Fixed),
        ] {
            let content = parse::content(content).unwrap();
            assert!(content.values().all(|value| value.shape() == shape), "{content:?}");
        }
    }

    #[test]
    fn values_that_deliveries_share_tell_none_from_another() {
        for (content, has_own_value) in [
            ("{body}", false),
            ("{url}.{body}", false),
            ("{method}.{timestamp}.{body}", false),
            ("{id}.{body}", true),
            ("{header:x-a}", true),
            ("{query:a}.{url}", true),
            ("{headers:x-list}", true),
        ] {
            assert_eq!(parse::content(content).unwrap().has_own_value(), has_own_value, "{content}");
        }
    }

    #[test]
    fn another_body_with_the_same_checksum_or_members_is_easily_made() {
        for (content, is_partial) in [
            ("{body}", false),
            ("{body:sha256}", false),
            ("{form:sorted}", false),
            ("{header:x-a}", false),
            ("{body:crc32}", true),
            ("{json:/a}", true),
        ] {
            assert_eq!(parse::content(content).unwrap().is_partial(), is_partial, "{content}");
        }
    }
}
