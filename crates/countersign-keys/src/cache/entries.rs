use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use countersign::UnixTime;
use tokio::sync::watch;

use super::entry::{Answer, Entry, Outcome, Step};
use super::lifetime::apart;
use crate::error::FetchError;

/// A fetch under way: those who asked for it wait here.
pub(crate) type Flight = watch::Receiver<Option<Outcome>>;

/// What is known about every address.
#[derive(Debug)]
pub(crate) struct Entries {
    map: HashMap<String, Slot>,
    capacity: usize,
    stale_for: Duration,
    /// Counts up with each use.
    uses: u64,
    /// The minute that first fetches are counted in, and how many there were.
    minute: (UnixTime, usize),
}

#[derive(Debug, Default)]
struct Slot {
    entry: Entry,
    flight: Option<watch::Sender<Option<Outcome>>>,
    used: u64,
}

/// What is left to do for one who asks.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Nothing but to tell.
    Tell(Answer),
    /// Start to fetch, and tell.
    TellAndFetch(Answer),
    /// Wait.
    Wait(Flight),
    /// Start to fetch, and wait.
    FetchAndWait(Flight),
}

impl Entries {
    pub(crate) fn new(capacity: usize, stale_for: Duration) -> Self {
        let minute = (UnixTime::from_millis(i64::MIN), 0);
        Self { map: HashMap::new(), capacity: capacity.max(1), stale_for, uses: 0, minute }
    }

    /// Decides for one who asks. Where a fetch is to be started, it counts as under way from here on, until it is
    /// [settled](Self::settle).
    pub(crate) fn ask(&mut self, address: &str, name: Option<&str>, now: UnixTime) -> Ask {
        self.uses += 1;
        let uses = self.uses;
        let Some(slot) = self.map.get_mut(address) else { return self.first(address, now) };
        slot.used = uses;
        match slot.entry.step(name, now, self.stale_for) {
            Step::Tell(answer) => Ask::Tell(answer),
            Step::TellAndFetch(keys) if slot.flight.is_some() => Ask::Tell(Ok(Some(keys))),
            Step::TellAndFetch(keys) => {
                slot.flight = Some(watch::Sender::new(None));
                Ask::TellAndFetch(Ok(Some(keys)))
            }
            Step::Fetch => match &slot.flight {
                Some(flight) => Ask::Wait(flight.subscribe()),
                None => Ask::FetchAndWait(slot.take_off()),
            },
        }
    }

    /// Takes in how a fetch went, and tells those who wait.
    pub(crate) fn settle(&mut self, address: &str, outcome: Outcome, now: UnixTime) {
        let Some(slot) = self.map.get_mut(address) else { return };
        slot.entry.settle(&outcome, now);
        if let Some(flight) = slot.flight.take() {
            flight.send_replace(Some(outcome));
        }
        if self.count(true) > self.capacity {
            self.evict(true);
        }
    }

    /// An address that nothing is known about. Whoever names many of them neither pushes out what is in use, nor makes
    /// us ask for all of them.
    fn first(&mut self, address: &str, now: UnixTime) -> Ask {
        if apart(self.minute.0, now) >= MINUTE {
            self.minute = (now, 0);
        }
        let has_room = self.count(false) < self.capacity || self.evict(false);
        if !has_room || self.minute.1 >= FIRST_PER_MINUTE {
            return Ask::Tell(Err(Arc::new(FetchError::TooMany)));
        }
        self.minute.1 += 1;
        let slot = self.map.entry(address.to_owned()).or_default();
        slot.used = self.uses;
        Ask::FetchAndWait(slot.take_off())
    }

    /// How many entries hold keys, or do not.
    fn count(&self, holding: bool) -> usize {
        self.map.values().filter(|slot| slot.entry.holds() == holding).count()
    }

    /// Drops the least recently used entry of those that hold keys, or that do not. None that is waited for.
    fn evict(&mut self, holding: bool) -> bool {
        let idle = self.map.iter().filter(|(_, slot)| slot.entry.holds() == holding && slot.flight.is_none());
        let oldest = idle.min_by_key(|(_, slot)| slot.used).map(|(address, _)| address.clone());
        oldest.is_some_and(|address| self.map.remove(&address).is_some())
    }
}

impl Slot {
    fn take_off(&mut self) -> Flight {
        self.flight.insert(watch::Sender::new(None)).subscribe()
    }
}

const MINUTE: Duration = Duration::from_secs(60);
/// How many addresses that nothing is known about are fetched per minute.
const FIRST_PER_MINUTE: usize = 60;

#[cfg(test)]
mod tests {
    use super::super::entry::Fetched;
    use super::*;
    use crate::format::Format;

    fn good() -> Outcome {
        let set = br#"{"keys":[{"kty":"RSA","kid":"a"}]}"#;
        let published = Arc::new(Format::jwks().read(set, &[]).unwrap());
        Ok(Some(Fetched { published, fresh_for: MINUTE }))
    }

    fn entries() -> Entries {
        Entries::new(2, MINUTE)
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

    fn land(entries: &mut Entries, address: &str, outcome: Outcome, at: i64) {
        entries.settle(address, outcome, UnixTime::from_secs(at));
    }

    #[test]
    fn one_fetches_and_the_others_wait() {
        let mut entries = entries();
        assert_eq!([(); 3].map(|()| ask(&mut entries, "a", 0)), ["fetch", "wait", "wait"]);
        land(&mut entries, "a", good(), 0);
        assert_eq!(ask(&mut entries, "a", 0), "keys");
    }

    #[test]
    fn one_refreshes_behind_the_back_of_all() {
        let mut entries = entries();
        ask(&mut entries, "a", 0);
        land(&mut entries, "a", good(), 0);
        assert_eq!([(); 3].map(|()| ask(&mut entries, "a", 60)), ["keys and fetch", "keys", "keys"]);
        land(&mut entries, "a", good(), 61);
        assert_eq!(ask(&mut entries, "a", 61), "keys");
    }

    #[test]
    fn the_least_recently_used_leaves() {
        let mut entries = entries();
        for address in ["a", "b"] {
            ask(&mut entries, address, 0);
            land(&mut entries, address, good(), 0);
        }
        ask(&mut entries, "a", 1);
        ask(&mut entries, "c", 1);
        land(&mut entries, "c", good(), 1);
        assert_eq!(["a", "c", "b"].map(|address| ask(&mut entries, address, 1)), ["keys", "keys", "fetch"]);
    }

    #[test]
    fn addresses_with_nothing_push_out_only_each_other() {
        let mut entries = entries();
        ask(&mut entries, "a", 0);
        land(&mut entries, "a", good(), 0);
        for n in 0..20 {
            let address = format!("x{n}");
            assert_eq!(ask(&mut entries, &address, 0), "fetch");
            land(&mut entries, &address, Ok(None), 0);
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
        land(&mut crowd, "a", Ok(None), 0);
        assert_eq!(["c", "b"].map(|address| ask(&mut crowd, address, 0)), ["fetch", "wait"]);

        let mut flood = entries();
        for n in 0..60 {
            assert_eq!(ask(&mut flood, &n.to_string(), 0), "fetch");
            land(&mut flood, &n.to_string(), Ok(None), 0);
        }
        assert_eq!([ask(&mut flood, "x", 59), ask(&mut flood, "x", 60)], ["error", "fetch"]);
    }
}
