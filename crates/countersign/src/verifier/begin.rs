//! What is decided before the body is read: headers, then the signature field, then the timestamp, then the size.

use std::sync::Arc;

use super::buffer::Buffer;
use super::gather::{Found, Gathered};
use super::grammar::Items;
use super::intake::{Intake, Lines};
use super::ports::port_variant;
use super::render::{Rendered, Values, render};
use super::{Plan, Source, Verifier};
use crate::error::VerifyError;
use crate::inline::Inline;
use crate::scheme::{Limits, TimestampField};
use crate::time::{UnixTime, Window};

/// The head of a request, with its headers sorted out.
pub(super) struct Sorted<'h> {
    pub(super) gathered: Gathered<'h>,
    pub(super) method: &'h str,
    pub(super) url: Option<&'h str>,
}

impl Intake {
    pub(super) fn begin(verifier: &Verifier, head: &Sorted<'_>, now: UnixTime) -> Result<Self, VerifyError> {
        let (plan, limits) = (&*verifier.core.plan, &verifier.core.limits);
        let gathered = &head.gathered;
        if plan.signs_form && !is_form(gathered.content_type) {
            return Err(VerifyError::UnsupportedContentType);
        }
        let items = if plan.signature.is_in_body() {
            Items::default()
        } else {
            signature_items(plan, limits, gathered)?
        };
        let id = id(plan, gathered)?;
        let stamp = timestamp_text(plan, gathered, &items)?;
        let timestamp = match (&plan.provider.scheme.timestamp, &plan.timestamp) {
            (Some(field), Some(source)) if !source.is_in_body() => {
                Some(judge(field, stamp.ok_or(VerifyError::MissingTimestamp)?, now)?)
            }
            _ => None,
        };
        let values = Values {
            plan,
            gathered,
            method: head.method,
            id: id.as_ref().map(Inline::as_bytes),
            timestamp: stamp,
            url: head.url,
        };
        let content = &plan.content;
        let more = !content.body.is_empty();
        Ok(Self {
            core: Arc::clone(&verifier.core),
            signatures: lines(&items),
            before: render(&content.before, more, &values)?,
            instead: other_port(plan, &values)?,
            after: if content.after.is_empty() {
                None
            } else {
                Some(Box::new(render(&content.after, false, &values)?))
            },
            id,
            event_type: gathered.event_type.one(|| ()).ok().flatten().and_then(Inline::visible),
            timestamp,
            announced: 0,
            now,
            body: Buffer::Empty,
        })
    }
}

/// What is announced must not be more than the limit. A length that is no number is the server's business.
pub(super) fn announced_length(length: Found<'_>, limit: usize) -> Result<usize, VerifyError> {
    let Found::One(text) = length else { return Ok(0) };
    let Some(length) = std::str::from_utf8(text).ok().and_then(|text| text.parse::<u64>().ok()) else {
        return Ok(0);
    };
    usize::try_from(length)
        .ok()
        .filter(|length| *length <= limit)
        .ok_or(VerifyError::PayloadTooLarge { limit })
}

/// Takes the signature headers apart.
fn signature_items<'h>(
    plan: &Plan,
    limits: &Limits,
    gathered: &Gathered<'h>,
) -> Result<Items<'h>, VerifyError> {
    let malformed = |reason| Err(VerifyError::MalformedSignature { reason });
    if gathered.signatures.iter().all(|field| field.is_empty()) {
        return Err(VerifyError::MissingSignature);
    }
    if gathered.signatures_differ {
        return malformed("several signature headers with different values");
    }
    if gathered.signatures.iter().map(|field| field.len()).sum::<usize>() > limits.signature_bytes {
        return malformed("the field is longer than the limit");
    }
    let mut items = Items::default();
    for field in &gathered.signatures {
        plan.grammar.parse(field, plan.timestamp.as_ref(), &mut items)?;
    }
    check_items(&items, limits)?;
    Ok(items)
}

/// Whether there are signatures, and not too many.
pub(super) fn check_items(items: &Items<'_>, limits: &Limits) -> Result<(), VerifyError> {
    match items.signatures.len() {
        0 if items.timestamp.is_some() => Err(VerifyError::NoSignatureForExpectedVersion),
        0 => Err(VerifyError::MalformedSignature {
            reason: "no signature with a recognised prefix or version",
        }),
        count if count > limits.signatures => {
            Err(VerifyError::MalformedSignature { reason: "more signatures than the limit" })
        }
        _ => Ok(()),
    }
}

/// One signature a line: a header has no line breaks of its own.
pub(super) fn lines(items: &Items<'_>) -> Lines {
    let mut signatures = items.signatures.iter();
    let mut lines = signatures.next().map(|first| Lines::from_slice(first)).unwrap_or_default();
    for more in signatures {
        lines.push(b'\n');
        lines.extend_from_slice(more);
    }
    lines
}

/// Reads a timestamp and holds it against the tolerance.
pub(super) fn judge(field: &TimestampField, text: &[u8], now: UnixTime) -> Result<UnixTime, VerifyError> {
    let time = field.unit.parse(text)?;
    match field.tolerance.judge(time, now) {
        Window::Inside => Ok(time),
        Window::TooOld { age, tolerance } => Err(VerifyError::TimestampTooOld { age, tolerance }),
        Window::TooNew { ahead, tolerance } => Err(VerifyError::TimestampTooNew { ahead, tolerance }),
    }
}

/// The timestamp as it was received: this text is what is signed.
fn timestamp_text<'h>(
    plan: &Plan,
    gathered: &Gathered<'h>,
    items: &Items<'h>,
) -> Result<Option<&'h [u8]>, VerifyError> {
    match &plan.timestamp {
        Some(Source::Headers(_)) => gathered
            .timestamp
            .one(|| VerifyError::MalformedTimestamp { reason: "several timestamps with different values" }),
        _ => Ok(items.timestamp.filter(|text| !text.is_empty())),
    }
}

/// The id, where it is in the head. It is required where it is signed.
fn id(plan: &Plan, gathered: &Gathered<'_>) -> Result<Option<Inline>, VerifyError> {
    let Some(Source::Headers(_)) = plan.id else { return Ok(None) };
    match gathered.id.one(|| VerifyError::MalformedId { reason: "several ids with different values" })? {
        Some(text) => {
            let id = Inline::visible(text);
            id.map(Some).ok_or(VerifyError::MalformedId { reason: "is not visible ASCII" })
        }
        None if plan.signs.id => Err(VerifyError::MissingId),
        None => Ok(None),
    }
}

/// What stands before the body if the URL is taken with another port.
fn other_port(plan: &Plan, values: &Values<'_, '_>) -> Result<Option<Box<Rendered>>, VerifyError> {
    let url = values.url.filter(|_| plan.provider.scheme.any_port).and_then(port_variant);
    let Some(url) = url else { return Ok(None) };
    let values = Values { url: Some(&url), ..*values };
    render(&plan.content.before, !plan.content.body.is_empty(), &values)
        .map(|rendered| Some(Box::new(rendered)))
}

fn is_form(content_type: Found<'_>) -> bool {
    let Found::One(value) = content_type else { return true };
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}
