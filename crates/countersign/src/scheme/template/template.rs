use serde::{Deserialize, Serialize};

use super::content::Content;
use super::parse;
use super::part::{Part, Value};
use super::table::TABLE;
use super::transform::Needs;
use crate::error::ConfigError;
use crate::scheme::location::Location;
use crate::scheme::text::{Text, text};

/// The signed content as text with placeholders, for example `v0:{timestamp}:{body}`.
///
#[doc = include_str!("placeholders.md")]
///
/// A word in capitals stands for an argument: `{header:HEADER}` is written as `{header:x-nonce}`.
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

    /// Returns whether the template is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lists the placeholders: each as it is written, with a word in capitals for its argument, and the description of its
    /// value.
    ///
    /// ```
    /// use countersign::scheme::Template;
    ///
    /// assert!(Template::placeholders().any(|(name, _)| name == "header:HEADER"));
    /// ```
    pub fn placeholders() -> impl Iterator<Item = (&'static str, &'static str)> {
        TABLE.iter().map(|row| (row.name, row.about))
    }

    /// Returns the places of the values that the content names one by one, in order: headers, parameters of the query,
    /// items of the signature field, form fields and values of a JSON body.
    ///
    /// ```
    /// use countersign::scheme::{Location, Template};
    ///
    /// let content = Template::new("{header:x-nonce}.{json:/id}.{form:sorted}");
    /// assert_eq!(content.places()?, [Location::header("x-nonce"), Location::json("/id")]);
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the template does not parse.
    pub fn places(&self) -> Result<Vec<Location>, ConfigError> {
        let content = self.parse()?;
        Ok(content.values().flat_map(Value::places).collect())
    }

    /// Returns whether a placeholder needs the fields of a form.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the template does not parse.
    pub fn needs_form(&self) -> Result<bool, ConfigError> {
        self.parse().map(|content| content.needs(Needs::Form))
    }

    /// Returns the template with a parameter filled in.
    pub(crate) fn with_parameter(&self, name: &str, value: &str) -> Self {
        let literal = value.replace('{', "{{").replace('}', "}}");
        Self(Text::Owned(self.0.replace(&format!("{{param:{name}}}"), &literal)))
    }

    /// Returns the literal text of the template, without its placeholders.
    pub(crate) fn literal(&self) -> String {
        let content = self.parse().unwrap_or_default();
        content.before.iter().filter(|part| part.is_literal()).map(Part::written).collect()
    }

    /// Parses the template once into the parts before the body, derived from it, and after it.
    pub(crate) fn parse(&self) -> Result<Content, ConfigError> {
        parse::content(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Part;

    fn written(parts: &[Part]) -> Vec<String> {
        parts.iter().map(Part::written).collect()
    }

    #[test]
    fn parts_are_split_around_the_body() {
        let content = Template::new("v0:{timestamp}:{body}.{header:x-nonce}").parse().unwrap();
        assert_eq!(written(&content.before), ["v0:", "{timestamp}", ":"]);
        assert_eq!(written(&content.body), ["{body}"]);
        assert_eq!(written(&content.after), [".", "{header:x-nonce}"]);
        assert!(content.streams() && content.covers_body());
    }

    #[test]
    fn derived_parts_wait_for_the_body() {
        for template in ["{url}{form:sorted}", "{timestamp}\n{body:sha256-hex}", "{json:/a}-{json:/b}"] {
            assert!(!Template::new(template).parse().unwrap().streams(), "{template}");
        }
    }

    #[test]
    fn the_literal_text_is_that_between_the_placeholders() {
        for (template, literal) in [("", ""), ("v1:{id};{{}}", "v1:;{}"), ("{id}", "")] {
            let template = Template::new(template);
            assert_eq!(template.literal(), literal, "{template:?}");
            assert_eq!(template.is_empty(), template.as_str().is_empty());
        }
    }

    #[test]
    fn a_form_is_needed_for_its_fields() {
        for (template, needs_form) in [("{form:a}", true), ("{url}{form:sorted}", true), ("{body}", false)] {
            assert_eq!(Template::new(template).needs_form().unwrap(), needs_form, "{template}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for template in [
            "{bod}",
            "{body",
            "body}",
            "{header:bad name}",
            "{body}{timestamp}{body}",
            "{json:x}",
            "{base64:header:x-a}",
        ] {
            let error = Template(Text::Owned(template.to_owned())).parse().unwrap_err();
            assert_eq!(error.field(), "content", "{template}");
        }
    }

    #[test]
    fn an_unknown_placeholder_is_compared_with_all_rows() {
        for (template, hint) in [
            ("{bod}", "did you mean `{body}`?"),
            ("{body:sha25}", "did you mean `{body:sha256}`?"),
            ("{headr:x-nonce}", "did you mean `{header:HEADER}`?"),
            ("{form:}", "did you mean `{form:NAME}`?"),
            ("{sig:}", "did you mean `{sig:NAME}`?"),
            ("{BODY}", "did you mean `{body}`?"),
            ("{rawBody}", "did you mean `{body}`?"),
            ("{raw_body}", "did you mean `{body}`?"),
            ("{body:md4}", "did you mean `{body:md5}`?"),
            ("{body:digest}", "did you mean `{body}`?"),
            ("{payload}", "did you mean `{body}`?"),
            ("{url:path}", "did you mean `{path}`?"),
            ("{ts}", "did you mean `{timestamp}`?"),
            ("{head:x-a}", "did you mean `{header:HEADER}`?"),
            ("{heder:x-signature-of-mine}", "did you mean `{header:HEADER}`?"),
            ("{something}", "list them"),
            ("{someOtherPat}", "list them"),
        ] {
            let error = Template::from(template.to_owned()).parse().unwrap_err().to_string();
            assert!(error.ends_with(hint), "{template}: {error}");
        }
    }

    #[test]
    fn groups_are_parsed_as_one_part() {
        let content = Template::new("{?id:{query:data.id};?}ts:{timestamp};").parse().unwrap();
        let Some(Part::Group(group)) = content.before.first() else { panic!("{content:?}") };
        assert_eq!(written(group), ["id:", "{query:data.id}", ";"]);
        assert_eq!(written(&content.before), ["{?id:{query:data.id};?}", "ts:", "{timestamp}", ";"]);
        assert!(content.needs(Needs::Query) && content.needs(Needs::Timestamp));
        for bad in
            ["{?{timestamp}", "{?{body}?}", "{?{?{id}?}?}", "{?{secret}:?}{body}", "{body}{?.{secret}?}"]
        {
            assert!(Template::new(bad).parse().is_err(), "{bad}");
        }
    }

    #[test]
    fn doubled_braces_are_literal() {
        let content = Template::new("{{{body}}}").parse().unwrap();
        assert_eq!((written(&content.before), written(&content.after)), (vec!["{".into()], vec!["}".into()]));
    }
}
