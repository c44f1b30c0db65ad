//! The answer of a receiver, and the expectations of it.

use std::time::Duration;
use std::{fmt, io};

use crate::capture::dechunked;
use crate::output::printable;

/// The result of sending a request.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// The receiver responded.
    Response(Response),
    /// The connection ended without a response.
    Closed(String),
    /// No response within the limit.
    Silent(Duration),
    /// No connection.
    Unreachable(String),
}

/// A response of the receiver.
#[derive(Clone, Debug, Default)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
    /// The time from the end of the request's head.
    pub(super) took: Duration,
}

/// The expectation of an answer. Which status a receiver chooses is its own matter: 2xx accepts, anything else
/// refuses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Expect {
    /// 2xx.
    Accepted,
    /// Another status, or a closed connection.
    Refused,
    /// Any status.
    Answered,
}

impl Answer {
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Response(response) => Some(response.status),
            _ => None,
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// Returns whether a provider would send the delivery again because the receiver failed or was busy.
    pub(super) fn is_retried(&self) -> bool {
        match self {
            Self::Response(response) => {
                response.status >= 500 || matches!(response.status, 408 | 409 | 425 | 429)
            }
            Self::Closed(_) | Self::Silent(_) | Self::Unreachable(_) => true,
        }
    }

    pub(super) fn meets(&self, expect: Expect) -> bool {
        match (expect, self) {
            (Expect::Accepted, _) => self.is_accepted(),
            (Expect::Refused, Self::Response(_)) => !self.is_accepted(),
            (Expect::Refused, Self::Closed(_)) => true,
            (Expect::Refused, Self::Silent(_) | Self::Unreachable(_)) => false,
            (Expect::Answered, _) => matches!(self, Self::Response(_)),
        }
    }
}

impl Response {
    /// Parses a response. Returns `None` until it is complete.
    pub(super) fn parse(bytes: &[u8], method: &str, ended: bool) -> io::Result<Option<Self>> {
        let mut rest = bytes;
        loop {
            let mut room = [httparse::EMPTY_HEADER; 128];
            let mut parsed = httparse::Response::new(&mut room);
            let end = match parsed.parse(rest).map_err(io::Error::other)? {
                httparse::Status::Complete(end) => end,
                httparse::Status::Partial => return Ok(None),
            };
            rest = rest.get(end..).unwrap_or_default();
            let status = parsed.code.unwrap_or_default();
            if (100..200).contains(&status) {
                continue;
            }
            let headers: Vec<_> = parsed
                .headers
                .iter()
                .map(|header| (header.name.to_ascii_lowercase(), header.value.to_vec()))
                .collect();
            let response = Self { status, headers, ..Self::default() };
            let body = if method == "HEAD" || matches!(status, 204 | 304) {
                Some(Vec::new())
            } else {
                response.body_in(rest, ended)
            };
            return Ok(body.map(|body| Self { body, ..response }));
        }
    }

    /// Returns the value of this header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(other, _)| other == name)?;
        std::str::from_utf8(value).ok()
    }

    fn body_in(&self, rest: &[u8], ended: bool) -> Option<Vec<u8>> {
        if self
            .header("transfer-encoding")
            .is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"))
        {
            return dechunked(rest).or_else(|| ended.then(|| rest.to_vec()));
        }
        match self.header("content-length").and_then(|length| length.trim().parse().ok()) {
            Some(length) => rest.get(..length).map(<[u8]>::to_vec).or_else(|| ended.then(|| rest.to_vec())),
            None => ended.then(|| rest.to_vec()),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(response) => {
                write!(f, "{}", response.status)?;
                let text = String::from_utf8_lossy(&response.body);
                let text = text.trim();
                if text.is_empty() {
                    return Ok(());
                }
                let short: String = text.chars().take(SHOWN).collect();
                let rest = if short.len() < text.len() { "…" } else { "" };
                write!(f, " {}{rest}", printable(&short))
            }
            Self::Closed(why) => write!(f, "connection closed ({why})"),
            Self::Silent(limit) => write!(f, "no answer within {}", humantime::format_duration(*limit)),
            Self::Unreachable(why) => {
                write!(f, "no connection ({why}): start the receiver, or correct the address")
            }
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted (2xx)",
            Self::Refused => "refused (not 2xx)",
            Self::Answered => "answered",
        })
    }
}

/// The number of characters of a body that are shown.
const SHOWN: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, ended: bool) -> Option<(u16, String)> {
        let response = Response::parse(text.as_bytes(), "POST", ended).unwrap()?;
        Some((response.status, String::from_utf8(response.body).unwrap()))
    }

    #[test]
    fn responses_end_by_their_length_their_chunks_or_the_connection() {
        let length = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(parse(length, false), Some((200, "ok".to_owned())));
        assert_eq!(parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", false), None);
        let chunks = "HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n";
        assert_eq!(parse(chunks, false), Some((401, "no".to_owned())));
        assert_eq!(parse("HTTP/1.1 500 Oh\r\n\r\nno", false), None);
        assert_eq!(parse("HTTP/1.1 500 Oh\r\n\r\nno", true), Some((500, "no".to_owned())));
        let continued = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
        assert_eq!(parse(continued, false), Some((204, String::new())));
    }

    #[test]
    fn only_2xx_accepts_and_silence_is_no_refusal() {
        let response = |status| Answer::Response(Response { status, ..Response::default() });
        for status in [200, 202, 204] {
            assert!(response(status).meets(Expect::Accepted) && !response(status).meets(Expect::Refused));
        }
        for status in [302, 400, 401, 500] {
            assert!(!response(status).meets(Expect::Accepted) && response(status).meets(Expect::Refused));
        }
        assert!(Answer::Closed(String::new()).meets(Expect::Refused));
        assert!(!Answer::Silent(Duration::ZERO).meets(Expect::Refused));
        assert!(!Answer::Unreachable(String::new()).meets(Expect::Refused));
    }
}
