use countersign::Event;
use countersign_inbox::{Context, Outcome};
use countersign_test_logs::Logs;

use crate::support::{Audited, Store, completed, pass, run};

#[tokio::test(start_paused = true)]
async fn what_a_handler_logs_has_its_attempt_and_the_trace_of_the_request() {
    let logs = Logs::collect();
    let mut event = completed("evt_1");
    event.traceparent = Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned());
    let store = Store::with([event]);
    let _worker = run(&store, |_: Event<Audited>, _: Context| async {
        tracing::info!("the handler runs");
        Outcome::permanent("no such bill")
    });
    pass(100).await;
    let lines = logs.with("the handler runs");
    for field in [
        "otel.name=process audits",
        r#"otel.kind="consumer""#,
        r#"messaging.system="webhook_inbox""#,
        r#"messaging.destination.name="audits""#,
        r#"messaging.operation.type="process""#,
        "messaging.message.id=1",
        "messaging.message.body.size=",
        r#"cloudevents.event_id="evt_1""#,
        r#"cloudevents.event_type="audit.completed""#,
        r#"cloudevents.event_source="preflix""#,
        "attempt=1",
        r#"trace_id="4bf92f3577b34da6a3ce929d0e0e4736""#,
        r#"parent_span_id="00f067aa0ba902b7""#,
    ] {
        assert!(lines.len() == 1 && lines[0].contains(field), "{field}: {lines:?}");
    }
    let dead = logs.with("a dead letter");
    assert!(dead[0].contains("no such bill") && dead[0].contains(r#"error.type="dead""#), "{dead:?}");
}

#[tokio::test(start_paused = true)]
async fn logs_show_neither_bodies_nor_headers() {
    let logs = Logs::collect();
    let store = Store::with([completed("1")]);
    let headers = store.event(1).head.unwrap().headers;
    let worker = run(&store, |_: Event<Audited>, _: Context| async { Err::<(), _>("down") });
    pass(60_000).await;
    let _ = worker.drain().await;
    assert!(!logs.with("failed: will be retried").is_empty());
    let values = headers.values().map(|value| value.to_str().unwrap().to_owned());
    for secret in values.chain(["bill_8f4".to_owned()]) {
        assert_eq!(logs.with(&secret), [""; 0], "{secret}");
    }
}
