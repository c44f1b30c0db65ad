use countersign::UnixTime;
use countersign_inbox::{Claim, ClaimRequest, Fenced, Lease, UnsignedIds};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::convert::{duration, fence};

/// The result of a claim's statement.
pub(super) struct Answer {
    /// Fence and expiry of a new lease.
    taken: Option<(i64, i64)>,
    is_guarded: bool,
    known: Status,
    /// Fence and expiry of the existing lease.
    held: Option<(i64, i64)>,
    is_mine: bool,
    same_body: bool,
    known_left: i64,
    guard: Status,
    guard_left: i64,
}

/// The state of an existing claim.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Status {
    /// None: it never existed, was released, has expired or is forgotten.
    Free,
    Running,
    Done,
}

/// The meaning of the result.
pub(super) enum Settled {
    Claim(Claim),
    /// A concurrent transaction was faster and is not visible yet.
    Raced,
}

impl Answer {
    pub(super) fn of(row: &PgRow) -> Result<Self, Error> {
        let lease = |fence: &str, end: &str| -> Result<Option<(i64, i64)>, Error> {
            Ok(row.try_get::<Option<i64>, _>(fence)?.zip(row.try_get(end)?))
        };
        let left = |name: &str| Ok::<_, Error>(row.try_get::<Option<i64>, _>(name)?.unwrap_or(0));
        Ok(Self {
            taken: lease("taken_fence", "taken_expires_at")?,
            is_guarded: row.try_get("is_guarded")?,
            known: Status::of(row.try_get("known_status")?)?,
            held: lease("known_fence", "known_expires_at")?,
            is_mine: row.try_get("is_mine")?,
            same_body: row.try_get("same_body")?,
            known_left: left("known_left")?,
            guard: Status::of(row.try_get("guard_status")?)?,
            guard_left: left("guard_left")?,
        })
    }

    pub(super) fn settle(self, request: &ClaimRequest) -> Result<Settled, Error> {
        let lease = |(number, end): (i64, i64)| {
            Ok::<_, Error>(Lease::new(request.identity.key(), fence(number)?, UnixTime::from_millis(end)))
        };
        let policy = request.identity.guard().map(|(_, policy)| policy);
        let claim = match (self.known, self.taken, self.held) {
            (_, Some(taken), _) => {
                let is_suspect = policy.is_some() && !self.is_guarded;
                if is_suspect && policy == Some(UnsignedIds::Reject) {
                    return Ok(Settled::Raced);
                }
                Claim::Acquired { lease: lease(taken)?, is_suspect }
            }
            (Status::Running, None, Some(held)) if self.is_mine => {
                Claim::Acquired { lease: lease(held)?, is_suspect: self.guard != Status::Free }
            }
            (Status::Running, ..) => {
                Claim::InFlight { retry_after: duration(self.known_left), same_body: self.same_body }
            }
            (Status::Done, ..) => Claim::Done { same_body: self.same_body },
            (Status::Free, None, _) => match self.guard {
                _ if policy != Some(UnsignedIds::Reject) => return Ok(Settled::Raced),
                Status::Free => return Ok(Settled::Raced),
                Status::Running => {
                    Claim::InFlight { retry_after: duration(self.guard_left), same_body: true }
                }
                Status::Done => Claim::Replayed,
            },
        };
        Ok(Settled::Claim(claim))
    }
}

impl Status {
    fn of(code: i32) -> Result<Self, Error> {
        match code {
            0 => Ok(Self::Free),
            1 => Ok(Self::Running),
            2 => Ok(Self::Done),
            _ => Err(Error::Decode("a claim is in no known state".into())),
        }
    }
}

pub(super) fn renewed(lease: &Lease, row: Option<&PgRow>) -> Result<Fenced<Lease>, Error> {
    let Some(row) = row else { return Ok(Fenced::Stale) };
    Ok(Fenced::Ok(Lease::new(lease.key(), lease.fence(), UnixTime::from_millis(row.try_get(0)?))))
}
