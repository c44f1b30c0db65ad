//! `countersign verify`

use clap::Args;
use countersign::Head;

use crate::args::{DeclarationArgs, RequestArgs, SecretArgs, verifier};
use crate::error::CliError;
use crate::verdict::{Accepted, Rejected, Sentence, rejected};
use crate::{Outcome, output};

/// Exits with 0 if the delivery is accepted, 1 if it is rejected, 2 if the options are invalid.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Accept timestamps within this many seconds of `--at`, in both directions [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u64>,
    /// Print the verdict as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &VerifyArgs) -> Result<Outcome, CliError> {
    let outcome = verify(args);
    if let (Err(error), true) = (&outcome, args.json) {
        output::json(&Rejected::new(error.code()))?;
    }
    outcome
}

fn verify(args: &VerifyArgs) -> Result<Outcome, CliError> {
    let verifier = verifier(&args.declaration, &args.secrets, args.tolerance)?;
    let request = args.request.load_within(verifier.body_limit())?;
    let mut head = Head::new(&request.headers).with_method(&request.method);
    if let Some(url) = &request.url {
        head = head.with_url(url);
    }
    match (verifier.verify(&head, request.body, args.request.time()), args.json) {
        (Ok(delivery), true) => output::json(&Accepted::new(&delivery)).map(|()| Outcome::Fine),
        (Ok(delivery), false) => output::line(&Sentence(&delivery)).map(|()| Outcome::Fine),
        (Err(error), true) => output::json(&Rejected::new(error.kind().as_str())).map(|()| Outcome::Negative),
        (Err(error), false) => output::line(&rejected(&error)).map(|()| Outcome::Negative),
    }
}
