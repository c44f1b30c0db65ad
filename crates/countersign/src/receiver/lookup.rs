use std::future::ready;

use super::{Incoming, KeysFuture, Receiver, Rejection, RequestHead, ResolveError, Tenant};
use crate::error::ErrorKind;
use crate::handshake::View;

impl Receiver {
    /// Looks up the tenant, if a resolver is set.
    ///
    /// The resolver is called only after the checks of the head that need no key: the parts that the signature needs
    /// are present and well-formed, the timestamp is within the tolerance, and the announced length within the
    /// limit. For other requests the future resolves at once to no secrets, and `begin` rejects them. Among unsigned
    /// requests, only those trigger a look-up that may be handshakes whose answer is derived from the tenant's
    /// secret, or that issue one; the latter at most 60 times a minute.
    ///
    /// The budget counts the head, and the copy for the resolver, while that runs.
    ///
    /// # Errors
    ///
    /// [`Rejection`] if the budget has no room for them.
    pub(super) fn lookup<I: Incoming>(&self, request: &I) -> Result<Option<KeysFuture>, Rejection> {
        let Some(tenants) = &self.options().tenants else { return Ok(None) };
        let (kept, passing) = self.size_of(request.target(), request.headers());
        let Some(mut held) = self.hold(2 * kept + passing) else {
            return Err(self.refuse(ErrorKind::BudgetSpent));
        };
        let request = request.to_head();
        let needs_secrets = self.needs_secrets(&request);
        held.give_back(passing);
        Ok(Some(match needs_secrets {
            Ok(true) => {
                let tenant = tenants.tenant(request);
                Box::pin(async move {
                    let tenant = tenant.await;
                    drop(held);
                    Ok(tenant?.map(Tenant::into_secrets))
                })
            }
            Ok(false) => Box::pin(ready(Ok(None))),
            Err(error) => Box::pin(ready(Err(error))),
        }))
    }

    fn needs_secrets(&self, request: &RequestHead) -> Result<bool, ResolveError> {
        let (method, target, headers) = (request.method().as_str(), request.target(), request.headers());
        let head = self.head(method, target, headers);
        if self.is_head_in_order(&head) {
            return Ok(true);
        }
        let Some(answerer) = &self.options().answerer else { return Ok(false) };
        answerer.needs_secrets(&View::new(&answerer.steps, method, target, headers), head.now)
    }
}
