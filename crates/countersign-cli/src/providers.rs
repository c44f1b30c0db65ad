//! `countersign providers`

use std::collections::BTreeMap;

use countersign::scheme::Location;
use countersign::{Confidence, Provider, providers};

use crate::cli::ProvidersArgs;
use crate::error::CliError;
use crate::family::Family;
use crate::output::{self, Cell, DIM, GOOD, Table, UNSURE, word};
use crate::{Outcome, facts};

pub(crate) fn run(args: &ProvidersArgs) -> Result<Outcome, CliError> {
    if args.json {
        output::json_for_files(&providers::all().collect::<Vec<_>>())?;
    } else if args.markdown {
        output::text(&markdown())?;
    } else {
        let header = [
            "SLUG",
            "NAME",
            "ALGORITHM",
            "SIGNATURE HEADER",
            "TIMESTAMP",
            "ID",
            "TYPE",
            "RETRIES",
            "CONFIDENCE",
            "CHECKED",
        ];
        let mut table = Table::new(header);
        providers::all().map(row).for_each(|row| table.push(row));
        output::text(&table)?;
        output::text(&format!("\n{}", families(|family, count| format!("{count:>4}  {family}\n"))))?;
    }
    Ok(Outcome::Fine)
}

/// Returns the number of declarations in each family.
fn families(line: impl Fn(Family, usize) -> String) -> String {
    let mut counts = BTreeMap::<_, usize>::new();
    for provider in providers::all() {
        *counts.entry(Family::of(provider)).or_default() += 1;
    }
    counts.into_iter().map(|(family, count)| line(family, count)).collect()
}

/// Returns the table of the README.
fn markdown() -> String {
    let counts = families(|family, count| format!("| {family} | {count} |\n"));
    let rows = providers::all().map(|provider| {
        let scheme = &provider.scheme;
        let signature = first_name(&scheme.signature.at);
        let timestamp = scheme.timestamp.as_ref().map_or(facts::NONE, |field| facts::part_of(&field.at));
        format!(
            "| `{}` | {} | {} | `{signature}` | {timestamp} | {} | {} | {} | {} | {} |\n",
            provider.slug,
            provider.name,
            word(&scheme.algorithm),
            facts::part(provider.event.id_placement()),
            facts::part(provider.event.type_placement()),
            facts::retries(provider),
            word(&provider.confidence),
            facts::checked(provider),
        )
    });
    format!(
        "| {} declarations | |\n|---|---|\n{counts}\n<details><summary>All of them</summary>\n\n\
         | slug | provider | algorithm | signature | timestamp | id | type | retries | facts from | checked |\n\
         |---|---|---|---|---|---|---|---|---|---|\n{}\n</details>\n",
        providers::all().count(),
        rows.collect::<String>(),
    )
}

fn row(provider: &Provider) -> [Cell; 10] {
    let scheme = &provider.scheme;
    let timestamp = scheme.timestamp.as_ref().map_or(facts::NONE, |field| facts::part_of(&field.at));
    [
        Cell::new(provider.slug.as_ref()),
        Cell::new(provider.name.as_ref()),
        Cell::new(word(&scheme.algorithm)),
        Cell::new(first_name(&scheme.signature.at)),
        fact(timestamp),
        fact(facts::part(provider.event.id_placement())),
        fact(facts::part(provider.event.type_placement())),
        fact(facts::retries(provider)),
        Cell::new(word(&provider.confidence)).in_style(trust(provider.confidence)),
        Cell::new(facts::checked(provider)),
    ]
}

fn fact(text: impl Into<String>) -> Cell {
    let text = text.into();
    let style = match text.as_str() {
        facts::NONE => DIM,
        facts::UNKNOWN => UNSURE,
        _ => anstyle::Style::new(),
    };
    Cell::new(text).in_style(style)
}

/// Returns a header by its first name, and other places as declared.
fn first_name(at: &Location) -> String {
    match at {
        Location::Header(names) => names.split(',').next().unwrap_or_default().to_owned(),
        Location::FirstOf(places) => places.first().map(first_name).unwrap_or_default(),
        other => other.to_string(),
    }
}

pub(crate) fn trust(confidence: Confidence) -> anstyle::Style {
    match confidence {
        Confidence::OfficialCode | Confidence::OfficialDocs => GOOD,
        _ => UNSURE,
    }
}
