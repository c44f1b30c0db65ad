//! Another scheme: another provider of the catalogue, or another declaration of one's own.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Cause;
use super::case::{Case, Guess, Guesses};
use crate::provider::Provider;
use crate::providers;
use crate::scheme::{Algorithm, Location, Template};

/// Another provider has sent it, or the declaration has another algorithm or content.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    Box::new(others(case).chain(algorithms(case)))
}

/// What the providers of the catalogue sign.
pub(super) fn rare(case: &Case) -> Guesses<'_> {
    let templates: BTreeSet<_> = providers::all().map(|provider| provider.scheme.content.as_str()).collect();
    let declared = &case.provider.scheme;
    let own = declared.content.as_str();
    let fits = move |template: &&'static str| {
        let needs = |placeholder: &str, there: bool| there || !template.contains(placeholder);
        !template.is_empty()
            && *template != own
            && needs("{timestamp}", declared.timestamp.is_some())
            && needs("{id}", case.provider.event.id.is_some())
            && needs("{url", case.url.is_some())
    };
    let contents =
        declared.algorithm.covers_content().then_some(templates).into_iter().flatten().filter(fits);
    Box::new(contents.flat_map(|template| {
        let sentence = format!("what is signed is `{template}`: set `content` in the declaration to that");
        let other = Cause::owned("signed_content", sentence);
        let both = algorithms(case).map({
            let other = other.clone();
            move |algorithm| content(template, other.clone()).and(algorithm)
        });
        std::iter::once(content(template, other)).chain(both)
    }))
}

fn content<'g>(template: &'static str, cause: Cause) -> Guess<'g> {
    Guess::new(cause, move |case| case.provider_mut().scheme.content = Template::new(template))
}

/// Providers whose signature is there.
fn others(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let there = |provider: &&Provider| match &provider.scheme.signature.at {
        Location::Header(names) => names.split(',').any(|name| case.headers.contains_key(name.trim())),
        Location::Query(_) => case.url.is_some(),
        at => at.is_in_body(),
    };
    let others = providers::all()
        .filter(|other| other.slug != case.provider.slug && other.scheme != case.provider.scheme);
    others.filter(there).map(|other| {
        let sentence = format!("the request is one of `{}`, {}: verify it as that", other.slug, other.name);
        let provider = Arc::new(other.clone());
        Guess::new(Cause::owned("other_provider", sentence), move |case| {
            case.provider = Arc::clone(&provider)
        })
    })
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

static ALGORITHMS: [(Algorithm, &str); 4] = [
    (Algorithm::HmacSha256, "HMAC with SHA-256"),
    (Algorithm::HmacSha1, "HMAC with SHA-1"),
    (Algorithm::HmacSha512, "HMAC with SHA-512"),
    (Algorithm::HmacMd5, "HMAC with MD5"),
];
