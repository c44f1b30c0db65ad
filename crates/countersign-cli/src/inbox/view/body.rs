use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::output::{Body, PrettyBody, base64, size};

/// A body: its size and digest, and its content if requested.
#[derive(Debug, Serialize)]
pub(in crate::inbox) struct BodyView {
    size: usize,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    #[serde(skip)]
    content: Option<Bytes>,
}

impl BodyView {
    pub(in crate::inbox) fn new(body: &Bytes, is_shown: bool) -> Self {
        let digest = Sha256::digest(body);
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut view = Self { size: body.len(), sha256, json: None, text: None, base64: None, content: None };
        if is_shown {
            match Body::new(body) {
                Some(Body::Json(json)) => view.json = Some(json),
                Some(Body::Text(text)) => view.text = Some(text.to_owned()),
                None => view.base64 = Some(base64(body)),
            }
            view.content = Some(body.clone());
        }
        view
    }

    /// Returns size and digest.
    pub(in crate::inbox) fn summary(&self) -> String {
        format!("{}, sha256 {}", size(self.size), self.sha256)
    }
}

impl fmt::Display for BodyView {
    /// Writes the content if requested.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.content.iter().try_for_each(|content| write!(f, "\n{}", PrettyBody(content)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DIGEST: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    #[test]
    fn a_body_is_its_size_and_digest_unless_it_is_asked_for() {
        let view = BodyView::new(&Bytes::from("{}"), false);
        assert_eq!(serde_json::to_value(&view).unwrap(), json!({"size": 2, "sha256": DIGEST}));
        assert_eq!((view.to_string(), view.summary()), (String::new(), format!("2 bytes, sha256 {DIGEST}")));
    }

    #[test]
    fn what_is_asked_for_is_json_text_or_base64() {
        for (body, field, value, text) in [
            (&b"{}"[..], "json", json!({}), "\n{}\n"),
            (b"a=\x1b", "text", json!("a=\u{1b}"), "\na=\\u{1b}\n"),
            (b"\xff", "base64", json!("/w=="), "\n1 bytes that are not text\n"),
        ] {
            let view = BodyView::new(&Bytes::from(body), true);
            assert_eq!(serde_json::to_value(&view).unwrap().get(field), Some(&value), "{field}");
            assert_eq!(anstream::adapter::strip_str(&view.to_string()).to_string(), text);
        }
    }
}
