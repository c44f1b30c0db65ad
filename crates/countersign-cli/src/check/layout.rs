//! Layouts of JSON: one document as different bytes.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// A layout of JSON.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Layout {
    /// No white space: `JSON.stringify`, serde, Go.
    #[default]
    Compact,
    /// A space after commas and colons, and ASCII only: `json.dumps`.
    Spaced,
    /// Two spaces a level: `JSON.stringify(…, null, 2)`.
    Indented,
    /// White space that no serializer writes.
    Odd,
}

impl Layout {
    /// The layouts that serializers write.
    pub(super) const USUAL: [Self; 3] = [Self::Compact, Self::Spaced, Self::Indented];

    pub(super) fn render(self, document: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory does not fail.
        let _ = match self {
            Self::Compact => serde_json::to_writer(&mut bytes, document),
            Self::Indented => serde_json::to_writer_pretty(&mut bytes, document),
            Self::Spaced => document
                .serialize(&mut Serializer::with_formatter(&mut bytes, Gaps { comma: ", ", colon: ": " })),
            Self::Odd => document.serialize(&mut Serializer::with_formatter(
                &mut bytes,
                Gaps { comma: " ,\n\t", colon: "  :\t" },
            )),
        };
        match self {
            Self::Spaced => ascii(&bytes),
            Self::Odd => [b" ".as_slice(), &bytes, b"\n"].concat(),
            Self::Compact | Self::Indented => bytes,
        }
    }
}

/// White space around the punctuation.
struct Gaps {
    comma: &'static str,
    colon: &'static str,
}

impl Formatter for Gaps {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.begin_object_key(writer, first)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(self.comma.as_bytes()) }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(self.colon.as_bytes())
    }
}

/// Escapes characters outside ASCII, which occur in texts only.
fn ascii(json: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(json);
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            let units = &mut [0; 2];
            escaped.extend(character.encode_utf16(units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    escaped.into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_layout_is_the_same_document_in_other_bytes() {
        let document = json!({"a": [1, "ü𝄞"], "b": {"c": null}});
        let layouts = [Layout::Compact, Layout::Spaced, Layout::Indented, Layout::Odd];
        let rendered = layouts.map(|layout| layout.render(&document));
        for bytes in &rendered {
            assert_eq!(serde_json::from_slice::<Value>(bytes).unwrap(), document);
            assert_eq!(rendered.iter().filter(|other| *other == bytes).count(), 1);
        }
        assert_eq!(rendered[1], br#"{"a": [1, "\u00fc\ud834\udd1e"], "b": {"c": null}}"#);
    }
}
