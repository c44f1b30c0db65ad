//! The table of placeholders. A row is the whole definition of a placeholder: parser, checks, boundaries, coverage,
//! verifier and signer read it.
//!
//! A placeholder is named after its effect, not after a provider. The first row that fits a placeholder counts.

use super::derived;
use super::part::Value;
use super::transform::{Apply, Covers, Needs, QueryPart, Shape, Transform};
use crate::{form, json, url};

/// Returns the placeholder that was probably meant, if the argument is spelled almost like the rest of a name in the table:
/// `{form:php-serialise}` is a field of that name.
pub(crate) fn probably_meant(value: &Value) -> Option<&'static str> {
    let text = value.text.as_str();
    let alike = TABLE.iter().filter(|_| !value.row.argument.is_empty()).filter_map(|row| {
        let colon = || text.find(':').and_then(|at| text.get(..=at));
        let last_colon = || text.rfind(':').and_then(|at| text.get(at..));
        let (typed, known) = match row.before.strip_prefix(value.row.before)? {
            "" => (last_colon()?, row.after),
            rest if row.argument.is_empty() => (text, rest),
            rest => (colon()?, rest),
        };
        let distance = strsim::osa_distance(typed, known);
        (1..=known.len() / 4).contains(&distance).then_some((distance, row.name))
    });
    alike.min().map(|(_, name)| name)
}

/// All placeholders, in the order of the documentation.
#[rustfmt::skip] // A row stays on the lines that belong together.
pub(crate) static TABLE: &[Transform] = &[
    Transform::new("body", "the raw bytes of the body",
        Needs::Body, Covers::Bytes, Shape::Raw, Apply::AsIs),
    Transform::new("body:sha256", "SHA-256 of the body, as 32 bytes",
        Needs::Body, Covers::Bytes, Shape::Fixed, Apply::Body(derived::sha256)),
    Transform::new("body:sha256-hex", "SHA-256 of the body, in lower-case hexadecimal",
        Needs::Body, Covers::Bytes, Shape::Fixed, Apply::Body(derived::sha256_hex)),
    Transform::new("body:md5", "MD5 of the body, as 16 bytes (Sinch)",
        Needs::Body, Covers::Collidable, Shape::Fixed, Apply::Body(derived::md5)),
    Transform::new("body:crc32", "CRC-32 of the body, in decimal (PayPal; feature `crc32`)",
        Needs::Body, Covers::Checksum, Shape::Number, derived::CRC32),
    Transform::new("body:json-string", "the body as a JSON string, quotes included",
        Needs::Body, Covers::Bytes, Shape::Closed, Apply::Body(derived::json_string)),
    Transform::new("body:json-sorted", "the JSON body without spaces, the members of each object sorted by their names' UTF-16 code \
        units, numbers as received, strings as `JSON.stringify` writes them",
        Needs::Json, Covers::Values, Shape::Closed,
        Apply::Body(|input, out| { out.extend(json::sorted(derived::document(input.body)?)?); Ok(()) })),
    Transform::new("body:json-php", "the JSON body without the member that is the signature, as PHP's `json_encode` writes it with \
        `JSON_UNESCAPED_UNICODE`: members in their order, `/` as `\\/` (Cryptomus)",
        Needs::Json, Covers::OtherValues, Shape::Closed,
        Apply::Body(|input, out| { out.extend(json::php(derived::document(input.body)?, input.signature)?); Ok(()) })),
    Transform::new("base64:PLACEHOLDER", "one of the placeholders `body` or `body:…`, in Base64",
        Needs::Body, Covers::Bytes, Shape::Free, Apply::AsIs),
    Transform::new("json:POINTER", "the scalar at a JSON pointer, as in `{json:/data/id}`; `{json:?/a}` is empty if there is none, \
        and the value of `{json:*/a}` may contain the separator",
        Needs::Json, Covers::Value, Shape::Text, Apply::AsIs),
    Transform::new("json-lines:MEMBERS", "a line with the name and a line with the value of each member, as in `{json-lines:A,B?,C*}`: \
        `?` marks members that may be missing, `*` one that may contain line breaks",
        Needs::Json, Covers::Value, Shape::Free, Apply::Lines),
    Transform::new("form:sorted", "name and value of all form fields, sorted, each distinct pair once (Twilio)",
        Needs::Form, Covers::Values, Shape::Mixed,
        Apply::Body(|input, out| { form::sorted(input.body, out); Ok(()) })),
    Transform::new("form:sorted-after-url", "the same with repeated pairs, after the character that joins it to the URL (Plivo)",
        Needs::Form, Covers::Values, Shape::Mixed,
        Apply::Body(|input, out| { form::sorted_after_url(input.before, input.body, out); Ok(()) })),
    Transform::new("form:php-serialize", "all form fields but the signature, as PHP's `serialize` writes them (Paddle)",
        Needs::Form, Covers::OtherValues, Shape::Closed,
        Apply::Body(|input, out| { form::php_serialized(input.body, |name| input.leaves_out(name), out); Ok(()) })),
    Transform::new("form:pairs", "all form fields but the signature, as `name=value`, sorted and joined by `&`",
        Needs::Form, Covers::OtherValues, Shape::Mixed,
        Apply::Body(|input, out| { form::joined_pairs(input.body, |name| input.leaves_out(name), out); Ok(()) })),
    Transform::new("form:pairs-without:NAMES", "the same without the fields in a list, as in `{form:pairs-without:sign_type,charset}` (Alipay)",
        Needs::Form, Covers::OtherValues, Shape::Mixed,
        Apply::Body(|input, out| { form::joined_pairs(input.body, |name| input.leaves_out(name), out); Ok(()) })),
    Transform::new("form:NAME", "the value of a form field",
        Needs::Form, Covers::Value, Shape::Text, Apply::AsIs),
    Transform::new("id", "the id of the delivery, as received",
        Needs::Id, Covers::Value, Shape::Text, Apply::AsIs),
    Transform::new("timestamp", "the timestamp, as received",
        Needs::Timestamp, Covers::Value, Shape::Timestamp, Apply::AsIs),
    Transform::new("header:HEADER", "the value of a header, as received",
        Needs::Header, Covers::Value, Shape::Text, Apply::AsIs),
    Transform::new("headers:sig:NAME", "the values of the headers that an item of the signature field lists, joined by `.`; the names \
        are separated by spaces, commas or semicolons (Hook0)",
        // Its end is checked once the body is complete: see `verifier/listed.rs`.
        Needs::HeadersOfItem, Covers::Listed, Shape::Closed, Apply::AsIs),
    Transform::new("headers:claim:NAME", "a line `Name: value` for each header that a claim in the header of a detached JWT lists, \
        separated by commas (TrueLayer)",
        // The signed header of the JWT determines the number of lines.
        Needs::HeadersOfClaim, Covers::Listed, Shape::Closed, Apply::AsIs),
    Transform::new("headers:HEADER", "the headers that this header lists, `name:value` each, joined by `;`",
        Needs::Headers, Covers::Listed, Shape::Text, Apply::AsIs),
    Transform::new("sig:NAME:json-string", "an item of the signature field as a JSON string, quotes included",
        Needs::SignatureItem, Covers::Value, Shape::Closed, Apply::Text(|item| derived::quoted(item).into())),
    Transform::new("sig:NAME", "another item of the signature field",
        Needs::SignatureItem, Covers::Value, Shape::Text, Apply::AsIs),
    Transform::new("method", "the method, as received",
        Needs::Method, Covers::Value, Shape::Method, Apply::AsIs),
    Transform::new("method:lower", "the method, in lower case",
        Needs::Method, Covers::Value, Shape::Method, Apply::Text(|method| method.to_ascii_lowercase().into())),
    Transform::new("url", "the public URL",
        Needs::Url, WHOLE_URL, Shape::Url, Apply::AsIs),
    Transform::new("url:sorted-query", "the public URL with the parameters of its query sorted (Plivo)",
        // Its parameters are decoded: `a=1%262` is `a=1&2`.
        Needs::Url, Covers::Url { origin: true, path: true, query: QueryPart::Ambiguous }, Shape::Url,
        Apply::Text(|url| url::sorted_query(url).into())),
    Transform::new("url_without_query", "the public URL up to its query",
        Needs::Url, Covers::Url { origin: true, path: true, query: QueryPart::Absent }, Shape::Url,
        Apply::Text(|url| url::without_query(url).into())),
    Transform::new("path", "the path of the public URL",
        Needs::Url, Covers::Url { origin: false, path: true, query: QueryPart::Absent }, Shape::UrlText,
        Apply::Text(|url| url::path(url).into())),
    Transform::new("query", "the query of the public URL",
        Needs::Url, QUERY, Shape::UrlText, Apply::Text(|url| url::query(url).into())),
    Transform::new("query:canonical", "all parameters of the query but `jwt`, sorted and encoded again (Atlassian)",
        // It leaves a parameter out, and repeated ones lose their order.
        Needs::Target, Covers::Url { origin: false, path: false, query: QueryPart::Ambiguous }, Shape::UrlText,
        Apply::Text(|target| url::canonical_query(target).into())),
    Transform::new("query:NAME", "a parameter of the query, decoded",
        Needs::Query, Covers::Value, Shape::Text, Apply::AsIs),
    Transform::new("target", "path and query of the public URL, or as received",
        Needs::Target, TARGET, Shape::UrlText, Apply::AsIs),
    Transform::new("target:encoded-query", "the same with the query encoded once more (Contentful)",
        // A second question mark and what follows it are not in it.
        Needs::Target, Covers::Url { origin: false, path: true, query: QueryPart::Ambiguous }, Shape::UrlText,
        Apply::Text(|target| url::encoded_twice(target).into())),
    Transform::new("param:NAME", "a value that the developer configures: see `Provider::with_parameter`",
        // A literal once it is set.
        Needs::Parameter, Covers::Nothing, Shape::Fixed, Apply::AsIs),
    Transform::new("secret", "the bytes of the key, for schemes that hash them with the content",
        Needs::Secret, Covers::Nothing, Shape::Secret, Apply::AsIs),
];

const WHOLE_URL: Covers = Covers::Url { origin: true, path: true, query: QueryPart::Whole };
const TARGET: Covers = Covers::Url { origin: false, path: true, query: QueryPart::Whole };
const QUERY: Covers = Covers::Url { origin: false, path: false, query: QueryPart::Whole };

#[cfg(test)]
mod tests;
