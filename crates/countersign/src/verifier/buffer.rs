use bytes::Bytes;

use crate::mac::Mac;

/// The body received so far: kept unchanged while it is one piece, joined and hashed from the second piece on.
#[derive(Default)]
pub(crate) enum Buffer {
    #[default]
    Empty,
    One(Bytes),
    Many {
        bytes: Vec<u8>,
        running: Vec<Mac>,
        /// The number of bytes that were hashed.
        hashed: usize,
    },
}

/// The change of the memory that a buffer takes when it gets a chunk, in bytes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Growth {
    /// Needed for the new allocation beside the old one, and for the chunk while it is copied.
    pub(crate) needed: usize,
    /// Free again afterwards: the old allocation and the chunk.
    pub(crate) freed: usize,
}

impl Growth {
    /// The size in bytes from which a chunk counts while it is copied into reserved memory.
    pub(crate) const COUNTED: usize = 4 << 10;
}

impl Buffer {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(bytes) => bytes.len(),
            Self::Many { bytes, .. } => bytes.len(),
        }
    }

    /// Returns the memory needed to keep `more` bytes. `announced` is the expected length of the body, 0 if it is
    /// unknown.
    #[inline]
    pub(crate) fn growth(&self, more: usize, announced: usize) -> Growth {
        let next = self.next_capacity(more, announced);
        match self {
            Self::Empty => Growth { needed: more, freed: 0 },
            _ if next > self.capacity() => Growth { needed: next + more, freed: self.capacity() + more },
            _ if more < Growth::COUNTED => Growth::default(),
            _ => Growth { needed: more, freed: more },
        }
    }

    /// Returns the bytes of memory that are allocated.
    fn capacity(&self) -> usize {
        match self {
            Self::Many { bytes, .. } => bytes.capacity(),
            other => other.len(),
        }
    }

    fn next_capacity(&self, more: usize, announced: usize) -> usize {
        match self {
            Self::Many { bytes, .. } if more <= bytes.capacity() - bytes.len() => bytes.capacity(),
            _ => capacity(self.capacity(), self.len() + more, announced),
        }
    }

    /// Adds a chunk that fits into the memory that is already reserved, and returns whether it does. A sender may send
    /// single bytes, so this takes few instructions.
    #[inline]
    pub(crate) fn push_reserved(&mut self, chunk: &[u8]) -> bool {
        let Self::Many { bytes, running, hashed } = self else { return false };
        if chunk.len() > bytes.capacity() - bytes.len() {
            return false;
        }
        match chunk {
            [byte] => bytes.push(*byte),
            chunk => bytes.extend_from_slice(chunk),
        }
        // Each update of a computation has a fixed cost.
        if bytes.len() - *hashed >= PIECE {
            *hashed = catch_up(running, bytes, *hashed);
        }
        true
    }

    /// Adds a chunk. `start` creates the computations that run from the second chunk on.
    pub(crate) fn push(&mut self, chunk: Bytes, announced: usize, start: impl FnOnce() -> Vec<Mac>) {
        if chunk.is_empty() || self.push_reserved(&chunk) {
            return;
        }
        let next = self.next_capacity(chunk.len(), announced);
        match self {
            Self::Empty => *self = Self::One(chunk),
            Self::One(first) => {
                let mut bytes = Vec::with_capacity(next);
                bytes.extend_from_slice(first);
                bytes.extend_from_slice(&chunk);
                let mut running = start();
                let hashed = catch_up(&mut running, &bytes, 0);
                *self = Self::Many { bytes, running, hashed };
            }
            Self::Many { bytes, running, hashed } => {
                bytes.reserve_exact(next - bytes.len());
                bytes.extend_from_slice(&chunk);
                if bytes.len() - *hashed >= PIECE {
                    *hashed = catch_up(running, bytes, *hashed);
                }
            }
        }
    }

    /// Returns the body received so far.
    pub(super) fn contiguous(&self) -> &[u8] {
        match self {
            Self::Empty => &[],
            Self::One(bytes) => bytes,
            Self::Many { bytes, .. } => bytes,
        }
    }

    /// Drops the running computations, which are useless under other keys.
    pub(super) fn forget_running(&mut self) {
        if let Self::Many { running, .. } = self {
            running.clear();
        }
    }

    /// Returns a copy of the bytes received so far.
    pub(super) fn copy(&self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::One(bytes) => bytes.clone(),
            Self::Many { bytes, .. } => Bytes::copy_from_slice(bytes),
        }
    }

    /// Returns the whole body, and the computations that have hashed it already.
    pub(crate) fn finish(self) -> (Bytes, Vec<Mac>) {
        match self {
            Self::Empty => (Bytes::new(), Vec::new()),
            Self::One(bytes) => (bytes, Vec::new()),
            Self::Many { bytes, mut running, hashed } => {
                catch_up(&mut running, &bytes, hashed);
                (Bytes::from(bytes), running)
            }
        }
    }
}

/// Updates the computations with the bytes that they have not hashed.
fn catch_up(running: &mut [Mac], bytes: &[u8], hashed: usize) -> usize {
    for mac in running {
        mac.update(bytes.get(hashed..).unwrap_or_default());
    }
    bytes.len()
}

/// Returns the next capacity. It is four times the current one, but at most the announced length, so that a sender
/// who announces much and sends little reserves little.
fn capacity(current: usize, needed: usize, announced: usize) -> usize {
    let expected = if announced == 0 { current.saturating_mul(2) } else { announced };
    expected.min(current.saturating_mul(4)).max(SMALLEST.min(expected)).max(needed)
}

/// The number of bytes that are hashed at once if they arrive in smaller pieces.
const PIECE: usize = 4 << 10;
/// The first allocation for a body in several pieces.
const SMALLEST: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_grows_as_it_says_and_never_beyond_what_was_announced() {
        for (announced, chunk, total) in
            [(0, 1, 5_000), (5_000, 1, 5_000), (1 << 20, 7, 10_000), (100, 60, 120), (0, 3_000, 9_000)]
        {
            let (mut buffer, mut held, mut len) = (Buffer::Empty, 0, 0);
            while len < total {
                let Growth { needed, freed } = buffer.growth(chunk, announced);
                held = held + needed - freed;
                buffer.push(Bytes::from(vec![b'a'; chunk]), announced, Vec::new);
                len += chunk;
                assert_eq!((buffer.len(), buffer.capacity()), (len, held), "{announced} {chunk}");
                assert!(held <= (4 * len).max(SMALLEST), "{announced} {chunk}: {held} for {len}");
                assert!(announced == 0 || held <= announced.max(len), "{announced} {chunk}: {held}");
            }
        }
    }

    #[test]
    fn a_chunk_longer_than_the_next_capacity_gets_the_room_it_needs() {
        for announced in [0, 40] {
            let (mut buffer, mut held, mut len) = (Buffer::Empty, 0, 0);
            for chunk in [10, 10, 1, 50_000, 7] {
                let Growth { needed, freed } = buffer.growth(chunk, announced);
                held = held + needed - freed;
                buffer.push(Bytes::from(vec![b'a'; chunk]), announced, Vec::new);
                len += chunk;
                assert_eq!((buffer.len(), buffer.capacity()), (len, held), "{announced} {chunk}");
            }
        }
    }

    #[test]
    fn a_chunk_counts_while_it_is_copied_unless_it_is_small() {
        let mut buffer = Buffer::Empty;
        for _ in 0..2 {
            buffer.push(Bytes::from(vec![b'a'; 4 * Growth::COUNTED]), 64 * Growth::COUNTED, Vec::new);
        }
        let counted = |len| Growth { needed: len, freed: len };
        for (len, growth) in [
            (1, Growth::default()),
            (Growth::COUNTED - 1, Growth::default()),
            (Growth::COUNTED, counted(Growth::COUNTED)),
            (Growth::COUNTED + 1, counted(Growth::COUNTED + 1)),
        ] {
            assert_eq!(buffer.growth(len, 64 * Growth::COUNTED), growth, "{len}");
        }
    }

    #[test]
    fn an_empty_chunk_changes_nothing() {
        let mut buffer = Buffer::Empty;
        buffer.push(Bytes::new(), 0, Vec::new);
        assert!(matches!(buffer, Buffer::Empty));
        buffer.push(Bytes::from_static(b"whole"), 0, Vec::new);
        buffer.push(Bytes::new(), 0, Vec::new);
        assert!(matches!(&buffer, Buffer::One(bytes) if bytes == "whole"), "it is not copied");
    }

    #[test]
    fn small_chunks_are_hashed_together_and_soon() {
        let mut buffer = Buffer::Empty;
        let mut updates = 0;
        let mut before = 0;
        for _ in 0..3 * PIECE {
            buffer.push(Bytes::from_static(b"a"), 0, Vec::new);
            if let Buffer::Many { bytes, hashed, .. } = &buffer {
                updates += usize::from(*hashed != before);
                before = *hashed;
                assert!(bytes.len() - hashed < PIECE);
            }
        }
        assert_eq!(updates, 3, "the second chunk, and one for each full piece");
    }
}
