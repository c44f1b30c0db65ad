//! Finds the properties of a valid declaration that weaken its protection.

use super::boundaries::Boundaries;
use super::check::CompiledCheck;
use super::coverage::Coverage;
use crate::error::ConfigWarning;
use crate::provider::Provider;
use crate::scheme::{Content, Shape, probably_meant};

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
    if scheme.algorithm.covers_content()
        && content.body.is_empty()
        && !signs.body
        && scheme.for_each.is_none()
    {
        warn(
            "scheme.content",
            "the signature does not cover the body: a recorded request is accepted again with any other body"
                .to_owned(),
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
