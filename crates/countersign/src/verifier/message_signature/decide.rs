//! Finds the signature that a key made, and checks the body against its digest.

use std::sync::OnceLock;

use super::PlannedMessage;
use super::head::Candidate;
use crate::delivery::Picked;
use crate::error::VerifyError;
use crate::mac::{Budget, Key};
use crate::pick::Scalar;
use crate::time::UnixTime;
use crate::verifier::decide::{Claim, Verdict, check_all, date};
use crate::verifier::{Core, Source, challenges};

/// Decides on a request with HTTP Message Signatures.
#[cold]
pub(in crate::verifier) fn decide(
    core: &Core,
    claim: &Claim<'_>,
    body: &[u8],
    message: &PlannedMessage,
    now: UnixTime,
) -> Result<Verdict, VerifyError> {
    let plan = &*core.plan;
    let rare = claim.around.head();
    let head = rare.and_then(|rare| rare.message.as_ref()).ok_or(VerifyError::MissingSignature)?;
    let (candidate, key) = matching(core, message, &head.candidates, claim.began)?;
    challenges::refuse(plan, &[&candidate.base])?;
    if let Some(digest) = head.digest.as_ref().filter(|_| candidate.covers_digest) {
        digest.check(body)?;
    }
    check_all(plan, claim, body, None)?;

    let verdict = if plan.dates_message() {
        Verdict { key, timestamp: candidate.created, picked: OnceLock::new() }
    } else {
        date(core, claim, key, body, now)?
    };
    let mut picked = match verdict.picked.into_inner() {
        Some(picked) => *picked,
        None => Picked::with(core, body, None).0,
    };
    if let Some(Source::SignatureItem(_)) = &plan.id {
        picked.id = candidate.nonce.clone().map(Scalar::Text);
    }
    Ok(Verdict { picked: OnceLock::from(Box::new(picked)), ..verdict })
}

/// Returns the first signature that one of the keys made. Equal signatures are tried once.
fn matching<'c>(
    core: &Core,
    message: &PlannedMessage,
    candidates: &'c [Candidate],
    began: UnixTime,
) -> Result<(&'c Candidate, usize), VerifyError> {
    let mut budget = Budget::new();
    for (position, candidate) in candidates.iter().enumerate() {
        let same = |other: &Candidate| other.base == candidate.base && other.signature == candidate.signature;
        if candidates.iter().take(position).any(same) {
            continue;
        }
        for (index, key) in core.keys.active(began) {
            if is_by(message, key, candidate, &mut budget) {
                return Ok((candidate, index));
            }
        }
    }
    Err(VerifyError::SignatureMismatch { keys: core.keys.active(began).count() })
}

fn is_by(message: &PlannedMessage, key: &Key, candidate: &Candidate, budget: &mut Budget) -> bool {
    let signature = candidate.signature.as_bytes();
    if !message.algorithm.is_asymmetric() {
        return key.sign(&[&candidate.base]).matches(signature);
    }
    let mut mac = key.start();
    mac.update(&candidate.base);
    key.verifies(mac, &[signature], budget)
}
