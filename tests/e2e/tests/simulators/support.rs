//! A receiver that answers as a test says, and simulated providers on a clock that jumps.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use countersign::receiver::Receiver;
use countersign::{Clock, Delivery, Provider, Secret, UnixTime, Verifier};
use countersign_testkit::simulators::{
    DeliveryAttempt, ProviderSubscription, SimulationClock, Simulator, SimulatorOptions, SteppingClock,
};
use countersign_tower::VerifyWebhookLayer;
use tokio::net::TcpListener;

pub(crate) const START: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const SECRET: &str = "whsec_bmV3IHNlY3JldCBvZiB0aGUgdGFibGUhIQ==";

/// A delivery that was verified.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) event_type: String,
    pub(crate) body: serde_json::Value,
    pub(crate) at: UnixTime,
}

/// The rule by which a receiver answers.
type Rule = Arc<dyn Fn(&Seen) -> StatusCode + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Hook {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    rule: Rule,
    clock: SteppingClock,
}

impl Hook {
    /// Starts a receiver that verifies with the clock of the simulation.
    pub(crate) async fn start(
        provider: &'static Provider,
        clock: &SteppingClock,
        rule: impl Fn(&Seen) -> StatusCode + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let hook = Self { url, seen: Arc::default(), rule: Arc::new(rule), clock: clock.clone() };
        let verifier = Verifier::new(provider, Secret::new(SECRET).unwrap()).unwrap();
        let receiver = Receiver::builder(verifier).with_clock(clock.clone()).build().unwrap();
        let app = Router::new()
            .route("/hook", post(handle).layer(VerifyWebhookLayer::new(receiver)))
            .with_state(hook.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        hook
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn subscription(&self) -> ProviderSubscription {
        ProviderSubscription::new(&*self.url, Secret::new(SECRET).unwrap())
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn handle(State(hook): State<Hook>, delivery: Delivery) -> StatusCode {
    let seen = Seen {
        id: delivery.id().map(|id| id.as_str().to_owned()).unwrap_or_default(),
        event_type: delivery.event_type().map(|found| found.as_str().to_owned()).unwrap_or_default(),
        body: delivery.json().unwrap(),
        at: hook.clock.now(),
    };
    hook.seen.lock().unwrap().push(seen.clone());
    (hook.rule)(&seen)
}

pub(crate) fn clock() -> SteppingClock {
    SteppingClock::starting_at(START)
}

pub(crate) fn stepping(clock: &SteppingClock) -> SimulatorOptions {
    SimulatorOptions::new().with_clock(SimulationClock::stepping(clock)).with_seed(7)
}

pub(crate) fn ok(_: &Seen) -> StatusCode {
    StatusCode::OK
}

pub(crate) fn unavailable(_: &Seen) -> StatusCode {
    StatusCode::SERVICE_UNAVAILABLE
}

/// Returns the times of the attempts at one event, in seconds after the event.
pub(crate) fn offsets(attempts: &[DeliveryAttempt], message: &str) -> Vec<u64> {
    let own = attempts.iter().filter(|attempt| attempt.message == message);
    own.map(|attempt| attempt.at.saturating_duration_since(attempt.published_at).as_secs()).collect()
}

/// Returns the ids of all events, in the order of their first attempts.
pub(crate) fn messages(simulator: &Simulator) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for attempt in simulator.attempts() {
        if !ids.contains(&attempt.message) {
            ids.push(attempt.message);
        }
    }
    ids
}
