//! Renders signed content that is derived from the body.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use super::separator::splits;
use super::source::Source;
use crate::error::VerifyError;
use crate::escape::escape;
use crate::form;
use crate::json::{self, Members, end_of_string, items_within, members};
use crate::pick::{Scalar, pick, pick_all};
use crate::scheme::{BodyPart, Excluded, JsonPart, Limits};
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
    parts: &[BodyPart],
    before: &[u8],
    body: &[u8],
) -> Result<Vec<u8>, VerifyError> {
    check_readings(rules, parts, body)?;
    render_checked(rules, parts, before, body)
}

/// Renders the parts of a body, or of an item of it, after `before`. The caller has checked that it has one
/// reading.
pub(crate) fn render_checked(
    rules: BodyRules<'_>,
    parts: &[BodyPart],
    before: &[u8],
    body: &[u8],
) -> Result<Vec<u8>, VerifyError> {
    let mut members = signed_members(parts, body)?.into_iter();
    let mut out = Vec::new();
    for part in parts {
        work::hashed(if matches!(part.inner(), BodyPart::Sha256 | BodyPart::Sha256Hex | BodyPart::Crc32) {
            body.len()
        } else {
            0
        });
        match part {
            BodyPart::Raw => out.extend_from_slice(body),
            BodyPart::JsonString => write_json_string(body, &mut out)?,
            BodyPart::FormPairs(without) => {
                let signature = match rules.signature {
                    Source::Form(name) => Some(name.as_str()),
                    _ => None,
                };
                let is_left_out = |name: &[u8]| {
                    signature.is_some_and(|own| own.as_bytes() == name)
                        || without.iter().any(|other| other.as_bytes() == name)
                };
                form::joined_pairs(body, is_left_out, &mut out);
            }
            BodyPart::FormSorted => form::sorted(body, &mut out),
            BodyPart::FormSortedAfterUrl => form::sorted_after_url(before, body, &mut out),
            BodyPart::FormPhp => {
                let Source::Form(signature) = rules.signature else { continue };
                form::php_serialized(body, signature, &mut out);
            }
            BodyPart::Form(field) => {
                let value = form::field_bytes(body, &field.name).ok_or(NO_FIELD)?;
                out.extend_from_slice(checked(&value, &field.excluded)?);
            }
            BodyPart::Json(part) => {
                if let Some(found) = members.next().flatten() {
                    out.extend_from_slice(checked(found.as_str(body).as_bytes(), &part.excluded)?);
                }
            }
            BodyPart::JsonLines(parts) => {
                for part in parts {
                    if let (Some(found), Some(name)) = (members.next().flatten(), part.path.last()) {
                        let value = found.as_str(body);
                        if !part.is_free && value.contains('\n') {
                            return Err(HOLDS_SEPARATOR);
                        }
                        for text in [name, "\n", value, "\n"] {
                            out.extend_from_slice(text.as_bytes());
                        }
                    }
                }
            }
            BodyPart::Literal(literal) => out.extend_from_slice(literal.as_bytes()),
            whole => out.append(&mut render_whole(rules, whole, body)?),
        }
    }
    work::copied(out.len());
    Ok(out)
}

/// Renders a part that is derived from the whole body.
fn render_whole(rules: BodyRules<'_>, part: &BodyPart, body: &[u8]) -> Result<Vec<u8>, VerifyError> {
    Ok(match part {
        BodyPart::Raw => body.to_vec(),
        BodyPart::Sha256 => Sha256::digest(body).to_vec(),
        BodyPart::Sha256Hex => const_hex::encode(Sha256::digest(body)).into_bytes(),
        #[cfg(feature = "crc32")]
        BodyPart::Crc32 => crc32fast::hash(body).to_string().into_bytes(),
        BodyPart::JsonString => {
            let mut out = Vec::new();
            write_json_string(body, &mut out)?;
            out
        }
        BodyPart::JsonSorted | BodyPart::JsonPhp if matches!(body.trim_ascii(), [b'-' | b'0'..=b'9', ..]) => {
            return Err(VerifyError::MalformedBody {
                reason: "is a number, which could go on in what is signed after it",
            });
        }
        BodyPart::JsonSorted => json::sorted(body)?,
        BodyPart::JsonPhp => {
            let signature = match rules.signature {
                Source::Json(path) => path.first().map(String::as_str),
                _ => None,
            };
            json::php(body, signature)?
        }
        BodyPart::Base64(inner) => STANDARD.encode(render_whole(rules, inner, body)?).into_bytes(),
        // Without the feature `crc32` no verifier is built with such a plan: see `Plan::check_complete`.
        _ => return Err(NO_FIELD),
    })
}

/// Renders the items of the body that are signed one by one. Their order and number are not signed.
pub(crate) fn render_items(
    rules: BodyRules<'_>,
    parts: &[BodyPart],
    path: &[String],
    body: &[u8],
) -> Result<Vec<u8>, VerifyError> {
    let items = items_in(rules, path, body)?;
    let rendered = items.into_iter().map(|item| render_checked(rules, parts, &[], item));
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
    let Some(name) = name.filter(|_| !matches!(body.trim_ascii_start(), [b'{', ..])) else {
        return Ok(Cow::Borrowed(body));
    };
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
fn check_readings(rules: BodyRules<'_>, parts: &[BodyPart], body: &[u8]) -> Result<(), VerifyError> {
    let has = |wanted: fn(&BodyPart) -> bool| parts.iter().any(wanted);
    let is_form = |part: &BodyPart| {
        matches!(part, BodyPart::Form(_) | BodyPart::FormSorted | BodyPart::FormSortedAfterUrl)
            || matches!(part, BodyPart::FormPhp | BodyPart::FormPairs(_))
    };
    if has(is_form) {
        check_parts(rules, BodyKind::Form, body)?;
    }
    if has(|part| matches!(part.inner(), BodyPart::JsonSorted | BodyPart::JsonPhp)) {
        check_parts(rules, BodyKind::Json, body)?;
    }
    let twice = VerifyError::MalformedBody { reason: "has a value twice, of which one is signed" };
    if has(|part| matches!(part, BodyPart::Json(_) | BodyPart::JsonLines(_))) {
        match members(body, rules.limits.json_values) {
            Members::Unique => {}
            Members::Repeated => return Err(twice),
            Members::TooMany => return Err(VerifyError::MalformedBody { reason: TOO_MANY_VALUES }),
            Members::NotJson => return Err(NO_FIELD),
        }
    }
    if has(|part| matches!(part, BodyPart::Form(_) | BodyPart::FormPhp)) && !form::has_unique_fields(body) {
        return Err(twice);
    }
    Ok(())
}

/// Returns the value, unless it contains one of the adjacent literals.
fn checked<'v>(value: &'v [u8], excluded: &Excluded) -> Result<&'v [u8], VerifyError> {
    if splits(value, &excluded.end, &excluded.start) { Err(HOLDS_SEPARATOR) } else { Ok(value) }
}

/// Returns the signed members, in the order of the parts.
fn signed_members(parts: &[BodyPart], body: &[u8]) -> Result<Vec<Option<Scalar>>, VerifyError> {
    let wanted = parts.iter().flat_map(|part| match part {
        BodyPart::Json(part) => std::slice::from_ref(part),
        BodyPart::JsonLines(parts) => parts.as_slice(),
        _ => &[],
    });
    let wanted: Vec<&JsonPart> = wanted.collect();
    let paths: Vec<_> = wanted.iter().map(|part| part.path.as_slice()).collect();
    let found = pick_all(body, &paths);
    let missing = wanted.iter().zip(&found).any(|(part, found)| found.is_none() && !part.optional);
    if missing { Err(NO_FIELD) } else { Ok(found) }
}

fn write_json_string(body: &[u8], out: &mut Vec<u8>) -> Result<(), VerifyError> {
    work::converted(body.len());
    let text =
        std::str::from_utf8(body).map_err(|_| VerifyError::MalformedBody { reason: "is not UTF-8" })?;
    // Most control characters take six bytes, and neither JSON nor a form contains them.
    let is_control = |byte: &&u8| matches!(byte, 0..8 | 11 | 14..32);
    if body.iter().filter(is_control).count() > MOST_CONTROLS {
        return Err(VerifyError::MalformedBody {
            reason: "has many control characters, which nothing but binary data has",
        });
    }
    let escapes = body.iter().filter(|byte| matches!(byte, b'"' | b'\\' | 8..=13)).count();
    out.reserve(body.len() + escapes + 5 * MOST_CONTROLS + 2);
    escape(text, out);
    Ok(())
}

/// The largest number of control characters, other than white space, of a body that is signed as a JSON string.
const MOST_CONTROLS: usize = 256;

/// Returns the value if its place is in the body.
pub(crate) fn scalar(source: &Source, body: &[u8]) -> Option<Scalar> {
    match source {
        Source::Json(path) => {
            let [found] = pick(body, [Some(path)]);
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

/// Returns the reason for a missing value: the body may not be JSON at all.
pub(crate) fn missing(source: &Source, body: &[u8], error: VerifyError) -> VerifyError {
    match source {
        source
            if matches!(source.in_body(), [Source::Json(_)])
                && serde_json::from_slice::<IgnoredAny>(body).is_err() =>
        {
            VerifyError::MalformedBody { reason: "is not JSON" }
        }
        _ => error,
    }
}

const TOO_MANY_VALUES: &str = "has more keys and values than the limit `json_values`";

const NO_FIELD: VerifyError =
    VerifyError::MalformedBody { reason: "a field that the signature covers is not there" };

const HOLDS_SEPARATOR: VerifyError =
    VerifyError::MalformedBody { reason: "a value contains the separator of the signed content" };

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_json_string_has_as_many_control_characters_as_the_limit() {
        let written = |count: usize| {
            let mut out = Vec::new();
            write_json_string(&[b"\t\n".as_slice(), &vec![1; count]].concat(), &mut out).map(|()| out.len())
        };
        assert_eq!(written(MOST_CONTROLS), Ok(2 + 2 * 2 + 6 * MOST_CONTROLS));
        for count in [MOST_CONTROLS + 1, 2 * MOST_CONTROLS] {
            assert!(matches!(written(count), Err(VerifyError::MalformedBody { .. })), "{count}");
        }
    }
}
