use std::collections::{HashMap, HashSet};

/// The addresses that are known to have keys: those that a developer configured, and those from which keys were
/// fetched.
///
/// Any sender can name addresses, but cannot make the publisher have keys there. Known addresses are exempt from
/// the limits on others.
#[derive(Debug)]
pub(super) struct Known {
    configured: HashSet<String>,
    /// Addresses that had keys, with their last uses.
    seen: HashMap<String, u64>,
    capacity: usize,
}

impl Known {
    pub(super) fn new(configured: HashSet<String>, capacity: usize) -> Self {
        Self { configured, seen: HashMap::new(), capacity }
    }

    /// Records that keys were fetched from the address. Evicts the least recently used one.
    pub(super) fn insert(&mut self, address: &str, used: u64) {
        self.seen.insert(address.to_owned(), used);
        if self.seen.len() <= self.capacity {
            return;
        }
        let oldest = self.seen.iter().min_by_key(|(_, used)| **used).map(|(address, _)| address.clone());
        if let Some(oldest) = oldest {
            self.seen.remove(&oldest);
        }
    }

    pub(super) fn contains(&self, address: &str) -> bool {
        self.is_configured(address) || self.seen.contains_key(address)
    }

    pub(super) fn is_configured(&self, address: &str) -> bool {
        self.configured.contains(address)
    }

    pub(super) fn configured(&self) -> impl Iterator<Item = &str> {
        self.configured.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_configured_stays_and_what_was_seen_leaves_by_its_last_use() {
        let mut known = Known::new(HashSet::from(["a".to_owned()]), 2);
        for (used, address) in ["b", "c", "b", "d"].into_iter().enumerate() {
            known.insert(address, used as u64);
        }
        assert_eq!(
            ["a", "b", "c", "d", "e"].map(|address| known.contains(address)),
            [true, true, false, true, false]
        );
    }
}
