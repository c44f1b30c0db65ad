//! Computes the most memory that the verification of a request takes besides its head and body.

use crate::head::HeadSize;
use crate::scheme::{Apply, Content, Covers, Limits, Needs, Scheme, Shape, Value};

use super::check::CompiledCheck;
use super::source::Source;

/// The memory that verification takes, in multiples of the parts of a request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// Of the body, while the request is decided.
    bodies: usize,
    /// Of the largest value of the head in the signed content.
    values: usize,
    /// Of path and query in the signed content, which may be encoded.
    targets: usize,
    /// Whether the parameters of the query are sorted.
    sorts_query: bool,
    /// Whether headers are parsed as structured fields (RFC 9651).
    is_message: bool,
    /// Whether the signature is a JWT, which is parsed as JSON.
    is_jwt: bool,
    /// The largest number of items of a body that is taken apart.
    items: usize,
    /// The largest number of bytes of the signature field.
    field: usize,
    /// The largest number of signatures beyond the default.
    more_signatures: usize,
}

impl Memory {
    pub(super) fn new(scheme: &Scheme, content: &Content, checks: &[CompiledCheck], ids: &[&Source]) -> Self {
        let limits = scheme.limits;
        let checked = || checks.iter().flat_map(|check| check.content.head_values());
        let values: Vec<_> = content.head_values().chain(checked()).collect();
        let readings = 1 + usize::from(scheme.has_second_reading());
        let of_url = |value: &&&Value| matches!(value.row.covers, Covers::Url { .. });
        let signs_form = content.needs(Needs::Form);
        let bodies = bodies(scheme, content, checks);
        Self {
            bodies,
            values: readings * occurrences(&values, ids),
            targets: readings * LONGEST * values.iter().filter(of_url).count(),
            sorts_query: values.iter().filter(of_url).any(|value| matches!(value.row.apply, Apply::Text(_))),
            is_message: scheme.message_signature.is_some(),
            is_jwt: scheme.jwt.is_some(),
            items: match bodies {
                0..3 => 0,
                _ if signs_form => limits.form_fields,
                _ => limits.json_values,
            },
            field: limits.signature_bytes,
            more_signatures: limits.signatures.saturating_sub(Limits::default().signatures),
        }
    }

    /// Returns the bytes that are kept of a head until the decision, besides the head.
    pub(crate) fn kept(&self, head: HeadSize) -> usize {
        // Signatures, id, type, the name of the key, and values that are checked.
        let header_values = head.bytes;
        let message = if self.is_message { BASES.min(head.bytes.saturating_mul(16)) } else { 0 };
        header_values + self.values * head.bytes + self.targets * head.target + message
    }

    /// Returns the bytes that are taken in addition while a head is checked.
    pub(crate) fn passing(&self, head: HeadSize) -> usize {
        // A buffer that grows is there twice, and a value is rendered apart before it is added to the others.
        let copied = 2 * (self.values * head.bytes + self.targets * head.target);
        let sorted = if self.sorts_query { PARAMETER * head.parameters } else { 0 };
        let parsed = if self.is_message { STRUCTURE * head.bytes.min(2 * self.field) + BASES } else { 0 };
        let signatures = SIGNATURE * self.more_signatures.min(head.bytes);
        copied + sorted + parsed + signatures + HEADER * head.headers
    }

    /// Returns the bytes that the decision takes, besides a body, a signature field and signed content of the head with
    /// these lengths.
    pub(crate) fn deciding(&self, body: usize, field: usize, head: usize) -> usize {
        // A parsed body needs a structure per item, and an item has at least two bytes.
        let items = self.items.min(body / 2);
        let claims = if self.is_jwt { STRUCTURE * field } else { 0 };
        let copied = self.bodies.saturating_mul(body.saturating_add(head));
        copied.saturating_add(items.saturating_mul(ITEM)).saturating_add(claims)
    }
}

/// Returns how often the signed content repeats a value of the head, or a list of all of them.
fn occurrences(values: &[&Value], ids: &[&Source]) -> usize {
    let name = |value: &Value| match (value.row.needs, value.header()) {
        (Needs::Id, _) => {
            let headers = ids.iter().find_map(|source| match source {
                Source::Headers(names) => names.first().map(|name| name.as_str().to_owned()),
                _ => None,
            });
            Some(headers.unwrap_or_default())
        }
        (Needs::Header, Some(header)) => Some(header.as_str().to_owned()),
        (Needs::Query | Needs::SignatureItem, _) => Some(String::new()),
        _ => None,
    };
    let names: Vec<_> = values.iter().filter_map(|value| name(value)).collect();
    let repeated = names.iter().map(|name| names.iter().filter(|other| *other == name).count()).max();
    let is_list = |needs| matches!(needs, Needs::Headers | Needs::HeadersOfItem | Needs::HeadersOfClaim);
    repeated.unwrap_or_default() + values.iter().filter(|value| is_list(value.row.needs)).count()
}

/// Returns the memory that the decision takes, in multiples of the body: for content that is derived from it, for
/// content that is not hashed in order, for a JWT in it, and for values that are compared with it.
fn bodies(scheme: &Scheme, content: &Content, checks: &[CompiledCheck]) -> usize {
    let makes_content = !content.streams() || scheme.for_each.is_some();
    let takes_apart = scheme.jwt.is_some() || scheme.signature.at.is_in_body();
    // The copy of the content grows by its parts.
    let keeps = !scheme.algorithm.hashes_in_order();
    // The body as one text in quotes.
    let is_quoted = |value: &Value| value.row.covers == Covers::Bytes && value.row.shape == Shape::Closed;
    let escapes = content.body_values().any(is_quoted);
    let compares = checks.iter().any(|check| check.copies_body());
    3 * usize::from(makes_content || takes_apart)
        + 3 * usize::from(escapes)
        + 2 * usize::from(keeps)
        + usize::from(scheme.final_newline)
        + 2 * usize::from(compares)
}

/// The memory per item of a parsed body, in bytes.
const ITEM: usize = 96;
/// The memory per parameter of a query that is sorted.
const PARAMETER: usize = 80;
/// The memory per byte of a text that is parsed as JSON or as a structured field.
const STRUCTURE: usize = 40;
/// The memory per signature: a list of them that grows.
const SIGNATURE: usize = 48;
/// The memory per header for lists of all headers.
const HEADER: usize = 160;
/// The largest ratio of an encoded URL to the URL.
const LONGEST: usize = 5;
/// The limit on the bases of message signatures.
const BASES: usize = 256 << 10;

#[cfg(feature = "toml")]
#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::Provider;
    use crate::compiled::CompiledScheme;

    const HEAD: HeadSize = HeadSize { bytes: 1_000, headers: 10, target: 300, parameters: 7 };

    fn memory(provider: Provider) -> Memory {
        CompiledScheme::new(Cow::Owned(provider)).unwrap_or_else(|error| panic!("{error}")).memory
    }

    fn declared(content: &str, more: &str) -> Memory {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'd'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{content}'\n\
             signature = {{ at = 'header:x-sig', format = {{ list = {{ separator = ',', assign = '=', tags = 'v1' }} }}, \
             encoding = 'hex' }}\n{more}"
        );
        memory(Provider::from_toml(&toml).unwrap_or_else(|error| panic!("{content}: {error}")))
    }

    /// Without values in the content a head is kept once, and all of its headers are listed.
    fn more_than_the_head(memory: Memory, head: HeadSize) -> (usize, usize) {
        (memory.kept(head) - head.bytes, memory.passing(head) - 160 * head.headers)
    }

    #[test]
    fn the_memory_of_a_head_follows_from_the_values_that_the_content_repeats() {
        let id = |at: &str| format!("[event]\nid = '{at}'\n");
        for (content, more, kept, passing) in [
            ("{body}", "", 0, 0),
            ("{header:x-a}.{header:x-b}.{body}", "", 1_000, 2_000),
            ("{header:x-a}.{header:x-b}.{header:x-a}.{body}", "", 2_000, 4_000),
            ("{query:a}.{query:b}.{query:c}.{header:x-a}.{body}", "", 3_000, 6_000),
            ("{sig:a}.{sig:b}.{body}", "", 2_000, 4_000),
            ("{id}.{header:x-a}.{body}", &id("header:x-b"), 1_000, 2_000),
            ("{id}.{header:x-a}.{body}", &id("header:x-a"), 2_000, 4_000),
            ("{id}.{query:b}.{body}", &id("query:a"), 2_000, 4_000),
            ("{headers:x-list}.{body}", "", 1_000, 2_000),
            ("{headers:x-list}.{header:x-a}.{header:x-a}.{body}", "", 3_000, 6_000),
            (
                "{header:x-a}.{body}",
                "checks = [{ at = 'header:x-b', equals = '{header:x-a}' }]",
                2_000,
                4_000,
            ),
            ("{header:x-a}.{body}", "checks = [{ at = 'header:x-b', equals = '{url}' }]", 2_500, 5_000),
            ("{url}.{body}", "", 1_500, 3_000),
            ("{url}.{body}", "any_port = true", 3_000, 6_000),
            ("{url}.{header:x-a}.{body}", "any_trailing_slash = true", 5_000, 10_000),
            // The parameters may be sorted.
            ("{url:sorted-query}.{body}", "", 1_500, 3_000 + 80 * 7),
            ("{url}.{path}.{body}", "", 3_000, 6_000 + 80 * 7),
            // A list of more signatures than 128.
            ("{body}", "limits = { signatures = 128 }", 0, 0),
            ("{body}", "limits = { signatures = 200 }", 0, 48 * 72),
            ("{body}", "limits = { signatures = 2_000 }", 0, 48 * 1_000),
        ] {
            assert_eq!(
                more_than_the_head(declared(content, more), HEAD),
                (kept, passing),
                "{content} {more}"
            );
        }
    }

    #[cfg(feature = "message-signatures")]
    #[test]
    fn the_memory_of_a_message_signature_has_a_limit() {
        use crate::Tolerance;
        use crate::scheme::Algorithm;
        let scheme = Scheme::message_signature(Algorithm::Ed25519, "@method", Tolerance::seconds(300));
        let mut provider = Provider::new("own", "Own", scheme);
        for (field, bytes, kept, passing) in [
            (16 << 10, 1_000, 16_000, 40 * 1_000 + (256 << 10)),
            (16 << 10, 100_000, 256 << 10, 40 * (32 << 10) + (256 << 10)),
            (100, 1_000, 16_000, 40 * 200 + (256 << 10)),
        ] {
            provider.scheme.limits = Limits::DEFAULT.with_signature_bytes(field);
            let more = more_than_the_head(memory(provider.clone()), HeadSize { bytes, ..HEAD });
            assert_eq!(more, (kept, passing), "{field} {bytes}");
        }
    }

    #[cfg(feature = "jwt")]
    #[test]
    fn the_claims_of_a_jwt_are_parsed_beside_the_body() {
        let memory = memory(crate::providers::NETLIFY.clone());
        // Three copies for the JWT and two for the digest of the body in it, five items, and claims of seven bytes.
        assert_eq!(memory.deciding(10, 7, 3), 5 * 13 + 5 * 96 + 7 * 40);
    }
}
