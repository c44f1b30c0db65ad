use http::HeaderName;

use crate::event::StoredHead;

/// What the sender, or a proxy of ours, says that the request belongs to. Only what has the shape of version 00: 32, 16
/// and 2 hexadecimal digits.
pub(super) fn parent(head: &StoredHead) -> Option<String> {
    let value = head.headers.get(TRACEPARENT)?.to_str().ok()?;
    let mut parts = value.split('-');
    let lengths = [2, 32, 16, 2];
    let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let fits =
        lengths.iter().all(|length| parts.next().is_some_and(|part| part.len() == *length && is_hex(part)));
    (fits && parts.next().is_none()).then(|| value.to_owned())
}

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn only_a_trace_parent_is_one() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(TRACEPARENT, HeaderValue::from_static(value));
            parent(&StoredHead::new("POST", "/", headers))
        };
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(of(good), Some(good.to_owned()));
        for bad in ["", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", "00-x-y-01"] {
            assert_eq!(of(bad), None, "{bad}");
        }
        assert_eq!(of("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"), None);
        assert_eq!(parent(&StoredHead::default()), None);
    }
}
