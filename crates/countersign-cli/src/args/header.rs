use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};
use http::{HeaderName, HeaderValue};

use crate::error::CliError;

/// A value of `-H`: a header, or a file with headers, as curl reads it.
#[derive(Clone)]
pub(crate) enum HeaderArg {
    Header(HeaderName, HeaderValue),
    /// One header a line; `-` is standard input.
    File(PathBuf),
}

impl HeaderArg {
    /// Returns the headers of all values, in their order.
    pub(crate) fn load(values: &[Self]) -> Result<Vec<(HeaderName, HeaderValue)>, CliError> {
        let mut headers = Vec::new();
        for value in values {
            match value {
                Self::Header(name, value) => headers.push((name.clone(), value.clone())),
                Self::File(path) => headers.extend(read(path)?),
            }
        }
        Ok(headers)
    }

    /// Returns whether standard input holds headers.
    pub(crate) fn reads_stdin(values: &[Self]) -> bool {
        values.iter().any(|value| matches!(value, Self::File(path) if path.as_os_str() == "-"))
    }
}

/// Returns the parser of options that hold a header.
pub(crate) fn header_parser() -> impl TypedValueParser<Value = HeaderArg> {
    OsStringValueParser::new().try_map(parse)
}

fn parse(text: OsString) -> Result<HeaderArg, &'static str> {
    match text.as_encoded_bytes() {
        b"@" => Err("a file is expected after `@`; `@-` is standard input"),
        [b'@', ..] => Ok(HeaderArg::File(after_at(&text))),
        line => header(line).map(|(name, value)| HeaderArg::Header(name, value)),
    }
}

/// Returns the path after `@`. Bytes that are not UTF-8 are replaced: not every system can split such a text.
fn after_at(text: &OsStr) -> PathBuf {
    let path = text.to_string_lossy();
    path.strip_prefix('@').unwrap_or(&path).into()
}

/// Reads a header from each line. Empty lines and lines that start with `#` are skipped.
fn read(path: &Path) -> Result<Vec<(HeaderName, HeaderValue)>, CliError> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        fs::read(path).map(|content| bytes = content)
    };
    read.map_err(CliError::unreadable(path))?;
    let lines =
        bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).zip(1..);
    let lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with(b"#"));
    let parsed = lines.map(|(line, number): (&[u8], u32)| {
        header(line)
            .map_err(|problem| CliError::Usage(format!("-H @{}: line {number}: {problem}", path.display())))
    });
    parsed.collect()
}

/// Parses `name: value`, or `name;` for an empty value. The value is bytes, trimmed as in HTTP.
fn header(line: &[u8]) -> Result<(HeaderName, HeaderValue), &'static str> {
    let (name, value) = match line.iter().position(|byte| *byte == b':') {
        Some(colon) => {
            let (name, rest) = line.split_at(colon);
            (name, trim(rest.strip_prefix(b":").unwrap_or_default()))
        }
        None => (line.strip_suffix(b";").ok_or("expected `name: value`, or `@FILE`")?, &[][..]),
    };
    Ok((
        HeaderName::from_bytes(name).map_err(|_| "the text before the colon is not a header name")?,
        HeaderValue::from_bytes(value).map_err(|_| "the value holds bytes that HTTP does not allow")?,
    ))
}

/// Removes spaces and tabs at both ends, the white space of HTTP.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_values_are_trimmed_bytes() {
        for (text, value) in
            [("a: b", "b"), ("a:b", "b"), ("a:", ""), ("a;", ""), ("a: \t b c \t", "b c"), ("a: b:c", "b:c")]
        {
            let expected = (HeaderName::from_static("a"), HeaderValue::from_static(value));
            assert_eq!(header(text.as_bytes()), Ok(expected), "{text:?}");
        }
        let value = header("a: ü".as_bytes()).map(|(_, value)| value.as_bytes().to_vec());
        assert_eq!(value, Ok("ü".as_bytes().to_vec()));
        for text in ["a", ": b", "a b: c", "a : b", "a: b\nc: d", "a: b\r", "a b;"] {
            assert!(header(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_file_is_named_after_an_at_sign() {
        assert!(matches!(parse("@a b".into()), Ok(HeaderArg::File(path)) if path == Path::new("a b")));
        assert!(matches!(parse("@-".into()), Ok(HeaderArg::File(path)) if path == Path::new("-")));
        assert!(parse("@".into()).is_err());
        assert!(HeaderArg::reads_stdin(&[parse("@-".into()).unwrap()]));
    }
}
