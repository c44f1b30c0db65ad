use smallvec::SmallVec;

/// The signed bytes around the body that a delivery keeps. Stored inline if only a timestamp or an id is signed.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) before: SmallVec<[u8; INLINE]>,
    pub(crate) more: Option<Box<More>>,
}

/// The parts that few schemes have.
#[derive(Clone)]
pub(crate) struct More {
    pub(crate) instead: Option<Vec<u8>>,
    pub(crate) after: Option<Vec<u8>>,
}

/// The inline capacity in bytes: enough for an id or a timestamp.
const INLINE: usize = 40;
