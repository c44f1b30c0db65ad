//! Reads the values of the headers that an item of the signature field lists.

use super::values::Values;
use crate::error::VerifyError;

/// The rule that determines where the listed values end and the body begins. Checked once the body is complete.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// No header is listed: no bytes in front of the body could be moved into it.
    Empty,
    /// No value contains the separator: the number of values determines where the body begins.
    ByCount,
    /// A value contains the separator, and none contains a bracket: the body begins at the first bracket.
    ByBracket,
}

/// The largest number of headers that a signature field may list.
const MOST: usize = 64;

/// Joins the values of the headers that the item with this tag lists.
pub(super) fn values(tag: &str, values: &Values<'_, '_>) -> Result<Vec<u8>, VerifyError> {
    Ok(found(tag, values)?.join(&b'.'))
}

impl End {
    /// Reads the listed values of a head. `None` if the declaration has no such list.
    pub(crate) fn of(values: &Values<'_, '_>) -> Result<Option<Self>, VerifyError> {
        let Some(tag) = values.compiled.content.header_list() else { return Ok(None) };
        let found = found(tag, values)?;
        let holds = |wanted: &[u8]| found.iter().any(|value| value.iter().any(|byte| wanted.contains(byte)));
        Ok(Some(match (found.is_empty(), holds(b"."), holds(b"{[")) {
            (true, ..) => Self::Empty,
            (_, false, _) => Self::ByCount,
            (_, true, false) => Self::ByBracket,
            (_, true, true) => {
                return Err(malformed("a header that it lists holds both a dot and a bracket"));
            }
        }))
    }

    /// Rejects a body that could have been cut from the same signed bytes at another place.
    ///
    /// A JSON object or array begins at the first bracket, if no header contains one. Any other body begins after as
    /// many dots as there are headers, provided that the first reading is not possible.
    pub(crate) fn check(self, body: &[u8]) -> Result<(), VerifyError> {
        let is_json = matches!(body, [b'{' | b'[', ..]);
        let could_be_json = || body.windows(2).any(|pair| matches!(pair, [b'.', b'{' | b'['])) || is_json;
        match self {
            Self::Empty => Ok(()),
            Self::ByBracket if is_json => Ok(()),
            Self::ByCount if is_json || !could_be_json() => Ok(()),
            _ => Err(VerifyError::MalformedBody {
                reason: "cannot be told apart from the headers that are signed before it",
            }),
        }
    }
}

/// Returns the values in the order of their names in the list.
fn found<'h>(tag: &str, values: &Values<'_, 'h>) -> Result<Vec<&'h [u8]>, VerifyError> {
    let list = values.compiled.grammar.list_item(values.field(), tag.as_bytes());
    let list = list.ok_or(malformed("the list of the signed headers is not in the field"))?;
    let separator = separator(list);
    let names = list.split(|byte| *byte == separator).map(<[u8]>::trim_ascii);
    let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    if names.len() > MOST {
        return Err(malformed("lists more headers than the limit"));
    }
    // The list is signed as it was received; a dot in it would end it at another place.
    let is_name = |name: &&[u8]| http::HeaderName::from_bytes(name).is_ok();
    if !names.iter().all(is_name) || list.contains(&b'.') || list.trim_ascii() != list {
        return Err(malformed("the list of the signed headers is not names separated by spaces or commas"));
    }
    names.into_iter().map(|name| one(name, values)).collect()
}

/// Returns the separator of the names: a comma or a semicolon if there is one, else a space.
fn separator(list: &[u8]) -> u8 {
    let found = list.iter().find(|byte| matches!(byte, b',' | b';'));
    found.copied().unwrap_or(b' ')
}

fn one<'h>(name: &[u8], values: &Values<'_, 'h>) -> Result<&'h [u8], VerifyError> {
    let all = values.header_values.all().iter();
    let mut found =
        all.filter(|(other, _)| other.as_bytes().eq_ignore_ascii_case(name)).map(|(_, value)| *value);
    let name = || String::from_utf8_lossy(name).into_owned();
    let first = found.next().ok_or_else(|| VerifyError::MissingHeader { name: name() })?;
    if found.any(|other| other != first) {
        let reason = "is there twice with different values";
        return Err(VerifyError::MalformedHeader { name: name(), reason });
    }
    Ok(first)
}

const fn malformed(reason: &'static str) -> VerifyError {
    VerifyError::MalformedSignature { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_headers_has_one_reading() {
        for (end, body, is_accepted) in [
            (End::ByBracket, "{}", true),
            (End::ByBracket, "text", false),
            (End::ByBracket, "", false),
            (End::ByCount, "{\"a\":\"x.{\"}", true),
            (End::ByCount, "hello !", true),
            (End::ByCount, "1.5", true),
            (End::ByCount, "hello.{}", false),
            (End::Empty, "x.{", true),
        ] {
            assert_eq!(end.check(body.as_bytes()).is_ok(), is_accepted, "{end:?} {body}");
        }
    }
}
