//! Formats bodies: JSON as JSON, other text as text, everything else as Base64.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_diagnose::printable;
use serde::Serialize;
use serde_json::value::RawValue;

use super::print::DIM;

/// A textual body for machines.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Body<'d> {
    Json(Box<RawValue>),
    Text(&'d str),
}

impl<'d> Body<'d> {
    pub(crate) fn new(body: &'d [u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        Some(match serde_json::from_str::<&RawValue>(text) {
            // Line breaks in JSON are white space and never part of a string: without them it is one line.
            Ok(json) => Self::Json(RawValue::from_string(json.get().replace(['\n', '\r'], "")).ok()?),
            Err(_) => Self::Text(text),
        })
    }
}

/// Returns bytes that are not text, for machines.
pub(crate) fn base64(body: &[u8]) -> String {
    STANDARD.encode(body)
}

/// A body for people, followed by a line break.
pub(crate) struct PrettyBody<'d>(pub(crate) &'d [u8]);

impl fmt::Display for PrettyBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The sender's text must not control the terminal. JSON may have controls above ASCII.
        if let Some(json) = laid_out(self.0) {
            json.lines().try_for_each(|line| writeln!(f, "{}", printable(line)))
        } else if let Ok(text) = std::str::from_utf8(self.0) {
            let line = |line: &str| line.split('\t').map(printable).collect::<Vec<_>>().join("\t");
            text.lines().try_for_each(|of| writeln!(f, "{}", line(of)))
        } else {
            writeln!(f, "{DIM}{} bytes that are not text{DIM:#}", self.0.len())
        }
    }
}

/// Returns JSON on several lines, with fields in their order.
fn laid_out(body: &[u8]) -> Option<String> {
    let mut json = Vec::new();
    let mut source = serde_json::Deserializer::from_slice(body);
    serde_transcode::transcode(&mut source, &mut serde_json::Serializer::pretty(&mut json)).ok()?;
    source.end().ok()?;
    String::from_utf8(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_a_line_and_nothing_of_it_changes() {
        let body =
            Body::new(b"{\r\n  \"b\": 1.50,\n  \"a\": 123456789012345678901234567890, \"c\": \"x\\ny\"\n}");
        let line = serde_json::to_string(&body).unwrap_or_default();
        assert_eq!(line, r#"{  "b": 1.50,  "a": 123456789012345678901234567890, "c": "x\ny"}"#);
    }

    #[test]
    fn text_is_text_and_bytes_are_neither() {
        assert!(matches!(Body::new(b"a=b&c=d"), Some(Body::Text("a=b&c=d"))));
        assert!(Body::new(b"\xff").is_none());
    }

    #[test]
    fn people_see_fields_in_their_order() {
        assert_eq!(laid_out(br#"{"b":1,"a":[]}"#).as_deref(), Some("{\n  \"b\": 1,\n  \"a\": []\n}"));
        assert_eq!(laid_out(b"{} {}"), None);
    }

    #[test]
    fn people_see_letters_of_all_scripts_and_nothing_that_controls_the_terminal() {
        let shown = |body: &str| PrettyBody(body.as_bytes()).to_string();
        assert_eq!(shown("ä\t東京 \"नमस्ते\" ❤\u{fe0f}\nb"), "ä\t東京 \"नमस्ते\" ❤\u{fe0f}\nb\n");
        assert_eq!(shown("a\u{1b}[2J\u{202e}"), "a\\u{1b}[2J\\u{202e}\n");
        assert_eq!(shown("\"e\u{301}\u{9b}2J\u{202e}\""), "\"e\u{301}\\u{9b}2J\\u{202e}\"\n");
    }
}
