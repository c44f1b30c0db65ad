use std::sync::Arc;
use std::time::Duration;

use countersign::providers::preflix;
use countersign_inbox::inline::{Admission, DUPLICATE, Deduplicator, DeduplicatorBuilder, Finished, Run};
use countersign_inbox::{DedupeStore, IdentityPolicy};
use countersign_tests::Answer;
use countersign_tests::inline::{Does, Faulty, Handler, preflix as delivery, verified};
use http::StatusCode;
use http::header::RETRY_AFTER;

/// Returns an endpoint of Preflix with this store, and the defaults.
pub(crate) fn builder(store: &Arc<Faulty>) -> DeduplicatorBuilder {
    Deduplicator::builder(
        Arc::clone(store) as Arc<dyn DedupeStore>,
        IdentityPolicy::new("audits"),
        &preflix::PROVIDER,
    )
}

pub(crate) fn dedupe(store: &Arc<Faulty>) -> Deduplicator {
    builder(store).with_lease(LEASE).build().unwrap()
}

/// Creates a runtime with paused time that runs until all tasks wait.
pub(crate) fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

/// A response in short: the status, the duplicate reason, and the retry delay.
pub(crate) type Short = (u16, Option<String>, Option<u64>);

pub(crate) fn short(answer: &Answer) -> Short {
    let text = |name| Some(answer.headers.get(name)?.to_str().unwrap().to_owned());
    (answer.status, text(DUPLICATE), text(RETRY_AFTER).map(|secs| secs.parse().unwrap()))
}

/// Returns the result of the driver for a delivery, without a framework: a status, and the duplicate reason.
pub(crate) async fn send(dedupe: &Deduplicator, id: &str, handler: &Handler) -> (u16, Option<String>) {
    match admit(dedupe, id).await {
        Admission::Run(run) => drive(run, handler).await,
        Admission::Answer(answer) => described(&answer),
    }
}

pub(crate) async fn admit(dedupe: &Deduplicator, id: &str) -> Admission {
    dedupe.admit(&verified(&delivery(id, "bill"))).await
}

pub(crate) async fn drive(run: Run, handler: &Handler) -> (u16, Option<String>) {
    let claim = run.context();
    let handling = async { StatusCode::from_u16(handler.run(claim).await).unwrap() };
    match run.drive(handling, |status| Some(*status)).await {
        Finished::Relay(status) => (status.as_u16(), None),
        Finished::Failed(_) => (500, None),
        Finished::Answer(answer) => described(&answer),
    }
}

pub(crate) fn described<B>(answer: &http::Response<B>) -> (u16, Option<String>) {
    let duplicate = answer.headers().get(DUPLICATE).map(|why| why.to_str().unwrap().to_owned());
    (answer.status().as_u16(), duplicate)
}

pub(crate) fn acquired(admission: Admission) -> Run {
    match admission {
        Admission::Run(run) => run,
        Admission::Answer(answer) => panic!("it was to be handled, and is answered: {answer:?}"),
    }
}

/// Returns a handler that succeeds.
pub(crate) fn succeeds() -> Handler {
    Handler::new([])
}

pub(crate) fn does(what: Does) -> Handler {
    Handler::new([what])
}

pub(crate) const HANDLED: (u16, Option<String>) = (200, None);
pub(crate) const AGAIN: (u16, Option<String>) = (503, None);
pub(crate) const FAILED: (u16, Option<String>) = (500, None);

pub(crate) fn done() -> (u16, Option<String>) {
    (200, Some("done".to_owned()))
}

/// Long enough to distinguish its parts.
pub(crate) const LEASE: Duration = Duration::from_secs(60);
