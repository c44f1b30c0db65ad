use serde::{Deserialize, Serialize};

use super::location::header_names;
use super::{Pointer, Text, text};
use crate::error::ConfigError;

/// The signed content as text with placeholders, for instance `v0:{timestamp}:{body}`.
///
/// | placeholder | stands for |
/// |---|---|
/// | `{body}` | the raw bytes of the body |
/// | `{id}` `{timestamp}` | the delivery id and the timestamp, as received |
/// | `{method}` | the method, upper case |
/// | `{url}` `{url_without_query}` `{path}` `{query}` | the public URL, or a part of it |
/// | `{header:name}` | the value of a header, as received |
/// | `{body:sha256-hex}` | SHA-256 of the body, lower-case hexadecimal |
/// | `{form:sorted}` | key and value of all form fields, sorted, each distinct pair once |
/// | `{form:name}` | the value of a form field |
/// | `{json:/pointer}` | the scalar at a JSON pointer |
/// | `{secret}` | the key bytes, for schemes that hash them with the content |
///
/// `{{` and `}}` stand for the braces themselves.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Template(Text);

impl Template {
    /// A template written in Rust.
    #[must_use]
    pub const fn new(template: &'static str) -> Self {
        Self(text(template))
    }

    /// The template as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the template, once, into the parts before the body, made from it, and after it.
    pub(crate) fn parse(&self) -> Result<Content, ConfigError> {
        let mut content = Content::default();
        for part in parts(&self.0)? {
            content.push(part)?;
        }
        Ok(content)
    }
}

/// A parsed template. All of `before` and `after` is known from the head of the request, `body` is not.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Content {
    pub(crate) before: Vec<FixedPart>,
    pub(crate) body: Vec<BodyPart>,
    pub(crate) after: Vec<FixedPart>,
}

/// A part that is known before the body is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FixedPart {
    Literal(String),
    Id,
    Timestamp,
    Method,
    Url,
    UrlWithoutQuery,
    Path,
    Query,
    Header(http::HeaderName),
    Secret,
}

/// A part that is made from the body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BodyPart {
    Raw,
    Sha256Hex,
    FormSorted,
    Form(String),
    /// The steps of the pointer.
    Json(Vec<String>),
    Literal(String),
}

impl Content {
    /// Whether the body is hashed as it is, so that hashing can start before it has arrived.
    pub(crate) fn streams(&self) -> bool {
        matches!(self.body.as_slice(), [] | [BodyPart::Raw])
    }

    /// Whether the signature covers all bytes of the body.
    pub(crate) fn covers_body(&self) -> bool {
        self.body.iter().any(|part| matches!(part, BodyPart::Raw | BodyPart::Sha256Hex))
    }

    /// Whether the signature covers the form field, or all of them.
    pub(crate) fn covers_form(&self, name: &str) -> bool {
        self.body.iter().any(|part| match part {
            BodyPart::Form(field) => field == name,
            BodyPart::FormSorted => true,
            _ => false,
        })
    }

    /// Whether the signature covers the value at this pointer.
    pub(crate) fn covers_json(&self, pointer: &Pointer) -> bool {
        self.body.iter().any(|part| matches!(part, BodyPart::Json(path) if *path == pointer.tokens()))
    }

    /// All parts that are known from the head, in order.
    pub(crate) fn fixed(&self) -> impl Iterator<Item = &FixedPart> {
        self.before.iter().chain(&self.after)
    }

    fn push(&mut self, part: Part) -> Result<(), ConfigError> {
        match part {
            Part::Body(part) => {
                // What stood between two body parts has to be a literal: it is rendered with them.
                for between in self.after.drain(..) {
                    let FixedPart::Literal(literal) = between else {
                        return Err(invalid("only literal text may stand between two parts of the body"));
                    };
                    self.body.push(BodyPart::Literal(literal));
                }
                self.body.push(part);
            }
            Part::Fixed(part) if self.body.is_empty() => self.before.push(part),
            Part::Fixed(part) => self.after.push(part),
        }
        Ok(())
    }
}

enum Part {
    Fixed(FixedPart),
    Body(BodyPart),
}

fn parts(template: &str) -> Result<Vec<Part>, ConfigError> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        literal.push_str(before);
        if let Some(escaped) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            literal.extend(from.chars().next());
            rest = escaped;
            continue;
        }
        let (name, after) =
            from.strip_prefix('{').and_then(|inner| inner.split_once('}')).ok_or_else(|| {
                invalid("a brace is not closed, or closes nothing; `{{` and `}}` are literal braces")
            })?;
        if !literal.is_empty() {
            parts.push(Part::Fixed(FixedPart::Literal(std::mem::take(&mut literal))));
        }
        parts.push(placeholder(name)?);
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Fixed(FixedPart::Literal(literal)));
    }
    Ok(parts)
}

fn placeholder(name: &str) -> Result<Part, ConfigError> {
    let part = match name {
        "body" => Part::Body(BodyPart::Raw),
        "body:sha256-hex" => Part::Body(BodyPart::Sha256Hex),
        "form:sorted" => Part::Body(BodyPart::FormSorted),
        "id" => Part::Fixed(FixedPart::Id),
        "timestamp" => Part::Fixed(FixedPart::Timestamp),
        "method" => Part::Fixed(FixedPart::Method),
        "url" => Part::Fixed(FixedPart::Url),
        "url_without_query" => Part::Fixed(FixedPart::UrlWithoutQuery),
        "path" => Part::Fixed(FixedPart::Path),
        "query" => Part::Fixed(FixedPart::Query),
        "secret" => Part::Fixed(FixedPart::Secret),
        _ => match name.split_once(':') {
            Some(("header", header)) => match header_names(header, "content")?.as_slice() {
                [name] => Part::Fixed(FixedPart::Header(name.clone())),
                _ => return Err(invalid("a placeholder names one header")),
            },
            Some(("form", field)) => Part::Body(BodyPart::Form(field.to_owned())),
            Some(("json", pointer)) => {
                let pointer = Pointer::try_from(pointer.to_owned()).map_err(|problem| invalid(&problem))?;
                Part::Body(BodyPart::Json(pointer.tokens()))
            }
            _ => return Err(invalid(&format!("`{{{name}}}` is not a placeholder"))),
        },
    };
    Ok(part)
}

fn invalid(problem: &str) -> ConfigError {
    ConfigError::new("content", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn doubled_braces_are_literal() {
        let content = Template::new("{{{body}}}").parse().unwrap();
        assert_eq!(content.before, [FixedPart::Literal("{".into())]);
        assert_eq!(content.after, [FixedPart::Literal("}".into())]);
    }
}
