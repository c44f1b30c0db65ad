use std::fmt::Display;
use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice, adapter::strip_str};

/// Writes text to a stream: in colours to a terminal, and else as one piece without them.
pub(super) fn write_text<S>(stream: S, text: &impl Display) -> io::Result<()>
where
    S: anstream::stream::RawStream + anstream::stream::AsLockedWrite,
{
    if stream.is_terminal() {
        let mut stream = AutoStream::auto(stream);
        write!(stream, "{text}")?;
        return stream.flush();
    }
    let text = text.to_string();
    let text = match AutoStream::choice(&stream) {
        ColorChoice::Always | ColorChoice::AlwaysAnsi => text,
        _ => strip_str(&text).to_string(),
    };
    write_whole(stream, text.as_bytes())
}

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
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(A_MOMENT),
            done => return done,
        }
    }
}

const A_MOMENT: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_full_pipe_gets_everything() {
        let mut pipe = Full::default();
        write_whole(&mut pipe, b"an error that is longer than the pipe").unwrap();
        assert_eq!(pipe.taken, b"an error that is longer than the pipe");
    }
}
