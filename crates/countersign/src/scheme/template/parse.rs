use super::content::{BodyPart, Content, Excluded, FixedPart, FormPart, JsonPart, RarePart};
use crate::error::ConfigError;
use crate::scheme::location::{Pointer, header_names};

/// A part of a template.
enum Part {
    Fixed(FixedPart),
    Body(BodyPart),
}

/// Parses a template into the parts before the body, derived from it, and after it.
pub(super) fn content(template: &str) -> Result<Content, ConfigError> {
    let mut content = Content::default();
    for part in parts(template)? {
        push(&mut content, part)?;
    }
    Ok(content)
}

fn push(content: &mut Content, part: Part) -> Result<(), ConfigError> {
    match part {
        Part::Body(part) => {
            // What stood between two body parts has to be a literal: it is rendered with them.
            for between in content.after.drain(..) {
                let FixedPart::Literal(literal) = between else {
                    return Err(invalid("only literal text may stand between two parts of the body"));
                };
                content.body.push(BodyPart::Literal(literal));
            }
            content.body.push(part);
        }
        Part::Fixed(part) if content.body.is_empty() => content.before.push(part),
        Part::Fixed(part) => content.after.push(part),
    }
    Ok(())
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
        if let Some(inner) = from.strip_prefix("{?") {
            let (group, after) =
                inner.split_once("?}").ok_or_else(|| invalid("a group `{? … ?}` is not closed"))?;
            flush(&mut literal, &mut parts);
            parts.push(Part::Fixed(FixedPart::Group(fixed_parts(group)?)));
            rest = after;
            continue;
        }
        let (name, after) =
            from.strip_prefix('{').and_then(|inner| inner.split_once('}')).ok_or_else(|| {
                invalid("a brace is not closed, or closes nothing; `{{` and `}}` are literal braces")
            })?;
        flush(&mut literal, &mut parts);
        parts.push(placeholder(name)?);
        rest = after;
    }
    literal.push_str(rest);
    flush(&mut literal, &mut parts);
    Ok(parts)
}

fn flush(literal: &mut String, parts: &mut Vec<Part>) {
    if !literal.is_empty() {
        parts.push(Part::Fixed(FixedPart::Literal(std::mem::take(literal))));
    }
}

/// Returns the parts of a group, which must all be known before the body: whether it is omitted is decided then.
fn fixed_parts(group: &str) -> Result<Vec<FixedPart>, ConfigError> {
    let fixed = parts(group)?.into_iter().map(|part| match part {
        Part::Fixed(FixedPart::Group(_)) => Err(invalid("a group stands in a group")),
        Part::Fixed(FixedPart::Secret) => {
            Err(invalid("`{secret}` stands in a group, which may be omitted: write it outside of `{? … ?}`"))
        }
        Part::Fixed(part) => Ok(part),
        Part::Body(_) => Err(invalid("a part of the body stands in a group")),
    });
    fixed.collect()
}

fn placeholder(name: &str) -> Result<Part, ConfigError> {
    let part = match name {
        "body" => BodyPart::Raw,
        "body:sha256" => BodyPart::Sha256,
        "body:sha256-hex" => BodyPart::Sha256Hex,
        "body:crc32" => BodyPart::Crc32,
        "body:json-string" => BodyPart::JsonString,
        "body:json-sorted" => BodyPart::JsonSorted,
        "body:json-php" => BodyPart::JsonPhp,
        "form:sorted" => BodyPart::FormSorted,
        "form:sorted-after-url" => BodyPart::FormSortedAfterUrl,
        "form:php-serialize" => BodyPart::FormPhp,
        "form:pairs" => BodyPart::FormPairs(Vec::new()),
        _ => return named(name),
    };
    Ok(Part::Body(part))
}

fn named(name: &str) -> Result<Part, ConfigError> {
    let part = match name.split_once(':') {
        None => return head(name).map(Part::Fixed),
        Some(("base64", inner)) => match placeholder(inner)? {
            Part::Body(part) if inner.starts_with("body") => BodyPart::Base64(Box::new(part)),
            _ => {
                return Err(invalid(
                    "`{base64:…}` encodes a placeholder of the body, for instance `{base64:body}`",
                ));
            }
        },
        Some(("form", field)) if field.starts_with(PAIRS_WITHOUT) => {
            let names = field.strip_prefix(PAIRS_WITHOUT).unwrap_or_default();
            BodyPart::FormPairs(names.split(',').map(|name| name.trim().to_owned()).collect())
        }
        Some(("form", field)) => {
            BodyPart::Form(FormPart { name: field.to_owned(), excluded: Excluded::default() })
        }
        Some(("json", text)) => {
            let pointer = text.trim_start_matches(['?', '*']);
            let marks = text.strip_suffix(pointer).unwrap_or_default();
            let pointer = Pointer::try_from(pointer.to_owned()).map_err(|problem| invalid(&problem))?;
            BodyPart::Json(json(pointer.tokens(), marks))
        }
        Some(("json-lines", names)) => BodyPart::JsonLines(names.split(',').map(member).collect()),
        Some((kind, value)) => return head_with(kind, value).map(Part::Fixed),
    };
    Ok(Part::Body(part))
}

/// Parses a member of the body: its name, followed by its marks.
fn member(text: &str) -> JsonPart {
    let name = text.trim_end_matches(['?', '*']);
    json(vec![name.to_owned()], text.strip_prefix(name).unwrap_or_default())
}

/// Creates a scalar with its marks: `?` for a value that may be missing, `*` for one that may contain the
/// separator.
fn json(path: Vec<String>, marks: &str) -> JsonPart {
    let (optional, is_free) = (marks.contains('?'), marks.contains('*'));
    JsonPart { path, optional, is_free, excluded: Excluded::default() }
}

fn head(name: &str) -> Result<FixedPart, ConfigError> {
    Ok(match name {
        "id" => FixedPart::Id,
        "timestamp" => FixedPart::Timestamp,
        "method" => FixedPart::Method,
        "url" => FixedPart::Url,
        "url_without_query" => FixedPart::UrlWithoutQuery,
        "path" => FixedPart::Path,
        "query" => FixedPart::Query,
        "target" => FixedPart::Rare(RarePart::Target),
        "secret" => FixedPart::Secret,
        _ => return Err(unknown(name)),
    })
}

fn head_with(kind: &str, value: &str) -> Result<FixedPart, ConfigError> {
    let rare = match (kind, value) {
        ("header", name) => return one_header(name).map(FixedPart::Header),
        ("headers", list) => match list.split_once(':') {
            Some(("sig", tag)) => RarePart::ListedValues(tag.to_owned()),
            Some(("claim", claim)) => RarePart::ClaimedHeaders(claim.to_owned()),
            _ => RarePart::Headers(one_header(list)?),
        },
        ("method", "lower") => RarePart::MethodLower,
        ("url", "sorted-query") => RarePart::UrlSortedQuery,
        ("target", "encoded-query") => RarePart::TargetEncodedQuery,
        ("query", "canonical") => RarePart::QueryCanonical,
        ("query", name) => RarePart::QueryParameter(name.to_owned()),
        ("sig", tag) => match tag.strip_suffix(":json-string") {
            Some(tag) => RarePart::SignatureItemJson(tag.to_owned()),
            None => RarePart::SignatureItem(tag.to_owned()),
        },
        ("param", name) => RarePart::Parameter(name.to_owned()),
        _ => return Err(unknown(&format!("{kind}:{value}"))),
    };
    Ok(FixedPart::Rare(rare))
}

fn one_header(name: &str) -> Result<http::HeaderName, ConfigError> {
    match header_names(name, "content")?.as_slice() {
        [name] => Ok(name.clone()),
        _ => Err(invalid("a placeholder names one header")),
    }
}

fn unknown(name: &str) -> ConfigError {
    let alike = KNOWN.iter().map(|known| (strsim::osa_distance(name, known), *known)).min();
    let hint = match alike {
        Some((distance, known)) if distance <= 1 + name.len() / 4 => format!(": did you mean `{{{known}}}`?"),
        _ => ": the documentation of `scheme::Template` lists them".to_owned(),
    };
    invalid(&format!("`{{{name}}}` is not a placeholder{hint}"))
}

const PAIRS_WITHOUT: &str = "pairs-without:";

/// The placeholders, for suggestions in error messages.
const KNOWN: &[&str] = &[
    "base64:body",
    "body",
    "body:crc32",
    "body:json-php",
    "body:json-string",
    "body:json-sorted",
    "body:sha256",
    "body:sha256-hex",
    "form:pairs",
    "form:pairs-without:name",
    "form:php-serialize",
    "form:sorted",
    "form:sorted-after-url",
    "header:name",
    "headers:claim:name",
    "headers:name",
    "headers:sig:tag",
    "id",
    "json-lines:names",
    "json:/pointer",
    "method",
    "method:lower",
    "param:name",
    "path",
    "query",
    "query:canonical",
    "query:name",
    "secret",
    "sig:tag",
    "sig:tag:json-string",
    "target",
    "target:encoded-query",
    "timestamp",
    "url",
    "url:sorted-query",
    "url_without_query",
];

fn invalid(problem: &str) -> ConfigError {
    ConfigError::new("content", problem)
}
