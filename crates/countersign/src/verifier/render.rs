use smallvec::SmallVec;

use crate::error::VerifyError;
use crate::head::{Head, Headers};
use crate::mac::{Key, Mac};
use crate::scheme::FixedPart;

/// Signed bytes around the body, rendered from the head of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rendered {
    bytes: SmallVec<[u8; 96]>,
    /// Where the secret goes, for schemes that hash it with the content.
    secret_at: Option<usize>,
}

/// The values that placeholders stand for, apart from headers.
pub(crate) struct Values<'a> {
    pub(crate) id: Option<&'a [u8]>,
    pub(crate) timestamp: Option<&'a [u8]>,
    pub(crate) url: Option<&'a str>,
}

impl Rendered {
    pub(crate) fn absorb_into(&self, mac: &mut Mac, key: &Key) {
        match self.secret_at.and_then(|at| self.bytes.split_at_checked(at)) {
            None => mac.update(&self.bytes),
            Some((before, after)) => {
                mac.update(before);
                mac.update(key.bytes());
                mac.update(after);
            }
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}

/// Renders parts in order. `more` says whether anything that varies follows the last of them.
pub(crate) fn render<H: Headers>(
    parts: &[FixedPart],
    more: bool,
    head: &Head<'_, H>,
    values: &Values<'_>,
) -> Result<Rendered, VerifyError> {
    let mut out = Rendered::default();
    let mut rest = parts;
    while let [part, tail @ ..] = rest {
        rest = tail;
        // The literal that ends this part, where something that varies comes after it.
        let end = match tail {
            [FixedPart::Literal(literal), after @ ..] if more || !after.is_empty() => literal.as_bytes(),
            _ => &[],
        };
        match part {
            FixedPart::Literal(literal) => out.push(literal.as_bytes()),
            FixedPart::Id => {
                let id = values.id.ok_or(VerifyError::MissingId)?;
                if contains(id, end) {
                    return Err(VerifyError::MalformedId {
                        reason: "contains the separator of the signed content",
                    });
                }
                out.push(id);
            }
            FixedPart::Timestamp => out.push(values.timestamp.ok_or(VerifyError::MissingTimestamp)?),
            FixedPart::Header(name) => {
                let value = single(head, name)?;
                if contains(value, end) {
                    let reason = "contains the separator of the signed content";
                    return Err(VerifyError::MalformedHeader { name: name.to_string(), reason });
                }
                out.push(value);
            }
            FixedPart::Method => out.push(head.method().as_bytes()),
            FixedPart::Secret => out.secret_at = Some(out.bytes.len()),
            FixedPart::Url | FixedPart::UrlWithoutQuery | FixedPart::Path | FixedPart::Query => {
                out.push(url_part(part, values.url.ok_or(VerifyError::MissingUrl)?).as_bytes());
            }
        }
    }
    Ok(out)
}

fn single<'h, H: Headers>(head: &Head<'h, H>, name: &http::HeaderName) -> Result<&'h [u8], VerifyError> {
    let mut values = head.headers().values(name);
    let first = values.next().ok_or_else(|| VerifyError::MissingHeader { name: name.to_string() })?;
    if values.any(|other| other != first) {
        let reason = "is there twice with different values";
        return Err(VerifyError::MalformedHeader { name: name.to_string(), reason });
    }
    Ok(first)
}

fn url_part<'u>(part: &FixedPart, url: &'u str) -> &'u str {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    match part {
        FixedPart::Query => query,
        FixedPart::UrlWithoutQuery => before,
        FixedPart::Path => {
            let origin = before.split_once("://").map_or(before, |(_, rest)| rest);
            origin.find('/').and_then(|at| origin.get(at..)).unwrap_or("/")
        }
        _ => url,
    }
}

fn contains(value: &[u8], end: &[u8]) -> bool {
    match end {
        [] => false,
        [byte] => value.contains(byte),
        _ => value.windows(end.len()).any(|window| window == end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_url() {
        let url = "https://example.com:8443/a/b?x=1&y=2";
        assert_eq!(url_part(&FixedPart::Url, url), url);
        assert_eq!(url_part(&FixedPart::Path, url), "/a/b");
        assert_eq!(url_part(&FixedPart::Query, url), "x=1&y=2");
        assert_eq!(url_part(&FixedPart::UrlWithoutQuery, url), "https://example.com:8443/a/b");
        assert_eq!(url_part(&FixedPart::Path, "https://example.com"), "/");
    }
}
