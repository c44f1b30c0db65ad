//! Indexes events by id and type: one Bloom filter per thousand events.

use countersign_inbox::Filter;

use crate::writer::Session;

/// Creates missing filters, and returns whether there may be more. The owner calls it at intervals.
pub(crate) fn extend(session: &mut Session<'_>) -> rusqlite::Result<bool> {
    for _ in 0..AT_ONCE {
        let last = session.first(LAST, &[], |row| row.get::<_, i64>(0))?.unwrap_or(0);
        let mut bits = Bits::default();
        let mut ids = Vec::with_capacity(EVENTS);
        session.all(NEXT, &[&last, &(EVENTS as i64)], |row| {
            ids.push(row.get::<_, i64>(0)?);
            for (kind, at) in [(Kind::ExternalId, 1), (Kind::EventType, 2)] {
                if let Some(text) = row.get_ref(at)?.as_str_or_null()?.map(str::as_bytes) {
                    bits.add(kind, text);
                }
            }
            Ok(())
        })?;
        match (ids.first(), ids.last()) {
            (Some(begin), Some(upto)) if ids.len() == EVENTS => {
                session.execute(ADD, &[upto, begin, &&*bits.0])?;
            }
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Deletes the filters of deleted events.
pub(crate) fn sweep(session: &mut Session<'_>) -> rusqlite::Result<()> {
    session.execute(FORGET, &[]).map(|_| ())
}

/// Returns the ranges of ids that may contain events with the id and the type of a filter. Returns `None` if there
/// are too many of them to be better than a full scan.
pub(crate) fn ranges(
    session: &mut Session<'_>,
    filter: &Filter,
) -> rusqlite::Result<Option<Vec<(i64, i64)>>> {
    let wanted = [(Kind::ExternalId, &filter.external_id), (Kind::EventType, &filter.event_type)];
    let wanted: Vec<_> = wanted
        .into_iter()
        .filter_map(|(kind, text)| {
            text.as_ref().map(|text| places(kind, text.as_bytes()).collect::<Vec<_>>())
        })
        .collect();
    let (mut ranges, mut last) = (Vec::<(i64, i64)>::new(), 0);
    session.all(ALL, &[], |row| {
        let (begin, upto, bits) = (row.get(0)?, row.get(1)?, row.get_ref(2)?.as_blob_or_null()?);
        let may_have = |bits: &[u8]| wanted.iter().flatten().all(|place| is_set(bits, *place));
        if bits.is_none_or(may_have) {
            match ranges.last_mut() {
                Some((_, end)) if *end == last => *end = upto,
                _ => ranges.push((begin, upto)),
            }
        }
        last = upto;
        Ok(())
    })?;
    // The events without a filter.
    ranges.push((last.saturating_add(1), i64::MAX));
    Ok((ranges.len() <= MOST).then_some(ranges))
}

#[derive(Clone, Copy)]
enum Kind {
    ExternalId,
    EventType,
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
const MOST: usize = 100;
const LAST: &str = "SELECT upto FROM wh_block ORDER BY upto DESC LIMIT 1";
const NEXT: &str = "SELECT id, external_id, event_type FROM wh_event WHERE id > ?1 ORDER BY id LIMIT ?2";
const ADD: &str = "INSERT INTO wh_block(upto, begin, bits) VALUES(?1, ?2, ?3)";
const ALL: &str = "SELECT begin, upto, bits FROM wh_block ORDER BY upto";
const FORGET: &str =
    "DELETE FROM wh_block WHERE upto < coalesce((SELECT id FROM wh_event ORDER BY id LIMIT 1), 0)";

#[cfg(test)]
mod tests {
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

    const PLACES: [usize; 7] = [7598, 12166, 1734, 6302, 10870, 438, 5006];
}
