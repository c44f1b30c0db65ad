use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame};

/// A body in the pieces in which it arrives.
#[derive(Clone, Debug, Default)]
pub struct Wire(VecDeque<Step>);

/// The next event of a body.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Bytes.
    Data(Bytes),
    /// Stalls for ever.
    Stall,
    /// Breaks the connection.
    Break,
}

impl Wire {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
    }

    pub(crate) fn bytes(&self) -> Bytes {
        let data = |step: &Step| match step {
            Step::Data(data) => data.clone(),
            Step::Stall | Step::Break => Bytes::new(),
        };
        self.0.iter().flat_map(data).collect()
    }
}

impl Body for Wire {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        match self.0.front() {
            Some(Step::Stall) => return Poll::Pending,
            Some(Step::Data(_) | Step::Break) | None => {}
        }
        Poll::Ready(match self.0.pop_front() {
            Some(Step::Data(data)) => Some(Ok(Frame::data(data))),
            Some(Step::Break | Step::Stall) => Some(Err("connection reset")),
            None => None,
        })
    }
}
