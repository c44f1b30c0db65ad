//! `docs/providers.md`: what each declaration says, for readers.

use std::fmt::Write;

use countersign::{BodyLimit, Coverage, Placement, Proof, Provider, providers};

use crate::described::{
    algorithm, first_name, handshakes, limited, provider_scope, retried, timestamp, written,
};
use crate::error::CliError;
use crate::example::Example;
use crate::facts;
use crate::family::families;
use crate::output::word;

/// Returns the page.
pub(super) fn page() -> Result<String, CliError> {
    let mut page = String::from(HEAD) + &table();
    for provider in providers::all() {
        let coverage = provider.coverage().map_err(CliError::config(provider.slug.as_ref()))?;
        section(&mut page, provider, coverage);
    }
    Ok(page)
}

/// Returns the table of all declarations, with counts before it.
fn table() -> String {
    let all: Vec<_> = providers::all().collect();
    let counts = families(&all, |family, count| format!("| {family} | {count} |\n"));
    let limits = limits();
    let proofs: String = Proof::ALL.into_iter().map(proved).collect();
    let rows = providers::all().map(|provider| {
        let scheme = &provider.scheme;
        let signature = first_name(&scheme.signature.at);
        let timestamp = scheme.timestamp.as_ref().map_or(facts::NONE, |field| facts::part_of(&field.at));
        format!(
            "| [`{0}`](#{0}) | {1} | {2} | `{signature}` | {timestamp} | {3} | {4} | {5} | {6} | {7} | {8} |\n",
            provider.slug,
            provider.name,
            word(&scheme.algorithm),
            facts::part(provider.event.id_placement()),
            facts::part(provider.event.type_placement()),
            facts::retries(provider),
            facts::badge(provider),
            word(&provider.confidence),
            facts::checked(provider),
        )
    });
    format!(
        "| {} declarations | |\n|---|---|\n{counts}\n| proof | of how many |\n|---|---|\n{proofs}\n\
         | largest body | of how many |\n|---|---|\n{limits}\n\
         | slug | provider | algorithm | signature | timestamp | id | type | retries | proof | facts from | checked |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n{}",
        providers::all().count(),
        rows.collect::<String>(),
    )
}

/// The line of a proof: what it means, and how many declarations have it.
fn proved(proof: Proof) -> String {
    let count = providers::all().filter(|provider| provider.proof == Some(proof)).count();
    format!("| `{proof}`: {} | {count} |\n", facts::meaning(proof))
}

/// The lines of the limits on bodies: documented, documented as none, unknown.
fn limits() -> String {
    let count = |matches: fn(Option<BodyLimit>) -> bool| {
        providers::all().filter(|provider| matches(provider.body_limit)).count()
    };
    let documented = count(|limit| limit.is_some_and(|limit| limit.bytes().is_some()));
    let none = count(|limit| limit == Some(BodyLimit::None));
    let unknown = count(|limit| limit.is_none());
    format!(
        "| documented, or that of the service which sends | {documented} |\n\
         | the pages on deliveries name none | {none} |\n| {} | {unknown} |\n",
        facts::UNKNOWN
    )
}

fn section(page: &mut String, provider: &Provider, coverage: Coverage) {
    let Provider { slug, name, .. } = provider;
    let mut rows = facts_of_scheme(provider);
    rows.extend(facts_of_events(provider, coverage));
    let _ = write!(page, "\n<a id=\"{slug}\"></a>\n\n## {name}\n\n| `{slug}` | |\n|---|---|\n");
    for (label, text) in rows {
        let _ = writeln!(page, "| {label} | {} |", text.replace('|', "\\|").replace('\n', "\\n"));
    }
    if !provider.notes.is_empty() {
        let _ = write!(page, "\n{}\n", provider.notes);
    }
    let _ = write!(page, "\n```rust\n{}```\n", snippet(provider));
}

fn facts_of_scheme(provider: &Provider) -> Vec<(&'static str, String)> {
    let scheme = &provider.scheme;
    let mut rows = Vec::new();
    if !provider.aliases.is_empty() {
        let names: Vec<_> = provider.aliases.iter().map(|alias| format!("`{alias}`")).collect();
        rows.push(("also", names.join(", ")));
    }
    let (at, form) = (scheme.signature.at.describe(), written(&scheme.signature));
    rows.extend([
        ("signed", scheme.describe_signed()),
        ("signature", format!("{}, {at}, {form}", algorithm(scheme))),
        ("key", scheme.describe_key()),
    ]);
    if let Some(scope) = provider_scope(provider) {
        rows.push(("signs for", scope.to_owned()));
    }
    rows.push(("timestamp", timestamp(scheme)));
    rows
}

fn facts_of_events(provider: &Provider, coverage: Coverage) -> Vec<(&'static str, String)> {
    let event = &provider.event;
    let per_type = if event.id_is_per_type { ", unique among events of one type" } else { "" };
    let proof = provider
        .proof
        .map_or_else(|| facts::UNKNOWN.to_owned(), |proof| format!("`{proof}`: {}", facts::meaning(proof)));
    let mut rows = vec![
        ("id", placed(event.id_placement(), coverage.id) + per_type),
        ("type", placed(event.type_placement(), coverage.event_type)),
        ("retries", retried(provider)),
        ("body", limited(provider)),
    ];
    rows.extend(handshakes(provider).into_iter().map(|text| ("handshake", text)));
    rows.extend([
        ("proof", proof),
        ("source", provider.doc.clone().into_owned()),
        ("checked", facts::checked(provider).to_owned()),
    ]);
    rows
}

fn placed(at: Placement<'_>, signed: bool) -> String {
    match at {
        Placement::At(at) => format!("{}, {}", at.describe(), if signed { "signed" } else { "not signed" }),
        Placement::None { source } => format!("{}: {source}", facts::NONE),
        _ => facts::UNKNOWN.to_owned(),
    }
}

/// Returns code for axum: the layer that verifies.
fn snippet(provider: &Provider) -> String {
    let Provider { slug, scheme, .. } = provider;
    let example = Example::new(provider, None);
    let declaration = example.declaration(str::to_owned);
    let secret = if scheme.takes_public_keys() { "public_key" } else { "secret" };
    let (receiver, layered) = if example.signs_url() {
        ("let receiver = Receiver::builder(verifier).with_public_url(public_url).build()?;\n", "receiver")
    } else {
        ("", "verifier")
    };
    format!(
        "let verifier = Verifier::new({declaration}, Secret::new({secret})?)?;\n{receiver}\
         let app = Router::new().route(\"/webhooks/{slug}\", post(handle).layer(VerifyWebhookLayer::new({layered})));\n"
    )
}

const HEAD: &str = "# Providers\n\n\
    This page is what `countersign providers --docs` prints: each declaration of the catalogue, with its proof and its source.\n\
    An id that is not signed can be changed by an attacker who has seen a delivery. The code takes `handle`, `secret` and, where it\n\
    is needed, `public_key`, `public_url` or a parameter from you; it uses `axum::{Router, routing::post}`,\n\
    `countersign::{Secret, Verifier, providers}`, `countersign::receiver::Receiver` and\n\
    `countersign_tower::VerifyWebhookLayer`. `countersign provider SLUG --example axum|actix` prints the whole program.\n\n";
