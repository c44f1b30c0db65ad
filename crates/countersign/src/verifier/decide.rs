//! Decides on a request with a complete body: the signature first, then the fields that are read from the verified
//! bytes.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use smallvec::SmallVec;

use super::body::{BodyKind, check_parts, items_in, missing, render_body, render_checked, scalar};
use super::grammar::Items;
use super::judge::{check_items, judge_timestamp};
use super::render::Around;
use super::signing::Signing;
use super::{Core, Plan, Source};
use crate::delivery::{Delivery, Picked};
use crate::error::VerifyError;
use crate::form;
use crate::inline::Inline;
use crate::mac::{Budget, Mac};
use crate::scheme::BodyPart;
use crate::time::UnixTime;

/// The parts of an accepted head that take part in the decision.
pub(super) struct Claim<'a> {
    /// `None` if the signature is in the body.
    pub(super) signatures: &'a [&'a [u8]],
    pub(super) around: &'a Around,
    pub(super) timestamp: Option<UnixTime>,
    /// The time at which the head was checked: the keys in use at that time apply.
    pub(super) began: UnixTime,
}

/// Everything needed to build the [`Delivery`].
pub(super) struct Verdict {
    pub(super) key: usize,
    pub(super) timestamp: Option<UnixTime>,
    pub(super) picked: OnceLock<Box<Picked>>,
}

/// Decides on the request. `running` holds computations that have hashed the body already, one per key in use.
#[inline]
pub(super) fn decide(
    core: &Core,
    claim: &Claim<'_>,
    body: &[u8],
    running: &[Mac],
    now: UnixTime,
) -> Result<Verdict, VerifyError> {
    let plan = &*core.plan;
    if plan.is_rare {
        return decide_rarely(core, claim, body, running, now);
    }
    let derived = if plan.streams {
        None
    } else {
        Some(render_body(plan, &plan.content.body, claim.around.before.as_bytes(), body)?)
    };
    let signed: &[u8] = match &derived {
        Some(derived) => derived,
        None if plan.content.body.is_empty() => &[],
        None => body,
    };
    let signing = Signing { core, around: claim.around, signed, running };
    let key = if plan.signature.is_in_body() {
        signing.matching_key(&signatures_in(core, body, &mut String::new())?, claim.began)
    } else {
        signing.matching_key(claim.signatures, claim.began)
    }?;
    if let Some(guard) = &plan.guard {
        guard.check(claim.around, body)?;
    }
    date(core, claim, key, body, now)
}

/// Decides for schemes that use more than headers and a signed body.
#[cold]
fn decide_rarely(
    core: &Core,
    claim: &Claim<'_>,
    body: &[u8],
    running: &[Mac],
    now: UnixTime,
) -> Result<Verdict, VerifyError> {
    let plan = &*core.plan;
    #[cfg(feature = "jwt")]
    if let Some(rules) = &plan.provider.scheme.token {
        return super::token::decide(core, claim, body, rules, now);
    }
    #[cfg(feature = "message-signatures")]
    if let Some(message) = &plan.message {
        return super::message_signature::decide(core, claim, body, message, now);
    }
    let mut budget = Budget::for_body(body.len(), plan.streams);
    let document = if plan.signs_payload { payload_of(plan, body)? } else { Cow::Borrowed(body) };
    let key = match &plan.each {
        Some(path) => {
            let items = items_in(plan, path, body)?;
            let mut keys = None;
            for item in items {
                // One sender signed all of them, if the request is genuine.
                let key = key_of(core, claim, item, &[], keys.map(|(_, last)| last), &mut budget)?;
                keys = Some((keys.map_or(key, |(first, _)| first), key));
            }
            keys.map(|(first, _)| first).ok_or(VerifyError::MissingSignature)?
        }
        None => key_of(core, claim, &document, running, None, &mut budget)?,
    };
    if let Some(guard) = &plan.guard {
        guard.check(claim.around, body)?;
    }
    check_all(plan, claim, body, None)?;
    if let Some(end) = claim.around.head().and_then(|rare| rare.list_end) {
        end.check(body)?;
    }
    date(core, claim, key, body, now)
}

/// Returns the JSON in the form field that the declaration names. A body that is JSON itself is returned unchanged.
pub(crate) fn payload_of<'b>(plan: &Plan, body: &'b [u8]) -> Result<Cow<'b, [u8]>, VerifyError> {
    let Some(name) = plan.payload.as_ref().filter(|_| !matches!(body.trim_ascii_start(), [b'{', ..])) else {
        return Ok(Cow::Borrowed(body));
    };
    check_parts(plan, BodyKind::Form, body)?;
    if !form::has_unique_fields(body) {
        let reason = "has a field twice, of which one is signed";
        return Err(VerifyError::MalformedBody { reason });
    }
    let field = form::field(body, name)
        .ok_or(VerifyError::MalformedBody { reason: "has no field with the event" })?;
    Ok(Cow::Owned(field.into_bytes()))
}

/// Runs all checks against the rest of the request.
pub(super) fn check_all(
    plan: &Plan,
    claim: &Claim<'_>,
    body: &[u8],
    claims: Option<&serde_json::Value>,
) -> Result<(), VerifyError> {
    let rare = claim.around.head();
    let pending = rare.map(|rare| rare.pending.as_slice()).unwrap_or_default();
    plan.checks.iter().zip(pending).try_for_each(|(check, pending)| check.run(plan, pending, body, claims))
}

/// Returns the key that signed this body, or this item of it: the likely one, if there is one, is tried first.
fn key_of(
    core: &Core,
    claim: &Claim<'_>,
    body: &[u8],
    running: &[Mac],
    likely: Option<usize>,
    budget: &mut Budget,
) -> Result<usize, VerifyError> {
    let plan = &*core.plan;
    let signed = match plan.content.body.as_slice() {
        [BodyPart::Raw] => Cow::Borrowed(body),
        // The items of a body are checked together with it.
        parts if plan.each.is_some() => Cow::Owned(render_checked(plan, parts, &[], body)?),
        parts => Cow::Owned(render_body(plan, parts, claim.around.before.as_bytes(), body)?),
    };
    let signing = Signing { core, around: claim.around, signed: &signed, running };
    let key = match signed_by(core, claim, &signing, body, likely, budget) {
        Err(VerifyError::SignatureMismatch { .. }) if plan.provider.scheme.final_newline => {
            let with_newline = [&*signed, b"\n"].concat();
            signed_by(
                core,
                claim,
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
    claim: &Claim<'_>,
    signing: &Signing<'_>,
    body: &[u8],
    likely: Option<usize>,
    budget: &mut Budget,
) -> Result<usize, VerifyError> {
    let plan = &*core.plan;
    if plan.grammar.tags_are_keys() {
        let field = field_in(core, body)?;
        return signing.named_key(&plan.grammar.tagged(field.as_bytes()), claim.began, budget);
    }
    if plan.signature.is_in_body() {
        let mut field = String::new();
        let signatures = signatures_in(core, body, &mut field)?;
        let key = likely.and_then(|likely| core.keys.active(claim.began).find(|(index, _)| *index == likely));
        return match key {
            Some((index, key)) if signing.is_by(key, &signatures, budget) => Ok(index),
            Some(_) if !budget.take_search() => Err(VerifyError::SignatureMismatch { keys: 1 }),
            _ => signing.signing_key(&signatures, claim.began, budget),
        };
    }
    signing.signing_key(claim.signatures, claim.began, budget)
}

/// Reads the timestamp from the verified body, if the scheme puts it there.
#[inline]
pub(super) fn date(
    core: &Core,
    claim: &Claim<'_>,
    key: usize,
    body: &[u8],
    now: UnixTime,
) -> Result<Verdict, VerifyError> {
    let plan = &*core.plan;
    if plan.timestamp.is_none() || plan.dated_by_head {
        return Ok(Verdict { key, timestamp: claim.timestamp, picked: OnceLock::new() });
    }
    let (timestamp, picked) = read_timestamp(core, body, now)?;
    Ok(Verdict { key, timestamp: Some(timestamp), picked: OnceLock::from(Box::new(picked)) })
}

impl Verdict {
    #[inline]
    pub(super) fn deliver(
        self,
        core: Arc<Core>,
        id: Option<Inline>,
        event_type: Option<Inline>,
        body: Bytes,
        received_at: UnixTime,
    ) -> Delivery {
        let Self { key, timestamp, picked } = self;
        Delivery { core, key, id, event_type, timestamp, received_at, body, picked, around: None }
    }
}

fn signatures_in<'f>(
    core: &Core,
    body: &[u8],
    field: &'f mut String,
) -> Result<SmallVec<[&'f [u8]; 2]>, VerifyError> {
    *field = field_in(core, body)?;
    let mut items = Items::default();
    core.plan.grammar.parse(field.as_bytes(), None, &mut items)?;
    check_items(&items, &core.limits)?;
    Ok(items.signatures)
}

/// Returns the signature field of the body.
pub(super) fn field_in(core: &Core, body: &[u8]) -> Result<String, VerifyError> {
    let is_json_part = |part: &BodyPart| {
        matches!(part.inner(), BodyPart::Json(_) | BodyPart::JsonLines(_))
            || matches!(part.inner(), BodyPart::JsonSorted | BodyPart::JsonPhp)
    };
    let is_json = core.plan.content.body.iter().any(is_json_part);
    for source in core.plan.signature.in_body() {
        match source {
            // The fields were counted when the content of the same kind of body was rendered.
            Source::Form(_) if core.plan.content.needs_form() => {}
            Source::Json(_) if is_json => {}
            Source::Form(_) => check_parts(&core.plan, BodyKind::Form, body)?,
            Source::Json(_) => check_parts(&core.plan, BodyKind::Json, body)?,
            _ => {}
        }
    }
    let found = scalar(&core.plan.signature, body).ok_or(VerifyError::MissingSignature)?;
    let field = found.as_str(body);
    if field.is_empty() { Err(VerifyError::MissingSignature) } else { Ok(field.to_owned()) }
}

/// Reads a timestamp in the body from the verified bytes, in the same pass as id and type.
fn read_timestamp(core: &Core, body: &[u8], now: UnixTime) -> Result<(UnixTime, Picked), VerifyError> {
    let plan = &*core.plan;
    let (Some(field), Some(source)) = (&plan.provider.scheme.timestamp, &plan.timestamp) else {
        return Err(VerifyError::MissingTimestamp);
    };
    let (picked, text) = Picked::with(core, body, Some(source));
    let text = text.filter(|text| !text.as_str(body).is_empty());
    let text = text.ok_or_else(|| missing(source, body, VerifyError::MissingTimestamp))?;
    Ok((judge_timestamp(plan, field, text.as_str(body).as_bytes(), now)?, picked))
}
