//! `countersign providers`

use std::collections::BTreeMap;

use countersign::scheme::Location;
use countersign::{Confidence, Provider, providers};

use crate::Outcome;
use crate::cli::ProvidersArgs;
use crate::error::CliError;
use crate::family::Family;
use crate::output::{self, Cell, DIM, GOOD, Table, UNSURE, word};

pub(crate) fn run(args: &ProvidersArgs) -> Result<Outcome, CliError> {
    if args.json {
        output::json_for_files(&providers::all().collect::<Vec<_>>())?;
    } else if args.markdown {
        output::text(&markdown())?;
    } else {
        let header = ["SLUG", "NAME", "ALGORITHM", "SIGNATURE HEADER", "TIMESTAMP", "CONFIDENCE"];
        let mut table = Table::new(header);
        providers::all().map(row).for_each(|row| table.push(row));
        output::text(&table)?;
        output::text(&format!("\n{}", families(|family, count| format!("{count:>4}  {family}\n"))))?;
    }
    Ok(Outcome::Fine)
}

/// The number of declarations in each family.
fn families(line: impl Fn(Family, usize) -> String) -> String {
    let mut counts = BTreeMap::<_, usize>::new();
    for provider in providers::all() {
        *counts.entry(Family::of(provider)).or_default() += 1;
    }
    counts.into_iter().map(|(family, count)| line(family, count)).collect()
}

/// What stands in the README.
fn markdown() -> String {
    let counts = families(|family, count| format!("| {family} | {count} |\n"));
    let rows = providers::all().map(|provider| {
        let scheme = &provider.scheme;
        let signature = first_name(&scheme.signature.at);
        let timestamp = scheme.timestamp.as_ref().map_or("none", |field| place(&field.at));
        format!(
            "| `{}` | {} | {} | `{signature}` | {timestamp} | {} |\n",
            provider.slug,
            provider.name,
            word(&scheme.algorithm),
            word(&provider.confidence),
        )
    });
    format!(
        "| {} declarations | |\n|---|---|\n{counts}\n<details><summary>All of them</summary>\n\n\
         | slug | provider | algorithm | signature | timestamp | facts from |\n|---|---|---|---|---|---|\n{}\n</details>\n",
        providers::all().count(),
        rows.collect::<String>(),
    )
}

fn row(provider: &Provider) -> [Cell; 6] {
    let scheme = &provider.scheme;
    let timestamp = match &scheme.timestamp {
        Some(field) => Cell::new(place(&field.at)),
        None => Cell::new("none").in_style(DIM),
    };
    [
        Cell::new(provider.slug.as_ref()),
        Cell::new(provider.name.as_ref()),
        Cell::new(word(&scheme.algorithm)),
        Cell::new(first_name(&scheme.signature.at)),
        timestamp,
        Cell::new(word(&provider.confidence)).in_style(trust(provider.confidence)),
    ]
}

/// The header by its first name; everything else as it is declared.
fn first_name(at: &Location) -> String {
    match at {
        Location::Header(names) => names.split(',').next().unwrap_or_default().to_owned(),
        Location::FirstOf(places) => places.first().map(first_name).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn place(at: &Location) -> &'static str {
    match at.alternatives().first().unwrap_or(at) {
        Location::Header(_) => "header",
        Location::SignatureItem(_) | Location::SignatureIndex(_) => "signature",
        _ => "body",
    }
}

pub(crate) fn trust(confidence: Confidence) -> anstyle::Style {
    match confidence {
        Confidence::OfficialCode | Confidence::OfficialDocs => GOOD,
        _ => UNSURE,
    }
}
