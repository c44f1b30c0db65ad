//! What a scheme with tokens needs of a declaration, and what only such a scheme may have.

use super::{Plan, Source};
use crate::error::ConfigError;
use crate::scheme::{Algorithm, Encoding, Format, Location, check_message_signature};

pub(super) fn check(plan: &Plan) -> Result<(), ConfigError> {
    let scheme = &plan.provider.scheme;
    check_message_signature(scheme)?;
    let needs = |ok: bool, field: &str, problem: &str| {
        if ok { Ok(()) } else { Err(ConfigError::new(field, problem)) }
    };
    needs(
        (scheme.algorithm == Algorithm::Jwt) == scheme.token.is_some(),
        "scheme.token",
        "belongs to the algorithm `jwt`, and only there",
    )?;
    for (field, source) in [
        ("scheme.timestamp.at", plan.timestamp.as_ref()),
        ("event.id", plan.id.as_ref()),
        ("event.type", plan.event_type.as_ref()),
    ] {
        needs(!matches!(source, Some(Source::Body)), field, "is a value, and `body` is all that is sent")?;
        needs(
            scheme.token.is_some() || !matches!(source, Some(Source::Claim(_))),
            field,
            "is a claim, and only tokens have claims",
        )?;
    }
    for check in &plan.checks {
        needs(check.at != Location::Body, "scheme.checks.at", "is a value, and `body` is all that is sent")?;
        needs(
            scheme.token.is_some() || !matches!(check.at, Location::Claim(_)),
            "scheme.checks.at",
            "is a claim, and only tokens have claims",
        )?;
    }
    let Some(rules) = &scheme.token else {
        return needs(
            !matches!(plan.signature, Source::Body | Source::Claim(_)),
            "scheme.signature.at",
            "is a place for tokens",
        );
    };
    rules.check()?;
    needs(
        matches!(plan.signature, Source::Headers(_) | Source::Json(_) | Source::Body),
        "scheme.signature.at",
        "a token is in a header, a member of a JSON body, or it is the body",
    )?;
    needs(
        scheme.signature.encoding == Encoding::Base64Url
            && matches!(scheme.signature.format, Format::Value { .. }),
        "scheme.signature",
        "a token is one value in `base64url`",
    )?;
    needs(
        !rules.detached || !plan.signature.is_in_body(),
        "scheme.token.detached",
        "the body cannot be both the token and its payload",
    )?;
    needs(plan.each.is_none(), "scheme.each", "a token is not one per item")
}
