use smallvec::SmallVec;

/// Short text of a request, kept inline: no heap up to 48 bytes.
#[derive(Clone, Debug)]
pub(crate) struct Inline(SmallVec<[u8; 48]>);

impl Inline {
    /// Visible ASCII only, and not empty.
    pub(crate) fn visible(bytes: &[u8]) -> Option<Self> {
        // No early end: this way it is a few vector instructions.
        let visible = bytes.iter().fold(!bytes.is_empty(), |ok, byte| ok & (byte.wrapping_sub(b' ') < 95));
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

#[cfg(test)]
mod tests {
    use super::Inline;

    #[test]
    fn visible_ascii_is_taken_and_nothing_else() {
        assert_eq!(Inline::visible(b"msg_1 ~").unwrap().as_str(), "msg_1 ~");
        for bad in [b"".as_slice(), b"a\n", b"\x7f", b"\x1f", "é".as_bytes(), b"\xff"] {
            assert!(Inline::visible(bad).is_none(), "{bad:?}");
        }
    }
}
