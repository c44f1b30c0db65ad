//! `countersign trigger`

use std::fmt;

use clap::{ArgGroup, Args};
use countersign::{Clock, Provider, SystemClock, VerifyError};
use countersign_testkit::simulators::{Message, ProviderClient, ReceivedAnswer, Sample, Wire};
use serde::Serialize;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::args::SenderArgs;
use crate::error::CliError;
use crate::output::{BAD, Body, DIM, GOOD, PrettyBody, stderr};
use crate::{Outcome, output};

/// Sends to this machine only, unless a host is allowed. The body is an official or a realistic one if there is one for the
/// event, and otherwise small sample data, with id, type and timestamp where the provider has them. Exits with 0 if the response is 2xx, 1 if it is not, 2 if the options are invalid.
#[derive(Args)]
#[command(
    allow_missing_positional = true,
    group(ArgGroup::new("receiver").args(["to"]).required(true)),
    group(ArgGroup::new("signed-with").args(["secret", "secret-env", "secret-file"]).required(true).multiple(true)),
)]
pub(crate) struct TriggerArgs {
    /// Slug of the provider, for example `stripe`
    #[arg(required_unless_present = "scheme")]
    pub(crate) provider: Option<String>,
    /// Type of the event, for example `invoice.paid`
    pub(crate) event: String,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    /// Id of the delivery [default: a new one]
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) id: Option<String>,
    /// Print the response as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The event that was sent, and the response.
#[derive(Serialize)]
struct Report<'a> {
    provider: &'a str,
    id: &'a str,
    event_type: &'a str,
    to: String,
    acknowledged: bool,
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    latency_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Body<'a>>,
    #[serde(skip)]
    answer: &'a ReceivedAnswer,
}

pub(crate) fn run(args: &TriggerArgs) -> Result<Outcome, CliError> {
    let sender = &args.sender;
    let provider = sender.provider(args.provider.as_deref())?;
    let signer = sender.signer(&provider)?;
    let destination = sender.destination()?;
    let id = args.id.clone().unwrap_or_else(|| format!("evt_{}", Uuid::new_v4().simple()));
    let sample = Sample::new(&provider, &*args.event).with_id(id);
    let body = sender.body()?;
    if body.is_none() {
        note_if_minimal(&provider, &args.event);
    }
    let now = SystemClock.now();
    let message = message(sample, body, sender.values(), now)?;
    let request = message
        .sign(&signer, &sender.signed_url(&destination), now)
        .map_err(|error| unsignable(&error))?
        .into_http()
        .map_err(|error| CliError::Usage(format!("--to or --url: {error}")))?;
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    let answer = runtime.block_on(async {
        let transport = ProviderClient::over(destination.client()?);
        Ok(transport.send(destination.url(), request, Wire::default(), sender.timeout(&provider)).await)
    })?;
    let report = Report::new(&provider.slug, &message, destination.to_string(), &answer);
    if args.json {
        output::json(&report)?;
    } else {
        output::text(&report)?;
    }
    Ok(if report.acknowledged { Outcome::Fine } else { Outcome::Negative })
}

fn unsignable(error: &VerifyError) -> CliError {
    let cure = match error {
        VerifyError::MissingParameter { .. } => {
            ": add it to --to, or to --url if the receiver has another public URL"
        }
        _ => "",
    };
    CliError::Usage(format!("cannot sign: {error}{cure}"))
}

/// Says that the body of an event is minimal, and of which events there are others.
pub(crate) fn note_if_minimal(provider: &Provider, event_type: &str) {
    let known = Sample::event_types(provider);
    let Some(first) = known.first().filter(|_| !known.contains(&event_type)) else { return };
    let (origin, known) = (Sample::origin(provider, first), known.join(", "));
    stderr!(
        "{DIM}note:{DIM:#} the body of {event_type} is minimal: --body FILE sends one of your own. Events with {origin} bodies: {known}"
    );
}

/// Makes the event with the body and the values of the options.
pub(crate) fn message(
    sample: Sample<'_>,
    body: Option<serde_json::Value>,
    values: &[(String, serde_json::Value)],
    now: countersign::UnixTime,
) -> Result<Message, CliError> {
    let sample = match body {
        Some(body) => sample.with_body(body),
        None => sample,
    };
    let sample = values.iter().fold(sample, |sample, (at, value)| sample.with(at, value.clone()));
    sample.message(now).map_err(|error| CliError::Usage(format!("--set: {error}")))
}

impl<'a> Report<'a> {
    fn new(provider: &'a str, message: &'a Message, to: String, answer: &'a ReceivedAnswer) -> Self {
        let status = answer.outcome.status();
        Self {
            provider,
            id: &message.id,
            event_type: &message.event_type,
            to,
            acknowledged: answer.outcome.is_acknowledged(),
            status,
            error: status.is_none().then(|| answer.outcome.to_string()),
            latency_ms: answer.latency.as_secs_f64() * 1000.0,
            response: (!answer.body.is_empty()).then(|| Body::new(&answer.body)).flatten(),
            answer,
        }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = if self.acknowledged { GOOD } else { BAD };
        let (outcome, latency) = (&self.answer.outcome, self.latency_ms);
        writeln!(f, "{style}{outcome}{style:#} after {latency:.1} ms: {} {}", self.event_type, self.id)?;
        if !self.answer.body.is_empty() {
            write!(f, "{DIM}response:{DIM:#}\n{}", PrettyBody(&self.answer.body))?;
        }
        Ok(())
    }
}
