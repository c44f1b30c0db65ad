use std::any::Any;
use std::time::Duration;

use http::{HeaderMap, HeaderName};
#[cfg(feature = "opentelemetry")]
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::{Span, warn};
#[cfg(feature = "opentelemetry")]
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Returns the context of the current trace, for [`NewEvent::traceparent`](crate::NewEvent): that of the current
/// OpenTelemetry span, with the feature `opentelemetry`, or a valid
/// [`traceparent`](https://www.w3.org/TR/trace-context/) header of the request.
#[must_use]
pub fn traceparent(headers: &HeaderMap) -> Option<String> {
    #[cfg(feature = "opentelemetry")]
    if let Some(current) = current() {
        return Some(current);
    }
    let mut values = headers.get_all(TRACEPARENT).iter();
    let value = values.next()?.to_str().ok()?.trim();
    // Two values are ambiguous.
    (values.next().is_none() && TraceParent::parse(value).is_some()).then(|| value.to_owned())
}

/// Continues a trace in a span that has not been entered.
pub(crate) fn adopt(span: &Span, parent: TraceParent<'_>) {
    span.record("trace_id", parent.trace_id).record("parent_span_id", parent.span_id);
    #[cfg(feature = "opentelemetry")]
    link(span, parent);
    #[cfg(not(feature = "opentelemetry"))]
    let _ = parent.flags;
}

/// A `traceparent` in its parts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TraceParent<'a> {
    pub(crate) trace_id: &'a str,
    pub(crate) span_id: &'a str,
    pub(crate) flags: u8,
}

impl<'a> TraceParent<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split('-');
        let version = parts.next().filter(|version| is_hex(version, 2) && *version != "ff")?;
        let trace_id = parts.next().filter(|id| is_hex(id, 32) && !is_zero(id))?;
        let span_id = parts.next().filter(|id| is_hex(id, 16) && !is_zero(id))?;
        let flags = parts.next().filter(|flags| is_hex(flags, 2))?;
        // Later versions may have more parts.
        if version == "00" && parts.next().is_some() {
            return None;
        }
        Some(Self { trace_id, span_id, flags: u8::from_str_radix(flags, 16).ok()? })
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

/// Returns the current span as a `traceparent`, if an OpenTelemetry layer is installed and has it.
#[cfg(feature = "opentelemetry")]
fn current() -> Option<String> {
    let context = Span::current().context();
    let span = context.span();
    let context = span.span_context();
    context.is_valid().then(|| {
        let (trace, span, flags) = (context.trace_id(), context.span_id(), context.trace_flags().to_u8());
        format!("00-{trace}-{span}-{flags:02x}")
    })
}

/// Sets the span of the request as the parent, and links it: the conventions require the link, and the parent makes
/// it one trace.
#[cfg(feature = "opentelemetry")]
fn link(span: &Span, parent: TraceParent<'_>) {
    let (Ok(trace_id), Ok(span_id)) = (TraceId::from_hex(parent.trace_id), SpanId::from_hex(parent.span_id))
    else {
        return;
    };
    let flags = TraceFlags::new(parent.flags);
    let remote = SpanContext::new(trace_id, span_id, flags, true, TraceState::NONE);
    let context = opentelemetry::Context::new().with_remote_span_context(remote.clone());
    // An error means that no layer is installed.
    let _ = span.set_parent(context);
    span.add_link(remote);
}

/// Logs a retention that is valid, but short.
pub(crate) fn short_retention(source: &str, kept: Duration, recommended: Duration) {
    let (kept_secs, recommended_secs) = (kept.as_secs(), recommended.as_secs());
    warn!(
        target: TARGET, source, kept_secs, recommended_secs,
        "the retention of ids is short: a delivery that the provider sends again by hand or after an outage may be handled twice"
    );
}

/// Returns the message of a panic.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

pub(crate) const TARGET: &str = "countersign";
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_says_its_trace_and_nonsense_is_dropped() {
        let given = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(TRACEPARENT, value.parse().unwrap());
            }
            traceparent(&headers)
        };
        assert_eq!(given(&[VALID]).as_deref(), Some(VALID));
        assert_eq!(given(&[]), None);
        assert_eq!(given(&[VALID, VALID]), None);
        let zero = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        let no_span = "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01";
        for nonsense in [
            "",
            "00",
            zero,
            no_span,
            &VALID.to_uppercase(),
            &VALID.replace("00-4", "ff-4"),
            &format!("{VALID}-x"),
            &VALID[..54],
        ] {
            assert_eq!(given(&[nonsense]), None, "{nonsense}");
        }
        assert!(given(&[&format!("{}-x", VALID.replace("00-4", "01-4"))]).is_some(), "a later version");
    }

    #[test]
    fn a_traceparent_has_its_parts() {
        let parent = TraceParent::parse(VALID).unwrap();
        let (trace_id, span_id) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        assert_eq!(parent, TraceParent { trace_id, span_id, flags: 1 });
    }

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
}
