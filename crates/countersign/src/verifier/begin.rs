//! What is decided before the body is read: headers, then the signature field, then the timestamp, then the size.

use std::sync::Arc;

use super::gather::{Found, Gathered};
use super::grammar::Items;
use super::intake::{Intake, Lines};
use super::ports::port_variant;
use super::render::Values;
use super::{Plan, Source};
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
    /// Judges the head of the request, and keeps what is needed of it.
    pub(super) fn judge(&mut self, head: &Sorted<'_>) -> Result<(), VerifyError> {
        let core = Arc::clone(&self.core);
        let (plan, gathered) = (&*core.plan, &head.gathered);
        if plan.signs_form && !is_form(gathered.content_type) {
            return Err(VerifyError::UnsupportedContentType);
        }
        let mut items = Items::default();
        if !plan.signature.is_in_body() {
            read_signatures(plan, &core.limits, gathered, &mut items)?;
        }
        self.id = id(plan, gathered)?;
        let stamp = timestamp_text(plan, gathered, &items)?;
        self.timestamp = match (&plan.provider.scheme.timestamp, &plan.timestamp) {
            (Some(field), Some(source)) if !source.is_in_body() => {
                Some(judge(field, stamp.ok_or(VerifyError::MissingTimestamp)?, self.now)?)
            }
            _ => None,
        };
        self.keep(&items);
        self.event_type = match gathered.event_type {
            Found::One(text) => Inline::visible(text),
            _ => None,
        };
        let (method, url) = (head.method, head.url);
        let id = self.id.as_ref().map(Inline::as_bytes);
        let values = Values { plan, gathered, method, id, timestamp: stamp, url };
        let content = &plan.content;
        let more = !content.body.is_empty();
        self.before.render(&content.before, more, &values)?;
        if !content.after.is_empty() {
            self.after.get_or_insert_default().render(&content.after, false, &values)?;
        }
        if plan.provider.scheme.any_port
            && let Some(other) = url.and_then(port_variant)
        {
            let values = Values { url: Some(&other), ..values };
            self.instead.get_or_insert_default().render(&content.before, more, &values)?;
        }
        Ok(())
    }

    /// Keeps the signatures, one a line: a header has no line breaks of its own.
    pub(super) fn keep(&mut self, items: &Items<'_>) {
        self.signature_count = items.signatures.len();
        for (index, signature) in items.signatures.iter().enumerate() {
            if index == 0 {
                self.signatures = Lines::from_slice(signature);
            } else {
                self.signatures.push(b'\n');
                self.signatures.extend_from_slice(signature);
            }
        }
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
fn read_signatures<'h>(
    plan: &Plan,
    limits: &Limits,
    gathered: &Gathered<'h>,
    items: &mut Items<'h>,
) -> Result<(), VerifyError> {
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
    for field in &gathered.signatures {
        plan.grammar.parse(field, plan.timestamp.as_ref(), items)?;
    }
    check_items(items, limits)
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

fn is_form(content_type: Found<'_>) -> bool {
    let Found::One(value) = content_type else { return true };
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}
