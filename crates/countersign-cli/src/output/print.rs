use std::fmt::Display;
use std::io;

use anstyle::{AnsiColor, Style};
use countersign_diagnose::printable_json;
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

/// Prints JSON and a line break in one write. Nothing in it controls a terminal: programs read the same texts.
pub(crate) fn print_line(json: Vec<u8>) -> io::Result<()> {
    pipe::write_whole(io::stdout().lock(), &harmless_line(json)?)
}

fn harmless_line(json: Vec<u8>) -> io::Result<Vec<u8>> {
    let is_plain = |byte: &u8| byte.is_ascii() && *byte != b'\x7f';
    let mut line = if json.iter().all(is_plain) {
        json
    } else {
        let json =
            String::from_utf8(json).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        printable_json(&json).into_bytes()
    };
    line.push(b'\n');
    Ok(line)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Body;

    #[test]
    fn json_of_others_does_not_control_the_terminal_and_reads_the_same() {
        let evil =
            "\u{1b}]0;x\u{7}\u{7f}\u{9b}5m\u{202e}\u{2028}\u{200b}\u{e0041}❤\u{fe0f} می\u{200c}خواهم \"\\ü";
        let body = format!("{{\n\"text\": \"{}\"}}", "\u{9b}2J\u{202e}\u{7f}");
        let value = serde_json::json!({ evil: evil });
        let forms = [
            serde_json::to_vec(&value),
            serde_json::to_vec_pretty(&value),
            serde_json::to_vec(&Body::new(body.as_bytes())),
        ];
        let read: [serde_json::Value; 3] = [value.clone(), value, serde_json::from_str(&body).unwrap()];
        for (json, read) in forms.into_iter().zip(read) {
            let line = String::from_utf8(harmless_line(json.unwrap()).unwrap()).unwrap();
            let shown = line.replace(['\u{fe0f}', '\u{200c}'], "").replace('\n', "");
            assert_eq!(countersign_diagnose::printable(&shown), shown, "{line}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), read);
        }
    }
}
