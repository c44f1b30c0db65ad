use std::borrow::Cow;

use countersign::{ConfigError, Secret, UnixTime, Verifier};

use super::case::{Case, Guess, Guesses, Stored, set_of};
use super::verification::{holds_for_another_body, signature_holds, verify};
use super::{
    Cause, Diagnosis, RejectionReason, body, clue, finding, hash, headers, moment, scheme, secret,
    secret_cut, swapped, url,
};

/// Tries guesses until one verifies.
pub(super) struct Engine<'a> {
    /// The request as it was captured.
    case: Case,
    /// The same with only those secrets that a verifier accepts at this time.
    usable: Case,
    others: &'a [Stored],
    now: UnixTime,
    left: Effort,
    tried: usize,
}

impl<'a> Engine<'a> {
    pub(super) fn new(case: Case, others: &'a [Stored], effort: Effort, now: UnixTime) -> Self {
        let mut usable = case.clone();
        usable.secrets.retain(|stored| Secret::new(stored.text()).is_ok() && stored.is_valid_at(now));
        Self { case, usable, others, now, left: effort, tried: 0 }
    }

    pub(super) fn run(mut self) -> Diagnosis {
        let reason = match self.verdict() {
            Ok(()) => return Diagnosis::Accepted,
            Err(reason) => reason,
        };
        let found = self.attempt(&self.usable.clone(), Vec::new()).or_else(|| self.search(&reason));
        let tried = self.tried;
        let certain = |reason: &RejectionReason| finding::find(&self.case, reason).map(|cause| vec![cause]);
        match found.or_else(|| certain(&reason)) {
            Some(causes) => Diagnosis::Explained { causes, tried, reason },
            None => {
                let clue = clue::find(&self.case, &reason);
                Diagnosis::Unexplained { tried, reason, clue }
            }
        }
    }

    /// Returns the result of an ordinary receiver.
    fn verdict(&self) -> Result<(), RejectionReason> {
        for stored in &self.case.secrets {
            Secret::new(stored.text()).map_err(RejectionReason::Config)?;
        }
        let provider = Cow::Owned((*self.case.provider).clone());
        let secrets = set_of(&self.case.secrets)
            .ok_or_else(|| RejectionReason::Config(ConfigError::new("secret", "is not given")))?;
        let verifier = Verifier::new(provider, secrets).map_err(RejectionReason::Config)?;
        verify(&verifier, &self.case, self.now).map(drop).map_err(RejectionReason::Verify)
    }

    fn search(&mut self, reason: &RejectionReason) -> Option<Vec<Cause>> {
        // Guesses copy the body, so none are made for a body beyond the limit.
        if self.case.body.len() > self.case.provider.scheme.limits.body_bytes {
            return None;
        }
        let (case, usable, others) = (&self.case.clone(), &self.usable.clone(), self.others);
        let small = [
            secret::likely(case, others).collect::<Vec<_>>(),
            headers::likely(case).collect(),
            url::likely(case).collect(),
            scheme::likely(case).collect(),
        ];
        for guess in small.iter().flatten() {
            let found = self.attempt(&guess.undone(usable), guess.causes.clone());
            if found.is_some() {
                return found;
            }
        }
        let rest = [
            body::likely(case, self.left.bytes),
            headers::rare(case),
            hash::rare(case, self.now),
            swapped::rare(case, self.now),
            url::rare(case),
            secret::rare(case, others),
            scheme::rare(case),
            body::rare(case, self.left.bytes),
        ];
        let found = self.search_among(rest, usable).or_else(|| self.search_pairs(case, usable, &small));
        // Lost parts are guessed only if that can be the problem.
        found.or_else(|| {
            if !reason.is_mismatch() {
                return None;
            }
            let last = [body::last(case, self.left.bytes), secret_cut::last(case)];
            self.search_among(last, usable)
        })
    }

    fn search_among<const N: usize>(
        &mut self,
        guesses: [Guesses<'_>; N],
        usable: &Case,
    ) -> Option<Vec<Cause>> {
        for guess in guesses.into_iter().flatten() {
            if self.is_spent() {
                return None;
            }
            let found = self.attempt(&guess.undone(usable), guess.causes.clone());
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Tries two mistakes of different kinds at once.
    fn search_pairs(&mut self, case: &Case, usable: &Case, small: &[Vec<Guess<'_>>]) -> Option<Vec<Cause>> {
        for (position, firsts) in small.iter().enumerate() {
            for first in firsts {
                if self.is_spent() {
                    return None;
                }
                // The later kind first: another declaration would replace the changes that a secret makes to this
                // one.
                for second in small.iter().skip(position + 1).flatten() {
                    let causes = [second.causes.as_slice(), &first.causes].concat();
                    let undone = first.undone(&second.undone(usable));
                    if let Some(causes) = self.attempt(&undone, causes) {
                        return Some(causes);
                    }
                }
            }
        }
        for first in body::likely(case, self.left.bytes) {
            if self.is_spent() {
                return None;
            }
            let undone = first.undone(usable);
            for second in small.iter().flatten() {
                let causes = [first.causes.as_slice(), &second.causes].concat();
                if let Some(causes) = self.attempt(&second.undone(&undone), causes) {
                    return Some(causes);
                }
            }
        }
        None
    }

    /// Returns whether the budget is used up, even for a body of this size: no more guesses are made then.
    fn is_spent(&self) -> bool {
        self.left.guesses == 0 || self.left.bytes < length(&self.case)
    }

    /// Returns the causes and the remaining faults if the signature of the case verifies. Time and size do not count
    /// for it.
    fn attempt(&mut self, case: &Case, mut causes: Vec<Cause>) -> Option<Vec<Cause>> {
        let keys = u64::try_from(case.secrets.len()).unwrap_or(u64::MAX);
        let bytes = length(case).saturating_mul(keys.max(1));
        if self.left.guesses == 0 || self.left.bytes < bytes {
            return None;
        }
        self.left.guesses -= 1;
        self.left.bytes -= bytes;
        self.tried += 1;
        let delivery = signature_holds(case, self.now)?;
        if causes.iter().any(|cause| cause.code() == scheme::CONTENT)
            && holds_for_another_body(case, self.now)
        {
            return None;
        }
        causes.extend(moment::explain(case, &delivery, self.now));
        causes.extend(size(&self.case));
        (!causes.is_empty()).then_some(causes)
    }
}

fn length(case: &Case) -> u64 {
    u64::try_from(case.body.len()).unwrap_or(u64::MAX)
}

fn size(case: &Case) -> Option<Cause> {
    let (bytes, limit) = (case.body.len(), case.provider.scheme.limits.body_bytes);
    (bytes > limit).then(|| {
        Cause::owned(
            "body_too_large",
            format!("the signature holds, but the body has {bytes} bytes and {limit} are accepted: raise the limit, if the provider really sends that much"),
        )
    })
}

/// The limit on the cost of one diagnosis.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Effort {
    /// The number of verifications.
    pub guesses: usize,
    /// The bytes of bodies, over all verifications.
    pub bytes: u64,
}

impl Effort {
    /// The effort for interactive use: 16384 guesses, which is all of them for most requests, and 2 GiB, which takes
    /// some seconds.
    pub const PATIENT: Self = Self { guesses: 16384, bytes: 2 << 30 };

    /// The effort for a log line of a server: 512 guesses, which cover single mistakes and some pairs, and 4 MiB.
    /// Together that takes a few milliseconds.
    pub const SHORT: Self = Self { guesses: 512, bytes: 4 << 20 };
}

impl Default for Effort {
    fn default() -> Self {
        Self::PATIENT
    }
}
