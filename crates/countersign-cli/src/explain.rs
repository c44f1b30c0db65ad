//! `countersign explain`

use std::fmt;

use clap::Args;
use countersign::__private::Causes;
use countersign_diagnose::{Captured, Cause, Diagnoser, Diagnosis, RejectionReason};
use serde::Serialize;

use crate::args::{DeclarationArgs, Other, RequestArgs, SecretArgs, declared};
use crate::capture::Request;
use crate::error::CliError;
use crate::output::{BAD, GOOD, UNSURE};
use crate::{Outcome, output};

/// Exits with 0 if the unchanged delivery is accepted, 1 if it is not, 2 if the options are invalid.
#[derive(Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) others: SecretArgs<Other>,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Accept timestamps within this many seconds of `--at`, in both directions [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u64>,
    /// Print the explanation as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &ExplainArgs) -> Result<Outcome, CliError> {
    let explanation = explain(args);
    match &explanation {
        Ok(explanation) if args.json => output::json(explanation)?,
        Ok(explanation) => output::line(explanation)?,
        Err(error) if args.json => {
            output::json(&Explanation::invalid(error.code(), Causes::of(error).to_string()))?;
        }
        Err(_) => {}
    }
    explanation.map(|explanation| if explanation.accepted { Outcome::Fine } else { Outcome::Negative })
}

/// The explanation of a rejection, without secrets, signatures or bodies.
#[derive(Serialize)]
pub(crate) struct Explanation {
    accepted: bool,
    cause: Option<&'static str>,
    /// An indication of a cause, if none is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    clue: Option<&'static str>,
    explanation: String,
    tried: usize,
    error: Option<&'static str>,
}

fn explain(args: &ExplainArgs) -> Result<Explanation, CliError> {
    let mut diagnoser = Diagnoser::new(declared(&args.declaration, args.tolerance)?);
    for (name, text) in args.secrets.stored()? {
        diagnoser = diagnoser.with_stored_secret(name, text);
    }
    for (name, text) in args.others.stored()? {
        diagnoser = diagnoser.with_other_secret(name, text);
    }
    let Request { method, url, headers, body, surplus, .. } = args.request.load()?;
    let whole = [body.as_slice(), &surplus].concat();
    let mut captured = Captured::new(headers, body).with_method(method);
    if let Some(url) = url {
        captured = captured.with_url(url);
    }
    let now = args.request.time();
    let diagnosis = diagnoser.diagnose(&captured, now);
    if surplus.is_empty() || !matches!(diagnosis, Diagnosis::Unexplained { .. }) {
        return Explanation::of(diagnosis);
    }
    // The length is that of the original, and the body in the file was extended by a change.
    match diagnoser.diagnose(&captured.with_body(whole), now) {
        Diagnosis::Unexplained { .. } => Explanation::of(diagnosis),
        Diagnosis::Accepted => Ok(Explanation::wrong_length(&diagnosis)),
        explained => Explanation::of(explained),
    }
}

impl Explanation {
    /// Converts a diagnosis.
    pub(crate) fn of(diagnosis: Diagnosis) -> Result<Self, CliError> {
        if let Diagnosis::Unexplained { reason: RejectionReason::Config(source), .. } = diagnosis {
            return Err(CliError::config("cannot verify")(source));
        }
        Ok(Self {
            accepted: diagnosis == Diagnosis::Accepted,
            cause: diagnosis.cause().map(Cause::code),
            clue: match &diagnosis {
                Diagnosis::Unexplained { clue, .. } => clue.as_ref().map(Cause::code),
                _ => None,
            },
            explanation: diagnosis.to_string(),
            tried: diagnosis.tried(),
            error: diagnosis.reason().map(RejectionReason::code),
        })
    }

    /// Creates the explanation for invalid options or configuration.
    pub(crate) const fn invalid(error: &'static str, explanation: String) -> Self {
        Self { accepted: false, cause: None, clue: None, explanation, tried: 0, error: Some(error) }
    }

    fn wrong_length(diagnosis: &Diagnosis) -> Self {
        Self {
            accepted: false,
            cause: Some("content_length_differs"),
            clue: None,
            explanation: "Content-Length is less than the file has, and the whole of it verifies: \
                          something has changed the header, or cuts the body off"
                .to_owned(),
            tried: diagnosis.tried() + 1,
            error: diagnosis.reason().map(RejectionReason::code),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, cause, explanation, error, .. } = self;
        match (accepted, cause, error) {
            (true, ..) => write!(f, "{GOOD}accepted{GOOD:#}: {explanation}"),
            (false, Some(cause), _) => write!(f, "{UNSURE}explained{UNSURE:#}: {cause}: {explanation}"),
            (false, None, error) => {
                write!(f, "{BAD}unexplained{BAD:#}: {}: {explanation}", error.unwrap_or_default())
            }
        }
    }
}
