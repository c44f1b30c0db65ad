use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use countersign::{Clock, SystemClock, UnixTime};
use http::{HeaderMap, Method};

use super::header::{HeaderArg, header_parser};
use crate::capture::{self, Request};
use crate::error::CliError;

/// A request, and the time of its verification.
#[derive(Args)]
pub(crate) struct RequestArgs {
    /// A header of the request, or `@FILE` with one a line, as curl reads it; `@-` is standard input. May be repeated
    #[arg(
        short = 'H',
        long = "header",
        value_name = "NAME: VALUE|@FILE",
        value_parser = header_parser(),
    )]
    headers: Vec<HeaderArg>,
    /// The body of the request, byte for byte; `-` is standard input
    #[arg(long, value_name = "FILE", required_unless_present = "request")]
    body: Option<PathBuf>,
    /// A whole captured request: request line, headers, an empty line, body; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["headers", "body", "method"])]
    request: Option<PathBuf>,
    /// The method of the request
    #[arg(long, default_value = "POST", value_parser = method)]
    method: String,
    /// The public URL of the request, for providers that sign it [default: https and the target of `--request`]
    #[arg(long)]
    url: Option<String>,
    /// The time in Unix seconds [default: now]
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    at: Option<i64>,
}

impl RequestArgs {
    /// Loads the request with its whole body.
    pub(crate) fn load(&self) -> Result<Request, CliError> {
        self.load_up_to(u64::MAX)
    }

    /// Loads the request with its body, up to one byte more than its limit: enough to detect that it is too large.
    pub(crate) fn load_within(&self, limit: usize) -> Result<Request, CliError> {
        self.load_up_to(u64::try_from(limit).map_or(u64::MAX, |limit| limit.saturating_add(1)))
    }

    pub(crate) fn time(&self) -> UnixTime {
        self.at.map_or_else(|| SystemClock.now(), UnixTime::from_secs)
    }

    fn load_up_to(&self, limit: u64) -> Result<Request, CliError> {
        let mut request = match (&self.request, &self.body) {
            (Some(path), _) => capture::read(&read(path, u64::MAX)?)
                .map_err(|problem| CliError::Usage(format!("{}: {problem}", path.display())))?,
            (None, Some(path)) => {
                let method = self.method.clone();
                let mut headers = HeaderMap::new();
                if path.as_os_str() == "-" && HeaderArg::reads_stdin(&self.headers) {
                    let problem = "--body - and -H @-: standard input is read once, give one of them a file";
                    return Err(CliError::Usage(problem.to_owned()));
                }
                for (name, value) in HeaderArg::load(&self.headers)? {
                    headers.append(name, value);
                }
                let body = read(path, limit)?;
                Request { method, target: String::new(), url: None, headers, body, surplus: Vec::new() }
            }
            (None, None) => return Err(CliError::Usage("give --body or --request".to_owned())),
        };
        if self.url.is_some() {
            request.url.clone_from(&self.url);
        }
        Ok(request)
    }
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, CliError> {
    let mut body = Vec::new();
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut body)
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut body))
    };
    read.map_err(CliError::unreadable(path))?;
    Ok(body)
}

fn method(text: &str) -> Result<String, http::Error> {
    Ok(Method::from_bytes(text.to_ascii_uppercase().as_bytes())?.to_string())
}
