//! `countersign replay`

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use countersign::{Clock, SystemClock, UnixTime};
use http::{Method, header};
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::args::{Optional, SecretArgs, load_declaration, parameter};
use crate::destination::{
    AllowHostArgs, Answer, Destination, Outgoing, ProtocolArgs, RawClient, SendError, end_to_end,
};
use crate::error::CliError;
use crate::output::{BAD, GOOD};
use crate::resign::Resigner;
use crate::{Outcome, capture, output};

/// Sends the requests in the order of their files, as they are: method, query, headers and body, byte for byte. Sends to this
/// machine only, unless a host is allowed. All files are read before the first request is sent. Exits with 0 if each response is
/// 2xx, 1 if one is not, 2 if the options are invalid.
#[derive(Args)]
pub(crate) struct ReplayArgs {
    /// Captured requests, as `listen --record` writes them; a directory stands for the .http files in it
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The receiver
    #[arg(long, value_name = "URL")]
    to: String,
    #[command(flatten)]
    allowed: AllowHostArgs,
    #[command(flatten)]
    protocol: ProtocolArgs,
    /// Sign each request anew, with the secret of the receiver
    #[arg(long, requires = "secrets")]
    resign: bool,
    /// The provider of the requests, for --resign: one of the catalogue
    #[arg(long, value_name = "SLUG", requires = "resign", conflicts_with = "scheme")]
    provider: Option<String>,
    /// The same: a declaration of your own, in TOML or JSON
    #[arg(long, value_name = "FILE", requires = "resign")]
    scheme: Option<PathBuf>,
    /// A parameter that the declaration leaves open, for example `webhook_id=…` for PayPal; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter, requires = "resign")]
    parameters: Vec<(String, String)>,
    #[command(flatten)]
    secrets: SecretArgs<Optional>,
    /// The time of the new signatures: `now`, or Unix seconds [default: now]
    #[arg(long, value_name = "TIME", value_parser = time, requires = "resign", allow_negative_numbers = true)]
    at: Option<Time>,
    /// The public URL of the receiver, for providers that sign it [default: that of --to]
    #[arg(long, value_name = "URL", requires = "resign")]
    url: Option<String>,
    /// Wait for each response this long
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = humantime::parse_duration)]
    timeout: Duration,
    /// Print each response as one line of JSON
    #[arg(long)]
    json: bool,
}

/// A time of signing.
#[derive(Clone, Copy)]
enum Time {
    Now,
    At(UnixTime),
}

/// A request that was sent, and the response.
#[derive(Serialize)]
struct Report<'a> {
    file: String,
    acknowledged: bool,
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    latency_ms: Option<f64>,
    #[serde(skip)]
    sent: &'a Result<Answer, SendError>,
}

pub(crate) fn run(args: &ReplayArgs) -> Result<Outcome, CliError> {
    let resigner = args.resigner()?;
    let destination = Destination::resolve(&args.to, &args.allowed)?.over(args.protocol);
    let client = RawClient::new(&destination, args.timeout)?;
    let files = files(&args.files)?;
    let requests: Vec<_> = files.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    let mut outcome = Outcome::Fine;
    for (path, request) in files.iter().zip(requests) {
        let request = match &resigner {
            Some(resigner) => resigner.resign(request, &client, args.at.unwrap_or(Time::Now).unix()),
            None => Ok(request),
        };
        let sent = match request {
            Ok(request) => runtime.block_on(client.send(request)),
            Err(problem) => Err(SendError::Malformed(problem)),
        };
        let report = Report::new(path, &sent);
        if args.json {
            output::json(&report)?;
        } else {
            output::line(&report)?;
        }
        if !report.acknowledged {
            outcome = Outcome::Negative;
        }
    }
    Ok(outcome)
}

impl ReplayArgs {
    fn resigner(&self) -> Result<Option<Resigner>, CliError> {
        if !self.resign {
            return Ok(None);
        }
        let provider = load_declaration(self.provider.as_deref(), self.scheme.as_deref(), &self.parameters)?;
        let secrets = self.secrets.load_any()?;
        let secrets =
            secrets.ok_or_else(|| CliError::Usage("--resign: give the secret of the receiver".to_owned()))?;
        Resigner::new(provider.into_owned(), secrets, self.url.as_deref()).map(Some)
    }
}

impl Time {
    fn unix(self) -> UnixTime {
        match self {
            Self::Now => SystemClock.now(),
            Self::At(time) => time,
        }
    }
}

fn time(text: &str) -> Result<Time, &'static str> {
    if text == "now" {
        return Ok(Time::Now);
    }
    text.parse().map(|secs| Time::At(UnixTime::from_secs(secs))).map_err(|_| "expected `now` or Unix seconds")
}

/// Returns the files, with those of directories in the order of their names.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = entries.map_err(CliError::unreadable(path))?;
        let mut inside: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        inside.retain(|file| file.extension().is_some_and(|extension| extension == "http"));
        if inside.is_empty() {
            return Err(CliError::Usage(format!("{}: no file there ends with .http", path.display())));
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

fn read(path: &Path) -> Result<Outgoing, CliError> {
    let invalid = |problem: String| CliError::Usage(format!("{}: {problem}", path.display()));
    let file = fs::read(path).map_err(CliError::unreadable(path))?;
    let request = capture::read(&file).map_err(invalid)?;
    let surplus = request.surplus.trim_ascii();
    if !surplus.is_empty() {
        let count = surplus.len();
        return Err(invalid(format!("{count} bytes follow the end of the body: a file holds one request")));
    }
    let announced = request.headers.get_all(header::CONTENT_LENGTH).iter().collect::<Vec<_>>();
    let length = request.body.len().to_string();
    if !request.headers.contains_key(header::TRANSFER_ENCODING)
        && announced.iter().any(|announced| announced.as_bytes().trim_ascii() != length.as_bytes())
    {
        return Err(invalid(format!("the body has {length} bytes, and Content-Length says something else")));
    }
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| invalid(error.to_string()))?;
    let query = request.target.split_once('?').map(|(_, query)| query.to_owned());
    Ok(Outgoing { method, query, headers: end_to_end(&request.headers), body: Bytes::from(request.body) })
}

impl<'a> Report<'a> {
    fn new(path: &Path, sent: &'a Result<Answer, SendError>) -> Self {
        let status = sent.as_ref().ok().map(|answer| answer.status);
        Self {
            file: path.display().to_string(),
            acknowledged: status.is_some_and(|status| status.is_success()),
            status: status.map(|status| status.as_u16()),
            error: sent.as_ref().err().map(ToString::to_string),
            latency_ms: sent.as_ref().ok().map(|answer| answer.latency.as_secs_f64() * 1000.0),
            sent,
        }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = if self.acknowledged { GOOD } else { BAD };
        let file = output::printable(&self.file);
        match self.sent {
            Ok(answer) => {
                let (status, latency) = (answer.status.as_u16(), answer.latency.as_secs_f64() * 1000.0);
                write!(f, "{style}{status}{style:#} after {latency:.1} ms: {file}")
            }
            Err(error) => write!(f, "{style}{error}{style:#}: {file}"),
        }
    }
}
