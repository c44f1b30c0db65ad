//! What is decided over a whole body: the signature first, then what is read from the verified bytes.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use smallvec::SmallVec;

use super::body::{missing, render_body, scalar};
use super::grammar::Items;
use super::judge::{check_items, judge_timestamp};
use super::render::{Around, Rendered};
use super::{Core, Plan};
use crate::delivery::{Delivery, Picked};
use crate::error::VerifyError;
use crate::inline::Inline;
use crate::mac::{Expected, Key, Mac};
use crate::time::UnixTime;

/// What is known of a request before its body is looked at.
pub(super) struct Claim<'h> {
    /// None where the signature is in the body.
    pub(super) signatures: SmallVec<[&'h [u8]; 2]>,
    pub(super) id: Option<Inline>,
    pub(super) event_type: Option<Inline>,
    pub(super) timestamp: Option<UnixTime>,
    /// When the head was judged: the keys of that time are used.
    pub(super) began: UnixTime,
}

/// Decides. `running` are computations that have seen the body already, one per key in use.
#[inline]
pub(super) fn decide(
    core: &Arc<Core>,
    claim: Claim<'_>,
    around: &Around,
    body: Bytes,
    running: Vec<Mac>,
    now: UnixTime,
) -> Result<Delivery, VerifyError> {
    let plan = &*core.plan;
    let derived = if plan.streams { None } else { Some(render_body(&plan.content.body, &body)?) };
    let signed: &[u8] = match &derived {
        Some(derived) => derived,
        None if plan.content.body.is_empty() => &[],
        None => &body,
    };
    let signing = Signing { core, around, signed, running };
    let key = if plan.signature.is_in_body() {
        signing.matching_key(&signatures_in(core, &body, &mut String::new())?, claim.began)
    } else {
        signing.matching_key(&claim.signatures, claim.began)
    }?;
    let mut timestamp = claim.timestamp;
    let mut picked = OnceLock::new();
    if plan.timestamp.is_some() && !plan.dated_by_head {
        let (time, found) = read_timestamp(plan, &body, now)?;
        timestamp = Some(time);
        picked = OnceLock::from(Box::new(found));
    }
    let Claim { id, event_type, .. } = claim;
    Ok(Delivery { core: Arc::clone(core), key, id, event_type, timestamp, received_at: now, body, picked })
}

/// Everything that goes into a signature.
struct Signing<'a> {
    core: &'a Core,
    around: &'a Around,
    signed: &'a [u8],
    running: Vec<Mac>,
}

impl Signing<'_> {
    /// One computation per key, compared with every signature.
    #[inline]
    fn matching_key(&self, signatures: &[&[u8]], began: UnixTime) -> Result<usize, VerifyError> {
        let mut tried = 0;
        for (index, key) in self.core.keys.active(began) {
            let expected = match self.running.get(tried) {
                Some(mac) => self.end(key, mac.clone()),
                None => self.sign(key, &self.around.before),
            };
            tried += 1;
            let is_right =
                |expected: &Expected<'_>| signatures.iter().any(|signature| expected.matches(signature));
            if is_right(&expected) {
                return Ok(index);
            }
            if let Some(instead) = &self.around.instead
                && is_right(&self.sign(key, instead))
            {
                return Ok(index);
            }
        }
        Err(VerifyError::SignatureMismatch { keys: tried })
    }

    #[inline]
    fn sign<'k>(&self, key: &'k Key, before: &Rendered) -> Expected<'k> {
        let [a, b, c] = before.pieces(key);
        match &self.around.after {
            None if b.is_empty() => key.sign(&[a, self.signed]),
            None => key.sign(&[a, b, c, self.signed]),
            Some(after) => {
                let [d, e, f] = after.pieces(key);
                key.sign(&[a, b, c, self.signed, d, e, f])
            }
        }
    }

    /// Ends a computation that has seen everything up to the end of the body.
    fn end<'k>(&self, key: &'k Key, mut mac: Mac) -> Expected<'k> {
        if let Some(after) = &self.around.after {
            after.absorb_into(&mut mac, key);
        }
        key.expected(mac)
    }
}

fn signatures_in<'f>(
    core: &Core,
    body: &[u8],
    field: &'f mut String,
) -> Result<SmallVec<[&'f [u8]; 2]>, VerifyError> {
    let found = scalar(&core.plan.signature, body).ok_or(VerifyError::MissingSignature)?;
    field.push_str(found.as_str(body));
    if field.is_empty() {
        return Err(VerifyError::MissingSignature);
    }
    let mut items = Items::default();
    core.plan.grammar.parse(field.as_bytes(), None, &mut items)?;
    check_items(&items, &core.limits)?;
    Ok(items.signatures)
}

/// A timestamp that lives in the body is read from the verified bytes, with id and type in the same pass.
fn read_timestamp(plan: &Plan, body: &[u8], now: UnixTime) -> Result<(UnixTime, Picked), VerifyError> {
    let (Some(field), Some(source)) = (&plan.provider.scheme.timestamp, &plan.timestamp) else {
        return Err(VerifyError::MissingTimestamp);
    };
    let (picked, text) = Picked::with(plan, body, Some(source));
    let text = text.filter(|text| !text.as_str(body).is_empty());
    let text = text.ok_or_else(|| missing(source, body, VerifyError::MissingTimestamp))?;
    Ok((judge_timestamp(field, text.as_str(body).as_bytes(), now)?, picked))
}
