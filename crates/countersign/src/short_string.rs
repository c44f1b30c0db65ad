use smallvec::SmallVec;

/// Short text of a request, stored inline: no heap allocation up to 48 bytes.
#[derive(Clone, Debug)]
pub(crate) struct ShortString(SmallVec<[u8; 48]>);

impl ShortString {
    /// Creates the text from bytes that are known to be ASCII.
    pub(crate) fn ascii(bytes: &[u8]) -> Self {
        Self(SmallVec::from_slice(bytes))
    }

    pub(crate) fn as_str(&self) -> &str {
        // Constructed from ASCII only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
