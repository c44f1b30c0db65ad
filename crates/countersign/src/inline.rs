use smallvec::SmallVec;

/// Short text of a request, kept inline: no heap up to 48 bytes.
#[derive(Clone, Debug)]
pub(crate) struct Inline(SmallVec<[u8; 48]>);

impl Inline {
    /// Text that is known to be ASCII.
    pub(crate) fn ascii(bytes: &[u8]) -> Self {
        Self(SmallVec::from_slice(bytes))
    }

    pub(crate) fn as_str(&self) -> &str {
        // Only made from ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
