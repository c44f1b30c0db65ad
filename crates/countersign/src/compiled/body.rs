//! Renders signed content that is derived from the body.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::source::Source;
use super::step::{BODY_HOLDS_SEPARATOR, Step};
use crate::content;
use crate::error::VerifyError;
use crate::form;
use crate::json::{Members, Scalar, end_of_string, items_within, lookup, lookup_all, members};
use crate::scheme::{Apply, Covers, Input, Limits, Member, Needs, Part, Shape, Value};
use crate::work;

/// The rules of a declaration for the rendering of its body.
#[derive(Clone, Copy)]
pub(crate) struct BodyRules<'p> {
    /// The place of the signature, which some forms leave out.
    pub(crate) signature: &'p Source,
    pub(crate) limits: &'p Limits,
}

/// Renders the parts that need the whole body, after `before`.
pub(crate) fn render_body(
    rules: BodyRules<'_>,
    steps: &[Step],
    before: &[u8],
    body: &[u8],
) -> Result<Vec<u8>, VerifyError> {
    check_readings(rules, steps, body)?;
    render_checked(rules, steps, before, body)
}

/// Renders the parts of a body, or of an item of it, after `before`. The caller has checked that it has one
/// reading.
pub(crate) fn render_checked(
    rules: BodyRules<'_>,
    steps: &[Step],
    before: &[u8],
    body: &[u8],
) -> Result<Vec<u8>, VerifyError> {
    let signature = match rules.signature {
        Source::Form(name) => Some(name.as_str()),
        Source::Json(path) => path.first().map(String::as_str),
        _ => None,
    };
    let input = Input { body, before, signature, argument: "" };
    let mut members = signed_members(steps, body)?.into_iter();
    let mut out = Vec::new();
    for step in steps {
        match &step.part {
            Part::Literal(literal) => out.extend_from_slice(literal.as_bytes()),
            Part::Value(value) => match (value.row.covers, value.row.needs) {
                (Covers::Value, Needs::Form) => {
                    let value =
                        form::field_bytes(body, &value.text).ok_or_else(|| content::no_field(body))?;
                    out.extend_from_slice(&step.checked(value)?);
                }
                (Covers::Value, Needs::Json) => {
                    for (member, found) in value.members().iter().zip(members.by_ref()) {
                        if let Some(found) = found {
                            write_member(step, value, member, found.as_str(body), &mut out)?;
                        }
                    }
                }
                _ => value.append(&input, &mut out)?,
            },
            Part::Group(_) => {}
        }
    }
    work::copied(out.len());
    Ok(out)
}

/// Writes a value of a JSON document, or a line with its name and a line with it.
fn write_member(
    step: &Step,
    value: &Value,
    member: &Member,
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), VerifyError> {
    let Apply::Lines = value.row.apply else {
        out.extend_from_slice(step.checked(text)?.as_bytes());
        return Ok(());
    };
    if !member.is_free && text.contains('\n') {
        return Err(BODY_HOLDS_SEPARATOR);
    }
    let name = member.path.last().map(String::as_str).unwrap_or_default();
    for text in [name, "\n", text, "\n"] {
        out.extend_from_slice(text.as_bytes());
    }
    Ok(())
}

/// Renders the items of the body that are signed one by one. Their order and number are not signed.
pub(crate) fn render_items(
    rules: BodyRules<'_>,
    steps: &[Step],
    path: &[String],
    body: &[u8],
) -> Result<Vec<u8>, VerifyError> {
    let items = items_in(rules, path, body)?;
    let rendered = items.into_iter().map(|item| render_checked(rules, steps, &[], item));
    let mut rendered = rendered.collect::<Result<Vec<_>, _>>()?;
    rendered.sort_unstable();
    rendered.dedup();
    let lengths = rendered.iter().flat_map(|item| (item.len() as u64).to_be_bytes());
    Ok(lengths.chain(rendered.concat()).collect())
}

/// Returns the JSON in the form field of this name. A body that is JSON itself is returned unchanged.
pub(crate) fn payload_in<'b>(
    rules: BodyRules<'_>,
    name: Option<&str>,
    body: &'b [u8],
) -> Result<Cow<'b, [u8]>, VerifyError> {
    let Some(name) = name.filter(|_| !content::is_json(body)) else {
        return Ok(Cow::Borrowed(body));
    };
    check_uncompressed(body)?;
    check_parts(rules, BodyKind::Form, body)?;
    if !form::has_unique_fields(body) {
        let reason = "has a field twice, of which one is signed";
        return Err(VerifyError::MalformedBody { reason });
    }
    let field = form::field(body, name)
        .ok_or(VerifyError::MalformedBody { reason: "has no field with the event" })?;
    Ok(Cow::Owned(field.into_bytes()))
}

/// Returns the items of the body that are signed one by one, or the body itself if it has none.
pub(crate) fn items_in<'b>(
    rules: BodyRules<'_>,
    path: &[String],
    body: &'b [u8],
) -> Result<Vec<&'b [u8]>, VerifyError> {
    let found = items_within(body, path, rules.limits.json_values);
    let found = found.map_err(|_| VerifyError::MalformedBody { reason: TOO_MANY_VALUES })?;
    Ok(found.unwrap_or_else(|| vec![body]))
}

/// Refuses a body with more fields or members than the limit before anything is allocated for them: the sender
/// controls their number.
pub(crate) fn check_parts(rules: BodyRules<'_>, source: BodyKind, body: &[u8]) -> Result<(), VerifyError> {
    let limits = rules.limits;
    work::read(body.len());
    let (fits, reason) = match source {
        BodyKind::Form => {
            (form::has_at_most(body, limits.form_fields), "has more fields than the limit `form_fields`")
        }
        BodyKind::Json => (has_at_most(body, limits.json_values), TOO_MANY_VALUES),
    };
    if fits { Ok(()) } else { Err(VerifyError::MalformedBody { reason }) }
}

/// The format in which a body is parsed.
#[derive(Clone, Copy)]
pub(crate) enum BodyKind {
    Form,
    Json,
}

/// Returns whether JSON has at most this many keys and values, counted by their separators. One pass that skips
/// strings.
fn has_at_most(body: &[u8], most: usize) -> bool {
    let (mut count, mut at) = (1_usize, 0);
    loop {
        let rest = body.get(at..).unwrap_or_default();
        let quote = memchr::memchr(b'"', rest);
        count += separators(rest.get(..quote.unwrap_or(rest.len())).unwrap_or_default());
        if count > most {
            return false;
        }
        let Some(end) = quote.and_then(|quote| end_of_string(body, at + quote)) else { return true };
        at = end;
    }
}

fn separators(json: &[u8]) -> usize {
    json.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count()
}

/// Checks that a partly signed body has one reading, so that no reader takes other values than the signed ones.
fn check_readings(rules: BodyRules<'_>, steps: &[Step], body: &[u8]) -> Result<(), VerifyError> {
    let twice = VerifyError::MalformedBody { reason: "has a value twice, of which one is signed" };
    let has = |needs, wanted: fn(&Value) -> bool| {
        let mut values = steps.iter().filter_map(|step| step.part.value());
        values.any(|value| value.row.needs == needs && wanted(value))
    };
    let is_single = |value: &Value| value.row.covers == Covers::Value;
    if has(Needs::Form, |_| true) {
        check_uncompressed(body)?;
        check_parts(rules, BodyKind::Form, body)?;
    }
    if has(Needs::Json, |value| value.row.covers != Covers::Value) {
        check_parts(rules, BodyKind::Json, body)?;
    }
    if has(Needs::Json, is_single) {
        match members(body, rules.limits.json_values) {
            Members::Unique => {}
            Members::Repeated => return Err(twice),
            Members::TooMany => return Err(VerifyError::MalformedBody { reason: TOO_MANY_VALUES }),
            Members::NotJson => return Err(content::not_json(body)),
        }
    }
    // Where fields are joined without boundaries, all of them are signed.
    if has(Needs::Form, |value| value.row.shape != Shape::Mixed) && !form::has_unique_fields(body) {
        return Err(twice);
    }
    Ok(())
}

/// Refuses a form in gzip: its fields are read from the decompressed text, and a sender can write other ones into the
/// compressed bytes.
fn check_uncompressed(body: &[u8]) -> Result<(), VerifyError> {
    let reason = "is compressed, and the signature covers fields of a form";
    if content::is_gzip(body) { Err(VerifyError::MalformedBody { reason }) } else { Ok(()) }
}

/// Returns the signed members, in the order of the parts.
fn signed_members(steps: &[Step], body: &[u8]) -> Result<Vec<Option<Scalar>>, VerifyError> {
    let values = steps.iter().filter_map(|step| step.part.value());
    let wanted: Vec<&Member> = values.flat_map(Value::members).collect();
    let paths: Vec<_> = wanted.iter().map(|member| member.path.as_slice()).collect();
    let found = lookup_all(body, &paths);
    let missing = wanted.iter().zip(&found).any(|(member, found)| found.is_none() && !member.optional);
    if missing { Err(NO_FIELD) } else { Ok(found) }
}

/// Returns the value if its place is in the body.
pub(crate) fn scalar(source: &Source, body: &[u8]) -> Option<Scalar> {
    match source {
        Source::Json(path) => {
            let [found] = lookup(body, [Some(path)]);
            found
        }
        Source::Form(name) => form::field(body, name).map(Scalar::Text),
        Source::FirstOf { body: places, .. } => {
            let found = places.iter().filter_map(|place| scalar(place, body));
            found.into_iter().find(|found| !found.as_str(body).is_empty())
        }
        _ => None,
    }
}

/// Returns the reason for a missing value: the body may be in another format.
pub(crate) fn missing(source: &Source, body: &[u8], error: VerifyError) -> VerifyError {
    match source.in_body() {
        [Source::Json(_)] if serde_json::from_slice::<IgnoredAny>(body).is_err() => content::not_json(body),
        [Source::Form(_)] if content::is_json(body) => content::no_field(body),
        _ => error,
    }
}

const TOO_MANY_VALUES: &str = "has more keys and values than the limit `json_values`";

const NO_FIELD: VerifyError =
    VerifyError::MalformedBody { reason: "a field that the signature covers is not there" };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Location;

    #[test]
    fn a_field_that_is_missing_from_json_names_the_format() {
        let source = Source::new(&Location::form("a"), "scheme.signature.at").unwrap();
        let error = |body: &[u8]| missing(&source, body, VerifyError::SignatureMismatch { keys: 1 }).kind();
        assert_eq!(error(b"{}"), crate::ErrorKind::MalformedBody);
        assert_eq!(error(b"b=1"), crate::ErrorKind::SignatureMismatch);
    }

    #[test]
    fn keys_and_values_are_counted_outside_of_strings_and_up_to_the_limit() {
        for (json, count) in [
            ("", 1),
            ("1", 1),
            ("[]", 2),
            ("[1,2]", 3),
            ("{}", 2),
            (r#"{"a":1}"#, 3),
            (r#"{"a":"b"}"#, 3),
            (r#"{"a":"b","c":[1,{"d":2}]}"#, 9),
            (r#"{"a,:[{":",,"}"#, 3),
            (r#"["\"",","]"#, 3),
            (r#"["\\",1]"#, 3),
            (r#"["\\\",",1,[]]"#, 5),
            (r#"[["a"]]"#, 3),
            (r#"["a,"#, 2),
            (r#"["a\"#, 2),
            ("\"", 1),
            (",,", 3),
        ] {
            assert!(has_at_most(json.as_bytes(), count), "{json} has more than {count}");
            assert!(!has_at_most(json.as_bytes(), count - 1), "{json} has less than {count}");
        }
    }
}
