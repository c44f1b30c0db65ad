use bytes::{Bytes, BytesMut};

use crate::mac::Mac;

/// The body so far: kept as it came while it is one piece, joined and hashed from the second piece on.
pub(super) enum Buffer {
    Empty,
    One(Bytes),
    Many { bytes: BytesMut, running: Vec<Mac> },
}

impl Buffer {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(bytes) => bytes.len(),
            Self::Many { bytes, .. } => bytes.len(),
        }
    }

    /// Takes a chunk. `start` makes the computations to run from the second chunk on; `capacity` is how many bytes
    /// are expected in all.
    pub(super) fn push(&mut self, chunk: Bytes, capacity: usize, start: impl FnOnce() -> Vec<Mac>) {
        if chunk.is_empty() {
            return;
        }
        match self {
            Self::Empty => *self = Self::One(chunk),
            Self::One(first) => {
                let mut running = start();
                let capacity = capacity.min(PRESIZED).max(first.len() + chunk.len());
                let mut bytes = BytesMut::with_capacity(capacity);
                append(&mut bytes, &mut running, first);
                append(&mut bytes, &mut running, &chunk);
                *self = Self::Many { bytes, running };
            }
            Self::Many { bytes, running } => append(bytes, running, &chunk),
        }
    }

    /// What there is of the body.
    pub(super) fn contiguous(&self) -> &[u8] {
        match self {
            Self::Empty => &[],
            Self::One(bytes) => bytes,
            Self::Many { bytes, .. } => bytes,
        }
    }

    /// Computations that ran under other keys are of no use.
    pub(super) fn forget_running(&mut self) {
        if let Self::Many { running, .. } = self {
            running.clear();
        }
    }

    /// The bytes so far.
    #[cfg(feature = "diagnose")]
    pub(super) fn copy(&self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::One(bytes) => bytes.clone(),
            Self::Many { bytes, .. } => Bytes::copy_from_slice(bytes),
        }
    }

    /// The whole body, and the computations that have seen it already.
    pub(super) fn finish(self) -> (Bytes, Vec<Mac>) {
        match self {
            Self::Empty => (Bytes::new(), Vec::new()),
            Self::One(bytes) => (bytes, Vec::new()),
            Self::Many { bytes, running } => (bytes.freeze(), running),
        }
    }
}

fn append(bytes: &mut BytesMut, running: &mut [Mac], chunk: &[u8]) {
    bytes.extend_from_slice(chunk);
    for mac in running {
        mac.update(chunk);
    }
}

/// An announced length is believed up to here: beyond it room is made as bytes arrive.
const PRESIZED: usize = 1 << 20;
