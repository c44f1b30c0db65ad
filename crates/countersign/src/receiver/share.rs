use super::{Receiver, Rejection};
use crate::error::ErrorKind;

/// The bytes that a request has taken from its receiver's budget. Returned on drop.
#[derive(Debug)]
pub(super) struct Share {
    receiver: Receiver,
    bytes: usize,
}

impl Receiver {
    /// Takes so many bytes from the budget, until the returned value is dropped; `None` if fewer are left.
    pub(super) fn hold(&self, bytes: usize) -> Option<impl Send + use<>> {
        self.options().budget.take(bytes).then(|| Share { receiver: self.clone(), bytes })
    }
}

impl Share {
    /// Starts with nothing taken.
    pub(super) const fn of(receiver: Receiver) -> Self {
        Self { receiver, bytes: 0 }
    }

    pub(super) const fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// Takes bytes from the budget.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Rejection> {
        // Most small chunks fit into memory that is already reserved.
        if bytes > 0 && !self.receiver.options().budget.take(bytes) {
            return Err(self.receiver.refuse(ErrorKind::BudgetSpent));
        }
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.receiver.options().budget.give_back(self.bytes);
    }
}
