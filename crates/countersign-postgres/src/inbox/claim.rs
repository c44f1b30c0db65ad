//! Hands events to handlers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::UnixTime;
use countersign_inbox::{ClaimDue, EventId, EventKey, Isolation, Lease, Leased, StoreError, StoredEvent};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::batch::Work;
use crate::convert::{duration, fence, millis, storable_text};
use crate::error::{is_timeout, unavailable};
use crate::frontier::Start;
use crate::inbox::hold::{PARTS, PARTS_AFTER_TIMEOUT};
use crate::inbox::request::event;
use crate::inner::StoreInner;
use crate::session::{Prepared, prepare};

/// Claims due events of several sources with one statement.
pub(crate) struct Claiming {
    pub(crate) inner: Arc<StoreInner>,
}

/// Leases, and those of them whose event cannot be handed out, with the reason.
pub(crate) type Claimed = (Vec<Leased>, Vec<(Lease, String)>);

impl Work for Claiming {
    type Item = ClaimDue;
    type Answer = Claimed;

    fn weight(request: &ClaimDue) -> usize {
        (request.max.min(MOST_EVENTS) * EVENT).min(request.max_bytes)
    }

    async fn run(&self, requests: &[ClaimDue]) -> Result<Vec<Option<Claimed>>, StoreError> {
        let searches = self.searches(requests).await?;
        let starts = |places: &mut dyn Iterator<Item = usize>| -> Vec<_> {
            places
                .filter_map(|place| requests.get(place).zip(searches.get(place)))
                .filter(|(_, search)| !search.is_again)
                .map(|(request, search)| (storable_text(&request.source).into_owned(), search.start.due_at))
                .collect()
        };
        let rows = match self.inner.session.rows(|| self.bind(requests, &searches)).await {
            Ok(rows) => rows,
            Err(error) => {
                // Perhaps it has read too many events that wait.
                if is_timeout(&error) {
                    self.inner.hold(&starts(&mut (0..requests.len())), PARTS_AFTER_TIMEOUT).await;
                }
                return Err(error);
            }
        };
        let mut claimed: Vec<_> =
            searches.iter().map(|search| (!search.is_again).then(Claimed::default)).collect();
        let (mut held, mut waits) = (vec![0_usize; requests.len()], vec![false; requests.len()]);
        let mut passed = Vec::new();
        for row in &rows {
            let place: i64 = row.try_get("place").map_err(unavailable)?;
            let Ok(place) = usize::try_from(place - 1) else { continue };
            let has_passed: bool = row.try_get("has_passed").map_err(unavailable)?;
            if row.try_get("has_held").map_err(unavailable)? && !passed.contains(&place) {
                passed.push(place);
            }
            if let Some(waits) = waits.get_mut(place) {
                *waits |= has_passed || row.try_get("is_paused").map_err(unavailable)?;
            }
            if row.try_get::<Option<i64>, _>("id").map_err(unavailable)?.is_none() {
                continue;
            }
            if let (Some(Some(claimed)), Some(held)) = (claimed.get_mut(place), held.get_mut(place)) {
                *held = held.saturating_add(stored_bytes(row).map_err(unavailable)?);
                self.inner.hand_out(row, claimed).await?;
            }
        }
        self.inner.hold(&starts(&mut passed.into_iter()), PARTS).await;
        let held = held.into_iter().zip(waits);
        for (((request, search), claimed), (bytes, waits)) in
            requests.iter().zip(&searches).zip(&claimed).zip(held)
        {
            // Other modes leave due events.
            let most = match request.isolation {
                // So does a pause, and an ordering key.
                _ if waits => 0,
                Isolation::Mixed => request.max,
                Isolation::Alone => request.max.min(1),
                _ => 0,
            };
            // So does the limit of bytes.
            let has_room = bytes < request.max_bytes || bytes == 0;
            let is_all = |(leased, broken): &Claimed| has_room && leased.len() + broken.len() < most;
            if claimed.as_ref().is_some_and(is_all) {
                self.inner.frontier.emptied(&request.source, search.start, Instant::now());
            }
        }
        Ok(claimed)
    }
}

/// The start of a claim in a batch.
struct Search {
    start: Start,
    /// There is an earlier claim for the source: this one takes the remaining events, in a separate statement.
    is_again: bool,
}

impl Claiming {
    async fn searches(&self, requests: &[ClaimDue]) -> Result<Vec<Search>, StoreError> {
        self.inner.look().await?;
        let (mut sources, now) = (HashSet::new(), Instant::now());
        let mut searches = Vec::with_capacity(requests.len());
        for request in requests {
            let is_again = !sources.insert(&request.source);
            searches.push(Search { start: self.inner.frontier.start(&request.source, now), is_again });
        }
        Ok(searches)
    }

    fn bind(&self, requests: &[ClaimDue], searches: &[Search]) -> Prepared<'static> {
        let text = |text: &str| storable_text(text).into_owned();
        let most = |(request, search): (&ClaimDue, &Search)| {
            if search.is_again { 0 } else { stored_limit(request.max) }
        };
        prepare(&self.inner.statements.claim_due)
            .bind(requests.iter().map(|request| text(&request.source)).collect::<Vec<_>>())
            .bind(requests.iter().map(|request| text(&request.worker)).collect::<Vec<_>>())
            .bind(requests.iter().zip(searches).map(most).collect::<Vec<_>>())
            .bind(requests.iter().map(|request| millis(request.ttl)).collect::<Vec<_>>())
            .bind(requests.iter().map(|request| millis(request.horizon)).collect::<Vec<_>>())
            .bind(searches.iter().map(|search| search.start.due_at).collect::<Vec<_>>())
            .bind(requests.iter().map(|request| isolation(request.isolation)).collect::<Vec<_>>())
            .bind(requests.iter().map(|request| millis(request.isolated_pause)).collect::<Vec<_>>())
            .bind(requests.iter().map(|request| request.is_exclusive).collect::<Vec<_>>())
            .bind(requests.iter().map(|request| i64::from(request.instance)).collect::<Vec<_>>())
            .bind(requests.iter().map(|request| stored_limit(request.max_bytes)).collect::<Vec<_>>())
    }
}

impl StoreInner {
    pub(crate) async fn claim_one(&self, request: &ClaimDue, id: EventId) -> Result<Claimed, StoreError> {
        let bind = || {
            prepare(&self.statements.claim_one)
                .bind(storable_text(&request.source).into_owned())
                .bind(storable_text(&request.worker).into_owned())
                .bind(id.get())
                .bind(millis(request.ttl))
                .bind(request.is_exclusive)
                .bind(i64::from(request.instance))
        };
        let rows = self.session.rows(bind).await?;
        let mut claimed = Claimed::default();
        for row in &rows {
            self.hand_out(row, &mut claimed).await?;
        }
        Ok(claimed)
    }

    async fn hand_out(&self, row: &PgRow, (leased, broken): &mut Claimed) -> Result<(), StoreError> {
        let lease = lease(row).map_err(unavailable)?;
        let event = match event(row, row, lease.key()).map_err(unavailable)? {
            Ok(event) => Ok(event),
            // The row may have been moving between partitions, which is over now.
            Err(_) => self.event_again(row, lease.key()).await?,
        };
        match event {
            Ok(event) => leased.push(handed_out(row, lease, event).map_err(unavailable)?),
            Err(reason) => broken.push((lease, reason)),
        }
        Ok(())
    }

    async fn event_again(
        &self,
        row: &PgRow,
        key: EventKey,
    ) -> Result<Result<StoredEvent, String>, StoreError> {
        let id: i64 = row.try_get("id").map_err(unavailable)?;
        let found = self.session.rows(|| prepare(&self.statements.body).bind(id)).await?;
        event(row, found.first().unwrap_or(row), key).map_err(unavailable)
    }

    pub(crate) async fn due_sources(&self, sources: &[String]) -> Result<Option<Vec<String>>, StoreError> {
        self.look().await?;
        let now = Instant::now();
        let stored: Vec<_> = sources.iter().map(|source| storable_text(source)).collect();
        let starts: Vec<_> = sources.iter().map(|source| self.frontier.start(source, now)).collect();
        let horizon = millis(ClaimDue::new("", "", 1, Duration::ZERO).horizon);
        let bind = || {
            let least: Vec<_> = starts.iter().map(|start| start.due_at).collect();
            prepare(&self.statements.due_sources).bind(&stored).bind(least).bind(horizon)
        };
        let rows = self.session.rows(bind).await?;
        // A source may have some events that wait, and others that do not.
        let mut found = HashMap::<String, bool>::new();
        for row in &rows {
            let waits: bool = row.try_get(1).map_err(unavailable)?;
            *found.entry(row.try_get(0).map_err(unavailable)?).or_insert(waits) &= waits;
        }
        let mut named = Vec::new();
        for ((source, stored), start) in sources.iter().zip(&stored).zip(starts) {
            match found.get(stored.as_ref()) {
                Some(false) => named.push(source.clone()),
                // A source whose events wait has due events.
                Some(true) => {}
                None => self.frontier.emptied(source, start, Instant::now()),
            }
        }
        Ok(Some(named))
    }

    /// Queries the server at intervals for transactions in progress.
    async fn look(&self) -> Result<(), StoreError> {
        if !self.frontier.is_old(Instant::now()) {
            return Ok(());
        }
        let rows = self.session.rows(|| prepare(&self.statements.snapshot)).await?;
        if let Some(row) = rows.first() {
            let number = |place: usize| row.try_get::<i64, _>(place).map_err(unavailable);
            self.frontier.look(number(0)?, number(1)?, number(2)?);
        }
        Ok(())
    }
}

const fn isolation(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::Alone => "alone",
        Isolation::Without => "without",
        _ => "mixed",
    }
}

/// Returns the bytes of a request as they are stored.
fn stored_bytes(row: &PgRow) -> Result<usize, Error> {
    let length = |name| Ok::<_, Error>(row.try_get::<Option<&[u8]>, _>(name)?.map_or(0, <[u8]>::len));
    Ok(length("head")?.saturating_add(length("body")?))
}

fn stored_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn lease(row: &PgRow) -> Result<Lease, Error> {
    let key: [u8; 32] = row.try_get("key")?;
    Ok(Lease::new(
        EventKey::from_bytes(key),
        fence(row.try_get("fence")?)?,
        UnixTime::from_millis(row.try_get("expires_at")?),
    ))
}

fn handed_out(row: &PgRow, lease: Lease, event: StoredEvent) -> Result<Leased, Error> {
    let count = |name| Ok::<_, Error>(u32::try_from(row.try_get::<i32, _>(name)?).unwrap_or(0));
    let age = duration(row.try_get("age")?);
    let leased = Leased::new(lease, count("attempt")?, count("replays")?, age, event);
    let leased = leased.with_isolation(count("isolation")?);
    Ok(if row.try_get("is_lost")? { leased.taken_over(row.try_get("has_crashed")?) } else { leased })
}

/// The approximate size of an event in a batch of claims: a batch returns a few hundred events, with each claim
/// complete.
const EVENT: usize = 8 * 1024;

/// A claim for more events has no larger weight: it fills a batch.
const MOST_EVENTS: usize = 256;
