//! Decides on a request with a complete body: the signature first, then the fields that are read from the verified
//! bytes.

use std::borrow::Cow;

use super::decision::{CheckedHead, Decision, check_all, date, field_in, signatures_in};
use super::signing::Signing;
use crate::compiled::{VerifierInner, items_in, render_body, render_checked};
use crate::error::VerifyError;
use crate::mac::{Budget, Mac};
use crate::time::UnixTime;

/// Decides on the request. `running` holds computations that have hashed the body already, one per key in use.
#[inline]
pub(super) fn decide(
    inner: &VerifierInner,
    checked_head: &CheckedHead<'_>,
    body: &[u8],
    running: &[Mac],
    now: UnixTime,
) -> Result<Decision, VerifyError> {
    let compiled = &*inner.compiled;
    if compiled.takes_slow_path {
        return decide_slow_path(inner, checked_head, body, running, now);
    }
    let derived = if compiled.streams {
        None
    } else {
        Some(render_body(
            compiled.body_rules(),
            &compiled.body,
            checked_head.signed_parts.prefix.as_bytes(),
            body,
        )?)
    };
    let signed: &[u8] = match &derived {
        Some(derived) => derived,
        None if compiled.body.is_empty() => &[],
        None => body,
    };
    let signing =
        Signing { inner, signed_parts: checked_head.signed_parts, signed, body_len: body.len(), running };
    let key = if compiled.signature.is_in_body() {
        signing.matching_key(&signatures_in(inner, body, &mut String::new())?, checked_head.began)
    } else {
        signing.matching_key(checked_head.signatures, checked_head.began)
    }?;
    if let Some(guard) = &compiled.guard {
        guard.check(checked_head.signed_parts.prefix.left_out(), body)?;
    }
    date(inner, checked_head, key, body, now)
}

/// Decides for schemes that use more than headers and a signed body.
#[cold]
fn decide_slow_path(
    inner: &VerifierInner,
    checked_head: &CheckedHead<'_>,
    body: &[u8],
    running: &[Mac],
    now: UnixTime,
) -> Result<Decision, VerifyError> {
    let compiled = &*inner.compiled;
    #[cfg(feature = "jwt")]
    if let Some(rules) = &compiled.provider.scheme.jwt {
        return super::jwt::decide(inner, checked_head, body, rules, now);
    }
    #[cfg(feature = "message-signatures")]
    if let Some(message) = &compiled.message {
        return super::message_signature::decide(inner, checked_head, body, message, now);
    }
    let mut budget = Budget::for_body(compiled.provider.scheme.algorithm, body.len(), compiled.streams);
    let document = if compiled.signs_payload { compiled.payload_of(body)? } else { Cow::Borrowed(body) };
    let key = match &compiled.for_each {
        Some(path) => {
            let items = items_in(compiled.body_rules(), path, body)?;
            let mut keys = None;
            for item in items {
                // One sender signed all of them, if the request is genuine.
                let key = key_of(inner, checked_head, item, &[], keys.map(|(_, last)| last), &mut budget)?;
                keys = Some((keys.map_or(key, |(first, _)| first), key));
            }
            keys.map(|(first, _)| first).ok_or_else(|| compiled.looked_for.missing_signature())?
        }
        None => key_of(inner, checked_head, &document, running, None, &mut budget)?,
    };
    if let Some(guard) = &compiled.guard {
        guard.check(checked_head.signed_parts.prefix.left_out(), body)?;
    }
    check_all(compiled, checked_head, body, None)?;
    if let Some(end) = checked_head.signed_parts.deferred().and_then(|deferred| deferred.list_end) {
        end.check(body)?;
    }
    date(inner, checked_head, key, body, now)
}

/// Returns the key that signed this body, or this item of it: the likely one, if there is one, is tried first.
fn key_of(
    inner: &VerifierInner,
    checked_head: &CheckedHead<'_>,
    body: &[u8],
    running: &[Mac],
    likely: Option<usize>,
    budget: &mut Budget,
) -> Result<usize, VerifyError> {
    let compiled = &*inner.compiled;
    let signed = if compiled.signs_raw_body {
        Cow::Borrowed(body)
    } else if compiled.for_each.is_some() {
        // The items of a body are checked together with it.
        Cow::Owned(render_checked(compiled.body_rules(), &compiled.body, &[], body)?)
    } else {
        Cow::Owned(render_body(
            compiled.body_rules(),
            &compiled.body,
            checked_head.signed_parts.prefix.as_bytes(),
            body,
        )?)
    };
    let signing = Signing {
        inner,
        signed_parts: checked_head.signed_parts,
        signed: &signed,
        body_len: body.len(),
        running,
    };
    let key = match signed_by(inner, checked_head, &signing, body, likely, budget) {
        Err(VerifyError::SignatureMismatch { .. }) if compiled.provider.scheme.final_newline => {
            let with_newline = [&*signed, b"\n"].concat();
            signed_by(
                inner,
                checked_head,
                &Signing { signed: &with_newline, running: &[], ..signing },
                body,
                None,
                budget,
            )?
        }
        decided => decided?,
    };
    signing.refuse_challenges()?;
    Ok(key)
}

fn signed_by(
    inner: &VerifierInner,
    checked_head: &CheckedHead<'_>,
    signing: &Signing<'_>,
    body: &[u8],
    likely: Option<usize>,
    budget: &mut Budget,
) -> Result<usize, VerifyError> {
    let compiled = &*inner.compiled;
    if compiled.grammar.tags_are_keys() {
        let field = field_in(inner, body)?;
        return signing.named_key(&compiled.grammar.tagged(field.as_bytes()), checked_head.began, budget);
    }
    if compiled.signature.is_in_body() {
        let mut field = String::new();
        let signatures = signatures_in(inner, body, &mut field)?;
        let key = likely
            .and_then(|likely| inner.keys.active(checked_head.began).find(|(index, _)| *index == likely));
        return match key {
            Some((index, key)) if signing.is_by(key, &signatures, budget) => Ok(index),
            Some(_) if !budget.take_search() => Err(VerifyError::SignatureMismatch { keys: 1 }),
            _ => signing.signing_key(&signatures, checked_head.began, budget),
        };
    }
    signing.signing_key(checked_head.signatures, checked_head.began, budget)
}
