use http::{HeaderMap, HeaderName};
use tracing::Span;

/// Returns the context of the current trace, for [`NewEvent::traceparent`](crate::NewEvent): that of the current
/// OpenTelemetry span, with the feature `opentelemetry`, or a valid
/// [`traceparent`](https://www.w3.org/TR/trace-context/) header of the request.
#[must_use]
pub fn traceparent(headers: &HeaderMap) -> Option<String> {
    #[cfg(feature = "opentelemetry")]
    if let Some(current) = super::otel::current() {
        return Some(current);
    }
    let mut values = headers.get_all(TRACEPARENT).iter();
    let value = values.next()?.to_str().ok()?.trim();
    // Two values are ambiguous.
    (values.next().is_none() && TraceParent::parse(value).is_some()).then(|| value.to_owned())
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

/// Continues a trace in a span that has not been entered.
pub(crate) fn adopt(span: &Span, parent: TraceParent<'_>) {
    span.record("trace_id", parent.trace_id).record("parent_span_id", parent.span_id);
    #[cfg(feature = "opentelemetry")]
    super::otel::adopt(span, parent);
    #[cfg(not(feature = "opentelemetry"))]
    let _ = parent.flags;
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

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
