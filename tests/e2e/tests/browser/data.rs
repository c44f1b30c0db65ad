//! Events, statistics and changes of an inbox.

use std::time::Duration;

use countersign_inbox::{
    Accepted, Action, AttemptNote, AttemptOutcome, Change, CircuitReport, ClaimDue, ControlChange,
    DeliveryCounts, EventId, FailureKind, Fenced, Filter, Finish, Increment, InlineAttempt, PauseChange,
    RateLimit, RejectionSample,
};
use countersign_testkit::conformance::inbox::sample_event;
use countersign_testkit::simulators::SteppingClock;
use http::{HeaderName, HeaderValue};
use serde_json::json;

use crate::fixture::Both;

/// An empty inbox, and its clock.
pub(crate) struct Inbox<'s> {
    pub(crate) store: &'s dyn Both,
    pub(crate) clock: &'s SteppingClock,
}

/// The endpoint whose 7 events are dead letters.
pub(crate) const FAILING: &str = "billing";

impl Inbox<'_> {
    /// Adds an hour of three endpoints.
    pub(crate) async fn fill(&self) {
        for minute in 0..60 {
            let failed = if minute > 41 { 3 + minute % 4 } else { 0 };
            self.count(&[
                ("github", 40 + 3 * (minute % 7) + minute / 4, 0),
                ("orders", 25 + 5 * (minute % 5), u64::from(minute % 19 == 7)),
                (FAILING, 9 + minute % 3, failed),
            ])
            .await;
            self.clock.advance(Duration::from_secs(60));
        }
        for (number, event_type) in
            ["push", "pull_request.opened", "issues.closed", "push"].iter().enumerate()
        {
            self.receive(
                "github",
                "github",
                event_type,
                &format!("72d3162e-cc78-11e3-81ab-4c9367dc09{number}"),
            )
            .await;
        }
        self.end("github", 4, &Finish::Done, AttemptNote::NONE.with_code(200)).await;
        for number in 0..6 {
            self.receive("orders", "proxiant", "job.served", &format!("job_{}", 4810 + number)).await;
        }
        self.end("orders", 2, &Finish::Done, AttemptNote::NONE.with_code(200)).await;
        let after = Duration::from_secs(240);
        let error = "warehouse: connection reset by peer".to_owned();
        let failed = AttemptNote::NONE.with_failure(FailureKind::Error);
        self.end("orders", 2, &Finish::Retry { after, error }, failed).await;
        for number in 0..7 {
            self.receive(FAILING, "preflix", "audit.completed", &format!("evt_{}", 90_417 + 3 * number))
                .await;
            self.clock.advance(Duration::from_secs(2));
        }
        for number in 0..7 {
            let error = match number % 3 {
                0 => "ledger: no account for tenant acme".to_owned(),
                _ => format!("ledger: 503 Service Unavailable after {number}.2 s"),
            };
            let note = AttemptNote::NONE.with_code(503).with_failure(FailureKind::Permanent);
            self.end(FAILING, 1, &Finish::Dead { error }, note).await;
            self.clock.advance(Duration::from_secs(3));
        }
        let limit = RateLimit::new(100, Duration::from_secs(60)).unwrap();
        let limit = ControlChange::limit("orders", limit, "grace").with_reason("the warehouse is slow");
        self.store.set_control(&limit).await.unwrap();
        self.report_circuit("github", "ledger: # Service Unavailable", "worker-1").await;
        self.receive("github", "github", "push", "72d3162e-cc78-11e3-81ab-4c9367dc0905").await;
        self.end("github", 1, &unverified("the secret was rotated"), AttemptNote::NONE).await;
        let head =
            "POST /webhooks/billing HTTP/1.1\r\npreflixai-timestamp: 1795770000\r\nuser-agent: Preflix/1";
        self.reject(
            FAILING,
            "preflix",
            RejectionSample::new("signature_mismatch".to_owned(), "", head.to_owned()),
        )
        .await;
        self.record("storefront", "").await;
        let pause = PauseChange::pause("orders", "grace").with_reason("the warehouse is moving");
        self.store.set_pause(&pause).await.unwrap();
    }

    /// Adds dead letters of the failing endpoint.
    pub(crate) async fn fail(&self, count: usize) {
        for number in 0..count {
            self.receive(FAILING, "preflix", "audit.completed", &format!("evt_{number}")).await;
        }
        let dead = Finish::Dead { error: "ledger: 503 Service Unavailable".to_owned() };
        for begin in (0..count).step_by(500) {
            self.end(FAILING, (count - begin).min(500), &dead, AttemptNote::NONE.with_code(503)).await;
        }
    }

    /// Adds an endpoint with a text in every field that a sender, a handler or an operator fills in.
    pub(crate) async fn infest(&self, text: &str) {
        let marked = |name: &str| format!("{name}{text}");
        let line =
            |name: &str| marked(name).chars().filter(|letter| !letter.is_control()).collect::<String>();
        let source = line("hostile");
        for number in 1..=3 {
            let mut event = sample_event(&source, &marked(&number.to_string()), marked(r#"{"name":"Ada"}"#));
            event.tenant = Some(marked("acme"));
            event.provider = marked("preflix");
            event.event_type = Some(marked("a.b"));
            event.head.target = line("/hooks?x=");
            event.head.method = line("POST");
            // The letters that a name of a header may have.
            event.head.headers.insert(HeaderName::from_static("x-'&`|~"), header(&marked("value")));
            self.store.accept(event).await.unwrap();
        }
        let note = AttemptNote::NONE.with_code(502);
        self.end(&source, 3, &Finish::Dead { error: marked("down ") }, note).await;
        // Laid out as JSON, by the declaration of its provider, and explained.
        let body = json!({ "id": marked("4"), "type": marked("a.b"), "data": { text: text, "in": { text: [text] } } });
        let mut event = sample_event(&source, &marked("4"), body.to_string());
        event.provider = "preflix".to_owned();
        event.event_type = Some(marked("a.b"));
        self.store.accept(event).await.unwrap();
        self.end(&source, 1, &unverified(text), AttemptNote::NONE).await;
        let mut increment = Increment::new(source.clone());
        increment.counts =
            DeliveryCounts { accepted: 5, attempts: 4, done: 3, dead: 1, ..DeliveryCounts::default() };
        increment.rejections.counts.insert((marked("provider"), marked("kind")), 2);
        increment.rejections.samples.push(RejectionSample::new(
            marked("kind"),
            &marked("cause"),
            marked("POST /\r\nx: "),
        ));
        self.store.add_statistics(&[increment]).await.unwrap();
        // A kind that is explained, with a command for the provider.
        let sample =
            RejectionSample::new("signature_mismatch".to_owned(), &marked("cause"), marked("POST /\r\nx: "));
        self.reject(&source, &marked("provider"), sample).await;
        let mut filter = Filter::default();
        filter.source = Some(source.clone());
        let mut change = Change::new(Action::Replay, filter, marked("eve"));
        (change.reason, change.limit) = (Some(marked("why")), 1);
        self.store.change(&change).await.unwrap();
        let limit = RateLimit::new(5, Duration::from_secs(60)).unwrap();
        let limit = ControlChange::limit(source.clone(), limit, marked("eve"));
        self.store.set_control(&limit.with_reason(marked("slow"))).await.unwrap();
        let opening = ControlChange::open_circuit(source.clone(), Duration::from_secs(3600), marked("eve"));
        self.store.set_control(&opening).await.unwrap();
        self.report_circuit(&source, &marked("down"), &marked("worker")).await;
        self.record(&source, text).await;
        let pause = PauseChange::pause(source, marked("eve")).with_reason(marked("moves"));
        self.store.set_pause(&pause).await.unwrap();
    }

    /// Reports an open circuit.
    async fn report_circuit(&self, source: &str, pattern: &str, worker: &str) {
        let report = CircuitReport {
            source: source.to_owned(),
            left: Duration::from_secs(30),
            is_half_open: false,
            pattern: Some(pattern.to_owned()),
        };
        self.store.report_circuits(worker, &[report]).await.unwrap();
    }

    /// Adds a failed attempt of an inline handler, with a text in every field that a sender or a handler fills in.
    async fn record(&self, source: &str, text: &str) {
        let marked = |name: &str| format!("{name}{text}");
        let attempt = InlineAttempt {
            provider: marked("preflix"),
            tenant: Some(marked("acme")),
            external_id: Some(marked("evt_1")),
            event_type: Some(marked("audit.completed")),
            fence: Some(1),
            took: Duration::from_millis(40),
            outcome: AttemptOutcome::Retry,
            failure: Some(FailureKind::Error),
            code: Some(500),
            error: Some(marked("the cart is gone")),
            worker: marked("web-1"),
        };
        let mut increment = Increment::new(source);
        increment.inline_attempts.push((Duration::from_secs(2), attempt));
        self.store.add_statistics(&[increment]).await.unwrap();
    }

    /// Adds three rejected requests of the kind of a sample.
    async fn reject(&self, source: &str, provider: &str, sample: RejectionSample) {
        let mut increment = Increment::new(source);
        increment.rejections.counts.insert((provider.to_owned(), sample.kind.clone()), 3);
        increment.rejections.samples.push(sample);
        self.store.add_statistics(&[increment]).await.unwrap();
    }

    async fn receive(&self, source: &str, provider: &str, event_type: &str, id: &str) -> EventId {
        let body = format!(r#"{{"id":"{id}","event":"{event_type}","data":{{"name":"Ada","amount":4200}}}}"#);
        let mut event = sample_event(source, id, body);
        event.provider = provider.to_owned();
        event.event_type = Some(event_type.to_owned());
        event.received_at = countersign::Clock::now(self.clock);
        event.head.target = format!("/webhooks/{source}");
        event.head.headers.insert("user-agent", HeaderValue::from_static("Preflix/1"));
        event.head.headers.insert("x-preflix-signature", HeaderValue::from_static("sha256=5161"));
        match self.store.accept(event).await.unwrap() {
            Accepted::New { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    /// Ends attempts at so many events of an endpoint, the oldest first.
    async fn end(&self, source: &str, count: usize, finish: &Finish, note: AttemptNote) {
        let due = ClaimDue::new(source, "worker-1", count, Duration::from_secs(30));
        let claimed = self.store.claim_due(&due).await.unwrap();
        assert_eq!(claimed.len(), count, "{source}");
        self.clock.advance(Duration::from_millis(340));
        for leased in claimed {
            let finished = self.store.finish(&leased.lease, finish, note).await.unwrap();
            assert_eq!(finished, Fenced::Ok(()));
        }
    }

    /// Adds deliveries of endpoints, so many accepted and so many failed.
    async fn count(&self, deliveries: &[(&str, u64, u64)]) {
        let increments = deliveries.iter().map(|(source, accepted, failed)| {
            let mut increment = Increment::new(*source);
            increment.counts = DeliveryCounts {
                accepted: *accepted,
                attempts: *accepted,
                done: accepted - failed,
                dead: *failed,
                ..DeliveryCounts::default()
            };
            increment.time_to_done.record(Duration::from_millis(40 + 3 * accepted));
            increment
        });
        self.store.add_statistics(&increments.collect::<Vec<_>>()).await.unwrap();
    }
}

/// Returns the end of an attempt whose stored request does not verify, as workers report it.
fn unverified(cure: &str) -> Finish {
    Finish::Unverified {
        error: format!("the stored request was not verified again (signature_mismatch): {cure}"),
    }
}

/// Returns a header value of the text, without what none may contain.
fn header(text: &str) -> HeaderValue {
    let text: Vec<_> = text.bytes().filter(|byte| *byte >= 0x20 && *byte != 0x7f).collect();
    HeaderValue::from_bytes(&text).unwrap()
}
