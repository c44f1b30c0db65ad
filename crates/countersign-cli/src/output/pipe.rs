use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice, adapter::strip_str};

/// Writes text to a stream: in colours to a terminal, and else as one piece without them. Nothing in the text controls the
/// terminal but our own colours.
pub(super) fn write_text<S>(stream: S, text: &impl Display) -> io::Result<()>
where
    S: anstream::stream::RawStream + anstream::stream::AsLockedWrite,
{
    let text = text.to_string();
    let text = harmless(&text);
    if stream.is_terminal() {
        let mut stream = AutoStream::auto(stream);
        stream.write_all(text.as_bytes())?;
        return stream.flush();
    }
    match AutoStream::choice(&stream) {
        ColorChoice::Always | ColorChoice::AlwaysAnsi => write_whole(stream, text.as_bytes()),
        _ => write_whole(stream, strip_str(&text).to_string().as_bytes()),
    }
}

/// Escapes everything that could control a terminal, such as the name of a file or text of a sender, except the styles of this
/// command.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|letter| letter != '\n' && is_control(letter)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let style = STYLES.iter().find(|style| rest.starts_with(**style));
        let length = style.map_or(letter.len_utf8(), |style| style.len());
        match style {
            Some(style) => safe.push_str(style),
            None if letter == '\n' || letter == '\t' || !is_control(letter) => safe.push(letter),
            None => safe.extend(letter.escape_unicode()),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(safe)
}

/// Returns whether a character controls a terminal, or the direction of the text behind it.
fn is_control(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The sequences of `GOOD`, `BAD`, `UNSURE`, `DIM` and `STRONG`, and the one that ends them.
const STYLES: [&str; 6] = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"];

/// Writes all bytes. A pipe that another program made non-blocking is full now and then: that is no error.
pub(super) fn write_whole(stream: impl Write, bytes: &[u8]) -> io::Result<()> {
    let mut stream = Waiting(stream);
    stream.write_all(bytes)?;
    stream.flush()
}

/// A stream that waits while a pipe is full.
struct Waiting<W>(W);

impl<W: Write> Write for Waiting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        wait_for(|| self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        wait_for(|| self.0.flush())
    }
}

fn wait_for<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(RETRY_PAUSE),
            done => return done,
        }
    }
}

const RETRY_PAUSE: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{BAD, DIM, GOOD, STRONG, UNSURE};

    /// A pipe that takes three bytes each second time.
    #[derive(Default)]
    struct Full {
        taken: Vec<u8>,
        is_full: bool,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.is_full = !self.is_full;
            if self.is_full {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let (now, _) = bytes.split_at(bytes.len().min(3));
            self.taken.extend(now);
            Ok(now.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn text_of_others_does_not_control_the_terminal() {
        let styles =
            format!("{GOOD}a{GOOD:#}{BAD}b{BAD:#}{UNSURE}c{UNSURE:#}{DIM}d{DIM:#}{STRONG}e{STRONG:#}\n\tü");
        assert_eq!(harmless(&styles), styles);
        assert_eq!(
            harmless("a\u{1b}[2Jb\u{9b}31m\u{7f}\u{202e}\r\u{1b}[8m"),
            r"a\u{1b}[2Jb\u{9b}31m\u{7f}\u{202e}\u{d}\u{1b}[8m"
        );
    }

    #[test]
    fn a_full_pipe_gets_everything() {
        let mut pipe = Full::default();
        write_whole(&mut pipe, b"an error that is longer than the pipe").unwrap();
        assert_eq!(pipe.taken, b"an error that is longer than the pipe");
    }
}
