//! `countersign providers`

mod page;

use clap::Args;
use countersign::{Proof, Provider, providers};

use crate::described::{first_name, trust};
use crate::error::CliError;
use crate::family::families;
use crate::output::{self, Cell, DIM, Table, UNSURE, word};
use crate::{Outcome, facts};

#[derive(Args)]
pub(crate) struct ProvidersArgs {
    /// Print the declarations, as an array
    #[arg(long)]
    json: bool,
    /// Print docs/providers.md
    #[arg(long, conflicts_with_all = ["json", "grep", "tier", "signed_id"])]
    docs: bool,
    /// List the declarations that contain this text in slug, name, source, notes, header, algorithm or the description of what is signed; case is ignored
    #[arg(long, value_name = "TEXT")]
    grep: Option<String>,
    /// List the declarations with this proof: sdk, vectors, page, secondary or memory; may be repeated
    #[arg(long, value_name = "PROOF", value_parser = proof)]
    tier: Vec<Proof>,
    /// List the declarations whose signature covers the id
    #[arg(long)]
    signed_id: bool,
}

pub(crate) fn run(args: &ProvidersArgs) -> Result<Outcome, CliError> {
    let chosen: Vec<_> = providers::all().filter(|provider| is_chosen(provider, args)).collect();
    if args.json {
        output::json_for_files(&chosen)?;
    } else if args.docs {
        output::text(&page::page()?)?;
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
            "PROOF",
            "CHECKED",
        ];
        let mut table = Table::new(header);
        chosen.iter().map(|provider| row(provider)).for_each(|row| table.push(row));
        output::text(&table)?;
        let counts = families(&chosen, |family, count| format!("{count:>4}  {family}\n"));
        output::text(&format!("\n{counts}"))?;
    }
    if chosen.is_empty() {
        return Ok(Outcome::Negative);
    }
    Ok(Outcome::Fine)
}

/// Returns whether a declaration is one of those that are asked for.
fn is_chosen(provider: &Provider, args: &ProvidersArgs) -> bool {
    let scheme = &provider.scheme;
    let contains = |text: &str| {
        let text = text.to_lowercase();
        let (place, signed) = (scheme.signature.at.to_string(), scheme.describe_signed());
        let algorithm = word(&scheme.algorithm);
        [&*provider.slug, &provider.name, &provider.doc, &provider.notes, &place, &algorithm, &signed]
            .iter()
            .any(|field| field.to_lowercase().contains(&text))
    };
    args.grep.as_deref().is_none_or(contains)
        && (args.tier.is_empty() || provider.proof.is_some_and(|proof| args.tier.contains(&proof)))
        && (!args.signed_id || provider.coverage().is_ok_and(|coverage| coverage.id))
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
        Cell::new(facts::proof(provider)).in_style(trust(provider.confidence)),
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

fn proof(text: &str) -> Result<Proof, String> {
    let known = Proof::ALL.map(|proof| proof.to_string());
    Proof::ALL
        .into_iter()
        .find(|proof| proof.to_string() == text)
        .ok_or_else(|| format!("expected one of {}", known.join(", ")))
}
