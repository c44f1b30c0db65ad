//! Formats the verdict on a delivery, for machines and for people.

use std::fmt;

use countersign::{Delivery, VerifyError};
use serde::Serialize;

use crate::output::{BAD, DIM, GOOD, instant, printable};

/// An accepted delivery.
#[derive(Serialize)]
pub(crate) struct Accepted<'d> {
    accepted: bool,
    provider: &'d str,
    id: Option<&'d str>,
    id_signed: bool,
    event_type: Option<&'d str>,
    timestamp: Option<i64>,
    key: &'d str,
}

/// A rejected delivery, or an invalid request.
#[derive(Serialize)]
pub(crate) struct Rejected {
    accepted: bool,
    error: &'static str,
}

impl<'d> Accepted<'d> {
    pub(crate) fn new(delivery: &'d Delivery) -> Self {
        Self {
            accepted: true,
            provider: &delivery.provider().slug,
            id: delivery.id().map(|id| id.as_str()),
            id_signed: delivery.id().is_some_and(|id| id.is_signed()),
            event_type: delivery.event_type().map(|event_type| event_type.as_str()),
            timestamp: delivery.timestamp().map(|time| time.value().as_secs()),
            key: delivery.key(),
        }
    }
}

impl Rejected {
    pub(crate) const fn new(error: &'static str) -> Self {
        Self { accepted: false, error }
    }
}

/// Displays an accepted delivery in a sentence. The sender's text is escaped, so that it cannot control the
/// terminal.
pub(crate) struct Sentence<'d>(pub(crate) &'d Delivery);

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let delivery = self.0;
        let signed = |signed| if signed { "signed" } else { "not signed" };
        write!(f, "{GOOD}accepted{GOOD:#}: {}", delivery.provider().slug)?;
        match delivery.event_type() {
            Some(event_type) => write!(f, " {}", printable(event_type.as_str()))?,
            None => f.write_str(" delivery without a type")?,
        }
        match delivery.id() {
            Some(id) => {
                let (id, signed) = (printable(id.as_str()), signed(id.is_signed()));
                write!(f, ", id {id} {DIM}({signed}){DIM:#}")?;
            }
            None => f.write_str(", no id")?,
        }
        if let Some(time) = delivery.timestamp() {
            let (time, signed) = (instant(time.value()), signed(time.is_signed()));
            write!(f, ", sent {time} {DIM}({signed}){DIM:#}")?;
        }
        write!(f, ", key {}", delivery.key())
    }
}

/// Returns a sentence about a rejected delivery.
pub(crate) fn rejected(error: &VerifyError) -> String {
    format!("{BAD}rejected{BAD:#}: {}: {error}", error.kind())
}
