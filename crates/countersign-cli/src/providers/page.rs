//! `docs/providers.md`: what each declaration says, for readers.

use std::fmt::Write;

use countersign::{BodyLimit, Coverage, Placement, Proof, Provider, providers};

use crate::described::{first_name, key, limited, place, provider_scope, retried, shaken, written};
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
    let Provider { slug, name, scheme, event, .. } = provider;
    let names: Vec<_> = provider.aliases.iter().map(|alias| format!("`{alias}`")).collect();
    let mut rows = vec![
        ("also", names.join(", ")),
        ("signed", format!("`{}`", scheme.content.as_str())),
        (
            "signature",
            format!(
                "{}, {}, {}",
                word(&scheme.algorithm),
                place(&scheme.signature.at),
                written(&scheme.signature)
            ),
        ),
        ("key", if scheme.algorithm.is_asymmetric() { "a public key".to_owned() } else { key(&scheme.key) }),
    ];
    if scheme.content.as_str().is_empty() {
        rows.remove(1);
    }
    if names.is_empty() {
        rows.remove(0);
    }
    if let Some(scope) = provider_scope(provider) {
        rows.push(("signs for", scope.to_owned()));
    }
    if let Some(field) = &scheme.timestamp {
        rows.push((
            "timestamp",
            format!("{}, {}, accepted: {}", place(&field.at), word(&field.unit), field.tolerance),
        ));
    }
    let per_type = if event.id_is_per_type { ", unique among events of one type" } else { "" };
    rows.push(("id", placed(event.id_placement(), coverage.id) + per_type));
    rows.push(("type", placed(event.type_placement(), coverage.event_type)));
    rows.push(("retries", retried(provider)));
    rows.push(("body", limited(provider)));
    rows.extend(provider.handshakes.iter().map(|handshake| ("handshake", shaken(handshake))));
    let proof =
        provider.proof.map_or_else(String::new, |proof| format!("`{proof}`: {}", facts::meaning(proof)));
    rows.push(("proof", proof));
    rows.push(("source", provider.doc.clone().into_owned()));
    rows.push(("checked", facts::checked(provider).to_owned()));
    let _ = write!(page, "\n<a id=\"{slug}\"></a>\n\n## {name}\n\n| `{slug}` | |\n|---|---|\n");
    for (label, text) in rows {
        let _ = writeln!(page, "| {label} | {} |", text.replace('|', "\\|").replace('\n', "\\n"));
    }
    if !provider.notes.is_empty() {
        let _ = write!(page, "\n{}\n", provider.notes);
    }
    let _ = write!(page, "\n```rust\n{}```\n", snippet(provider));
}

fn placed(at: Placement<'_>, signed: bool) -> String {
    match at {
        Placement::At(at) => format!("{}, {}", place(at), if signed { "signed" } else { "not signed" }),
        Placement::None { source } => format!("{}: {source}", facts::NONE),
        _ => facts::UNKNOWN.to_owned(),
    }
}

/// Returns code for axum: the layer that verifies.
fn snippet(provider: &Provider) -> String {
    let Provider { slug, scheme, .. } = provider;
    let example = Example::new(provider, None);
    let declaration = example.declaration(str::to_owned);
    let secret = if scheme.algorithm.is_asymmetric() { "public_key" } else { "secret" };
    let (receiver, layered) = if example.signs_url() {
        ("let receiver = Receiver::builder(verifier).with_public_url(public_url).build()?;\n", "receiver")
    } else {
        ("", "verifier")
    };
    format!(
        "let verifier = Verifier::new({declaration}, Secret::new({secret})?)?;\n{receiver}\
         let app = Router::new().route(\"/webhooks/{slug}\", post(handle)).layer(VerifyWebhookLayer::new({layered}));\n"
    )
}

const HEAD: &str = "# Providers\n\n\
    This page is what `countersign providers --docs` prints: each declaration of the catalogue, with its proof and its source.\n\
    An id that is not signed can be changed by anyone who has seen a delivery. The code takes `handle`, `secret` and, where it\n\
    is needed, `public_key`, `public_url` or a parameter from you; it uses `axum::{Router, routing::post}`,\n\
    `countersign::{Secret, Verifier, providers}`, `countersign::receiver::Receiver` and\n\
    `countersign_tower::VerifyWebhookLayer`. `countersign provider SLUG --example axum|actix` prints the whole program.\n\n";
