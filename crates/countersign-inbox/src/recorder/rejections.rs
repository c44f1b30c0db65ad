use std::sync::Arc;

use countersign::ConfigError;
use countersign::receiver::{Received, Receiver, Rejection, RequestHead};

use super::recorder::Recorder;
use crate::statistics::RejectionSample;
use crate::telemetry::{DeliveryOutcome, arrived};

/// Returns the receiver that counts its rejections among the deliveries to this endpoint, and in its statistics.
pub(crate) fn counting(
    receiver: &Receiver,
    source: &str,
    recorder: Option<&Arc<Recorder>>,
) -> Result<Receiver, ConfigError> {
    let name = source.to_owned();
    let count = move |received: &Received| {
        if matches!(received, Received::Rejected(_)) {
            arrived(name.clone(), DeliveryOutcome::Rejected);
        }
    };
    let counting = receiver.to_builder().with_observer(count);
    let Some(recorder) = recorder else { return counting.build() };
    let (source, recorder) = (source.to_owned(), Arc::clone(recorder));
    let provider = receiver.declaration().slug.to_string();
    let record = move |rejection: &Rejection, head: &dyn Fn() -> RequestHead| {
        recorder.rejected(&source, &provider, rejection.kind(), || sample(rejection, &head()));
    };
    counting.with_rejection_observer(record).build()
}

fn sample(rejection: &Rejection, head: &RequestHead) -> RejectionSample {
    let cause = rejection.causes().map(|causes| causes.to_string()).unwrap_or_default();
    let target = head.uri().path_and_query().map_or("", |target| target.as_str());
    let head = RejectionSample::head_of(head.method().as_str(), target, head.headers());
    RejectionSample::new(rejection.kind().as_str(), &cause, head)
}
