use super::boundaries::{Bound, Boundaries};
use super::check::CompiledCheck;
use crate::provider::Provider;
use crate::scheme::{Location, MessageSignatureRules, Needs, Value};

/// The parts of a request that a signature covers. An attacker who can see and repeat a request can change all other
/// parts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Coverage {
    /// All bytes of the body.
    pub body: bool,
    /// The id of the delivery.
    pub id: bool,
    /// The type of the event.
    pub event_type: bool,
    /// The timestamp.
    pub timestamp: bool,
}

impl Coverage {
    /// Computes the coverage of a content. A part that can exchange bytes with its neighbour is not covered.
    pub(super) fn of(provider: &Provider, boundaries: &Boundaries, checks: &[CompiledCheck]) -> Self {
        // A final newline comes and goes at the end of the last value.
        let without_end = provider.scheme.final_newline.then(|| boundaries.without_last());
        let content = without_end.as_ref().unwrap_or(&boundaries.bound);
        let has = |needs| content.values().any(|value| value.row.needs == needs);
        // A signed value that is derived from the body, such as its digest, covers the body.
        let jwt = provider.scheme.jwt.as_ref();
        let message = provider.scheme.message_signature.as_ref();
        let body = content.covers_body()
            || message.is_some_and(MessageSignatureRules::covers_body)
            || jwt.is_some_and(|rules| {
                let is_payload = rules.detached && provider.scheme.content.as_str().is_empty();
                is_payload || provider.scheme.signature.at == Location::Body
            })
            || checks.iter().any(|check| check.binds_body() && covers(provider, content, &check.at));
        let covers = |at: &Location| {
            // A sender who can add a value to one of several places can choose between them.
            at.alternatives().iter().all(|at| match at {
                Location::Json(_) | Location::Form(_) if body => true,
                // These values are read from the payload of the JWT.
                Location::Json(_) if jwt.is_some() && provider.scheme.signature.at.is_in_body() => true,
                _ => covers(provider, content, at),
            })
        };
        let (event, timestamp) = (&provider.event, &provider.scheme.timestamp);
        // A batch can be cut: a sender can leave out items that are signed one by one, and their order is not signed.
        let is_whole = body || provider.scheme.for_each.is_none();
        // Bytes appended to a JSON document do not change its values.
        let body_is_bound = body && !boundaries.guard.extendable;
        Self {
            body: body_is_bound,
            id: is_whole && (has(Needs::Id) || event.id.as_ref().is_some_and(covers)),
            event_type: is_whole && event.event_type.as_ref().is_some_and(covers),
            timestamp: has(Needs::Timestamp) || timestamp.as_ref().is_some_and(|field| covers(&field.at)),
        }
    }
}

impl Coverage {
    /// Returns whether the signature covers the value at this place directly.
    pub(super) fn covers(provider: &Provider, content: &Bound, at: &Location) -> bool {
        covers(provider, content, at)
    }
}

/// Returns whether this place is in the signature field, which no content covers: several texts of a signature are the same
/// bytes.
fn is_signature(provider: &Provider, at: &Location) -> bool {
    provider.scheme.signature.at.alternatives().iter().any(|own| match (own, at) {
        (Location::Json(own), Location::Json(at)) => at.tokens().starts_with(&own.tokens()),
        _ => own == at,
    })
}

/// Returns whether the signature covers the value at this place directly.
fn covers(provider: &Provider, content: &Bound, at: &Location) -> bool {
    if let Some(rules) = &provider.scheme.message_signature {
        return rules.covers(at);
    }
    if is_signature(provider, at) {
        return false;
    }
    let is_timestamp = provider.scheme.timestamp.as_ref().is_some_and(|field| field.at == *at);
    let any = |covers: &dyn Fn(&Value) -> bool| content.values().any(covers);
    match at {
        Location::Header(names) => names.split(',').all(|name| {
            any(&|value| {
                let is_named = value.header().is_some_and(|header| *header == *name.trim());
                // A list must name the timestamp.
                is_named || is_timestamp && matches!(value.row.needs, Needs::Headers | Needs::HeadersOfClaim)
            })
        }),
        // The signature covers neither the number of items nor their order.
        Location::Json(_) if provider.scheme.for_each.is_some() => false,
        Location::Claim(_) | Location::Body => true,
        Location::SignatureIndex(_) => false,
        Location::FirstOf(places) => places.iter().all(|at| covers(provider, content, at)),
        at => any(&|value| value.covers(at)),
    }
}
