//! Formats requests and their forwarding.

use std::fmt;

use countersign::Delivery;
use serde::Serialize;

use super::exchange::{Exchange, Forwarding};
use crate::explain::Explanation;
use crate::output::{BAD, Body, DIM, GOOD, PrettyBody, UNSURE, base64, exact};
use crate::verdict::{Accepted, Rejected, Sentence};

/// The line for machines about an accepted delivery: the output of `verify`, the body, and what follows.
#[derive(Serialize)]
pub(super) struct Line<'d> {
    #[serde(flatten)]
    accepted: Accepted<'d>,
    /// JSON as JSON, other text as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Body<'d>>,
    /// Other bodies.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    #[serde(flatten)]
    capture: Option<Capture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forward: Option<ForwardLine<'d>>,
}

/// The line for machines about a rejected request.
#[derive(Serialize)]
pub(super) struct RejectedLine<'d> {
    #[serde(flatten)]
    rejected: Rejected,
    #[serde(flatten)]
    capture: Capture,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<&'d Explanation>,
}

/// The time and the file of a request.
#[derive(Serialize)]
struct Capture {
    received_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<String>,
}

#[derive(Serialize)]
struct ForwardLine<'d> {
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'d str>,
}

impl<'d> Line<'d> {
    pub(super) fn new(exchange: &Exchange, delivery: &'d Delivery, forwarding: &'d Forwarding) -> Self {
        let body = Body::new(delivery.body());
        let body_base64 = body.is_none().then(|| base64(delivery.body()));
        let forward = ForwardLine::new(forwarding);
        let capture = (forward.is_some() || exchange.recorded.is_some()).then(|| Capture::of(exchange));
        Self { accepted: Accepted::new(delivery), body, body_base64, capture, forward }
    }
}

impl<'d> RejectedLine<'d> {
    pub(super) fn new(
        exchange: &Exchange,
        error: &'static str,
        explanation: Option<&'d Explanation>,
    ) -> Self {
        Self { rejected: Rejected::new(error), capture: Capture::of(exchange), explanation }
    }
}

impl Capture {
    fn of(exchange: &Exchange) -> Self {
        let recorded = exchange.recorded.as_ref().map(|path| path.display().to_string());
        Self { received_at: exact(exchange.received_at), recorded }
    }
}

impl<'d> ForwardLine<'d> {
    fn new(forwarding: &'d Forwarding) -> Option<Self> {
        let of = |result| Self { result, status: None, latency_ms: None, error: None };
        Some(match forwarding {
            Forwarding::Off => return None,
            Forwarding::Answered { status, latency } => Self {
                status: Some(status.as_u16()),
                latency_ms: Some(latency.as_secs_f64() * 1000.0),
                ..of("answered")
            },
            Forwarding::Skipped => of("skipped"),
            Forwarding::Queued { reason, .. } => Self { error: Some(reason), ..of("queued") },
            Forwarding::Failed { error, .. } => Self { error: Some(error), ..of("failed") },
            Forwarding::Dropped(reason) => Self { error: Some(reason), ..of("dropped") },
        })
    }
}

/// The output for people: a sentence and the body, or one line if there is an app.
pub(super) struct Pretty<'d> {
    pub(super) exchange: &'d Exchange,
    pub(super) delivery: &'d Delivery,
    pub(super) forwarding: &'d Forwarding,
}

impl fmt::Display for Pretty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exchange, delivery, forwarding } = self;
        if **forwarding == Forwarding::Off {
            writeln!(f, "{}", Sentence(delivery))?;
            return PrettyBody(delivery.body()).fmt(f);
        }
        write!(f, "{} {} {DIM}->{DIM:#} {forwarding}", At(exchange), Sentence(delivery))
    }
}

/// The time of a request.
pub(super) struct At<'d>(pub(super) &'d Exchange);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{DIM}{}{DIM:#}", exact(self.0.received_at))
    }
}

impl fmt::Display for Forwarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("not forwarded"),
            Self::Answered { status, latency } => {
                let style = if status.is_success() { GOOD } else { BAD };
                let latency = latency.as_secs_f64() * 1000.0;
                write!(f, "{style}{}{style:#} in {latency:.1} ms", status.as_u16())
            }
            Self::Skipped => write!(f, "{DIM}skipped{DIM:#}"),
            Self::Queued { reason, waiting } => {
                write!(f, "{UNSURE}queued{UNSURE:#}, {waiting} waiting: {reason}")
            }
            Self::Failed { error, .. } => write!(f, "{BAD}failed{BAD:#}: {error}"),
            Self::Dropped(reason) => write!(f, "{BAD}dropped{BAD:#}: {reason}"),
        }
    }
}
