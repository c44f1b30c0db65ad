//! Deliveries to forward.

use serde_json::Value;

use crate::support::signed;

pub(super) const SLUG: &str = "github-sha256";

/// Returns the headers of a delivery with this id and type.
pub(super) fn delivery(id: &str, event: &str, body: &[u8]) -> Vec<String> {
    let more = [format!("x-github-delivery: {id}"), format!("x-github-event: {event}")];
    [signed(SLUG, body), more.to_vec()].concat()
}

pub(super) fn json_of(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}
