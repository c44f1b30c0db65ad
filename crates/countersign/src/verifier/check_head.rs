//! Checks that run before the body is read: headers, then the signature field, then the timestamp, then the size.

use smallvec::SmallVec;

use super::deferred_head::DeferredHead;
use super::signed_parts::SignedParts;
use super::values::Values;
use crate::compiled::{
    CompiledScheme, HOLDS_SEPARATOR, HeaderValues, Items, Occurrence, Slot, VerifierInner, splits,
};
use crate::error::VerifyError;
use crate::head::{Head, Headers};
use crate::scheme::{Limits, Part, TimestampField};
use crate::swar::is_visible;
use crate::time::{UnixTime, Window};
use crate::url::{self, port_variant, slash_variant};

/// The method and the public URL of a request.
#[derive(Clone, Copy)]
pub(super) struct RequestLine<'h> {
    method: &'h str,
    url: Option<&'h str>,
    target: Option<&'h str>,
}

impl<'h> RequestLine<'h> {
    pub(super) fn of<H: Headers>(head: &Head<'h, H>) -> Self {
        Self { method: head.method(), url: head.url(), target: head.target() }
    }

    /// Returns path and query: of the public URL, or as they were received.
    pub(super) fn path_and_query(&self) -> Option<&'h str> {
        self.url.map(url::target_of).or(self.target)
    }
}

/// The fields of an accepted head.
pub(super) struct HeadFields<'h> {
    /// `None` if the signature is in the body.
    pub(super) signatures: SmallVec<[&'h [u8]; 2]>,
    /// Visible ASCII.
    pub(super) id: Option<&'h [u8]>,
    /// Visible ASCII.
    pub(super) event_type: Option<&'h [u8]>,
    pub(super) timestamp: Option<UnixTime>,
}

/// Checks the head, and renders the signed bytes around the body.
#[inline]
pub(super) fn check_head<'h>(
    inner: &VerifierInner,
    header_values: &HeaderValues<'h>,
    request_line: RequestLine<'h>,
    now: UnixTime,
    signed_parts: &mut SignedParts,
) -> Result<HeadFields<'h>, VerifyError> {
    let compiled = &*inner.compiled;
    if compiled.signs_form
        && !is_form(header_values.get(Slot::ContentType), compiled.content.takes_multipart())
    {
        return Err(VerifyError::UnsupportedContentType);
    }
    let mut items = Items::up_to(inner.limits.signatures);
    if !compiled.signature.is_in_body() {
        read_signatures(compiled, &inner.limits, header_values, &mut items)?;
    }
    let id = id(compiled, header_values)?;
    let stamp = timestamp_text(compiled, header_values, &items)?;
    let timestamp = match &compiled.provider.scheme.timestamp {
        Some(field) if compiled.dated_by_head => match stamp {
            Some(stamp) => Some(check_timestamp(compiled, field, stamp, now)?),
            None if field.optional => None,
            None => return Err(compiled.looked_for.missing_timestamp()),
        },
        _ => None,
    };
    let RequestLine { method, url, target } = request_line;
    let values = Values { compiled, header_values, method, id, timestamp: stamp, url, target };
    signed_parts.prefix.render(&compiled.before, &values)?;
    if compiled.has_extra_parts {
        render_more(&values, signed_parts, now)?;
    }
    let event_type = match header_values.get(Slot::EventType) {
        Occurrence::One(text) if is_visible(text) => Some(text),
        _ => None,
    };
    Ok(HeadFields { signatures: items.signatures, id, event_type, timestamp })
}

/// Renders the signed parts other than the prefix of the body, which few schemes have.
#[inline(never)]
fn render_more(
    values: &Values<'_, '_>,
    signed_parts: &mut SignedParts,
    now: UnixTime,
) -> Result<(), VerifyError> {
    let compiled = values.compiled;
    if let (true, Some(Part::Literal(start))) =
        (compiled.provider.scheme.optional_start, compiled.before.first().map(|step| &step.part))
    {
        signed_parts.optional_start = start.len();
    }
    if !compiled.after.is_empty() {
        signed_parts.extra().suffix.get_or_insert_default().render(&compiled.after, values)?;
    }
    if compiled.needs_head {
        signed_parts.extra().deferred = Some(DeferredHead::new(values, now)?);
    }
    let scheme = &compiled.provider.scheme;
    let other = match values.url {
        Some(url) if scheme.any_port => port_variant(url),
        Some(url) if scheme.any_trailing_slash => slash_variant(url),
        _ => None,
    };
    if let Some(other) = other {
        let values = Values { url: Some(&other), ..*values };
        signed_parts.extra().alternative_prefix.get_or_insert_default().render(&compiled.before, &values)?;
    }
    Ok(())
}

/// Checks that the announced length is within the limit. A length that is not a number is left to the server.
pub(super) fn announced_length(length: Occurrence<'_>, limit: usize) -> Result<usize, VerifyError> {
    let Occurrence::One(text) = length else { return Ok(0) };
    let Some(length) = std::str::from_utf8(text).ok().and_then(|text| text.parse::<u64>().ok()) else {
        return Ok(0);
    };
    usize::try_from(length)
        .ok()
        .filter(|length| *length <= limit)
        .ok_or(VerifyError::PayloadTooLarge { limit })
}

/// Parses the signature headers.
#[inline]
fn read_signatures<'h>(
    compiled: &CompiledScheme,
    limits: &Limits,
    header_values: &HeaderValues<'h>,
    items: &mut Items<'h>,
) -> Result<(), VerifyError> {
    let first = header_values.get(Slot::Signature);
    let first = first.one(|| malformed("several signature headers with different values"))?;
    let Some(first) = first else { return Err(compiled.looked_for.missing_signature()) };
    let more = header_values.more_signatures().iter().copied();
    if more.clone().fold(first.len(), |sum, field| sum + field.len()) > limits.signature_bytes {
        return Err(malformed("the field is longer than the limit"));
    }
    for field in std::iter::once(first).chain(more) {
        compiled.grammar.parse(field, compiled.timestamp.as_ref(), items)?;
    }
    check_items(compiled, items, limits)
}

/// Checks that there are signatures, and not too many.
pub(super) fn check_items(
    compiled: &CompiledScheme,
    items: &Items<'_>,
    limits: &Limits,
) -> Result<(), VerifyError> {
    match items.signatures.len() {
        0 if items.timestamp.is_some() => Err(compiled.looked_for.no_accepted_version()),
        0 => Err(compiled.looked_for.unrecognised_signature()),
        count if count > limits.signatures => {
            Err(VerifyError::MalformedSignature { reason: "more signatures than the limit" })
        }
        _ => Ok(()),
    }
}

const fn malformed(reason: &'static str) -> VerifyError {
    VerifyError::MalformedSignature { reason }
}

/// Reads a timestamp and compares it with the tolerance.
#[inline]
pub(super) fn check_timestamp(
    compiled: &CompiledScheme,
    field: &TimestampField,
    text: &[u8],
    now: UnixTime,
) -> Result<UnixTime, VerifyError> {
    let time = field.format.parse(text)?;
    if compiled.exact_timestamp {
        field.format.check_exact(text)?;
    }
    match field.tolerance.window(time, now) {
        Window::Inside => Ok(time),
        Window::TooOld { age, tolerance } => Err(VerifyError::TimestampTooOld { age, tolerance }),
        Window::TooNew { ahead, tolerance } => Err(VerifyError::TimestampTooNew { ahead, tolerance }),
    }
}

/// The timestamp as it was received: this text is signed.
#[inline]
fn timestamp_text<'h>(
    compiled: &CompiledScheme,
    header_values: &HeaderValues<'h>,
    items: &Items<'h>,
) -> Result<Option<&'h [u8]>, VerifyError> {
    match &compiled.timestamp {
        Some(source) if !source.is_in_signature() => header_values
            .get(Slot::Timestamp)
            .one(|| VerifyError::MalformedTimestamp { reason: "several timestamps with different values" }),
        _ => Ok(items.timestamp.filter(|text| !text.is_empty())),
    }
}

/// Returns the id if it is in the head. It is required if it is signed.
#[inline]
fn id<'h>(
    compiled: &CompiledScheme,
    header_values: &HeaderValues<'h>,
) -> Result<Option<&'h [u8]>, VerifyError> {
    let malformed = |reason| Err(VerifyError::MalformedId { reason });
    match header_values.get(Slot::Id) {
        Occurrence::One([]) | Occurrence::Nothing if compiled.signs_id_in_head => {
            Err(compiled.looked_for.missing_id())
        }
        Occurrence::One([]) | Occurrence::Nothing => Ok(None),
        Occurrence::Several => malformed("several ids with different values"),
        Occurrence::One(id) if splits(id, &compiled.id_end, &compiled.id_start) => malformed(HOLDS_SEPARATOR),
        Occurrence::One(id) if !is_visible(id) => malformed("is not visible ASCII"),
        Occurrence::One(id) => Ok(Some(id)),
    }
}

fn is_form(content_type: Occurrence<'_>, takes_multipart: bool) -> bool {
    let Occurrence::One(value) = content_type else { return true };
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
    let essence = essence.trim_ascii();
    essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
        || takes_multipart && essence.eq_ignore_ascii_case(b"multipart/form-data")
}
