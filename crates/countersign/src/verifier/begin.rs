//! What is decided before the body is read: headers, then the signature field, then the timestamp, then the size.

use std::sync::Arc;

use smallvec::SmallVec;

use super::buffer::Buffer;
use super::ports::port_variant;
use super::{Intake, Plan, Source, Values, Verifier, render};
use crate::error::VerifyError;
use crate::head::{Head, Headers};
use crate::inline::Inline;
use crate::scheme::{Repeat, TimestampField};
use crate::time::{UnixTime, Window};

/// The bytes of the signature field; several headers with a signature each are lines.
pub(super) type Field = SmallVec<[u8; 128]>;

impl Intake {
    pub(super) fn begin<H: Headers>(
        verifier: &Verifier,
        head: &Head<'_, H>,
        now: UnixTime,
    ) -> Result<Self, VerifyError> {
        let plan = &*verifier.plan;
        let scheme = &plan.provider.scheme;
        if plan.signs_form && !is_form(head) {
            return Err(VerifyError::UnsupportedContentType);
        }
        let signature = signature_field(verifier, head)?;
        let stamp = match &plan.timestamp {
            Some(source) if !source.is_in_body() => timestamp_text(plan, source, head, &signature)?,
            _ => None,
        };
        if !plan.signature.is_in_body() {
            plan.check_signatures(&signature, stamp.is_some(), verifier.limits.signatures)?;
        }
        let id = id(plan, head)?;
        let timestamp = match (&scheme.timestamp, &plan.timestamp) {
            (Some(field), Some(source)) if !source.is_in_body() => {
                Some(judge(field, stamp.ok_or(VerifyError::MissingTimestamp)?, now)?)
            }
            _ => None,
        };
        let values = Values { id: id.as_ref().map(Inline::as_bytes), timestamp: stamp, url: head.url() };
        let content = &plan.content;
        let more = !content.body.is_empty();
        let before = render(&content.before, more, head, &values)?;
        let after = render(&content.after, false, head, &values)?;
        let variant = if scheme.any_port { head.url().and_then(port_variant) } else { None };
        let instead = variant
            .map(|url| render(&content.before, more, head, &Values { url: Some(&url), ..values }))
            .transpose()?;

        let limit = verifier.limits.body_bytes;
        let announced = head.content_length().unwrap_or(0);
        let announced = usize::try_from(announced).ok().filter(|length| *length <= limit);
        let announced = announced.ok_or(VerifyError::PayloadTooLarge { limit })?;
        Ok(Self {
            plan: Arc::clone(&verifier.plan),
            keys: Arc::clone(&verifier.keys),
            event_type: plan.event_type.as_ref().and_then(|source| head_value(source, head)),
            signature,
            before,
            instead,
            after,
            id,
            timestamp,
            limits: verifier.limits,
            announced,
            now,
            body: Buffer::Empty,
        })
    }
}

impl Plan {
    /// Whether the field holds signatures, and not too many.
    pub(super) fn check_signatures(
        &self,
        field: &[u8],
        has_timestamp: bool,
        limit: usize,
    ) -> Result<(), VerifyError> {
        if field.iter().all(u8::is_ascii_whitespace) {
            return Err(VerifyError::MissingSignature);
        }
        match self.grammar.signatures(field).take(limit.saturating_add(1)).count() {
            0 if has_timestamp && self.timestamp.as_ref().is_some_and(Source::is_in_signature) => {
                Err(VerifyError::NoSignatureForExpectedVersion)
            }
            0 => Err(VerifyError::MalformedSignature {
                reason: "no signature with a recognised prefix or version",
            }),
            count if count > limit => {
                Err(VerifyError::MalformedSignature { reason: "more signatures than the limit" })
            }
            _ => Ok(()),
        }
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

fn signature_field<H: Headers>(verifier: &Verifier, head: &Head<'_, H>) -> Result<Field, VerifyError> {
    let plan = &*verifier.plan;
    let mut field = Field::new();
    let signature = &plan.provider.scheme.signature;
    let mut take = |value: &[u8]| {
        if field.is_empty() {
            field.extend_from_slice(value);
        } else if signature.repeat == Repeat::Any {
            field.push(b'\n');
            field.extend_from_slice(value);
        } else if field.as_slice() != value {
            return Err(VerifyError::MalformedSignature {
                reason: "several signature headers with different values",
            });
        }
        if field.len() > verifier.limits.signature_bytes {
            return Err(VerifyError::MalformedSignature { reason: "the field is longer than the limit" });
        }
        Ok(())
    };
    match &plan.signature {
        Source::Headers(names) => {
            for value in names.iter().flat_map(|name| head.headers().values(name)) {
                take(value)?;
            }
        }
        Source::Query(name) => take(head.query_parameter(name).unwrap_or_default().as_bytes())?,
        _ => return Ok(field),
    }
    if field.is_empty() { Err(VerifyError::MissingSignature) } else { Ok(field) }
}

/// The timestamp as it was received: this text is what is signed.
fn timestamp_text<'a, H: Headers>(
    plan: &'a Plan,
    source: &Source,
    head: &Head<'a, H>,
    signature: &'a [u8],
) -> Result<Option<&'a [u8]>, VerifyError> {
    let text = match source {
        Source::Headers(names) => first_header(names, head).map_err(|()| {
            VerifyError::MalformedTimestamp { reason: "several timestamps with different values" }
        })?,
        Source::Query(name) => head.query_parameter(name).map(str::as_bytes),
        _ => plan.grammar.item(signature, source)?,
    };
    Ok(text.filter(|text| !text.is_empty()))
}

/// The id, where it is in the head. It is required where it is signed.
fn id<H: Headers>(plan: &Plan, head: &Head<'_, H>) -> Result<Option<Inline>, VerifyError> {
    let text = match &plan.id {
        Some(Source::Headers(names)) => first_header(names, head)
            .map_err(|()| VerifyError::MalformedId { reason: "several ids with different values" })?,
        Some(Source::Query(name)) => head.query_parameter(name).map(str::as_bytes),
        _ => return Ok(None),
    };
    match text.filter(|text| !text.is_empty()) {
        Some(text) => {
            Inline::visible(text).map(Some).ok_or(VerifyError::MalformedId { reason: "is not visible ASCII" })
        }
        None if plan.signs.id => Err(VerifyError::MissingId),
        None => Ok(None),
    }
}

fn head_value<H: Headers>(source: &Source, head: &Head<'_, H>) -> Option<Inline> {
    match source {
        Source::Headers(names) => first_header(names, head).ok().flatten().and_then(Inline::visible),
        Source::Query(name) => head.query_parameter(name).and_then(|value| Inline::visible(value.as_bytes())),
        _ => None,
    }
}

/// The one value of a header that goes by these names. Two that differ are an error.
fn first_header<'h, H: Headers>(
    names: &[http::HeaderName],
    head: &Head<'h, H>,
) -> Result<Option<&'h [u8]>, ()> {
    let mut values = names.iter().flat_map(|name| head.headers().values(name));
    let first = values.next();
    if values.any(|other| Some(other) != first) { Err(()) } else { Ok(first) }
}

fn is_form<H: Headers>(head: &Head<'_, H>) -> bool {
    head.headers().values(&http::header::CONTENT_TYPE).next().is_none_or(|value| {
        let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    })
}
