//! Indexes events by id, type, tenant and age: one Bloom filter per thousand events, with the times of these.

use countersign_inbox::Filter;

use crate::convert::millis;
use crate::sql::SQL;
use crate::writer::Session;

/// Ranges of ids, in ascending order, that may contain the events of a filter.
pub(crate) struct Ranges {
    pub(crate) all: Vec<(i64, i64)>,
    /// About how many events they have.
    pub(crate) events: i64,
}

/// Creates missing filters, and returns whether there may be more. The owner calls it at intervals.
pub(crate) fn extend(session: &mut Session<'_>) -> rusqlite::Result<bool> {
    for _ in 0..AT_ONCE {
        let last = session.first(SQL.block_last, &[], |row| row.get::<_, i64>(0))?.unwrap_or(0);
        let mut bits = Bits::default();
        let mut ids = Vec::with_capacity(EVENTS);
        let (mut oldest, mut newest) = (i64::MAX, i64::MIN);
        session.all(SQL.block_events, &[&last, &(EVENTS as i64)], |row| {
            ids.push(row.get::<_, i64>(0)?);
            let stored_at = row.get::<_, i64>(4)?;
            (oldest, newest) = (oldest.min(stored_at), newest.max(stored_at));
            for (kind, at) in [(Kind::ExternalId, 1), (Kind::EventType, 2), (Kind::Tenant, 3)] {
                if let Some(text) = row.get_ref(at)?.as_str_or_null()?.map(str::as_bytes) {
                    bits.add(kind, text);
                }
            }
            Ok(())
        })?;
        match (ids.first(), ids.last()) {
            (Some(begin), Some(upto)) if ids.len() == EVENTS => {
                session.execute(SQL.block_add, &[upto, begin, &&*bits.0, &oldest, &newest])?;
            }
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Deletes the filters of deleted events.
pub(crate) fn sweep(session: &mut Session<'_>) -> rusqlite::Result<()> {
    session.execute(SQL.block_sweep, &[]).map(|_| ())
}

/// Returns the ranges of ids that may contain events with the id, the type, the tenant and the age of a filter. `None` if it has
/// none of them.
pub(crate) fn ranges(session: &mut Session<'_>, filter: &Filter) -> rusqlite::Result<Option<Ranges>> {
    let texts = [
        (Kind::ExternalId, &filter.external_id),
        (Kind::EventType, &filter.event_type),
        (Kind::Tenant, &filter.tenant),
    ];
    let texts = texts.into_iter().filter_map(|(kind, text)| Some((kind, text.as_ref()?)));
    let wanted: Vec<_> = texts.flat_map(|(kind, text)| places(kind, text.as_bytes())).collect();
    if wanted.is_empty() && filter.older_than.is_none() && filter.newer_than.is_none() {
        return Ok(None);
    }
    let bound = |age: Option<_>| age.map(|age| session.now().saturating_sub(millis(age)));
    let (latest, earliest) = (bound(filter.older_than), bound(filter.newer_than));
    let (mut ranges, mut last) = (Ranges { all: Vec::new(), events: 0 }, 0);
    session.all(SQL.blocks, &[], |row| {
        let (begin, upto, bits) = (row.get(0)?, row.get(1)?, row.get_ref(2)?.as_blob_or_null()?);
        let (oldest, newest) = (row.get::<_, i64>(3)?, row.get::<_, i64>(4)?);
        let may_have = |bits: &[u8]| wanted.iter().all(|place| is_set(bits, *place));
        let is_of_age = latest.is_none_or(|latest| oldest <= latest)
            && earliest.is_none_or(|earliest| newest >= earliest);
        if is_of_age && bits.is_none_or(may_have) {
            ranges.events += EVENTS as i64;
            match ranges.all.last_mut() {
                Some((_, end)) if *end == last => *end = upto,
                _ => ranges.all.push((begin, upto)),
            }
        }
        last = upto;
        Ok(())
    })?;
    // The events without a filter.
    let newest = session.first(SQL.newest, &[], |row| row.get::<_, i64>(0))?.unwrap_or(0);
    ranges.events += newest.saturating_sub(last).max(0);
    ranges.all.push((last.saturating_add(1), i64::MAX));
    Ok(Some(ranges))
}

#[derive(Clone, Copy)]
enum Kind {
    ExternalId,
    EventType,
    Tenant,
}

struct Bits(Box<[u8]>);

impl Default for Bits {
    fn default() -> Self {
        Self(vec![0; BYTES].into_boxed_slice())
    }
}

impl Bits {
    fn add(&mut self, kind: Kind, text: &[u8]) {
        for place in places(kind, text) {
            if let Some(byte) = self.0.get_mut(place / 8) {
                *byte |= 1 << (place % 8);
            }
        }
    }
}

/// Returns whether a bit is set. A filter of another size matches everything.
fn is_set(bits: &[u8], place: usize) -> bool {
    bits.len() != BYTES || bits.get(place / 8).is_none_or(|byte| byte & (1 << (place % 8)) != 0)
}

/// Returns the bits of a text: FNV-1a and two rounds of mixing, fixed so that stored filters stay valid in later
/// releases.
fn places(kind: Kind, text: &[u8]) -> impl Iterator<Item = usize> {
    let kind = match kind {
        Kind::ExternalId => b'i',
        Kind::EventType => b't',
        Kind::Tenant => b'n',
    };
    let hash = [kind].iter().chain(text).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mix = |hash: u64| (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (first, step) = (mix(hash), mix(mix(hash)) | 1);
    (0..HASHES).map(move |nth| {
        let place = (first.wrapping_add(nth.wrapping_mul(step)) >> 32) % (BYTES as u64 * 8);
        place as usize
    })
}

/// The number of events per filter.
const EVENTS: usize = 1000;
/// 15 bits per event: one filter in a thousand yields a false positive, and two filters fit on a page.
const BYTES: usize = 1875;
const HASHES: u64 = 7;
/// The number of filters that are created in a transaction.
const AT_ONCE: usize = 8;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use countersign::UnixTime;
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn a_filter_has_what_was_added_and_little_else() {
        let mut bits = Bits::default();
        let id = |nth: usize| format!("evt_{nth}");
        (0..EVENTS).for_each(|nth| bits.add(Kind::ExternalId, id(nth).as_bytes()));
        let has = |kind, text: &str| places(kind, text.as_bytes()).all(|place| is_set(&bits.0, place));
        assert!((0..EVENTS).all(|nth| has(Kind::ExternalId, &id(nth))));
        let others = (EVENTS..EVENTS + 10_000).filter(|nth| has(Kind::ExternalId, &id(*nth))).count();
        assert!(others < 60, "{others}");
        let types = (0..10_000).filter(|nth| has(Kind::EventType, &id(*nth))).count();
        assert!(types < 60, "{types}");
        // Stored filters must stay valid in every release.
        assert_eq!(places(Kind::EventType, b"audit.completed").collect::<Vec<_>>(), PLACES);
    }

    #[test]
    fn what_no_event_has_leaves_no_range() {
        let connection = Connection::open_in_memory().unwrap();
        crate::schema::create(&connection);
        let sql = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3500)
            INSERT INTO wh_event(id, key, source, tenant, provider, external_id, event_type, body_sha256, received_at, stored_at,
                queued_at, due_at)
            SELECT n, randomblob(32), 's', iif(n <= 1000, 'acme', 'other'), 'p', 'evt_' || n, 'ping', x'', n, n, n, 0 FROM n";
        connection.execute(sql, ()).unwrap();
        let mut session = Session::new(&connection, i64::MAX);
        session.set_now(UnixTime::from_millis(10_000));
        while extend(&mut session).unwrap() {}
        let mut found = |change: fn(&mut Filter)| {
            let mut filter = Filter::default();
            change(&mut filter);
            let ranges = ranges(&mut session, &filter).unwrap()?;
            Some((ranges.all, ranges.events))
        };
        let behind = (3001, i64::MAX);
        assert_eq!(found(|_| {}), None);
        assert_eq!(found(|of| of.tenant = Some("acme".to_owned())), Some((vec![(1, 1000), behind], 1500)));
        assert_eq!(found(|of| of.tenant = Some("none".to_owned())), Some((vec![behind], 500)));
        assert_eq!(
            found(|of| of.event_type = Some("ping".to_owned())),
            Some((vec![(1, 3000), behind], 3500))
        );
        let newer = |of: &mut Filter| of.newer_than = Some(Duration::from_millis(7500));
        assert_eq!(found(newer), Some((vec![(2001, 3000), behind], 1500)));
        let older = |of: &mut Filter| of.older_than = Some(Duration::from_millis(8500));
        assert_eq!(found(older), Some((vec![(1, 2000), behind], 2500)));
        let of_other = |of: &mut Filter| {
            (of.older_than, of.tenant) = (Some(Duration::from_millis(9500)), Some("other".to_owned()));
        };
        assert_eq!(found(of_other), Some((vec![behind], 500)));
    }

    const PLACES: [usize; 7] = [7598, 12166, 1734, 6302, 10870, 438, 5006];
}
