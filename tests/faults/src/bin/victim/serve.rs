use std::future::IntoFuture;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use countersign::providers::proxiant;
use countersign::{Delivery, Secret, SecretSet, UnixTime, Verifier};
use countersign_faults::{CONCURRENCY, Phase, key_of};
use countersign_inbox::{
    Backoff, Context, Endpoint, Health, Inbox, OpsStore, Outcome, SourceStats, Subscription,
};
use countersign_tower::InboxExt;
use fail::fail_point;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::effects::{Attempt, EffectsFile};
use crate::store::Store;
use crate::{number, variable};

/// Receives and handles until the process is asked to end.
pub(crate) async fn run(store: Store) {
    let verifier = Verifier::new(&proxiant::PROVIDER, secrets()).unwrap();
    let (ops, counted) = (store.ops.clone(), store.ops.clone());
    let inbox = inbox(&store, verifier);
    let health = inbox.health();
    let app = Router::new()
        .route_service("/webhooks/proxiant", inbox.service("proxiant").unwrap())
        .layer(from_fn(before_response))
        .route("/unfinished", get(move || unfinished(ops.clone())))
        .route("/counts", get(move || counts(counted.clone())))
        .route("/ready", get(move || ready(health.clone())));

    let shutdown = CancellationToken::new();
    let listener = TcpListener::bind(variable("ADDR").unwrap()).await.unwrap();
    eprintln!("listening on http://{}", listener.local_addr().unwrap());
    let serving = axum::serve(listener, app).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let serving = tokio::spawn(serving.into_future());
    signal(SignalKind::terminate()).unwrap().recv().await;
    shutdown.cancel();
    let _ = inbox.drain().await;
    serving.await.unwrap().unwrap();
}

fn inbox(store: &Store, verifier: Verifier) -> Inbox {
    let effects = Arc::new(EffectsFile::open(&variable("EFFECTS").unwrap()));
    let concurrency = usize::try_from(number("CONCURRENCY", CONCURRENCY as u64)).unwrap();
    let handler = |place: String| {
        let effects = effects.clone();
        move |delivery: Delivery, context: Context| handle(effects.clone(), place.clone(), delivery, context)
    };
    let endpoint = Endpoint::new("proxiant", verifier);
    let endpoint = match variable("SUBSCRIPTIONS") {
        None => endpoint.otherwise(handler(String::new())).with_concurrency(concurrency),
        Some(names) => names.split(',').fold(endpoint, |endpoint, name| {
            let subscription = Subscription::new(name).otherwise(handler(format!("{name}/")));
            endpoint.with_subscription(subscription.with_concurrency(concurrency))
        }),
    };
    let keys = usize::try_from(number("KEYS", 0)).unwrap();
    let endpoint = if keys == 0 {
        endpoint
    } else {
        endpoint.with_ordering_key_from(move |delivery: &Delivery| key_of(delivery.id()?.as_str(), keys))
    };
    let pause = Duration::from_millis(5);
    let inbox = Inbox::builder(store.inbox.clone())
        .with_endpoint(endpoint)
        .with_lease(Duration::from_millis(number("LEASE_MS", 2000)))
        .with_backoff(Backoff::new(pause, pause))
        .with_max_attempts(u32::try_from(number("MAX_ATTEMPTS", 12)).unwrap());
    let only_accepts = variable("ACCEPT_ONLY").is_some();
    if only_accepts { inbox.start_accepting() } else { inbox.start() }.unwrap()
}

async fn handle(effects: Arc<EffectsFile>, place: String, delivery: Delivery, context: Context) -> Outcome {
    fail_point!("before-handler");
    let id = delivery.id().unwrap().as_str().to_owned();
    let effect = format!("{place}{id}");
    let attempt = Attempt::begin(effects, effect, context.lease().fence(), context.attempt());
    if variable("ABORT_ON").is_some_and(|culprit| culprit == id) {
        tokio::time::sleep(Duration::from_millis(number("ABORT_MS", 0))).await;
        std::process::abort();
    }
    tokio::time::sleep(Duration::from_millis(number("HANDLER_MS", 0))).await;
    if u64::from(context.attempt()) <= number("FAIL_FIRST", 0) {
        attempt.end(Phase::Failed);
        return Outcome::retry("on purpose");
    }
    fail_point!("before-effect");
    attempt.end(Phase::Done);
    fail_point!("after-effect");
    Outcome::Done
}

async fn before_response(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    fail_point!("before-response");
    response
}

async fn unfinished(ops: Arc<dyn OpsStore>) -> String {
    let stats = ops.stats().await.unwrap();
    stats.sources.iter().map(|source| source.ready + source.running).sum::<u64>().to_string()
}

async fn counts(ops: Arc<dyn OpsStore>) -> String {
    let stats = ops.stats().await.unwrap();
    let sum = |of: fn(&SourceStats) -> u64| stats.sources.iter().map(of).sum::<u64>();
    format!("{} done, {} dead, {} unverified", sum(|of| of.done), sum(|of| of.dead), sum(|of| of.unverified))
}

/// Returns the signing key, and the previous one.
fn secrets() -> SecretSet {
    let secret = |name| variable(name).map(|secret| Secret::new(secret).unwrap());
    let secrets = SecretSet::new(secret("SECRET").unwrap());
    let soon = UnixTime::from(SystemTime::now() + Duration::from_secs(3600));
    match secret("OLD_SECRET") {
        Some(old) => secrets.with_until("old", old, soon),
        None => secrets,
    }
}

async fn ready(health: Health) -> (StatusCode, String) {
    let report = health.ready().await;
    let status = if report.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, report.reasons.join("; "))
}
