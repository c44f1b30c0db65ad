//! Formats an accepted delivery with its body.

use std::fmt;

use countersign::Delivery;
use serde::Serialize;

use crate::output::{Body, PrettyBody, base64};
use crate::verdict::{Accepted, Sentence};

/// The line for machines: the output of `verify`, and the body.
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
}

impl<'d> Line<'d> {
    pub(super) fn new(delivery: &'d Delivery) -> Self {
        let body = Body::new(delivery.body());
        let body_base64 = body.is_none().then(|| base64(delivery.body()));
        Self { accepted: Accepted::new(delivery), body, body_base64 }
    }
}

/// The output for people.
pub(super) struct Pretty<'d>(pub(super) &'d Delivery);

impl fmt::Display for Pretty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", Sentence(self.0))?;
        PrettyBody(self.0.body()).fmt(f)
    }
}
