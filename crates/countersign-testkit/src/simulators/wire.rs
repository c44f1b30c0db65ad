use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// The form in which a body arrives. The default is at once, with its length announced.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Wire {
    /// Sends the body in chunks, without announcing its length.
    pub chunked: bool,
    /// The time over which the body is spread.
    pub slow: Duration,
    /// Ends the connection after the first half of the body.
    pub abort: bool,
}

impl Wire {
    /// Sends the body in chunks, without announcing its length.
    #[must_use]
    pub const fn chunked(self) -> Self {
        Self { chunked: true, ..self }
    }

    /// Spreads the body over this time.
    #[must_use]
    pub const fn slow(self, time: Duration) -> Self {
        Self { slow: time, ..self }
    }

    /// Ends the connection after the first half of the body.
    #[must_use]
    pub const fn aborted(self) -> Self {
        Self { abort: true, ..self }
    }

    pub(super) fn is_plain(self) -> bool {
        self == Self::default()
    }
}

/// A body that arrives as a [`Wire`] says.
pub(super) struct PacedBody {
    pieces: VecDeque<Bytes>,
    /// The pause before each piece.
    pause: Duration,
    /// The pause before the end.
    last_pause: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    abort: bool,
    /// The announced length.
    length: Option<u64>,
}

impl PacedBody {
    pub(super) fn new(body: Bytes, wire: Wire) -> Self {
        let number = if wire.is_plain() { 1 } else { PIECES };
        let size = body.len().div_ceil(number).max(1);
        let mut pieces: VecDeque<_> = body.chunks(size).map(|piece| body.slice_ref(piece)).collect();
        let length = (!wire.chunked).then_some(body.len() as u64);
        let pause = wire.slow / u32::try_from(pieces.len()).unwrap_or(1).max(1);
        if wire.abort {
            pieces.truncate(pieces.len() / 2);
        }
        let last_pause = if wire.abort { FLUSHED } else { Duration::ZERO };
        Self { pieces, pause, last_pause, timer: None, abort: wire.abort, length }
    }
}

impl Body for PacedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        let pause = if this.pieces.is_empty() { this.last_pause } else { this.pause };
        if !pause.is_zero() {
            let timer = this.timer.get_or_insert_with(|| Box::pin(sleep(pause)));
            ready!(timer.as_mut().poll(context));
            this.timer = None;
        }
        Poll::Ready(match this.pieces.pop_front() {
            Some(piece) => Some(Ok(Frame::data(piece))),
            None if this.abort => {
                Some(Err(io::Error::new(io::ErrorKind::ConnectionAborted, "aborted as asked")))
            }
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && !self.abort
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The number of pieces of a body that does not arrive at once.
const PIECES: usize = 8;
/// The pause before an abort. The client writes what it has while a body is not ready, and drops it when the body fails: without the
/// pause it would send nothing.
const FLUSHED: Duration = Duration::from_millis(20);
