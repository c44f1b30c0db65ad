//! `countersign identify`

use clap::Args;
use countersign_diagnose::{Captured, Match, identify};
use serde::Serialize;

use crate::Outcome;
use crate::args::{Optional, RequestArgs, SecretArgs};
use crate::error::CliError;
use crate::output::{self, Cell, DIM, GOOD, Table};

/// With a secret, the providers for which it verifies come first. Exits with 1 if the request matches no provider.
#[derive(Args)]
pub(crate) struct IdentifyArgs {
    #[command(flatten)]
    pub(crate) secrets: SecretArgs<Optional>,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Print the providers as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A provider that the request matches.
#[derive(Serialize)]
struct Candidate {
    slug: &'static str,
    name: &'static str,
    score: u32,
    verified: bool,
    /// The reason for the missing signature, of a kind of delivery that is sent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    unsigned: Option<&'static str>,
}

pub(crate) fn run(args: &IdentifyArgs) -> Result<Outcome, CliError> {
    let secrets = args.secrets.load_any()?;
    let request = args.request.load()?;
    let mut captured = Captured::new(request.headers, request.body).with_method(request.method);
    if let Some(url) = request.url {
        captured = captured.with_url(url);
    }
    let matches = identify(&captured, secrets.as_ref(), args.request.time());
    let candidates: Vec<_> = matches.iter().map(Candidate::of).collect();
    if args.json {
        output::json(&candidates)?;
    } else if candidates.is_empty() {
        output::line(&"no provider of the catalogue matches: is the signature among the headers?")?;
    } else {
        let mut table = Table::new(["SLUG", "NAME", "SCORE", "VERIFIED"]);
        candidates.iter().for_each(|candidate| table.push(candidate.row(secrets.is_some())));
        output::text(&table)?;
        for candidate in &candidates {
            if let Some(reason) = candidate.unsigned {
                output::line(&format!("{}: the delivery is unsigned: {reason}", candidate.slug))?;
            }
        }
    }
    Ok(if candidates.is_empty() { Outcome::Negative } else { Outcome::Fine })
}

impl Candidate {
    fn of(matched: &Match) -> Self {
        let provider = matched.provider();
        Self {
            slug: &provider.slug,
            name: &provider.name,
            score: matched.score(),
            verified: matched.is_verified(),
            unsigned: matched.unsigned(),
        }
    }

    fn row(&self, with_secrets: bool) -> [Cell; 4] {
        let verified = match (self.verified, with_secrets) {
            _ if self.unsigned.is_some() => Cell::new("unsigned").in_style(DIM),
            (true, _) => Cell::new("yes").in_style(GOOD),
            (false, true) => Cell::new("no").in_style(DIM),
            (false, false) => Cell::new("no secret").in_style(DIM),
        };
        [Cell::new(self.slug), Cell::new(self.name), Cell::new(self.score.to_string()), verified]
    }
}
