//! Decides on a request with a complete body: the signature first, then the fields that are read from the verified
//! bytes.

use std::borrow::Cow;

use super::decision::{Decision, SignedRequest, check_all, date, field_in, signatures_in};
use super::signing::Signing;
use crate::compiled::{Core, items_in, render_body, render_checked};
use crate::error::VerifyError;
use crate::mac::{Budget, Mac};
use crate::time::UnixTime;

/// Decides on the request. `running` holds computations that have hashed the body already, one per key in use.
#[inline]
pub(super) fn decide(
    core: &Core,
    request: &SignedRequest<'_>,
    body: &[u8],
    running: &[Mac],
    now: UnixTime,
) -> Result<Decision, VerifyError> {
    let plan = &*core.plan;
    if plan.is_slow {
        return decide_slow_path(core, request, body, running, now);
    }
    let derived = if plan.streams {
        None
    } else {
        Some(render_body(plan.body_rules(), &plan.body, request.signed_parts.prefix.as_bytes(), body)?)
    };
    let signed: &[u8] = match &derived {
        Some(derived) => derived,
        None if plan.body.is_empty() => &[],
        None => body,
    };
    let signing = Signing { core, signed_parts: request.signed_parts, signed, body_len: body.len(), running };
    let key = if plan.signature.is_in_body() {
        signing.matching_key(&signatures_in(core, body, &mut String::new())?, request.began)
    } else {
        signing.matching_key(request.signatures, request.began)
    }?;
    if let Some(guard) = &plan.guard {
        guard.check(request.signed_parts.prefix.left_out(), body)?;
    }
    date(core, request, key, body, now)
}

/// Decides for schemes that use more than headers and a signed body.
#[cold]
fn decide_slow_path(
    core: &Core,
    request: &SignedRequest<'_>,
    body: &[u8],
    running: &[Mac],
    now: UnixTime,
) -> Result<Decision, VerifyError> {
    let plan = &*core.plan;
    #[cfg(feature = "jwt")]
    if let Some(rules) = &plan.provider.scheme.token {
        return super::token::decide(core, request, body, rules, now);
    }
    #[cfg(feature = "message-signatures")]
    if let Some(message) = &plan.message {
        return super::message_signature::decide(core, request, body, message, now);
    }
    let mut budget = Budget::for_body(plan.provider.scheme.algorithm, body.len(), plan.streams);
    let document = if plan.signs_payload { plan.payload_of(body)? } else { Cow::Borrowed(body) };
    let key = match &plan.each {
        Some(path) => {
            let items = items_in(plan.body_rules(), path, body)?;
            let mut keys = None;
            for item in items {
                // One sender signed all of them, if the request is genuine.
                let key = key_of(core, request, item, &[], keys.map(|(_, last)| last), &mut budget)?;
                keys = Some((keys.map_or(key, |(first, _)| first), key));
            }
            keys.map(|(first, _)| first).ok_or(VerifyError::MissingSignature)?
        }
        None => key_of(core, request, &document, running, None, &mut budget)?,
    };
    if let Some(guard) = &plan.guard {
        guard.check(request.signed_parts.prefix.left_out(), body)?;
    }
    check_all(plan, request, body, None)?;
    if let Some(end) = request.signed_parts.deferred().and_then(|deferred| deferred.list_end) {
        end.check(body)?;
    }
    date(core, request, key, body, now)
}

/// Returns the key that signed this body, or this item of it: the likely one, if there is one, is tried first.
fn key_of(
    core: &Core,
    request: &SignedRequest<'_>,
    body: &[u8],
    running: &[Mac],
    likely: Option<usize>,
    budget: &mut Budget,
) -> Result<usize, VerifyError> {
    let plan = &*core.plan;
    let signed = if plan.signs_raw_body {
        Cow::Borrowed(body)
    } else if plan.each.is_some() {
        // The items of a body are checked together with it.
        Cow::Owned(render_checked(plan.body_rules(), &plan.body, &[], body)?)
    } else {
        Cow::Owned(render_body(plan.body_rules(), &plan.body, request.signed_parts.prefix.as_bytes(), body)?)
    };
    let signing =
        Signing { core, signed_parts: request.signed_parts, signed: &signed, body_len: body.len(), running };
    let key = match signed_by(core, request, &signing, body, likely, budget) {
        Err(VerifyError::SignatureMismatch { .. }) if plan.provider.scheme.final_newline => {
            let with_newline = [&*signed, b"\n"].concat();
            signed_by(
                core,
                request,
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
    core: &Core,
    request: &SignedRequest<'_>,
    signing: &Signing<'_>,
    body: &[u8],
    likely: Option<usize>,
    budget: &mut Budget,
) -> Result<usize, VerifyError> {
    let plan = &*core.plan;
    if plan.grammar.tags_are_keys() {
        let field = field_in(core, body)?;
        return signing.named_key(&plan.grammar.tagged(field.as_bytes()), request.began, budget);
    }
    if plan.signature.is_in_body() {
        let mut field = String::new();
        let signatures = signatures_in(core, body, &mut field)?;
        let key =
            likely.and_then(|likely| core.keys.active(request.began).find(|(index, _)| *index == likely));
        return match key {
            Some((index, key)) if signing.is_by(key, &signatures, budget) => Ok(index),
            Some(_) if !budget.take_search() => Err(VerifyError::SignatureMismatch { keys: 1 }),
            _ => signing.signing_key(&signatures, request.began, budget),
        };
    }
    signing.signing_key(request.signatures, request.began, budget)
}
