//! Tries other schemes: another provider of the catalogue, or another declaration of the user.

use std::sync::Arc;

use countersign::__private::inspect::{self, Shape};
use countersign::scheme::{Algorithm, Location, Scheme, Template};
use countersign::{Provider, providers};
use http::header::CONTENT_TYPE;

use super::case::{Case, Guess, Guesses};
use super::{Cause, contents, place};
use crate::identify;

/// Tries other providers, and the declaration with another algorithm or content.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    Box::new(others(case).chain(algorithms(case)).chain(place::likely(case)))
}

/// Tries other contents, if they cover the whole body.
pub(super) fn rare(case: &Case) -> Guesses<'_> {
    let own = case.provider.scheme.content.as_str();
    let is_form = is_form(case);
    let covers = case.provider.scheme.algorithm.covers_content();
    let all = if covers { contents::all(own) } else { Vec::new() };
    let fits = move |content: &String| covers_body(content, is_form) && compiled(case, content);
    Box::new(all.into_iter().filter(fits).flat_map(|template| {
        let sentence =
            format!("the signed content is `{template}`: set `content` in the declaration to that");
        let other = Cause::owned(CONTENT, sentence);
        let both: Vec<_> = algorithms(case)
            .map(|algorithm| content(template.clone(), other.clone()).and(algorithm))
            .collect();
        std::iter::once(content(template, other)).chain(both)
    }))
}

/// Returns whether a signature over this content covers the whole body, in a request like this one.
fn covers_body(template: &str, is_form: bool) -> bool {
    let fields = ["{form:sorted}", "{form:sorted-after-url}"].iter().any(|fields| template.contains(fields));
    inspect::covers_body(&Template::from(template.to_owned())) || is_form && fields
}

/// Returns whether the declaration with this content loads, and a request like this one has the parts it needs.
fn compiled(case: &Case, template: &str) -> bool {
    let mut provider = (*case.provider).clone();
    set_content(&mut provider, template);
    let needs_url = template.contains("{url") || template.contains("{path") || template.contains("{query");
    (case.url.is_some() || !needs_url) && Shape::new(provider).is_ok()
}

fn is_form(case: &Case) -> bool {
    let essence = case.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    essence.is_some_and(|text| text.to_ascii_lowercase().contains("x-www-form-urlencoded"))
}

fn content<'g>(template: String, cause: Cause) -> Guess<'g> {
    Guess::new(cause, move |case| set_content(case.provider_mut(), &template))
}

/// Sets the content. An optional start belonged to the former content and is removed.
fn set_content(provider: &mut Provider, template: &str) {
    provider.scheme.content = Template::from(template.to_owned());
    provider.scheme.optional_start = false;
}

/// Tries providers whose signature is in the request, the best match first. A secret in `Authorization` says nothing
/// about its sender, so no provider is named for that.
fn others(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let captured = case.captured();
    let is_telling = |other: &Provider| {
        let Scheme { algorithm, signature, .. } = &other.scheme;
        let is_in_authorization =
            matches!(&signature.at, Location::Header(names) if names.eq_ignore_ascii_case("authorization"));
        !(is_in_authorization && matches!(algorithm, Algorithm::Token | Algorithm::Basic))
    };
    let others = providers::all().filter(move |other| {
        other.slug != case.provider.slug && other.scheme != case.provider.scheme && is_telling(other)
    });
    let others = identify::ranked(others.filter(|other| has_signature(case, other)), &captured);
    others.into_iter().map(|other| {
        let sentence = format!("the request is one of `{}`, {}: verify it as that", other.slug, other.name);
        let provider = Arc::new(other.clone());
        Guess::new(Cause::owned("other_provider", sentence), move |case| {
            case.provider = Arc::clone(&provider)
        })
    })
}

/// Returns whether there is a value at the place of the provider's signature.
pub(super) fn has_signature(case: &Case, provider: &Provider) -> bool {
    match &provider.scheme.signature.at {
        Location::Header(names) => names.split(',').any(|name| case.headers.contains_key(name.trim())),
        Location::Query(_) => case.url.is_some(),
        at => at.is_in_body(),
    }
}

fn algorithms(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let declared = case.provider.scheme.algorithm;
    let known = ALGORITHMS.iter().any(|(algorithm, _)| *algorithm == declared);
    let others = ALGORITHMS.iter().filter(move |(algorithm, _)| known && *algorithm != declared);
    others.map(|(algorithm, name)| {
        let sentence = format!("the signature is {name}: set `algorithm` in the declaration to that");
        Guess::new(Cause::owned("algorithm", sentence), move |case| {
            case.provider_mut().scheme.algorithm = *algorithm;
        })
    })
}

/// A cause that proposes other content.
pub(super) const CONTENT: &str = "signed_content";

static ALGORITHMS: [(Algorithm, &str); 5] = [
    (Algorithm::HmacSha256, "HMAC with SHA-256"),
    (Algorithm::HmacSha1, "HMAC with SHA-1"),
    (Algorithm::HmacSha384, "HMAC with SHA-384"),
    (Algorithm::HmacSha512, "HMAC with SHA-512"),
    (Algorithm::HmacMd5, "HMAC with MD5"),
];
