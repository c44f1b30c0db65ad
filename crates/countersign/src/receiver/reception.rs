use bytes::Bytes;

use super::tenant::ResolveFuture;
use super::{Receiver, Rejection, Request, ResolveError};
use crate::delivery::Delivery;
use crate::error::ErrorKind;
use crate::head::{Head, Headers};
use crate::secret::SecretSet;
use crate::verifier::Intake;

/// A request on its way through a [`Receiver`]: fed by an adapter, chunk by chunk.
#[derive(Debug)]
pub struct Reception {
    share: Share,
    intake: Intake,
}

/// What a request has taken from its receiver's budget; given back when it is dropped.
#[derive(Debug)]
struct Share {
    receiver: Receiver,
    bytes: usize,
}

impl Receiver {
    /// Looks up the secrets of the tenant, where a resolver is set. To be awaited before [`begin`](Self::begin).
    pub fn lookup(&self, request: impl FnOnce() -> Request) -> Option<ResolveFuture> {
        self.options().tenants.as_ref().map(|tenants| tenants.secrets(request()))
    }

    /// Judges the head of a request. `target` is path and query as they were received; `tenant` is what
    /// [`lookup`](Self::lookup) resolved to.
    ///
    /// # Errors
    ///
    /// [`Rejection`], to be answered without reading the body.
    pub fn begin<H: Headers>(
        &self,
        method: &str,
        target: &str,
        headers: &H,
        tenant: Option<Result<Option<SecretSet>, ResolveError>>,
    ) -> Result<Reception, Rejection> {
        let options = self.options();
        let own;
        let verifier = match tenant {
            None => &options.verifier,
            Some(Ok(Some(secrets))) => {
                own = options.verifier.with_secrets(&secrets).map_err(Rejection::bad_secrets)?;
                &own
            }
            Some(Ok(None)) => return Err(ErrorKind::UnknownTenant.into()),
            Some(Err(error)) => return Err(Rejection::unavailable(error)),
        };
        let url = options
            .public_url
            .as_ref()
            .filter(|_| verifier.needs_url())
            .map(|origin| format!("{origin}{target}"));
        let mut head = Head::new(headers).with_method(method).with_target(target);
        if let Some(url) = &url {
            head = head.with_url(url);
        }
        let intake = verifier.begin(&head, options.clock.now())?;
        Ok(Reception { share: Share { receiver: self.clone(), bytes: 0 }, intake })
    }
}

impl Reception {
    /// Takes the next bytes of the body.
    ///
    /// # Errors
    ///
    /// [`Rejection`]: too large, or the budget is spent.
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        let bytes = chunk.len();
        // The limit first: a body that is too large is the sender's fault, a spent budget is not.
        self.intake.check_room(bytes)?;
        if !self.share.receiver.options().budget.take(bytes) {
            return Err(ErrorKind::BudgetSpent.into());
        }
        self.share.bytes += bytes;
        Ok(self.intake.push(chunk)?)
    }

    /// Decides, when the body is complete.
    ///
    /// # Errors
    ///
    /// [`Rejection`]: the delivery is not genuine, or not acceptable.
    pub fn finish(self) -> Result<Delivery, Rejection> {
        let now = self.share.receiver.options().clock.now();
        Ok(self.intake.finish(now)?)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.receiver.options().budget.give_back(self.bytes);
    }
}
