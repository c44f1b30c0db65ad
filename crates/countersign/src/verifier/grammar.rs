use crate::error::{ConfigError, VerifyError};
use crate::scheme::Format;
use crate::verifier::Source;

/// How the signature field is written, ready to parse.
#[derive(Debug)]
pub(crate) enum Grammar {
    Value { prefixes: Vec<Vec<u8>>, required: bool },
    List { separator: Vec<u8>, assign: Vec<u8>, tags: Vec<Vec<u8>>, bare: bool },
}

impl Grammar {
    pub(crate) fn new(format: &Format) -> Result<Self, ConfigError> {
        let split =
            |text: &str| text.split('|').filter(|t| !t.is_empty()).map(|t| t.as_bytes().to_vec()).collect();
        let grammar = match format {
            Format::Value { prefixes, required } => {
                Self::Value { prefixes: split(prefixes), required: *required }
            }
            Format::List { separator, assign, tags, bare } => Self::List {
                separator: separator.as_bytes().to_vec(),
                assign: assign.as_bytes().to_vec(),
                tags: split(tags),
                bare: *bare,
            },
        };
        let problem = match &grammar {
            Self::Value { prefixes, required: true } if prefixes.is_empty() => "`required` without a prefix",
            Self::List { separator, .. } if separator.is_empty() => "the separator is empty",
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

    /// The signatures of a field. Items of other versions, and items that do not parse, are skipped.
    pub(crate) fn signatures<'a>(&'a self, field: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        // Several headers with a signature each are kept as lines; a header has no line breaks of its own.
        field
            .split(|byte| *byte == b'\n')
            .flat_map(|line| self.of_line(line.trim_ascii()))
            .filter(|s| !s.is_empty())
    }

    /// The item with this tag or position. Two that differ are an error.
    pub(crate) fn item<'a>(
        &'a self,
        field: &'a [u8],
        source: &Source,
    ) -> Result<Option<&'a [u8]>, VerifyError> {
        let mut found = None;
        for (index, (tag, value)) in self.items(field).enumerate() {
            let wanted = match source {
                Source::SignatureItem(name) => tag == Some(name.as_slice()),
                Source::SignatureIndex(position) => index == *position,
                _ => false,
            };
            if wanted && found.replace(value).is_some_and(|before| before != value) {
                return Err(VerifyError::MalformedSignature {
                    reason: "an item is there twice with different values",
                });
            }
        }
        Ok(found)
    }

    fn of_line<'a>(&'a self, line: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let (value, list) = match self {
            Self::Value { prefixes, required } => {
                let rest = prefixes.iter().find_map(|prefix| line.strip_prefix(prefix.as_slice()));
                (rest.or((!required).then_some(line)), None)
            }
            Self::List { tags, bare, .. } => (None, Some((tags, *bare))),
        };
        let items = list.into_iter().flat_map(move |(tags, bare)| {
            self.items(line).filter_map(move |(tag, value)| match tag {
                Some(tag) => tags.iter().any(|t| t == tag).then_some(value),
                None => bare.then_some(value),
            })
        });
        value.into_iter().chain(items)
    }

    /// Tag and value of each item of a list.
    fn items<'a>(&'a self, field: &'a [u8]) -> impl Iterator<Item = (Option<&'a [u8]>, &'a [u8])> {
        let (separator, assign) = match self {
            Self::Value { .. } => (None, [].as_slice()),
            Self::List { separator, assign, .. } => (Some(separator.as_slice()), assign.as_slice()),
        };
        separator.into_iter().flat_map(move |separator| {
            field.split(|byte| separator.contains(byte)).map(trim).filter(|item| !item.is_empty()).map(
                move |item| match split_at(item, assign) {
                    Some((tag, value)) => (Some(tag), value),
                    None => (None, item),
                },
            )
        })
    }
}

/// Without spaces, and without the comma that some senders leave behind an item.
fn trim(item: &[u8]) -> &[u8] {
    let item = item.trim_ascii();
    item.strip_suffix(b",").unwrap_or(item)
}

fn split_at<'a>(item: &'a [u8], assign: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let first = assign.first()?;
    let mut from = 0;
    loop {
        let at = from + item.get(from..)?.iter().position(|byte| byte == first)?;
        let (tag, rest) = item.split_at_checked(at)?;
        match rest.strip_prefix(assign) {
            Some(value) => return Some((tag, value)),
            None => from = at + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signatures(format: &Format, field: &str) -> Vec<String> {
        let grammar = Grammar::new(format).unwrap();
        grammar.signatures(field.as_bytes()).map(|s| String::from_utf8(s.to_vec()).unwrap()).collect()
    }

    #[test]
    fn a_required_prefix_refuses_downgrades() {
        let github = Format::prefixed("sha256=");
        assert_eq!(signatures(&github, "sha256=ab"), ["ab"]);
        for downgrade in ["sha1=ab", "ab", "SHA256=ab", "md5=sha256=ab"] {
            assert!(signatures(&github, downgrade).is_empty(), "{downgrade}");
        }
    }

    #[test]
    fn an_optional_prefix_is_removed_once() {
        let format = Format::Value { prefixes: "sha256=|v1=".into(), required: false };
        assert_eq!(signatures(&format, "v1=ab"), ["ab"]);
        assert_eq!(signatures(&format, "ab"), ["ab"]);
        assert_eq!(signatures(&format, "v1=v1=ab"), ["v1=ab"]);
    }

    #[test]
    fn siblings_of_other_versions_are_skipped() {
        let svix = Format::list(" ", ",", "v1");
        assert_eq!(signatures(&svix, "v1a,xx v2,yy  v1,zz= junk v1,ww"), ["zz=", "ww"]);
        let stripe = Format::list(",", "=", "v1");
        assert_eq!(signatures(&stripe, "t=1, v1=aa,v0=bb,v1=cc"), ["aa", "cc"]);
        assert!(signatures(&stripe, "i'm not even a real signature header").is_empty());
    }

    #[test]
    fn bare_items_count_where_they_are_declared() {
        let format = Format::List { separator: ",".into(), assign: "".into(), tags: "".into(), bare: true };
        assert_eq!(signatures(&format, "aa, bb"), ["aa", "bb"]);
    }

    #[test]
    fn items_are_found_by_tag_and_by_position() {
        let stripe = Grammar::new(&Format::list(",", "=", "v1")).unwrap();
        let t = Source::SignatureItem(b"t".to_vec());
        assert_eq!(stripe.item(b"v1=aa,t=12", &t), Ok(Some(b"12".as_slice())));
        assert_eq!(stripe.item(b"v1=aa", &t), Ok(None));
        assert_eq!(stripe.item(b"t=1,t=1", &t), Ok(Some(b"1".as_slice())));
        assert!(stripe.item(b"t=1,t=2,v1=aa", &t).is_err());
        assert_eq!(stripe.item(b"12,aa", &Source::SignatureIndex(0)), Ok(Some(b"12".as_slice())));
    }
}
