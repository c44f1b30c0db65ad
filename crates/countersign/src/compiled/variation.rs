//! Checks that requests with different content have different signatures.

use super::check::CompiledCheck;
use super::scheme::CompiledScheme;
use crate::error::ConfigError;
use crate::scheme::{Covers, Needs, Part, Value};

/// Checks that some part of the content differs between requests, and that a request cannot leave it out.
pub(super) fn check(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let content = &compiled.content;
    if content.is_empty() || compiled.provider.scheme.message_signature.is_some() {
        return Ok(());
    }
    // Requests to an endpoint have one URL, unless it has the digest of the body.
    let has_digest = compiled.checks.iter().any(CompiledCheck::binds_body);
    let varies = |value: &Value| match value.row.covers {
        Covers::Nothing => false,
        Covers::Url { .. } => has_digest || value.is_optional(),
        _ => value.row.needs != Needs::Method,
    };
    if !content.values().any(varies) {
        return Err(invalid(
            "signs nothing that differs from one request to the next: one signature would be right for all of them"
                .to_owned(),
        ));
    }
    let mut optional = Vec::new();
    for part in content.before.iter().chain(&content.body).chain(&content.after) {
        match part {
            Part::Literal(_) => {}
            Part::Value(value) if !varies(value) => {}
            Part::Value(value) if !value.is_optional() && !is_open_list(value) => return Ok(()),
            Part::Value(_) | Part::Group(_) => optional.push(format!("`{}`", part.written())),
        }
    }
    Err(invalid(format!(
        "has no part that every request must have, so that one signature is right for all requests without {}. Make one of \
         them required: a member without `?`, a part outside of `{{? … ?}}`, or `{{body}}`",
        optional.join(", ")
    )))
}

/// Returns whether the value is a list of headers that may be empty.
fn is_open_list(value: &Value) -> bool {
    value.row.needs == Needs::HeadersOfClaim
}

fn invalid(problem: String) -> ConfigError {
    ConfigError::new("scheme.content", problem)
}
