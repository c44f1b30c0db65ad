use std::sync::Arc;
use std::time::Duration;

use countersign::providers::preflix;
use countersign_inbox::inline::{Admission, DUPLICATE, Deduplicator, DeduplicatorBuilder, Finished, Run};
use countersign_inbox::{DedupeStore, Endpoint};
use countersign_tests::Answer;
use countersign_tests::inline::{Does, Faulty, Handler, preflix as delivery, verified};
use http::StatusCode;
use http::header::RETRY_AFTER;

/// An endpoint of Preflix with this store, and the defaults.
pub(crate) fn builder(store: &Arc<Faulty>) -> DeduplicatorBuilder {
    Deduplicator::builder(
        Arc::clone(store) as Arc<dyn DedupeStore>,
        Endpoint::new("audits"),
        &preflix::PROVIDER,
    )
}

pub(crate) fn dedupe(store: &Arc<Faulty>) -> Deduplicator {
    builder(store).with_lease(LEASE).build().unwrap()
}

/// Runs until all that could happen has happened. Time is stopped.
pub(crate) fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

/// An answer in short: the status, why it is a duplicate, and when to come again.
pub(crate) type Short = (u16, Option<String>, Option<u64>);

pub(crate) fn short(answer: &Answer) -> Short {
    let text = |name| Some(answer.headers.get(name)?.to_str().unwrap().to_owned());
    (answer.status, text(DUPLICATE), text(RETRY_AFTER).map(|secs| secs.parse().unwrap()))
}

/// What the driver says about a delivery, without a framework: a status, and why it is a duplicate.
pub(crate) async fn send(dedupe: &Deduplicator, id: &str, handler: &Handler) -> (u16, Option<String>) {
    match admit(dedupe, id).await {
        Admission::Run(run) => drive(run, handler).await,
        Admission::Answer(answer) => described(&answer),
    }
}

pub(crate) async fn admit(dedupe: &Deduplicator, id: &str) -> Admission {
    dedupe.admit(&verified(&delivery(id, "bill")), None).await
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

/// A handler that succeeds.
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

/// Long enough to see its parts.
pub(crate) const LEASE: Duration = Duration::from_secs(60);
