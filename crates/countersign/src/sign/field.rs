//! Writes the signature field.

use http::{HeaderMap, HeaderName};

use super::request::SigningRequest;
use crate::compiled::CompiledScheme;
use crate::scheme::{Format, Location, Scheme};

/// Returns the signed items of the signature field: those of the request, and the list of all sent headers if
/// the scheme signs listed headers and the request has no list of its own.
pub(super) fn items(
    compiled: &CompiledScheme,
    request: &SigningRequest,
    headers: &HeaderMap,
) -> Option<String> {
    let Format::List { assign, separator, .. } = &compiled.provider.scheme.signature.format else {
        return None;
    };
    let quote = if assign.len() > 1 && assign.ends_with('"') { "\"" } else { "" };
    let mut items: Vec<_> =
        request.items.iter().map(|(tag, value)| format!("{tag}{assign}{value}{quote}")).collect();
    let is_given = |tag: &str| request.items.iter().any(|(given, _)| given == tag);
    if let Some(tag) = compiled.content.header_list().filter(|tag| !is_given(tag)) {
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        items.push(format!("{tag}{assign}{}{quote}", names.join(" ")));
    }
    (!items.is_empty()).then(|| items.join(&between(separator)))
}

/// Returns the signature field with one signature, after the other items that are signed.
pub(super) fn field(
    scheme: &Scheme,
    signature: &str,
    key_id: &str,
    stamp: &str,
    items: Option<&str>,
) -> String {
    let first = |alternatives: &str| alternatives.split('|').next().unwrap_or_default().to_owned();
    match &scheme.signature.format {
        Format::Value { prefixes, required: true, key_id } => first(prefixes) + &key_id.literal() + signature,
        Format::Value { key_id, .. } => key_id.literal() + signature,
        Format::List { separator, assign, tags, .. } => {
            let item = match &**tags {
                "" => signature.to_owned(),
                "{key}" => format!("{key_id}{assign}{signature}"),
                // A quote that `assign` opens is closed after the value.
                tags if assign.ends_with('"') => first(tags) + assign + signature + "\"",
                "*" => format!("v1{assign}{signature}"),
                tags => first(tags) + assign + signature,
            };
            let between = between(separator);
            let item = match items {
                Some(items) => format!("{items}{between}{item}"),
                None => item,
            };
            match scheme.timestamp.as_ref().map(|field| &field.at) {
                Some(Location::SignatureItem(tag)) => format!("{tag}{assign}{stamp}{between}{item}"),
                Some(Location::SignatureIndex(_)) => format!("{stamp}{between}{item}"),
                _ => item,
            }
        }
    }
}

/// Returns the separator to write between two items: the first one that is not a space, followed by a space if that
/// comes next.
fn between(separators: &str) -> String {
    let mut characters = separators.trim_start_matches(' ').chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(' ')) => format!("{first} "),
        (Some(first), _) => first.to_string(),
        (None, _) => " ".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn a_space_is_written_only_behind_another_separator() {
        let written = [",", ", ", " ,", " ", ",; ", ";,"].map(between);
        assert_eq!(written, [",", ", ", ",", " ", ",", ";"]);
    }
}
