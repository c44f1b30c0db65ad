//! Finds the properties of a valid declaration that weaken its protection.

use super::boundaries::Boundaries;
use super::check::CompiledCheck;
use super::coverage::Coverage;
use crate::error::ConfigWarning;
use crate::provider::Provider;
use crate::scheme::{Algorithm, Content, Covers, Shape, probably_meant};

pub(super) fn of(
    provider: &Provider,
    content: &Content,
    boundaries: &Boundaries,
    checks: &[CompiledCheck],
    signs: Coverage,
) -> Vec<ConfigWarning> {
    let scheme = &provider.scheme;
    let mut warnings = Vec::new();
    let mut warn = |field: &str, message: String| warnings.push(ConfigWarning::new(field, message));
    let checked = checks.iter().map(|check| ("scheme.checks.equals", &check.content));
    for (field, content) in std::iter::once(("scheme.content", content)).chain(checked) {
        for value in content.values() {
            if let Some(meant) = probably_meant(value) {
                let part = value.written();
                warn(
                    field,
                    format!("`{part}` is the value of that name in a request: did you mean `{{{meant}}}`?"),
                );
            }
        }
    }
    for (first, second) in &boundaries.open {
        warn(
            "scheme.content",
            format!(
                "nothing tells where `{first}` ends and `{second}` begins: a recorded request is accepted again with bytes \
                 moved from one to the other, so neither is reported as signed"
            ),
        );
    }
    for value in content.body_values() {
        if value.row.shape == Shape::Mixed {
            let part = value.written();
            warn(
                "scheme.content",
                format!(
                    "`{part}` joins names and values with nothing between them: a recorded form is accepted again with \
                     other fields that make the same text, so none of them is reported as signed"
                ),
            );
        }
    }
    for value in content.body_values().filter(|value| value.row.covers == Covers::Collidable) {
        let part = value.written();
        warn(
            "scheme.content",
            format!(
                "`{part}` is a digest with known collisions: a party that chooses part of a body before it is signed can \
                 prepare a second body with the same signature"
            ),
        );
    }
    let signs_nothing = matches!(scheme.algorithm, Algorithm::Token | Algorithm::Basic);
    if !signs_nothing && !signs.body && !content.covers_all_values() && scheme.for_each.is_none() {
        let is_jwt_in_body = scheme.jwt.is_some() && scheme.signature.at.is_in_body();
        warn("scheme.content", left_out(content, is_jwt_in_body).to_owned());
    }
    if let Some(at) = &provider.event.id
        && !signs_nothing
        && !signs.id
        && at.alternatives().iter().any(|at| !at.is_in_body())
    {
        warn(
            "event.id",
            format!(
                "the signature does not cover the id at `{at}`: a recorded request is accepted again with another id, so \
                 that the id alone does not tell that it was handled before"
            ),
        );
    }
    if boundaries.guard.extendable {
        warn(
            "scheme.algorithm",
            format!(
                "a plain hash of the secret and what follows does not bind the body against extension: more can be \
                 appended without the secret{}. The body is not reported as signed",
                if content.streams() && !content.body.is_empty() {
                    ", and bodies that hold the padding which that leaves are refused"
                } else {
                    ""
                }
            ),
        );
    }
    if scheme.for_each.is_some() && scheme.algorithm.covers_content() {
        warn(
            "scheme.for_each",
            "items are signed one by one: a recorded body is accepted again with items left out, or in another order"
                .to_owned(),
        );
    }
    if let Some(field) = &scheme.timestamp
        && !signs.timestamp
    {
        warn(
            "scheme.timestamp.at",
            format!(
                "the signature does not cover the timestamp at `{}`: a recorded request is accepted again with a new one, \
                 for ever",
                field.at
            ),
        );
    }
    warnings
}

/// Returns the warning of a body that the signature does not cover as a whole.
fn left_out(content: &Content, is_jwt_in_body: bool) -> &'static str {
    if content.body_values().any(|value| value.row.covers == Covers::Checksum) {
        "the signature covers a checksum of the body: a recorded request is accepted again with any other body that is \
         made to have the same one"
    } else if content.body.is_empty() && !is_jwt_in_body {
        "the signature does not cover the body: a recorded request is accepted again with any other body"
    } else {
        "the signature covers parts of the body only: a recorded request is accepted again with other values in the rest of \
         it"
    }
}
