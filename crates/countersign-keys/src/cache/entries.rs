use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use countersign::UnixTime;
use tokio::sync::watch;

use super::entry::{Answer, Entry, Outcome, Step};
use super::known::Known;
use super::lifetime::apart;
use crate::error::FetchError;

/// A request that waits for a fetch in progress.
pub(crate) type Waiter = watch::Receiver<Option<Outcome>>;

/// The cached state of all addresses.
#[derive(Debug)]
pub(crate) struct Entries {
    map: HashMap<String, Slot>,
    known: Known,
    capacity: usize,
    stale_for: Duration,
    /// Incremented with each use.
    uses: u64,
    /// The minute in which first fetches are counted, and their number.
    minute: (UnixTime, usize),
}

#[derive(Debug, Default)]
struct Slot {
    entry: Entry,
    /// The fetch in progress, if there is one.
    in_flight: Option<watch::Sender<Option<Outcome>>>,
    used: u64,
}

/// The action for a request.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Return the answer.
    Tell(Answer),
    /// Start a fetch, and return the answer.
    TellAndFetch(Answer),
    /// Wait for the fetch.
    Wait(Waiter),
    /// Start a fetch, and wait for it.
    FetchAndWait(Waiter),
}

impl Entries {
    /// Creates the cache. `configured` are addresses that are known to have keys.
    pub(crate) fn new(capacity: usize, stale_for: Duration, configured: HashSet<String>) -> Self {
        let (minute, capacity) = ((UnixTime::from_millis(i64::MIN), 0), capacity.max(1));
        let known = Known::new(configured, capacity.saturating_mul(KNOWN_PER_PLACE));
        Self { map: HashMap::new(), known, capacity, stale_for, uses: 0, minute }
    }

    /// Returns the configured addresses.
    pub(crate) fn configured(&self) -> Vec<String> {
        self.known.configured().map(str::to_owned).collect()
    }

    /// Decides on a request. A fetch that is to be started counts as in progress from here on, until it is
    /// [settled](Self::settle).
    pub(crate) fn ask(&mut self, address: &str, name: Option<&str>, now: UnixTime) -> Ask {
        self.uses += 1;
        let uses = self.uses;
        let Some(slot) = self.map.get_mut(address) else { return self.first(address, now) };
        slot.used = uses;
        match slot.entry.step(name, now, self.stale_for) {
            Step::Tell(answer) => Ask::Tell(answer),
            Step::TellAndFetch(keys) if slot.in_flight.is_some() => Ask::Tell(Ok(Some(keys))),
            Step::TellAndFetch(keys) => {
                slot.in_flight = Some(watch::Sender::new(None));
                Ask::TellAndFetch(Ok(Some(keys)))
            }
            Step::Fetch => match &slot.in_flight {
                Some(in_flight) => Ask::Wait(in_flight.subscribe()),
                None => Ask::FetchAndWait(slot.start()),
            },
        }
    }

    /// Records the outcome of a fetch, and notifies waiting requests.
    pub(crate) fn settle(&mut self, address: &str, outcome: Outcome, now: UnixTime) {
        let Some(slot) = self.map.get_mut(address) else { return };
        slot.entry.settle(&outcome, now);
        if matches!(outcome, Ok(Some(_))) {
            self.known.insert(address, slot.used);
        }
        if let Some(in_flight) = slot.in_flight.take() {
            in_flight.send_replace(Some(outcome));
        }
        if self.count(true) > self.capacity {
            self.evict(true);
        }
    }

    /// Decides on an address that is not cached. Senders that name many addresses can neither evict those in use,
    /// nor cause all of theirs to be fetched, nor use up the limits of known addresses. Known addresses are always
    /// fetched, limited only by the pauses after a failure.
    fn first(&mut self, address: &str, now: UnixTime) -> Ask {
        if self.known.contains(address) {
            return self.insert(address);
        }
        if apart(self.minute.0, now) >= MINUTE {
            self.minute = (now, 0);
        }
        let has_room = self.count(false) < self.capacity || self.evict(false);
        if !has_room || self.minute.1 >= FIRST_PER_MINUTE {
            return Ask::Tell(Err(Arc::new(FetchError::TooMany)));
        }
        self.minute.1 += 1;
        self.insert(address)
    }

    fn insert(&mut self, address: &str) -> Ask {
        let slot = self.map.entry(address.to_owned()).or_default();
        slot.used = self.uses;
        Ask::FetchAndWait(slot.start())
    }

    /// Returns the number of entries with or without keys, among those without a place of their own.
    fn count(&self, holding: bool) -> usize {
        self.map.iter().filter(|(address, slot)| self.competes(address, slot, holding)).count()
    }

    /// Returns whether the entry takes one of the places for entries with or without keys.
    fn competes(&self, address: &str, slot: &Slot, holding: bool) -> bool {
        let has_own_place =
            if holding { self.known.is_configured(address) } else { self.known.contains(address) };
        !has_own_place && slot.entry.holds() == holding
    }

    /// Evicts the least recently used entry with or without keys, unless requests wait for it.
    fn evict(&mut self, holding: bool) -> bool {
        let competing = self.map.iter().filter(|(address, slot)| self.competes(address, slot, holding));
        let idle = competing.filter(|(_, slot)| slot.in_flight.is_none());
        let oldest = idle.min_by_key(|(_, slot)| slot.used).map(|(address, _)| address.clone());
        oldest.is_some_and(|address| self.map.remove(&address).is_some())
    }
}

impl Slot {
    fn start(&mut self) -> Waiter {
        self.in_flight.insert(watch::Sender::new(None)).subscribe()
    }
}

const MINUTE: Duration = Duration::from_secs(60);
/// The number of unknown addresses that are fetched per minute.
const FIRST_PER_MINUTE: usize = 600;
/// The number of addresses that are remembered as known, per place for an entry with keys.
const KNOWN_PER_PLACE: usize = 4;

#[cfg(test)]
mod tests {
    use super::super::entry::Fetched;
    use super::*;
    use crate::format::KeySetFormat;

    fn good() -> Outcome {
        let set = br#"{"keys":[{"kty":"RSA","kid":"a"}]}"#;
        let published = Arc::new(KeySetFormat::jwks().read(set, &[]).unwrap());
        Ok(Some(Fetched { published, fresh_for: MINUTE }))
    }

    fn entries() -> Entries {
        Entries::new(2, MINUTE, HashSet::from(["known".to_owned()]))
    }

    fn ask(entries: &mut Entries, address: &str, at: i64) -> &'static str {
        match entries.ask(address, None, UnixTime::from_secs(at)) {
            Ask::Tell(Ok(Some(_))) => "keys",
            Ask::Tell(Ok(None)) => "none",
            Ask::Tell(Err(_)) => "error",
            Ask::TellAndFetch(_) => "keys and fetch",
            Ask::Wait(_) => "wait",
            Ask::FetchAndWait(_) => "fetch",
        }
    }

    fn settle(entries: &mut Entries, address: &str, outcome: Outcome, at: i64) {
        entries.settle(address, outcome, UnixTime::from_secs(at));
    }

    #[test]
    fn one_fetches_and_the_others_wait() {
        let mut entries = entries();
        assert_eq!([(); 3].map(|()| ask(&mut entries, "a", 0)), ["fetch", "wait", "wait"]);
        settle(&mut entries, "a", good(), 0);
        assert_eq!(ask(&mut entries, "a", 0), "keys");
    }

    #[test]
    fn one_refreshes_behind_the_back_of_all() {
        let mut entries = entries();
        ask(&mut entries, "a", 0);
        settle(&mut entries, "a", good(), 0);
        assert_eq!([(); 3].map(|()| ask(&mut entries, "a", 60)), ["keys and fetch", "keys", "keys"]);
        settle(&mut entries, "a", good(), 61);
        assert_eq!(ask(&mut entries, "a", 61), "keys");
    }

    #[test]
    fn the_least_recently_used_leaves() {
        let mut entries = entries();
        for address in ["a", "b"] {
            ask(&mut entries, address, 0);
            settle(&mut entries, address, good(), 0);
        }
        ask(&mut entries, "a", 1);
        ask(&mut entries, "c", 1);
        settle(&mut entries, "c", good(), 1);
        assert_eq!(["a", "c", "b"].map(|address| ask(&mut entries, address, 1)), ["keys", "keys", "fetch"]);
    }

    #[test]
    fn addresses_with_nothing_push_out_only_each_other() {
        let mut entries = entries();
        ask(&mut entries, "a", 0);
        settle(&mut entries, "a", good(), 0);
        for n in 0..20 {
            let address = format!("x{n}");
            assert_eq!(ask(&mut entries, &address, 0), "fetch");
            settle(&mut entries, &address, Ok(None), 0);
        }
        assert_eq!(entries.map.len(), 3);
        assert_eq!(
            ["a", "x19", "x18"].map(|address| ask(&mut entries, address, 0)),
            ["keys", "none", "none"]
        );
    }

    #[test]
    fn there_is_an_end_to_fetches_at_once_and_per_minute() {
        let mut crowd = entries();
        assert_eq!(["a", "b", "c"].map(|address| ask(&mut crowd, address, 0)), ["fetch", "fetch", "error"]);
        settle(&mut crowd, "a", Ok(None), 0);
        assert_eq!(["c", "b"].map(|address| ask(&mut crowd, address, 0)), ["fetch", "wait"]);

        let mut flood = entries();
        for n in 0..600 {
            assert_eq!(ask(&mut flood, &n.to_string(), 0), "fetch");
            settle(&mut flood, &n.to_string(), Ok(None), 0);
        }
        assert_eq!([ask(&mut flood, "x", 59), ask(&mut flood, "x", 60)], ["error", "fetch"]);
    }

    #[test]
    fn known_addresses_are_asked_for_whatever_else_was() {
        let mut flood = entries();
        ask(&mut flood, "seen", 0);
        settle(&mut flood, "seen", good(), 0);
        for minute in 1..100 {
            let at = minute * 60;
            for n in 0..700 {
                let bogus = format!("{minute}-{n}");
                ask(&mut flood, &bogus, at);
                settle(&mut flood, &bogus, Ok(None), at);
            }
            assert_eq!(ask(&mut flood, "bogus", at), "error");
            // Configured, and never fetched before.
            assert_eq!(ask(&mut flood, "known", at), "fetch");
            assert_eq!(ask(&mut flood, "known", at), "wait");
            settle(&mut flood, "known", Ok(None), at);
            // Missing at its publisher for as long as its entry is kept, but still known.
            assert_eq!(ask(&mut flood, "known", at + 59), "none");
        }
        flood.map.remove("seen");
        assert_eq!(ask(&mut flood, "seen", 6000), "fetch");
        assert!(flood.map.len() <= 4, "{}", flood.map.len());
    }

    #[test]
    fn configured_addresses_keep_their_places() {
        let mut entries = entries();
        for address in ["known", "a", "b", "c", "d"] {
            ask(&mut entries, address, 0);
            settle(&mut entries, address, good(), 0);
        }
        assert_eq!(["known", "c", "d"].map(|address| ask(&mut entries, address, 1)), ["keys"; 3]);
        assert_eq!(entries.map.len(), 3);
    }
}
