use http::HeaderMap;
use opentelemetry::trace::{SpanKind, TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

use countersign_inbox::Endpoint;
use countersign_inbox::telemetry::traceparent;

use crate::support::{Store, accepting, nothing, pass, run, verified, verifier};

#[tokio::test(start_paused = true)]
async fn the_span_of_the_handler_is_linked_to_that_of_the_request_through_the_store() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("tests"));
    let _guard = countersign_test_logs::set_default(tracing_subscriber::registry().with(layer));

    let store = Store::new();
    let acceptor = accepting(&store, Endpoint::new("audits", verifier("a")));
    let (delivery, mut head) =
        verified(r#"{"id":"evt_1","type":"audit.completed","data":{"bill_id":"bill_8f4"}}"#);
    let other = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    head.headers.insert("traceparent", other.parse().unwrap());
    let accepted = info_span!("ingest").in_scope(|| acceptor.accept(&delivery, head));
    assert_eq!(accepted.await.refusal(), None);
    let worker = run(&store, nothing);
    pass(100).await;
    let _ = worker.drain().await;

    let spans = exporter.get_finished_spans().unwrap();
    let named = |name: &str| -> SpanData {
        let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
        assert_eq!(found.len(), 1, "{name}: {spans:?}");
        found[0].clone()
    };
    let (ingest, process) = (named("ingest"), named("process audits"));
    let links: Vec<_> = process.links.iter().map(|link| link.span_context.span_id()).collect();
    assert_eq!(links, [ingest.span_context.span_id()]);
    assert_eq!(process.span_context.trace_id(), ingest.span_context.trace_id(), "it is one trace");
    assert_eq!(process.parent_span_id, ingest.span_context.span_id());
    assert_eq!(process.span_kind, SpanKind::Consumer);
    let system = process.attributes.iter().find(|attribute| attribute.key.as_str() == "messaging.system");
    assert_eq!(system.unwrap().value.as_str(), "webhook_inbox");
}

#[test]
fn without_a_span_the_request_says_its_trace() {
    let mut headers = HeaderMap::new();
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    headers.insert("traceparent", parent.parse().unwrap());
    assert_eq!(traceparent(&headers).as_deref(), Some(parent));
}
