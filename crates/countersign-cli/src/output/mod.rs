//! Results on standard output: text for people, JSON for machines.
//!
//! Who closes the pipe has seen enough: that is no error, and the exit code still tells the verdict.

mod body;
mod format;
mod table;

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::error::CliError;

pub(crate) use body::{Body, PrettyBody, base64};
pub(crate) use format::{exact, instant, printable, size, span, word};
pub(crate) use table::{Cell, Table};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const UNSURE: Style = AnsiColor::Yellow.on_default();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const STRONG: Style = Style::new().bold();

/// Text, as it is.
pub(crate) fn text(text: &impl Display) -> Result<(), CliError> {
    written(write!(anstream::stdout().lock(), "{text}"))
}

/// A line of text.
pub(crate) fn line(line: &impl Display) -> Result<(), CliError> {
    written(writeln!(anstream::stdout().lock(), "{line}"))
}

/// Bytes, as they are.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), CliError> {
    written(io::stdout().lock().write_all(bytes))
}

/// A line of JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), CliError> {
    written(serde_json::to_vec(value).map_err(io::Error::from).and_then(print_line))
}

/// JSON that somebody may want to keep in a file and edit.
pub(crate) fn json_for_files(value: &impl Serialize) -> Result<(), CliError> {
    written(serde_json::to_vec_pretty(value).map_err(io::Error::from).and_then(print_line))
}

/// A line of bytes, at once.
pub(crate) fn print_line(mut line: Vec<u8>) -> io::Result<()> {
    line.push(b'\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(&line)?;
    stdout.flush()
}

/// The end of writing to standard output.
pub(crate) fn written(result: io::Result<()>) -> Result<(), CliError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::io("cannot write to standard output")(error))
        }
        _ => Ok(()),
    }
}

/// A line on standard error. Nobody can be told if that fails.
macro_rules! stderr {
    ($($format:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stderr().lock(), $($format)*);
    }};
}
pub(crate) use stderr;
