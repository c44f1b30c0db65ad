//! Finds faults that no guess can repair: a value that the signature needs is missing from the request.

use countersign::__private::inspect::{form_field, member, signed_headers};
use countersign::scheme::Location;
use countersign::{ErrorKind, providers};

use super::case::Case;
use super::{Cause, RejectionReason, body, scheme, version};
use crate::identify;

/// Finds the missing value, if there is one.
pub(super) fn find(case: &Case, reason: &RejectionReason) -> Option<Cause> {
    let kind = match reason {
        RejectionReason::Verify(error) => Some(error.kind()),
        RejectionReason::Config(_) => None,
    };
    let is_signed = is_there(case, &case.provider.scheme.signature.at);
    if !is_signed && let Some(cause) = declared_unsigned(case) {
        return Some(cause);
    }
    if case.signs_body() && body::is_lost(&case.body) {
        return Some(LOST);
    }
    if !is_signed {
        let other = looks_like_another(case).or_else(|| unsigned(case));
        return other.or_else(|| kind.map(|_| missing_signature(case)));
    }
    match kind? {
        ErrorKind::NoSignatureForExpectedVersion | ErrorKind::MalformedSignature => version::other(case),
        ErrorKind::MissingTimestamp | ErrorKind::MissingId | ErrorKind::MissingHeader => missing_header(case),
        _ => None,
    }
}

/// Matches a kind of delivery that the declaration lists as unsigned.
fn declared_unsigned(case: &Case) -> Option<Cause> {
    let kinds = &case.provider.unsigned;
    let kind = kinds.iter().find(|kind| case.headers.contains_key(&*kind.header))?;
    Some(Cause::owned(UNSIGNED, format!("the delivery is unsigned: {}", kind.reason)))
}

/// Reports a delivery that has the other values of the provider, but no signature.
fn unsigned(case: &Case) -> Option<Cause> {
    let provider = &case.provider;
    let (at, name) = (said(&provider.scheme.signature.at), &provider.name);
    let stamp = provider.scheme.timestamp.iter().map(|field| &field.at);
    let others: Vec<_> = provider.event.id.iter().chain(&provider.event.event_type).chain(stamp).collect();
    let sent = others.iter().any(|at| is_there(case, at)) || has_relative(case);
    sent.then(|| {
        let sentence = format!(
            "the delivery is unsigned: it has other values of {name}, and {at} is not there, as when no secret is set for \
             the webhook at the provider: set the secret there; if one is set, let no proxy remove the header"
        );
        Cause::owned(UNSIGNED, sentence)
    })
}

/// Returns whether a header has the same beginning as that of the signature: `x-gitlab-event` for `x-gitlab-token`.
fn has_relative(case: &Case) -> bool {
    let Location::Header(names) = &case.provider.scheme.signature.at else { return false };
    names.split(',').any(|name| {
        let mut words = name.trim().split('-');
        let start = match words.next() {
            Some("x") => words.next().map(|word| format!("x-{word}-")),
            word => word.map(|word| format!("{word}-")),
        };
        let start =
            start.filter(|start| !GENERAL.contains(&start.as_str()) && start.len() < name.trim().len());
        start.is_some_and(|start| case.headers.keys().any(|other| other.as_str().starts_with(&start)))
    })
}

/// Reports that the request has the signature of another provider.
fn looks_like_another(case: &Case) -> Option<Cause> {
    let own = &case.provider;
    let others = providers::all().filter(|other| other.slug != own.slug && other.scheme != own.scheme);
    let others = others.filter(|other| matches!(other.scheme.signature.at, Location::Header(_)));
    let others = others.filter(|other| scheme::has_signature(case, other));
    let (score, other) = identify::best(others, &case.captured())?;
    (score >= identify::TELLING).then(|| {
        let sentence = format!(
            "the signature of `{}`, {}, is there, and that of `{}` is not: verify it as that, with the secret of that \
             provider",
            other.slug, other.name, own.slug
        );
        Cause::owned("other_provider", sentence)
    })
}

fn missing_signature(case: &Case) -> Cause {
    let at = said(&case.provider.scheme.signature.at);
    let sentence = format!(
        "{at}, which has the signature, is not there: either no secret is set at the provider, so that it signs nothing, \
         or something on the way removes it, as nginx does with headers that have underscores"
    );
    Cause::owned("signature_missing", sentence)
}

/// Reports a signed header that was lost.
fn missing_header(case: &Case) -> Option<Cause> {
    let (scheme, event) = (&case.provider.scheme, &case.provider.event);
    let stamp = scheme.timestamp.as_ref().map(|field| &field.at);
    let id = event.id.as_ref().filter(|_| case.signs("{id}"));
    let at = stamp.into_iter().chain(id).find(|at| !is_there(case, at)).map(said);
    let at = at.or_else(|| {
        let mut signed = signed_headers(&scheme.content).into_iter();
        signed.find(|name| !case.headers.contains_key(name)).map(|name| format!("the header `{name}`"))
    })?;
    let sentence = format!("{at}, which is signed, is not there: let nothing on the way remove it");
    Some(Cause::owned("header_missing", sentence))
}

/// Returns whether there is a non-empty value.
fn is_there(case: &Case, at: &Location) -> bool {
    match at {
        Location::Header(names) => names.split(',').any(|name| {
            let start = name.trim().strip_suffix('*').map(|start| format!("{start}1"));
            let value = case.headers.get(start.as_deref().unwrap_or(name.trim()));
            value.is_some_and(|value| !value.as_bytes().trim_ascii().is_empty())
        }),
        Location::Json(pointer) => {
            // A pointer with a star refers to many places.
            member(&case.body, pointer).is_some_and(|text| !text.is_empty()) || pointer.as_str().contains('*')
        }
        Location::Form(name) => form_field(&case.body, name).is_some_and(|value| !value.is_empty()),
        Location::Query(name) => {
            let query = case.url.as_ref().and_then(|url| url.split_once('?')).map(|(_, query)| query);
            query.is_some_and(|query| form_field(query.as_bytes(), name).is_some())
        }
        Location::Body => !case.body.is_empty(),
        _ => is_there(case, &case.provider.scheme.signature.at),
    }
}

fn said(at: &Location) -> String {
    match at {
        Location::Header(names) => {
            format!("the header `{}`", names.split(',').next().unwrap_or_default().trim())
        }
        Location::Json(pointer) => format!("the member `{}` of the body", pointer.as_str()),
        Location::Form(name) => format!("the form field `{name}`"),
        Location::Query(name) => format!("the parameter `{name}` of the query"),
        other => format!("`{other}`"),
    }
}

const UNSIGNED: &str = "unsigned_delivery";

/// Beginnings that many providers share.
static GENERAL: [&str; 9] = [
    "x-webhook-",
    "x-signature-",
    "x-hub-",
    "x-api-",
    "x-request-",
    "x-hook-",
    "x-event-",
    "content-",
    "x-hmac-",
];

const LOST: Cause = Cause::new(
    "body_not_serialized",
    "the body is what a language prints for an object that it cannot print, as `[object Object]`, and nothing that was \
     signed is left: verify the bytes as they were received, before anything parses them",
);
