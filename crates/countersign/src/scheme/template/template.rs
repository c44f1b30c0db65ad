use serde::{Deserialize, Serialize};

use super::content::Content;
use super::parse;
use crate::error::ConfigError;
use crate::scheme::text::{Text, text};

/// The signed content as text with placeholders, for example `v0:{timestamp}:{body}`.
///
/// | placeholder | stands for |
/// |---|---|
/// | `{body}` | the raw bytes of the body |
/// | `{id}` `{timestamp}` | the delivery id and the timestamp, as received |
/// | `{method}` `{method:lower}` | the method, in upper or lower case |
/// | `{url}` `{url_without_query}` `{path}` `{query}` | the public URL, or a part of it |
/// | `{url:sorted-query}` | the URL with the parameters of its query sorted (Plivo) |
/// | `{query:name}` `{query:canonical}` | a parameter of the query, decoded; all of them, sorted and encoded again |
/// | `{target}` `{target:encoded-query}` | path and query as received; the same with the query encoded once more |
/// | `{header:name}` | the value of a header, as received |
/// | `{headers:name}` | the headers that this header lists, `name:value` each, joined by `;` |
/// | `{sig:tag}` | another item of the signature field |
/// | `{sig:tag:json-string}` | the same as a JSON string, quotes included |
/// | `{headers:sig:tag}` | the values of the headers that this item lists, joined by `.`; the names are separated by spaces, commas or semicolons (Hook0) |
/// | `{headers:claim:name}` | a line `Name: value` for each header that this claim in the header of a detached token lists, separated by commas (TrueLayer) |
/// | `{param:name}` | a value that the developer configures, see [`Provider::with_parameter`](crate::Provider::with_parameter) |
/// | `{body:sha256-hex}` `{body:crc32}` | SHA-256 of the body, lower-case hexadecimal; CRC-32 of it, decimal (feature `crc32`) |
/// | `{body:sha256}` | SHA-256 of the body, as 32 bytes |
/// | `{body:json-string}` | the body as a JSON string, quotes included |
/// | `{body:json-sorted}` | the JSON body without spaces, the members of each object sorted by their names' UTF-16 code units, numbers as received, strings as `JSON.stringify` writes them |
/// | `{body:json-php}` | the JSON body without the member that is the signature, as PHP's `json_encode` writes it with `JSON_UNESCAPED_UNICODE`: members in their order, `/` as `\/` (Cryptomus) |
/// | `{base64:body}` `{base64:body:json-php}` | a placeholder of the body, in Base64 |
/// | `{form:sorted}` | key and value of all form fields, sorted, each distinct pair once |
/// | `{form:sorted-after-url}` | the same with repeated pairs, after the character that joins it to the URL (Plivo) |
/// | `{form:php-serialize}` | all form fields but the signature, as PHP's `serialize` writes them |
/// | `{form:pairs}` `{form:pairs-without:sign_type}` | all form fields but the signature, and but those named, as `name=value`, sorted and joined by `&` (Alipay) |
/// | `{form:name}` | the value of a form field |
/// | `{json:/pointer}` `{json:?/pointer}` | the scalar at a JSON pointer; with `?` empty if there is none |
/// | `{json-lines:A,B?}` | a line with the name and a line with the value of each member; `?` marks members that may be missing |
/// | `{json:*/pointer}` `{json-lines:A*,B}` | the same for a value that may contain the separator: see below |
/// | `{secret}` | the key bytes, for schemes that hash them with the content |
///
/// `{? … ?}` is omitted if a placeholder in it has no value. `{{` and `}}` stand for the braces themselves.
///
/// # Separators
///
/// The signature covers one text, so two values without a separator between them can exchange bytes and keep the
/// signature valid. A literal between two placeholders is a separator: a request is rejected if the value next to
/// it contains that literal. This applies to headers, ids, query parameters, items of the signature, form fields
/// and JSON scalars. One value of a content may be exempt, because all the others determine it: the body, or the
/// JSON value that `*` marks. Timestamps need no separator: without one they must be in canonical form (10 digits
/// for seconds, 13 for milliseconds, no leading zero).
///
/// A value that can exchange bytes with its neighbour is not reported as signed, and
/// [`Provider::warnings`](crate::Provider::warnings) names it.
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = r"^([^{}]|\{\{|\}\}|\{[a-z][^{}]*\}|\{\?([^{}]|\{[a-z][^{}]*\})*\?\})*$", "examples" = ["{timestamp}.{body}", "{id}.{timestamp}.{body}", "{url}{form:sorted}"]))
)]
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Template(Text);

impl From<String> for Template {
    /// Creates a template at run time. It is parsed when the declaration is compiled.
    fn from(template: String) -> Self {
        Self(Text::Owned(template))
    }
}

impl Template {
    /// Creates a template from a literal.
    #[must_use]
    pub const fn new(template: &'static str) -> Self {
        Self(text(template))
    }

    /// Returns the text of the template.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the template with a parameter filled in.
    pub(crate) fn with_parameter(&self, name: &str, value: &str) -> Self {
        let literal = value.replace('{', "{{").replace('}', "}}");
        Self(Text::Owned(self.0.replace(&format!("{{param:{name}}}"), &literal)))
    }

    /// Parses the template once into the parts before the body, derived from it, and after it.
    pub(crate) fn parse(&self) -> Result<Content, ConfigError> {
        parse::content(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::template::content::{BodyPart, FixedPart, RarePart};

    #[test]
    fn parts_are_split_around_the_body() {
        let content = Template::new("v0:{timestamp}:{body}.{header:x-nonce}").parse().unwrap();
        assert_eq!(
            content.before,
            [FixedPart::Literal("v0:".into()), FixedPart::Timestamp, FixedPart::Literal(":".into())]
        );
        assert_eq!(content.body, [BodyPart::Raw]);
        let nonce = http::HeaderName::from_static("x-nonce");
        assert_eq!(content.after, [FixedPart::Literal(".".into()), FixedPart::Header(nonce)]);
        assert!(content.streams() && content.covers_body());
    }

    #[test]
    fn derived_parts_wait_for_the_body() {
        for template in ["{url}{form:sorted}", "{timestamp}\n{body:sha256-hex}", "{json:/a}-{json:/b}"] {
            assert!(!Template::new(template).parse().unwrap().streams(), "{template}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for template in
            ["{bod}", "{body", "body}", "{header:bad name}", "{body}{timestamp}{body}", "{json:x}"]
        {
            let error = Template(Text::Owned(template.to_owned())).parse().unwrap_err();
            assert_eq!(error.field(), "content", "{template}");
        }
    }

    #[test]
    fn groups_are_parsed_as_one_part() {
        let content = Template::new("{?id:{query:data.id};?}ts:{timestamp};").parse().unwrap();
        let group = FixedPart::Group(vec![
            FixedPart::Literal("id:".into()),
            FixedPart::Rare(RarePart::QueryParameter("data.id".into())),
            FixedPart::Literal(";".into()),
        ]);
        assert_eq!(content.before.first(), Some(&group));
        assert!(content.fixed().any(|part| *part == FixedPart::Timestamp));
        for bad in
            ["{?{timestamp}", "{?{body}?}", "{?{?{id}?}?}", "{?{secret}:?}{body}", "{body}{?.{secret}?}"]
        {
            assert!(Template::new(bad).parse().is_err(), "{bad}");
        }
    }

    #[test]
    fn doubled_braces_are_literal() {
        let content = Template::new("{{{body}}}").parse().unwrap();
        assert_eq!(content.before, [FixedPart::Literal("{".into())]);
        assert_eq!(content.after, [FixedPart::Literal("}".into())]);
    }
}
