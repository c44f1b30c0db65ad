use tracing::field::Empty;
use tracing::{Span, info_span};

use crate::inbox_store::Leased;
use crate::telemetry::{TraceParent, adopt};

/// Creates the span of an attempt.
pub(super) fn span(leased: &Leased, worker: &str) -> Span {
    let event = &leased.event;
    let span = info_span!(
        target: "countersign",
        parent: None,
        "process",
        otel.name = format_args!("process {}", event.source),
        otel.kind = "consumer",
        otel.status_code = Empty,
        messaging.system = "webhook_inbox",
        messaging.destination.name = &*event.source,
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.message.id = event.id.get(),
        messaging.message.body.size = event.body.len(),
        messaging.client.id = worker,
        cloudevents.event_id = event.external_id,
        cloudevents.event_type = event.event_type,
        cloudevents.event_source = &*event.provider,
        attempt = leased.attempt,
        replays = leased.replays,
        fence = leased.lease.fence(),
        trace_id = Empty,
        parent_span_id = Empty,
        outcome = Empty,
        error.type = Empty,
    );
    if let Some(parent) = event.traceparent.as_deref().and_then(TraceParent::parse) {
        adopt(&span, parent);
    }
    span
}
