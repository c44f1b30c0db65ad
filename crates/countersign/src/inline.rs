use smallvec::SmallVec;

/// Short text of a request, kept inline: no heap up to 40 bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inline(SmallVec<[u8; 40]>);

impl Inline {
    /// Visible ASCII only, and not empty.
    pub(crate) fn visible(bytes: &[u8]) -> Option<Self> {
        let visible = !bytes.is_empty() && bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
        visible.then(|| Self(SmallVec::from_slice(bytes)))
    }

    pub(crate) fn as_str(&self) -> &str {
        // Only made from visible ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
