//! Finds the signature that a key made, and checks the body against its digest.

use std::sync::OnceLock;

use super::head::Candidate;
use crate::compiled::message_signature::CompiledMessage;
use crate::compiled::{Source, VerifierInner, challenges};
use crate::error::VerifyError;
use crate::json::Scalar;
use crate::mac::{Budget, Key};
use crate::time::UnixTime;
use crate::verifier::decision::{CheckedHead, Decision, check_all, date};

/// Decides on a request with HTTP Message Signatures.
#[cold]
pub(in crate::verifier) fn decide(
    inner: &VerifierInner,
    checked_head: &CheckedHead<'_>,
    body: &[u8],
    message: &CompiledMessage,
    now: UnixTime,
) -> Result<Decision, VerifyError> {
    let compiled = &*inner.compiled;
    let deferred = checked_head.signed_parts.deferred();
    let head = deferred
        .and_then(|deferred| deferred.message.as_ref())
        .ok_or_else(|| compiled.looked_for.missing_signature())?;
    let budget = Budget::for_body(message.algorithm, body.len(), true);
    let (candidate, key) = matching(inner, message, &head.candidates, checked_head.began, budget)?;
    challenges::refuse(compiled, &[&candidate.base])?;
    if let Some(digest) = head.digest.as_ref().filter(|_| candidate.covers_digest) {
        digest.check(body)?;
    }
    check_all(compiled, checked_head, body, None)?;

    let decision = if compiled.dates_message() {
        Decision { key, timestamp: candidate.created, body_fields: OnceLock::new() }
    } else {
        date(inner, checked_head, key, body, now)?
    };
    let mut body_fields = match decision.body_fields.into_inner() {
        Some(body_fields) => *body_fields,
        None => inner.look_up(body, None).0,
    };
    if let Some(Source::SignatureItem(_)) = &compiled.id {
        body_fields.id = candidate.nonce.clone().map(Scalar::Text);
    }
    Ok(Decision { body_fields: OnceLock::from(Box::new(body_fields)), ..decision })
}

/// Returns the first signature that one of the keys made. Equal signatures are tried once.
fn matching<'c>(
    inner: &VerifierInner,
    message: &CompiledMessage,
    candidates: &'c [Candidate],
    began: UnixTime,
    mut budget: Budget,
) -> Result<(&'c Candidate, usize), VerifyError> {
    for (position, candidate) in candidates.iter().enumerate() {
        let same = |other: &Candidate| other.base == candidate.base && other.signature == candidate.signature;
        if candidates.iter().take(position).any(same) {
            continue;
        }
        // Public keys verify the same message.
        let any = inner.keys.active(began).next().filter(|_| message.algorithm.is_asymmetric());
        let hashed = any.map(|(_, key)| {
            let mut mac = key.start();
            mac.update(&candidate.base);
            mac.into_message()
        });
        for (index, key) in inner.keys.active(began) {
            if is_by(key, candidate, hashed.as_deref(), &mut budget) {
                return Ok((candidate, index));
            }
        }
    }
    Err(VerifyError::SignatureMismatch { keys: inner.keys.active(began).count() })
}

fn is_by(key: &Key, candidate: &Candidate, hashed: Option<&[u8]>, budget: &mut Budget) -> bool {
    let signature = candidate.signature.as_bytes();
    match hashed {
        None => key.sign(&[&candidate.base]).matches(signature),
        Some(message) => key.accepts(message, &[signature], budget),
    }
}
