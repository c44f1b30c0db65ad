use http::{HeaderMap, HeaderName};
use tracing::Span;

use super::trace_parent::TraceParent;

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

/// Continues a trace in a span that has not been entered.
pub(crate) fn adopt(span: &Span, parent: TraceParent<'_>) {
    span.record("trace_id", parent.trace_id).record("parent_span_id", parent.span_id);
    #[cfg(feature = "opentelemetry")]
    super::otel::adopt(span, parent);
    #[cfg(not(feature = "opentelemetry"))]
    let _ = parent.flags;
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

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
}
