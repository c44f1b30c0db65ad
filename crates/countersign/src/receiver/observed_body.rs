use bytes::Bytes;

use super::share::Share;
use super::{Receiver, Rejection};
use crate::error::ErrorKind;
use crate::verifier::Buffer;

/// The body of a request at a receiver that only observes. Counted in the budget besides what is verified.
pub(super) struct ObservedBody {
    body: Buffer,
    share: Share,
}

impl ObservedBody {
    pub(super) fn of(receiver: &Receiver) -> Self {
        Self { body: Buffer::default(), share: Share::of(receiver.clone()) }
    }

    /// Adds the next bytes. The limit on bodies holds.
    pub(super) fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        let receiver = self.share.receiver();
        if chunk.len() > receiver.body_limit().saturating_sub(self.body.len()) {
            return Err(receiver.refuse(ErrorKind::PayloadTooLarge));
        }
        if chunk.is_empty() {
            return Ok(());
        }
        let growth = self.body.growth(chunk.len(), 0);
        self.share.grow(growth, || self.body.push(chunk, 0, Vec::new))
    }

    /// Returns the whole body.
    pub(super) fn finish(self) -> Bytes {
        self.body.finish().0
    }
}
