//! The handled deliveries, the oldest first: a ring of entries, and an index into it with open addressing.
//!
//! An entry takes 32 bytes, and 5.3 bytes of the index. The index has its final size from the start, so that it is
//! never rebuilt; the ring grows in chunks.

/// A handled delivery. Times are in seconds since the store was created.
#[derive(Clone, Copy, Default)]
pub(super) struct Finished {
    /// Half of the key: 10 million ids collide with a probability of 10⁻²⁵.
    pub(super) tag: [u32; 4],
    mark: [u32; 2],
    /// The lower half of the fencing token: sufficient to recognise a repeated finish.
    pub(super) fence: u32,
    pub(super) at: u32,
}

impl Finished {
    pub(super) fn new(tag: [u32; 4], mark: u64, fence: u64, at: u32) -> Self {
        Self { tag, mark: [(mark >> 32) as u32, mark as u32], fence: fence as u32, at }
    }

    pub(super) fn mark(&self) -> u64 {
        (u64::from(self.mark[0]) << 32) | u64::from(self.mark[1])
    }
}

pub(super) struct History {
    chunks: Vec<Vec<Finished>>,
    /// A position in the ring plus one; 0 is empty.
    index: Vec<u32>,
    first: usize,
    len: usize,
    capacity: usize,
}

impl History {
    /// Creates an empty ring. `capacity` is below 2³¹.
    pub(super) fn new(capacity: usize) -> Self {
        let index = vec![0; capacity + capacity / 3 + 2];
        Self { chunks: Vec::with_capacity(capacity.div_ceil(CHUNK)), index, first: 0, len: 0, capacity }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn oldest(&self) -> Option<&Finished> {
        if self.len == 0 { None } else { self.at(self.first) }
    }

    pub(super) fn find(&self, tag: &[u32; 4]) -> Option<&Finished> {
        let slot = self.slot_of(tag)?;
        self.entry_in(slot)
    }

    /// Adds the newest entry, replacing an older one with its tag. The caller has made room.
    pub(super) fn push(&mut self, entry: Finished) {
        debug_assert!(self.len < self.capacity, "the caller has made room");
        self.unlink(&entry.tag);
        let place = (self.first + self.len) % self.capacity;
        if self.chunks.len() <= place / CHUNK {
            let rest = self.capacity - self.chunks.len() * CHUNK;
            self.chunks.push(vec![Finished::default(); rest.min(CHUNK)]);
        }
        let chunk = self.chunks.get_mut(place / CHUNK);
        if let Some(cell) = chunk.and_then(|chunk| chunk.get_mut(place % CHUNK)) {
            *cell = entry;
        }
        let mut slot = self.home(&entry.tag);
        while self.word(slot) != 0 {
            slot = self.next(slot);
        }
        self.set(slot, place as u32 + 1);
        self.len += 1;
    }

    /// Forgets the oldest entry, and returns whether it was still in the index.
    pub(super) fn pop(&mut self) -> bool {
        let Some(tag) = self.oldest().map(|entry| entry.tag) else { return false };
        // Unless the index refers to a newer entry with this tag.
        let slot = self.slot_of(&tag).filter(|slot| self.word(*slot) as usize == self.first + 1);
        if let Some(slot) = slot {
            self.vacate(slot);
        }
        self.first = (self.first + 1) % self.capacity;
        self.len -= 1;
        slot.is_some()
    }

    /// Forgets an entry out of order; its position in the ring becomes free in order.
    pub(super) fn unlink(&mut self, tag: &[u32; 4]) {
        if let Some(slot) = self.slot_of(tag) {
            self.vacate(slot);
        }
    }

    fn at(&self, place: usize) -> Option<&Finished> {
        self.chunks.get(place / CHUNK)?.get(place % CHUNK)
    }

    fn entry_in(&self, slot: usize) -> Option<&Finished> {
        self.at((self.word(slot) as usize).checked_sub(1)?)
    }

    fn slot_of(&self, tag: &[u32; 4]) -> Option<usize> {
        let mut slot = self.home(tag);
        loop {
            if self.entry_in(slot)?.tag == *tag {
                return Some(slot);
            }
            slot = self.next(slot);
        }
    }

    /// Empties a slot and moves displaced entries up.
    fn vacate(&mut self, mut hole: usize) {
        let size = self.index.len();
        let mut slot = self.next(hole);
        while let Some(entry) = self.entry_in(slot) {
            let home = self.home(&entry.tag);
            if (slot + size - home) % size >= (slot + size - hole) % size {
                self.set(hole, self.word(slot));
                hole = slot;
            }
            slot = self.next(slot);
        }
        self.set(hole, 0);
    }

    /// Returns the home slot, from a part of the tag that does not select the shard.
    fn home(&self, tag: &[u32; 4]) -> usize {
        ((u64::from(tag[1]) * self.index.len() as u64) >> 32) as usize
    }

    const fn next(&self, slot: usize) -> usize {
        if slot + 1 == self.index.len() { 0 } else { slot + 1 }
    }

    fn word(&self, slot: usize) -> u32 {
        self.index.get(slot).copied().unwrap_or(0)
    }

    fn set(&mut self, slot: usize, word: u32) {
        if let Some(cell) = self.index.get_mut(slot) {
            *cell = word;
        }
    }
}

const CHUNK: usize = 256;

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Compares with a queue that is searched from the back, for clustered and repeated tags.
    #[test]
    fn the_ring_remembers_what_a_queue_would() {
        let mut history = History::new(300);
        let mut model = VecDeque::<[u32; 4]>::new();
        let mut random = 1_u32;
        for _ in 0..100_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = random >> 16;
            let tag = [number % 700, (number % 7) << 29, 0, 0];
            match number % 5 {
                0 => {
                    history.pop();
                    model.pop_front();
                }
                1 => {
                    history.unlink(&tag);
                    model.iter_mut().filter(|known| **known == tag).for_each(|known| *known = [u32::MAX; 4]);
                }
                _ => {
                    if model.len() == 300 {
                        history.pop();
                        model.pop_front();
                    }
                    history.push(Finished::new(tag, 1, 2, 3));
                    model.iter_mut().filter(|known| **known == tag).for_each(|known| *known = [u32::MAX; 4]);
                    model.push_back(tag);
                }
            }
            assert_eq!(history.len(), model.len());
            assert_eq!(history.find(&tag).is_some(), model.contains(&tag));
            if let Some(first) = model.front().filter(|tag| tag[0] != u32::MAX) {
                assert_eq!(history.find(first).map(|entry| entry.tag), Some(*first));
            }
        }
    }
}
