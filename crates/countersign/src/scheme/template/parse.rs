use super::braces;
use super::content::Content;
use super::part::{Argument, Member, Part, Value};
use super::table::TABLE;
use super::transform::{Needs, Transform};
use crate::error::ConfigError;
use crate::scheme::location::{Pointer, header_names};

/// Parses a template into the parts before the body, derived from it, and after it.
pub(super) fn content(template: &str) -> Result<Content, ConfigError> {
    let mut content = Content::default();
    for part in parts(template)? {
        push(&mut content, part)?;
    }
    Ok(content)
}

fn push(content: &mut Content, part: Part) -> Result<(), ConfigError> {
    if part.value().is_some_and(|value| value.row.needs.is_body()) {
        // A text between two body parts has to be a literal: it is rendered with them.
        if !content.after.iter().all(Part::is_literal) {
            let problem = "a placeholder stands between two parts of the body, where only literal text may stand: move it \
                           before the first or behind the last of them";
            return Err(invalid(problem));
        }
        content.body.append(&mut content.after);
        content.body.push(part);
    } else if content.body.is_empty() {
        content.before.push(part);
    } else {
        content.after.push(part);
    }
    Ok(())
}

fn parts(template: &str) -> Result<Vec<Part>, ConfigError> {
    let (mut parts, mut literal) = (Vec::new(), String::new());
    let mut rest = braces::literal(template, &mut literal);
    while !rest.is_empty() {
        let (part, after) = if let Some(inner) = rest.strip_prefix("{?") {
            let closed = inner.split_once("?}");
            let (group, after) = closed.ok_or_else(|| invalid("a group `{? … ?}` is not closed"))?;
            (Part::Group(fixed_parts(group)?), after)
        } else {
            let (name, after) = braces::placeholder(rest).map_err(invalid)?;
            (Part::Value(placeholder(name)?), after)
        };
        flush(&mut literal, &mut parts);
        parts.push(part);
        rest = braces::literal(after, &mut literal);
    }
    flush(&mut literal, &mut parts);
    Ok(parts)
}

fn flush(literal: &mut String, parts: &mut Vec<Part>) {
    if !literal.is_empty() {
        parts.push(Part::Literal(std::mem::take(literal)));
    }
}

/// Returns the parts of a group, which must all be known before the body: whether it is omitted is decided then.
fn fixed_parts(group: &str) -> Result<Vec<Part>, ConfigError> {
    let parts = parts(group)?;
    if parts.iter().filter(|part| part.value().is_some()).count() > 1 {
        // If one value is missing, the others would still be in the request, unsigned.
        return Err(invalid(
            "a group has one placeholder, because it is left out without its value: write a group for each",
        ));
    }
    for part in &parts {
        if matches!(part, Part::Group(_)) {
            return Err(invalid("a group stands in a group"));
        }
        if part.needs(Needs::Secret) {
            let problem = "`{secret}` stands in a group, which may be omitted: write it outside of `{? … ?}`";
            return Err(invalid(problem));
        }
        if part.value().is_some_and(|value| value.row.needs.is_body()) {
            return Err(invalid("a part of the body stands in a group: write it outside of `{? … ?}`"));
        }
    }
    Ok(parts)
}

/// Returns the placeholder of the first row that fits the name.
fn placeholder(name: &str) -> Result<Value, ConfigError> {
    if let Some(inner) = name.strip_prefix(BASE64) {
        return match placeholder(inner)? {
            value if inner.starts_with("body") => Ok(Value { in_base64: true, ..value }),
            _ => Err(invalid("`{base64:…}` encodes a placeholder of the body, for instance `{base64:body}`")),
        };
    }
    let found = TABLE.iter().find_map(|row| Some((row, row.argument_in(name)?)));
    let (row, text) = found.ok_or_else(|| unknown(name))?;
    let argument = match row.argument {
        "HEADER" => Argument::Header(one_header(text)?),
        "POINTER" => {
            let pointer = text.trim_start_matches(['?', '*']);
            let marks = text.strip_suffix(pointer).unwrap_or_default();
            let pointer = Pointer::try_from(pointer.to_owned()).map_err(|problem| invalid(&problem))?;
            Argument::Members(vec![member(pointer.tokens(), marks)])
        }
        "MEMBERS" => Argument::Members(text.split(',').map(marked).collect()),
        _ => Argument::Text,
    };
    Ok(Value { row, text: text.to_owned(), argument, in_base64: false })
}

/// Parses a member of the body: its name, followed by its marks.
fn marked(text: &str) -> Member {
    let name = text.trim_end_matches(['?', '*']);
    member(vec![name.to_owned()], text.strip_prefix(name).unwrap_or_default())
}

/// Creates a scalar with its marks: `?` for a value that may be missing, `*` for one that may contain the
/// separator.
fn member(path: Vec<String>, marks: &str) -> Member {
    Member { path, optional: marks.contains('?'), is_free: marks.contains('*') }
}

fn one_header(name: &str) -> Result<http::HeaderName, ConfigError> {
    match header_names(name, "content")?.as_slice() {
        [name] => Ok(name.clone()),
        _ => Err(invalid("a placeholder names one header")),
    }
}

fn unknown(written: &str) -> ConfigError {
    let name = &*written.to_ascii_lowercase();
    let kind = name.rfind(':').and_then(|colon| name.get(..=colon)).unwrap_or_default();
    let distance = |row: &Transform| {
        let whole = strsim::osa_distance(name, row.name);
        // The argument says nothing about the row.
        let of_kind = strsim::osa_distance(kind, row.before);
        if row.argument.is_empty() || of_kind > 1 { whole } else { whole.min(of_kind) }
    };
    let alike = TABLE.iter().map(|row| (distance(row), row.name)).min();
    let without_argument = TABLE.iter().find(|row| row.before.strip_suffix(':') == Some(name));
    let hint = match without_argument.map(|row| (0, row.name)).or(alike) {
        Some((distance, known)) if distance <= 1 + name.len() / 4 => Some(known),
        _ => by_word(written),
    };
    let hint = hint.map_or_else(
        || ": docs/own-provider.md and the documentation of `scheme::Template` list them".to_owned(),
        |known| format!(": did you mean `{{{known}}}`?"),
    );
    invalid(&format!("`{{{written}}}` is not a placeholder{hint}"))
}

/// Returns the placeholder that a word of the name names, as in `{rawBody}` and `{url:path}`. The last word counts most.
fn by_word(written: &str) -> Option<&'static str> {
    let is_start = |(at, char): (usize, char)| (char.is_ascii_uppercase() && at > 0).then_some(at);
    let starts = written.char_indices().filter_map(is_start);
    let mut words = Vec::new();
    let mut from = 0;
    for end in starts.chain([written.len()]) {
        words.extend(written.get(from..end)?.split(|char: char| !char.is_ascii_alphanumeric()));
        from = end;
    }
    let words: Vec<_> =
        words.into_iter().filter(|word| word.len() > 1).map(str::to_ascii_lowercase).collect();
    let named = |word: &String| {
        let row = TABLE.iter().find(|row| row.before.strip_suffix(':').unwrap_or(row.before) == *word);
        let meant = || MEANT.iter().find(|(other, _)| other == word).map(|(_, known)| *known);
        row.map(|row| row.name).or_else(meant)
    };
    let begun = |word: &String| TABLE.iter().find(|row| word.len() > 3 && row.before.starts_with(&**word));
    let named = words.iter().rev().find_map(named);
    named.or_else(|| words.iter().rev().find_map(begun).map(|row| row.name))
}

fn invalid(problem: &str) -> ConfigError {
    ConfigError::new("content", problem)
}

/// Other words for a placeholder.
const MEANT: [(&str, &str); 9] = [
    ("bodies", "body"),
    ("content", "body"),
    ("date", "timestamp"),
    ("nonce", "header:HEADER"),
    ("payload", "body"),
    ("raw", "body"),
    ("time", "timestamp"),
    ("ts", "timestamp"),
    ("uri", "url"),
];

/// The beginning of placeholders that are encoded.
const BASE64: &str = "base64:";
