use bytes::Bytes;
use countersign::UnixTime;
use countersign_inbox::{
    Attempt, AttemptOutcome, AuditEntry, Detail, ErrorPattern, EventId, EventState, FailureKind, Pause,
    SourceStats, StoreError, StoredHead, Summary,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::convert::{duration, fence};
use crate::error::unavailable;

pub(super) fn source(row: &PgRow) -> Result<SourceStats, Error> {
    Ok(SourceStats {
        source: row.try_get(0)?,
        ready: count(row, 1)?,
        running: count(row, 2)?,
        done: count(row, 3)?,
        dead: count(row, 4)?,
        unverified: count(row, 5)?,
        oldest_due: row.try_get::<Option<i64>, _>(6)?.map(duration),
    })
}

pub(super) fn summary(row: &PgRow) -> Result<Summary, Error> {
    let state = EventState::from_code(row.try_get("state")?)
        .ok_or_else(|| Error::Decode("an event is in no known state".into()))?;
    let number = |name| Ok::<_, Error>(u32::try_from(row.try_get::<i32, _>(name)?).unwrap_or(0));
    let time = |name| Ok::<_, Error>(row.try_get::<Option<i64>, _>(name)?.map(UnixTime::from_millis));
    Ok(Summary {
        id: EventId::new(row.try_get("id")?),
        source: row.try_get("source")?,
        tenant: row.try_get("tenant")?,
        provider: row.try_get("provider")?,
        external_id: row.try_get("external_id")?,
        event_type: row.try_get("event_type")?,
        state,
        attempt: number("attempt")?,
        replays: number("replays")?,
        received_at: UnixTime::from_millis(row.try_get("received_at")?),
        stored_at: UnixTime::from_millis(row.try_get("stored_at")?),
        queued_at: UnixTime::from_millis(row.try_get("queued_at")?),
        due_at: time("due_at")?,
        finished_at: time("finished_at")?,
        code: row.try_get::<Option<i32>, _>("code")?.and_then(|code| u16::try_from(code).ok()),
        error: row.try_get("error")?,
    })
}

/// Returns an event with its attempts, the newest first, of so many that were counted.
pub(super) fn detail(row: &PgRow, (mut attempts, counted): (Vec<Attempt>, u64)) -> Result<Detail, Error> {
    attempts.reverse();
    let mut detail = Detail {
        summary: summary(row)?,
        ordering_key: row.try_get("ordering_key")?,
        waits_for: row.try_get::<Option<i64>, _>("waits_for")?.map(EventId::new),
        fence: fence(row.try_get("fence")?)?,
        worker: row.try_get("worker")?,
        head: None,
        body: None,
        earlier_attempts: counted.saturating_sub(attempts.len() as u64),
        attempts,
    };
    add_body(&mut detail, row)?;
    Ok(detail)
}

pub(super) fn add_body(detail: &mut Detail, row: &PgRow) -> Result<(), Error> {
    let head: Option<&[u8]> = row.try_get("head")?;
    detail.head =
        head.map(StoredHead::from_bytes).transpose().map_err(|error| Error::Decode(error.into()))?;
    detail.body = row.try_get::<Option<Vec<u8>>, _>("body")?.map(Bytes::from);
    Ok(())
}

pub(super) fn attempt(row: &PgRow) -> Result<Attempt, Error> {
    let outcome = AttemptOutcome::from_name(row.try_get(4)?)
        .ok_or_else(|| Error::Decode("an attempt has no known outcome".into()))?;
    Ok(Attempt {
        attempt: u32::try_from(row.try_get::<i32, _>(0)?).unwrap_or(0),
        fence: fence(row.try_get(1)?)?,
        started_at: row.try_get::<Option<i64>, _>(2)?.map(UnixTime::from_millis),
        ended_at: UnixTime::from_millis(row.try_get(3)?),
        outcome,
        failure: row.try_get::<Option<&str>, _>(5)?.and_then(FailureKind::from_name),
        code: row.try_get::<Option<i32>, _>(6)?.and_then(|code| u16::try_from(code).ok()),
        error: Some(row.try_get(7)?).filter(|_| outcome.has_error()),
        worker: row.try_get(8)?,
        replayed_by: row.try_get(9)?,
    })
}

pub(super) fn error_pattern(row: &PgRow) -> Result<ErrorPattern, Error> {
    let text = |place| row.try_get::<String, _>(place).map(|text| Some(text).filter(|text| !text.is_empty()));
    Ok(ErrorPattern {
        source: row.try_get(0)?,
        event_type: text(1)?,
        failure: text(2)?.as_deref().and_then(FailureKind::from_name),
        pattern: row.try_get(3)?,
        count: count(row, 4)?,
        first_at: UnixTime::from_millis(row.try_get(5)?),
        last_at: UnixTime::from_millis(row.try_get(6)?),
        // 0 is the example of a kind whose latest failure has no event: ids of events begin at 1.
        example: Some(row.try_get(7)?).filter(|id| *id != 0).map(EventId::new),
    })
}

pub(super) fn audit_entry(row: &PgRow) -> Result<AuditEntry, Error> {
    Ok(AuditEntry {
        id: row.try_get(0)?,
        at: UnixTime::from_millis(row.try_get(1)?),
        actor: row.try_get(2)?,
        action: row.try_get(3)?,
        event: row.try_get::<Option<i64>, _>(4)?.map(EventId::new),
        count: count(row, 5)?,
        detail: row.try_get(6)?,
    })
}

pub(super) fn pause(row: &PgRow) -> Result<Pause, Error> {
    Ok(Pause {
        source: row.try_get(0)?,
        since: UnixTime::from_millis(row.try_get(1)?),
        until: row.try_get::<Option<i64>, _>(2)?.map(UnixTime::from_millis),
        actor: row.try_get(3)?,
        reason: row.try_get(4)?,
    })
}

fn count(row: &PgRow, place: usize) -> Result<u64, Error> {
    Ok(u64::try_from(row.try_get::<i64, _>(place)?).unwrap_or(0))
}

/// Returns a limit as the server takes it.
pub(super) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Reads all rows.
pub(super) fn all<T>(
    found: &[PgRow],
    read: impl Fn(&PgRow) -> Result<T, Error>,
) -> Result<Vec<T>, StoreError> {
    found.iter().map(read).collect::<Result<_, _>>().map_err(unavailable)
}
