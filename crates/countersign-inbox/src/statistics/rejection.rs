use std::collections::BTreeMap;
use std::fmt;

use countersign::UnixTime;
use http::header;
use http::{HeaderMap, HeaderName};

use crate::printable::{push, push_path};

/// The requests to an endpoint that a process has rejected since it last
/// [added them](crate::InboxStore::add_statistics) to the store.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RejectionIncrement {
    /// The numbers by provider and [kind](countersign::ErrorKind::as_str).
    pub counts: BTreeMap<(String, String), u64>,
    /// The latest samples, at most [20](RejectionSample::KEPT), the oldest first. Stores keep as many of each endpoint.
    pub samples: Vec<RejectionSample>,
}

/// A rejected request, without its body. Its texts come from unverified senders: they are printable and short. `Debug` shows only the length of
/// the head, which has values of headers.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct RejectionSample {
    /// The kind of the rejection.
    pub kind: String,
    /// The causes that are logged; empty if there are none.
    pub cause: String,
    /// The head as [`RejectionSample::head_of`] returns it.
    pub head: String,
}

/// The requests that the endpoints of a store have rejected within a window, to the hour.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejections {
    /// The beginning of the window.
    pub since: UnixTime,
    /// The numbers, by endpoint, provider and kind.
    pub counts: Vec<RejectionCount>,
    /// The latest samples of each endpoint, within the window or before it, the newest first.
    pub samples: Vec<StoredSample>,
}

/// The number of rejected requests of one kind within a window.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RejectionCount {
    /// The name of the endpoint.
    pub source: String,
    /// The slug of the provider.
    pub provider: String,
    /// The kind of the rejection.
    pub kind: String,
    /// The number of requests.
    pub count: u64,
    /// The time of the last one, a few seconds late, by the clock of the store.
    pub last_at: UnixTime,
}

/// A stored sample.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredSample {
    /// The name of the endpoint.
    pub source: String,
    /// The time at which it was stored, by the clock of the store.
    pub at: UnixTime,
    /// The sample.
    pub sample: RejectionSample,
}

impl fmt::Debug for RejectionSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, cause, head } = self;
        f.debug_struct("RejectionSample")
            .field("kind", kind)
            .field("cause", cause)
            .field("head_len", &head.len())
            .finish_non_exhaustive()
    }
}

impl RejectionIncrement {
    /// Adds what another increment of the same endpoint has. Of the samples, the latest are kept.
    pub fn merge(&mut self, other: &Self) {
        for (kind, count) in &other.counts {
            let known = self.counts.entry(kind.clone()).or_default();
            *known = known.saturating_add(*count);
        }
        self.samples.extend(other.samples.iter().cloned());
        let surplus = self.samples.len().saturating_sub(RejectionSample::KEPT);
        self.samples.drain(..surplus);
    }

    /// Returns whether nothing was rejected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.samples.is_empty()
    }
}

impl RejectionSample {
    /// The number of samples that are kept of each endpoint.
    pub const KEPT: usize = 20;

    /// Creates a sample. The cause is made printable and cut to 500 bytes.
    #[must_use]
    pub fn new(kind: impl Into<String>, cause: &str, head: String) -> Self {
        let mut text = String::new();
        push(&mut text, cause, LONGEST_CAUSE);
        Self { kind: kind.into(), cause: text, head }
    }

    /// Returns the names of the headers that are kept, in lower case.
    #[must_use]
    pub fn header_names(&self) -> Vec<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.map(|(name, _)| name).collect()
    }

    /// Returns a head for display: a line with method, path and names of query parameters, then a line per header, at most 4 KiB.
    /// Segments of the path that may be tokens, with at least 16 bytes and a digit or letters of both cases, are lengths. Of headers
    /// without credentials and without personal data, such as `content-type` and `user-agent`, the values are there; of all others
    /// only the length, because a wrong credential may be the right one of another endpoint.
    #[must_use]
    pub fn head_of(method: &str, target: &str, headers: &HeaderMap) -> String {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut head = String::new();
        push(&mut head, method, SHORT);
        head.push(' ');
        push_path(&mut head, path, LONGEST_VALUE);
        let mut separator = '?';
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            head.push(separator);
            separator = '&';
            match parameter.split_once('=') {
                Some((name, _)) => {
                    push(&mut head, name, SHORT);
                    head.push_str("=…");
                }
                // A token may stand alone in a query.
                None => head.push_str(&format!("[{} bytes]", parameter.len())),
            }
            if head.len() > LONGEST_HEAD / 2 {
                break;
            }
        }
        for (name, value) in headers {
            if head.len() + LONGEST_VALUE > LONGEST_HEAD {
                head.push_str("\n…");
                break;
            }
            head.push('\n');
            push(&mut head, name.as_str(), SHORT);
            head.push_str(": ");
            match value.to_str() {
                Ok(value) if SHOWN.contains(name) => push(&mut head, value, LONGEST_VALUE),
                _ => head.push_str(&format!("[{} bytes]", value.len())),
            }
        }
        head
    }
}

/// The headers whose values are shown.
const SHOWN: [HeaderName; 8] = [
    header::ACCEPT,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::DATE,
    header::HOST,
    header::TRANSFER_ENCODING,
    header::USER_AGENT,
];
const LONGEST_CAUSE: usize = 500;
const LONGEST_HEAD: usize = 4096;
const LONGEST_VALUE: usize = 300;
const SHORT: usize = 80;

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_head_shows_what_is_no_credential() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("authorization", "Bearer abc"), ("user-agent", "Acme/1"), ("x-own", "hunter2")]
        {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let head = RejectionSample::head_of("POST", "/hooks?token=abc&b", &headers);
        let expected =
            "POST /hooks?token=…&[1 bytes]\nauthorization: [10 bytes]\nuser-agent: Acme/1\nx-own: [7 bytes]";
        assert_eq!(head, expected);
    }

    #[test]
    fn a_segment_of_the_path_that_may_be_a_token_is_a_length() {
        let cases = [
            ("/hooks/stripe-billing-production", "/hooks/stripe-billing-production"),
            ("/hooks/acme/v2/", "/hooks/acme/v2/"),
            ("/hooks/T024BE7LH/XoqUTzuPlMwKaBcDeF", "/hooks/T024BE7LH/[18 bytes]"),
            ("/3f2504e0-4f89-11d3-9a0c-0305e82c3301/in", "/[36 bytes]/in"),
            ("/hooks/0123456789abcdef?id=1", "/hooks/[16 bytes]?id=…"),
            ("/hooks/abc%2Fdefghijklm", "/hooks/[16 bytes]"),
        ];
        for (target, shown) in cases {
            let head = RejectionSample::head_of("POST", target, &HeaderMap::new());
            assert_eq!(head, format!("POST {shown}"), "{target}");
        }
    }

    proptest! {
        #[test]
        fn a_token_of_random_letters_is_never_shown(
            route in "[a-z/-]{0,300}",
            token in "[a-zA-Z0-9_-]{7}[0-9][a-zA-Z0-9_-]{8,400}",
        ) {
            let head = RejectionSample::head_of("POST", &format!("/{route}/{token}/end"), &HeaderMap::new());
            prop_assert!(!head.contains(&token[..16]), "{}", head);
        }

        #[test]
        fn a_sample_is_short_and_printable_whatever_a_stranger_sends(
            target in "(.|\\n){0,3000}",
            cause in "(.|\\n){0,3000}",
            headers in prop::collection::vec(("[a-z-]{1,200}", prop::collection::vec(32_u8..=255, 0..2000)), 0..40),
        ) {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(&value)) {
                    map.append(name, value);
                }
            }
            let head = RejectionSample::head_of("POST", &target, &map);
            let sample = RejectionSample::new("stale", &cause, head);
            prop_assert!(sample.head.len() <= LONGEST_HEAD && sample.cause.len() <= LONGEST_CAUSE + 3);
            let is_shown = |letter: char| letter == '\n' || matches!(letter, '"' | '\'' | '\\') || letter.escape_debug().len() == 1;
            prop_assert!(sample.head.chars().all(is_shown), "{:?}", sample.head);
            prop_assert!(!sample.cause.contains('\n') && sample.cause.chars().all(is_shown));
        }
    }
}
