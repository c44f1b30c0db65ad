use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use http::{HeaderMap, HeaderValue, header};
use time::OffsetDateTime;
use time::macros::format_description;

use super::exchange::{Exchange, Verdict};
use crate::capture;
use crate::error::CliError;

/// Writes requests to files of a directory. The names sort by arrival: number, time, verdict, type of the event.
pub(super) struct Recorder {
    dir: PathBuf,
    /// The public origin, which is part of the recorded URL.
    origin: Option<String>,
}

impl Recorder {
    /// Opens the directory, and creates it if it is not there.
    pub(super) fn open(dir: &Path, origin: Option<&str>) -> Result<Self, CliError> {
        fs::create_dir_all(dir).map_err(CliError::io(format!("cannot create {}", dir.display())))?;
        let origin = origin.map(|origin| origin.trim_end_matches('/').to_owned());
        Ok(Self { dir: dir.to_owned(), origin })
    }

    /// Returns the largest number of a file that is there.
    pub(super) fn last_number(&self) -> Result<u64, CliError> {
        let mut last = 0;
        for entry in fs::read_dir(&self.dir).map_err(CliError::unreadable(&self.dir))? {
            let name = entry.map_err(CliError::unreadable(&self.dir))?.file_name();
            let number = name.to_str().and_then(|name| name.split('-').next()?.parse().ok());
            last = last.max(number.filter(|number| *number < LARGEST_NUMBER).unwrap_or(0));
        }
        Ok(last)
    }

    /// Writes a request with its whole body. The file is readable for its owner only: the signature is in it.
    pub(super) fn record(&self, exchange: &Exchange) -> io::Result<PathBuf> {
        let body = exchange.body.as_deref().ok_or_else(|| io::Error::other("the body is not complete"))?;
        let target = format!("{}{}", self.origin.as_deref().unwrap_or_default(), exchange.target);
        let message = capture::write(&exchange.method, &target, &exchange.headers, body);
        let name = name(exchange);
        // Another command may record into this directory.
        let partial = self.dir.join(format!("{name}.{}.partial", process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&partial)?;
        let path = file.write_all(&message).and_then(|()| self.publish(&partial, &name));
        let _ = fs::remove_file(&partial);
        path
    }

    /// Gives a file its name, or that name with a number if it is taken. An existing file is never replaced.
    fn publish(&self, partial: &Path, name: &str) -> io::Result<PathBuf> {
        let mut path = self.dir.join(format!("{name}.http"));
        for number in 2.. {
            match fs::hard_link(partial, &path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    path = self.dir.join(format!("{name}-{number}.http"));
                }
                published => return published.map(|()| path),
            }
        }
        Ok(path)
    }
}

/// Returns the headers with `Host`, which requests of HTTP/2 do not have.
pub(super) fn with_host(mut headers: HeaderMap, authority: Option<&str>) -> HeaderMap {
    if let Some(host) = authority.and_then(|authority| HeaderValue::from_str(authority).ok())
        && !headers.contains_key(header::HOST)
    {
        headers.insert(header::HOST, host);
    }
    headers
}

fn name(exchange: &Exchange) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second].[subsecond digits:3]Z");
    let at =
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(exchange.received_at.as_millis()) * 1_000_000);
    let at = at.ok().and_then(|at| at.format(format).ok()).unwrap_or_default();
    let what = match &exchange.verdict {
        Verdict::Accepted(_) => format!("accepted-{}", exchange.event_type().unwrap_or("event")),
        Verdict::Rejected { kind, .. } => format!("rejected-{kind}"),
        Verdict::Handshake(name) => format!("handshake-{name}"),
    };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let what: String =
        what.chars().take(LONGEST_NAME).map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    format!("{:06}-{at}-{what}", exchange.number)
}

/// Numbers from here on are not of this command.
const LARGEST_NUMBER: u64 = 1 << 48;
/// The longest description in a name, in characters.
const LONGEST_NAME: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let recorder = Recorder::open(dir.path(), None).unwrap();
        let partial = dir.path().join("partial");
        let mut names = Vec::new();
        for text in ["one", "two", "three"] {
            fs::write(&partial, text).unwrap();
            let path = recorder.publish(&partial, "000001-push").unwrap();
            fs::remove_file(&partial).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
        assert_eq!(names, ["000001-push.http", "000001-push-2.http", "000001-push-3.http"]);
    }
}
