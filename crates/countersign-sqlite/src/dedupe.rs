//! Claims of inline mode.

use std::time::Duration;

use countersign_inbox::{
    Claim, ClaimRequest, DedupeStore, Durability, EventKey, Fenced, Lease, StoreFuture, UnsignedIds,
};

use crate::convert::{fence, leased, millis};
use crate::error::Failure;
use crate::sql::SQL;
use crate::store::SqliteStore;
use crate::writer::Session;

impl DedupeStore for SqliteStore {
    fn claim<'a>(&'a self, request: &'a ClaimRequest) -> StoreFuture<'a, Claim> {
        let rules = Rules { retention: millis(self.retention), last_fence: self.last_fence };
        let request = request.clone();
        self.ask(ROW, move |session| claim(session, &request, rules))
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> StoreFuture<'a, Fenced<Lease>> {
        let (key, fence, ttl) = (lease.key(), fence(lease), millis(ttl));
        self.submit(ROW, move |session| {
            let until = session.now().saturating_add(ttl);
            let is_ours = both(session, SQL.claim_renew, key, fence, until)?;
            Ok(if is_ours { Fenced::Ok(leased(key, fence, until)) } else { Fenced::Stale })
        })
    }

    fn complete<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        let (key, fence) = (lease.key(), fence(lease));
        self.submit(ROW, move |session| {
            let now = session.now();
            let is_ours = both(session, SQL.claim_complete, key, fence, now)?
                // The same finish again.
                || session.first(SQL.claim_settled, &[key.as_bytes(), &fence], |_| Ok(()))?.is_some();
            Ok(if is_ours { Fenced::Ok(()) } else { Fenced::Stale })
        })
    }

    fn release<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        let (key, fence) = (lease.key(), fence(lease));
        self.submit(ROW, move |session| {
            let is_ours = both(session, SQL.claim_release, key, fence, 0)?;
            Ok(if is_ours { Fenced::Ok(()) } else { Fenced::Stale })
        })
    }

    fn retention(&self) -> Duration {
        self.retention
    }

    fn durability(&self) -> Durability {
        self.durability
    }
}

/// The rules that decide whether an older claim counts.
#[derive(Clone, Copy)]
struct Rules {
    /// The retention in milliseconds.
    retention: i64,
    /// The holders of leases up to this fence have ended.
    last_fence: i64,
}

fn claim(
    session: &mut Session<'_>,
    request: &ClaimRequest,
    rules: Rules,
) -> rusqlite::Result<Result<Claim, Failure>> {
    let (key, body) = (request.identity.key(), request.identity.body());
    let bid = Bid { request, rules, key: key.as_bytes(), mark: body.as_bytes() };
    let held = match bid.look(session, false)? {
        Slot::InFlight { retry_after, same } => {
            return Ok(Ok(Claim::InFlight { retry_after, same_body: same }));
        }
        Slot::Done { same } => return Ok(Ok(Claim::Done { same_body: same })),
        Slot::Free => None,
        Slot::Held { fence, until } => Some((fence, until)),
    };
    let (mut is_suspect, mut guard) = (false, None);
    if let Some((digest, policy)) = request.identity.guard() {
        let bid = Bid { key: digest.as_bytes(), mark: key.as_bytes(), ..bid };
        match bid.look(session, true)? {
            Slot::Free => guard = Some(digest),
            Slot::Held { .. } | Slot::Done { same: true } => {}
            Slot::InFlight { .. } | Slot::Done { .. } if policy != UnsignedIds::Reject => is_suspect = true,
            Slot::InFlight { retry_after, .. } => {
                return Ok(Ok(Claim::InFlight { retry_after, same_body: true }));
            }
            Slot::Done { .. } => return Ok(Ok(Claim::Replayed)),
        }
    }
    let (fence, until) = match held {
        Some(held) => held,
        None => {
            if let Err(failure) = session.check_room(0)? {
                return Ok(Err(failure));
            }
            let held = (session.next_fence()?, session.now().saturating_add(millis(request.ttl)));
            bid.write(session, held, guard.as_ref().map(|digest| digest.as_bytes()))?;
            if let Some(digest) = guard {
                let bid = Bid { key: digest.as_bytes(), mark: key.as_bytes(), ..bid };
                bid.write(session, held, None)?;
            }
            held
        }
    };
    Ok(Ok(Claim::Acquired { lease: leased(key, fence, until), is_suspect }))
}

/// The state of a key.
enum Slot {
    Free,
    /// Held by the same attempt.
    Held {
        fence: i64,
        until: i64,
    },
    InFlight {
        retry_after: Duration,
        same: bool,
    },
    Done {
        same: bool,
    },
}

#[derive(Clone, Copy)]
struct Bid<'a> {
    request: &'a ClaimRequest,
    rules: Rules,
    key: &'a [u8; 32],
    mark: &'a [u8; 32],
}

impl Bid<'_> {
    /// Reads the state. With `is_owner` the caller holds the lease of the marked delivery, and takes over from
    /// itself.
    fn look(&self, session: &mut Session<'_>, is_owner: bool) -> rusqlite::Result<Slot> {
        let (now, Rules { retention, last_fence }) = (session.now(), self.rules);
        let slot = session.first(SQL.claim_known, &[self.key], |row| {
            let same = row.get_ref(2)?.as_blob()? == self.mark;
            if let Some(finished) = row.get::<_, Option<i64>>(4)? {
                let is_known = now.saturating_sub(finished) <= retention;
                return Ok(if is_known { Slot::Done { same } } else { Slot::Free });
            }
            let (fence, until) = (row.get::<_, i64>(0)?, row.get::<_, i64>(3)?);
            let is_again = row.get_ref(1)?.as_blob()? == self.request.token.as_bytes();
            if until <= now || fence <= last_fence || (is_owner && same && !is_again) {
                return Ok(Slot::Free);
            }
            if is_again {
                return Ok(Slot::Held { fence, until });
            }
            let retry_after = Duration::from_millis(until.abs_diff(now));
            Ok(Slot::InFlight { retry_after, same })
        })?;
        Ok(slot.unwrap_or(Slot::Free))
    }

    fn write(
        &self,
        session: &mut Session<'_>,
        (fence, until): (i64, i64),
        guard: Option<&[u8; 32]>,
    ) -> rusqlite::Result<()> {
        let token = self.request.token.as_bytes();
        session.execute(SQL.claim, &[self.key, &fence, token, self.mark, &until, &guard])?;
        Ok(())
    }
}

/// Applies an operation to a held claim, and then to its guard.
fn both(
    session: &mut Session<'_>,
    sql: &'static str,
    key: EventKey,
    fence: i64,
    value: i64,
) -> rusqlite::Result<bool> {
    let guard =
        session.first(sql, &[key.as_bytes(), &fence, &value], |row| row.get::<_, Option<[u8; 32]>>(0))?;
    match guard {
        None => Ok(false),
        Some(None) => Ok(true),
        Some(Some(guard)) => {
            session.first(sql, &[&guard, &fence, &value], |_| Ok(()))?;
            Ok(true)
        }
    }
}

/// The approximate size of a claim with its indexes, in bytes.
const ROW: usize = 256;
