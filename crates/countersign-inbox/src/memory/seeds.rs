use std::hash::{BuildHasher, Hasher, RandomState};

/// Hashes keys, which are digests: two multiplications with secrets of the shard.
#[derive(Clone, Copy)]
pub(super) struct Seeds(u64, u64);

impl Seeds {
    pub(super) fn random() -> Self {
        let random = || RandomState::new().hash_one(());
        Self(random(), random() | 1)
    }
}

impl BuildHasher for Seeds {
    type Hasher = KeyHasher;

    fn build_hasher(&self) -> KeyHasher {
        KeyHasher { state: self.0, factor: self.1 }
    }
}

pub(super) struct KeyHasher {
    state: u64,
    factor: u64,
}

impl Hasher for KeyHasher {
    /// The first half is sufficient: keys that share it are as hard to find as equal keys.
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.as_chunks::<8>().0.iter().take(2) {
            let product = u128::from(self.state ^ u64::from_le_bytes(*word)) * u128::from(self.factor);
            self.state = (product >> 64) as u64 ^ product as u64;
        }
    }

    /// Ignores the length, which is the same for all keys.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_that_differ_in_a_bit_of_their_first_half_are_spread_and_shards_differ() {
        let (seeds, others) = (Seeds::random(), Seeds::random());
        let keys = (0..128).map(|bit| {
            let mut key = [0_u8; 32];
            key[bit / 8] = 1 << (bit % 8);
            key
        });
        let places: HashSet<_> = keys.clone().map(|key| seeds.hash_one(key) & 0xfff_ffff).collect();
        assert!(places.len() > 126, "{}", places.len());
        assert!(keys.filter(|key| seeds.hash_one(key) == others.hash_one(key)).count() < 2);
    }
}
