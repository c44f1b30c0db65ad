mod prefix;

use memchr::memchr;
use prefix::{KeyId, Prefix};
use smallvec::SmallVec;

use super::source::Source;
use crate::error::{ConfigError, VerifyError};
use crate::scheme::{Format, SignatureField};
use crate::swar;

/// The compiled format of the signature field.
#[derive(Debug)]
pub(crate) enum Grammar {
    Value { prefixes: Vec<Prefix>, required: bool, key_id: KeyId },
    List { separators: Vec<u8>, assign: Vec<u8>, tags: Vec<Vec<u8>>, bare: bool, sole: Sole },
}

/// The start of a field with a single item, the most common form, for lists with one tag and one separator.
type Sole = Option<(Vec<u8>, u8)>;

/// The items of a signature field.
pub(crate) struct Items<'f> {
    /// The signatures. Items of other versions, and items that do not parse, are skipped.
    pub(crate) signatures: SmallVec<[&'f [u8]; 2]>,
    /// The timestamp, if it is an item of the field.
    pub(crate) timestamp: Option<&'f [u8]>,
    index: usize,
    /// The limit on signatures. One more is kept, so that too many can be refused.
    most: usize,
}

impl Grammar {
    pub(crate) fn new(field: &SignatureField) -> Result<Self, ConfigError> {
        let format = &field.format;
        let split =
            |text: &str| text.split('|').filter(|t| !t.is_empty()).map(|t| t.as_bytes().to_vec()).collect();
        let grammar = match format {
            Format::Value { prefixes, required, key_id } => {
                let prefix = |text: &str| Prefix::new(text, &field.at);
                let prefixes = prefixes.split('|').filter(|text| !text.is_empty()).map(prefix).collect();
                Self::Value { prefixes, required: *required, key_id: KeyId::new(key_id)? }
            }
            Format::List { separator, assign, tags, bare } => Self::List {
                separators: separator.as_bytes().to_vec(),
                assign: assign.as_bytes().to_vec(),
                tags: split(tags),
                bare: *bare,
                // A longer assignment may open a quote that ends the value.
                sole: match (separator.as_bytes(), &**tags) {
                    ([separator], tag)
                        if assign.len() == 1 && !tag.is_empty() && !tag.contains(['|', '*']) =>
                    {
                        Some(([tag.as_bytes(), assign.as_bytes()].concat(), *separator))
                    }
                    _ => None,
                },
            },
        };
        let problem = match &grammar {
            Self::Value { prefixes, required: true, .. } if prefixes.is_empty() => {
                "`required` without a prefix"
            }
            Self::List { separators, .. } if separators.is_empty() => "the separator is empty",
            Self::List { tags, assign, .. } if assign.is_empty() && !tags.is_empty() => {
                "there are tags, but `assign` is empty"
            }
            Self::List { tags, bare: false, .. } if tags.is_empty() => {
                "neither tags nor `bare`: nothing would match"
            }
            _ => return Ok(grammar),
        };
        Err(ConfigError::new("scheme.signature.format", problem))
    }

    /// Parses a field.
    #[inline]
    pub(crate) fn parse<'f>(
        &self,
        field: &'f [u8],
        timestamp: Option<&Source>,
        items: &mut Items<'f>,
    ) -> Result<(), VerifyError> {
        match self {
            Self::Value { prefixes, required, key_id } => {
                let field = field.trim_ascii();
                let rest = prefixes.iter().find_map(|prefix| prefix.strip_from(field));
                let named = rest.or((!required).then_some(field));
                if let Some(signature) = named.and_then(|named| key_id.strip_from(named)) {
                    items.add_signature(signature);
                }
            }
            Self::List { separators, assign, tags, bare, sole } => {
                if let Some((start, separator)) = sole
                    && let Some(signature) = only_item(field, start, *separator)
                {
                    items.add_signature(signature);
                    return Ok(());
                }
                let mut rest = field;
                loop {
                    let (item, after) = match separators.as_slice() {
                        [separator] => split_at(rest, memchr(*separator, rest)),
                        _ => split_at(rest, rest.iter().position(|byte| separators.contains(byte))),
                    };
                    let item = trim(item);
                    if !item.is_empty() {
                        let (tag, value) = tag_and_value(item, assign);
                        let wanted = tag
                            .map_or(*bare, |tag| tags.iter().any(|wanted| wanted == tag || wanted == b"*"));
                        if wanted {
                            items.add_signature(value);
                        }
                        items.add_timestamp(tag, value, timestamp)?;
                    }
                    let Some(after) = after else { break };
                    rest = after;
                }
            }
        }
        Ok(())
    }

    /// Returns the value of the first item with this tag.
    pub(crate) fn item<'f>(&self, field: &'f [u8], tag: &[u8]) -> Option<&'f [u8]> {
        let Self::List { separators, assign, .. } = self else { return None };
        let mut items = field.split(|byte| separators.contains(byte)).map(trim);
        items.find_map(|item| match tag_and_value(item, assign) {
            (Some(found), value) if found == tag => Some(value),
            _ => None,
        })
    }

    /// Returns the value of the first item with this tag, including the untagged items that follow it: a list with
    /// the same separator as the field.
    pub(crate) fn list_item<'f>(&self, field: &'f [u8], tag: &[u8]) -> Option<&'f [u8]> {
        let Self::List { separators, assign, .. } = self else { return None };
        if assign.len() != 1 {
            return self.item(field, tag);
        }
        let (mut at, mut found) = (0, None);
        for item in field.split(|byte| separators.contains(byte)) {
            let start = at + item.len() - item.trim_ascii_start().len();
            let end = start + trim(item).len();
            match (tag_and_value(trim(item), assign).0, &mut found) {
                (Some(name), None) if name == tag => found = Some((start + name.len() + 1, end)),
                (Some(_), Some(_)) => break,
                (None, Some((_, last))) if end > start => *last = end,
                _ => {}
            }
            at += item.len() + 1;
        }
        found.and_then(|(start, end)| field.get(start..end))
    }

    /// Returns whether the tag of a signature names the key that made it.
    pub(crate) fn tags_are_keys(&self) -> bool {
        matches!(self, Self::List { tags, .. } if tags.iter().any(|tag| tag == b"{key}"))
    }

    /// Returns all items of a field that have a tag.
    pub(crate) fn tagged<'f>(&self, field: &'f [u8]) -> Vec<(&'f [u8], &'f [u8])> {
        let Self::List { separators, assign, .. } = self else { return Vec::new() };
        let items = field.split(|byte| separators.contains(byte)).map(trim);
        items
            .filter_map(|item| match tag_and_value(item, assign) {
                (Some(tag), value) => Some((tag, value)),
                _ => None,
            })
            .collect()
    }
}

impl<'f> Items<'f> {
    /// Starts with nothing, for at most so many signatures.
    pub(crate) fn up_to(most: usize) -> Self {
        Self { signatures: SmallVec::new(), timestamp: None, index: 0, most }
    }

    #[inline]
    fn add_signature(&mut self, signature: &'f [u8]) {
        if !signature.is_empty() && self.signatures.len() <= self.most {
            self.signatures.push(signature);
        }
    }

    fn add_timestamp(
        &mut self,
        tag: Option<&[u8]>,
        value: &'f [u8],
        source: Option<&Source>,
    ) -> Result<(), VerifyError> {
        let wanted = match source {
            Some(Source::SignatureItem(name)) => tag == Some(name.as_slice()),
            Some(Source::SignatureIndex(position)) => self.index == *position,
            _ => false,
        };
        self.index += 1;
        if wanted && self.timestamp.replace(value).is_some_and(|before| before != value) {
            return Err(VerifyError::MalformedSignature {
                reason: "an item is there twice with different values",
            });
        }
        Ok(())
    }
}

/// Returns the value of a field that consists of one plain item.
#[inline]
fn only_item<'f>(field: &'f [u8], start: &[u8], separator: u8) -> Option<&'f [u8]> {
    // A loop over a few bytes ends before `memcmp` has started.
    let (tag, value) = field.split_at_checked(start.len())?;
    if !tag.iter().eq(start) {
        return None;
    }
    let last = value.last()?;
    (!last.is_ascii_whitespace() && *last != b',' && !swar::contains(value, separator)).then_some(value)
}

fn split_at(field: &[u8], at: Option<usize>) -> (&[u8], Option<&[u8]>) {
    match at.and_then(|at| field.split_at_checked(at)) {
        Some((item, after)) => (item, after.get(1..)),
        None => (field, None),
    }
}

/// Removes spaces, and the comma that some senders write after an item.
fn trim(item: &[u8]) -> &[u8] {
    match item {
        [b' ' | b'\t', ..] | [.., b' ' | b'\t' | b','] => {
            let item = item.trim_ascii();
            item.strip_suffix(b",").unwrap_or(item)
        }
        _ => item,
    }
}

fn tag_and_value<'f>(item: &'f [u8], assign: &[u8]) -> (Option<&'f [u8]>, &'f [u8]) {
    let at = match assign {
        [] => None,
        // A tag is short: a plain loop ends before a vector search has started.
        [byte] => item.iter().position(|other| other == byte),
        _ => memchr::memmem::find(item, assign),
    };
    match at.and_then(|at| item.split_at_checked(at)) {
        Some((tag, value)) => {
            let value = value.get(assign.len()..).unwrap_or_default();
            let value = match assign {
                // The quotes of the value begin in what assigns it.
                [_, .., b'"'] => value.strip_suffix(b"\"").unwrap_or(value),
                _ => value,
            };
            (Some(tag), value)
        }
        None => (None, item),
    }
}

#[cfg(test)]
mod tests;
