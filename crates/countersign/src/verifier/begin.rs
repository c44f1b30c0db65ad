//! What is decided before the body is read: headers, then the signature field, then the timestamp, then the size.

use super::gather::{Found, Gathered, Slot};
use super::grammar::Items;
use super::intake::{Intake, Lines};
use super::ports::port_variant;
use super::render::{Values, contains};
use super::{Core, Plan, Source};
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
    pub(super) fn judge(&mut self, core: &Core, head: &Sorted<'_>) -> Result<(), VerifyError> {
        let (plan, gathered) = (&*core.plan, &head.gathered);
        if plan.signs_form && !is_form(gathered.get(Slot::ContentType)) {
            return Err(VerifyError::UnsupportedContentType);
        }
        let mut items = Items::default();
        if !plan.signature.is_in_body() {
            read_signatures(plan, &core.limits, gathered, &mut items)?;
        }
        self.id = id(plan, gathered)?;
        let stamp = timestamp_text(plan, gathered, &items)?;
        if plan.dated_by_head
            && let Some(field) = &plan.provider.scheme.timestamp
        {
            self.timestamp = Some(judge(field, stamp.ok_or(VerifyError::MissingTimestamp)?, self.now)?);
        }
        self.keep(&items);
        if let Found::One(text) = gathered.get(Slot::EventType) {
            self.event_type = Inline::visible(text);
        }
        let (method, url) = (head.method, head.url);
        let id = self.id.as_ref().map(Inline::as_bytes);
        let values = Values { plan, gathered, method, id, timestamp: stamp, url };
        self.before.render(&plan.before, &values)?;
        if !plan.after.is_empty() {
            self.after.get_or_insert_default().render(&plan.after, &values)?;
        }
        if plan.provider.scheme.any_port
            && let Some(other) = url.and_then(port_variant)
        {
            let values = Values { url: Some(&other), ..values };
            self.instead.get_or_insert_default().render(&plan.before, &values)?;
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
    let first = gathered.get(Slot::Signature);
    let first = first.one(|| malformed("several signature headers with different values"))?;
    let first = first.ok_or(VerifyError::MissingSignature)?;
    let more = gathered.more_signatures.iter().copied();
    if more.clone().fold(first.len(), |sum, field| sum + field.len()) > limits.signature_bytes {
        return Err(malformed("the field is longer than the limit"));
    }
    for field in std::iter::once(first).chain(more) {
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

const fn malformed(reason: &'static str) -> VerifyError {
    VerifyError::MalformedSignature { reason }
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
            .get(Slot::Timestamp)
            .one(|| VerifyError::MalformedTimestamp { reason: "several timestamps with different values" }),
        _ => Ok(items.timestamp.filter(|text| !text.is_empty())),
    }
}

/// The id, where it is in the head. It is required where it is signed.
fn id(plan: &Plan, gathered: &Gathered<'_>) -> Result<Option<Inline>, VerifyError> {
    let Some(Source::Headers(_)) = plan.id else { return Ok(None) };
    match gathered
        .get(Slot::Id)
        .one(|| VerifyError::MalformedId { reason: "several ids with different values" })?
    {
        Some(text) => {
            if contains(text, &plan.id_end) {
                return Err(VerifyError::MalformedId {
                    reason: "contains the separator of the signed content",
                });
            }
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
