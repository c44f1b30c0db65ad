use super::pattern::is_host;

/// An address from a request, in its only accepted spelling.
///
/// It is not canonicalised: characters that URL parsers treat differently (`\`, `@`, `..`, `%2e`, tabs, other
/// digits and letters) are refused, so that the checked host is the one that is connected to.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct PinnedUrl<'a> {
    pub(super) host: &'a str,
    pub(super) path: &'a str,
}

impl<'a> PinnedUrl<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let rest = text.strip_prefix("https://")?;
        let (authority, path) = rest.split_at_checked(rest.find('/')?)?;
        let host = authority.strip_suffix(":443").unwrap_or(authority);
        (is_host(host) && is_path(path)).then_some(Self { host, path })
    }
}

/// Returns whether the text is a path of non-empty segments of letters, digits, `-`, `_`, `~` and `.`, none of dots
/// alone. No query, no fragment.
pub(super) fn is_path(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'.');
    let is_segment =
        |segment: &str| segment.bytes().all(is_plain) && segment.bytes().any(|byte| byte != b'.');
    text.len() <= MAX_LENGTH && text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment))
}

/// Much longer than any known one.
const MAX_LENGTH: usize = 512;
