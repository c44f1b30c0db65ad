use super::checks::PlannedCheck;
use crate::provider::Provider;
use crate::scheme::{Content, FixedPart, Location, MessageSignatureRules, RarePart};

/// What a signature covers: everything else can be changed by whoever can see and repeat a request.
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
    pub(super) fn of(provider: &Provider, content: &Content, checks: &[PlannedCheck]) -> Self {
        let has = |wanted: &FixedPart| content.fixed().any(|part| part == wanted);
        // What a signed value says of the body is as good as a signature over it.
        let token = provider.scheme.token.as_ref();
        let message = provider.scheme.message_signature.as_ref();
        let body = content.covers_body()
            || message.is_some_and(MessageSignatureRules::covers_body)
            || token.is_some_and(|rules| rules.detached || provider.scheme.signature.at == Location::Body)
            || checks.iter().any(|check| check.binds_body() && covers(provider, content, &check.at));
        let covers = |at: &Location| match at {
            Location::Json(_) | Location::Form(_) if body => true,
            // Such values are read from the payload of the token.
            Location::Json(_) if token.is_some() && provider.scheme.signature.at.is_in_body() => true,
            _ => covers(provider, content, at),
        };
        let (event, timestamp) = (&provider.event, &provider.scheme.timestamp);
        Self {
            body,
            id: has(&FixedPart::Id) || event.id.as_ref().is_some_and(covers),
            event_type: event.event_type.as_ref().is_some_and(covers),
            timestamp: has(&FixedPart::Timestamp)
                || timestamp.as_ref().is_some_and(|field| covers(&field.at)),
        }
    }
}

impl Coverage {
    /// Whether the signature covers the value there by itself.
    pub(super) fn covers(provider: &Provider, content: &Content, at: &Location) -> bool {
        covers(provider, content, at)
    }
}

/// Whether the signature covers the value there by itself.
fn covers(provider: &Provider, content: &Content, at: &Location) -> bool {
    if let Some(rules) = &provider.scheme.message_signature {
        return rules.covers(at);
    }
    let has_header = |name: &str| {
        let signed = |part: &FixedPart| matches!(part, FixedPart::Header(header) if header.as_str() == name);
        content.fixed().any(signed)
    };
    match at {
        Location::Header(names) => names.split(',').all(|name| has_header(name.trim())),
        Location::Json(pointer) => {
            let path = pointer.tokens();
            let item = provider.scheme.each.as_ref().and_then(|each| item_path(&each.tokens(), &path));
            content.covers_json(&path) || item.is_some_and(|path| content.covers_json(&path))
        }
        Location::Form(name) => content.covers_form(name),
        Location::Query(name) => content.fixed().any(|part| match part {
            FixedPart::Url | FixedPart::Query => true,
            FixedPart::Rare(RarePart::QueryParameter(signed)) => name == signed,
            FixedPart::Rare(rare) => matches!(
                rare,
                RarePart::UrlPlivo
                    | RarePart::Target
                    | RarePart::TargetEncodedQuery
                    | RarePart::QueryCanonical
            ),
            _ => false,
        }),
        Location::Claim(_) | Location::Body => true,
        Location::SignatureItem(tag) => content
            .fixed()
            .any(|part| matches!(part, FixedPart::Rare(RarePart::SignatureItem(signed)) if signed == tag)),
        Location::SignatureIndex(_) => false,
    }
}

/// The steps of a pointer into an array, seen from its items.
fn item_path(each: &[String], path: &[String]) -> Option<Vec<String>> {
    let (to_item, rest) = path.split_at_checked(each.len())?;
    let leads = each.iter().zip(to_item).all(|(step, taken)| step == "*" || step == taken);
    leads.then(|| rest.to_vec())
}
