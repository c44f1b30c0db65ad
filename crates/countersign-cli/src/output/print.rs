use std::fmt::Display;
use std::io;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::pipe;
use crate::error::CliError;

/// Prints text unchanged.
pub(crate) fn text(text: &impl Display) -> Result<(), CliError> {
    written(print_text(text))
}

/// Prints a line of text.
pub(crate) fn line(line: &impl Display) -> Result<(), CliError> {
    written(print_text(&format_args!("{line}\n")))
}

/// Prints bytes unchanged.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), CliError> {
    written(pipe::write_whole(io::stdout().lock(), bytes))
}

/// Prints a line of JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), CliError> {
    written(serde_json::to_vec(value).map_err(io::Error::from).and_then(print_line))
}

/// Prints JSON in a format for files that are edited.
pub(crate) fn json_for_files(value: &impl Serialize) -> Result<(), CliError> {
    written(serde_json::to_vec_pretty(value).map_err(io::Error::from).and_then(print_line))
}

/// Prints text unchanged, and returns the error of the stream.
pub(crate) fn print_text(text: &impl Display) -> io::Result<()> {
    pipe::write_text(io::stdout(), text)
}

/// Prints a line of bytes in one write.
pub(crate) fn print_line(mut line: Vec<u8>) -> io::Result<()> {
    line.push(b'\n');
    pipe::write_whole(io::stdout().lock(), &line)
}

/// Converts the result of writing to standard output.
pub(crate) fn written(result: io::Result<()>) -> Result<(), CliError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::io("cannot write to standard output")(error))
        }
        _ => Ok(()),
    }
}

/// Prints a line on standard error. Errors are ignored, because they cannot be reported.
pub(crate) fn line_to_stderr(line: &impl Display) {
    let _ = pipe::write_text(io::stderr(), &format_args!("{line}\n"));
}

/// Formats a line, and prints it on standard error.
macro_rules! stderr {
    ($($format:tt)*) => {
        $crate::output::line_to_stderr(&format_args!($($format)*))
    };
}
pub(crate) use stderr;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const UNSURE: Style = AnsiColor::Yellow.on_default();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const STRONG: Style = Style::new().bold();
