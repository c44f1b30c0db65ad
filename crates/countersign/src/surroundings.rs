use smallvec::SmallVec;

/// The signed bytes around the body that a delivery keeps. Stored inline if only a timestamp or an id is signed.
#[derive(Clone)]
pub(crate) struct Surroundings {
    /// Of a content with two readings, the shorter one.
    pub(crate) before: SmallVec<[u8; INLINE]>,
    /// Few schemes sign anything after the body.
    pub(crate) after: Option<Box<[u8]>>,
}

/// The inline capacity in bytes: enough for an id or a timestamp.
const INLINE: usize = 40;
