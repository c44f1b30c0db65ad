use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::trace_parent::TraceParent;

/// Returns the current span as a `traceparent`, if an OpenTelemetry layer is installed and has it.
pub(super) fn current() -> Option<String> {
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
pub(super) fn adopt(span: &Span, parent: TraceParent<'_>) {
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
