//! Sends deliveries to a deduplicator, with their ids changed.

use countersign::scheme::Location;
use countersign::{Delivery, Provider};
use countersign_inbox::inline::{Admission, DUPLICATE, Deduplicator, Finished};
use http::StatusCode;

use crate::fixtures::Fixture;

pub(super) async fn send(dedupe: &Deduplicator, delivery: &Delivery) -> (u16, Option<String>) {
    match dedupe.admit(delivery).await {
        Admission::Run(run) => match run.drive(async { StatusCode::OK }, |status| Some(*status)).await {
            Finished::Relay(status) => (status.as_u16(), None),
            other => panic!("{other:?}"),
        },
        Admission::Answer(answer) => {
            let why = answer.headers().get(DUPLICATE).map(|why| why.to_str().unwrap().to_owned());
            (answer.status().as_u16(), why)
        }
    }
}

/// Returns the header with the id, if a request without it verifies.
pub(super) fn id_header(provider: &Provider) -> Option<&str> {
    let first = match provider.event.id.as_ref()? {
        Location::FirstOf(places) => places.first()?,
        at => at,
    };
    match first {
        Location::Header(names) if !provider.coverage().unwrap().id => names.split(',').next(),
        _ => None,
    }
}

pub(super) fn stripped(fixture: &Fixture, name: &str) -> Fixture {
    let mut fixture = fixture.clone();
    fixture.headers.0.retain(|(other, _)| other != name);
    fixture
}

pub(super) fn with(fixture: &Fixture, name: &str, value: &str) -> Fixture {
    let mut fixture = stripped(fixture, name);
    fixture.headers.0.push((name.to_owned(), value.as_bytes().to_vec()));
    fixture
}
