//! Separates the content that handshakes sign for any sender from the content of deliveries.

use super::boundaries::Bound;
use super::coverage::Coverage;
use super::scheme::CompiledScheme;
use crate::error::{ConfigError, VerifyError};
use crate::handshake::{Place, Step, Trust, UNBOUNDED};
use crate::provider::Provider;
use crate::scheme::{Algorithm, Covers, Input, Location, Part, Shape};

/// Rejects signed content, given in pieces, that has the form of a challenge.
pub(crate) fn refuse(compiled: &CompiledScheme, content: &[&[u8]]) -> Result<(), VerifyError> {
    let len = content.iter().fold(0, |sum: usize, piece| sum.saturating_add(piece.len()));
    let mut possible = compiled.challenges.iter().filter(|challenge| len <= challenge.longest()).peekable();
    if possible.peek().is_none() {
        return Ok(());
    }
    let content = content.concat();
    let is_one = possible.any(|challenge| challenge.matches(&content));
    if is_one { Err(VerifyError::SignedChallenge) } else { Ok(()) }
}

/// Refuses declarations whose handshakes would sign a delivery, or whose challenges would reject all deliveries.
pub(super) fn check(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    for (index, handshake) in compiled.provider.handshakes.iter().enumerate() {
        let step = compiled.handshakes.iter().flat_map(|steps| steps.iter());
        let step = step.into_iter().find(|step| step.handshake.name == handshake.name);
        if step.is_some_and(Step::digests_any_choice) {
            return Err(ConfigError::new(format!("handshakes[{index}].challenge"), DIGESTED));
        }
        let mut choices = step.into_iter().flat_map(|step| step.signed_choices());
        let is_open = handshake.challenge.is_none()
            && choices.any(|place| !covers(&compiled.provider, &compiled.bound, compiled.signs, place));
        if handshake.trust == Trust::Signed && is_open {
            return Err(ConfigError::new(format!("handshakes[{index}].challenge"), UNBOUNDED));
        }
    }
    let sample = sample(compiled);
    if sample.is_some_and(|sample| refuse(compiled, &[&sample]).is_err()) {
        let problem = "the challenge of a handshake has the form of the signed content, so that no delivery would be accepted: \
                       declare a narrower one";
        return Err(ConfigError::new("handshakes", problem));
    }
    Ok(())
}

/// Returns whether deliveries are signed with the digest that answers may contain: SHA-256 of the secret and the
/// content.
pub(super) fn signs_with_digests(algorithm: Algorithm) -> bool {
    algorithm.choices().any(|algorithm| algorithm == Algorithm::Sha256)
}

const DIGESTED: &str = "the answer holds a SHA-256 of a configured value and of text that the sender chose, and deliveries are signed \
     with SHA-256 of the secret and the content: if both had the same secret, the answer would be the signature of a delivery. \
     Declare the form of the challenge, for instance `challenge = \"^[a-f0-9]{20,32}$\"`";

/// Returns a sample of the signed content if that of all deliveries has the same form: a digest or a JWT.
fn sample(compiled: &CompiledScheme) -> Option<Vec<u8>> {
    if compiled.provider.scheme.jwt.is_some() {
        // `{"alg":"HS256"}.{}`
        return Some(b"eyJhbGciOiJIUzI1NiJ9.e30".to_vec());
    }
    let mut sample = Vec::new();
    for part in compiled.content.before.iter().chain(&compiled.content.body).chain(&compiled.content.after) {
        match part {
            Part::Literal(literal) => sample.extend_from_slice(literal.as_bytes()),
            Part::Value(value) if value.row.needs.is_body() && value.shape() == Shape::Fixed => {
                value.append(&Input::default(), &mut sample).ok()?;
            }
            _ => return None,
        }
    }
    (!sample.is_empty()).then_some(sample)
}

/// Returns whether the signature of a request covers the value at this place.
pub(super) fn covers(provider: &Provider, bound: &Bound, signs: Coverage, place: &Place) -> bool {
    let at = match place {
        // A sender who can add a value to one of several places can choose between them.
        Place::FirstOf(places) => return places.iter().all(|place| covers(provider, bound, signs, place)),
        Place::Path => {
            return bound.values().any(|value| matches!(value.row.covers, Covers::Url { path: true, .. }));
        }
        Place::Query(name) => Location::Query(name.clone()),
        Place::Header(name) => Location::Header(name.clone()),
        Place::Json(pointer) => Location::Json(pointer.clone()),
        Place::Form(name) => Location::Form(name.clone()),
    };
    place.is_in_body() && signs.body || Coverage::covers(provider, bound, &at)
}
