use std::future::ready;

use super::{KeysFuture, Receiver, RequestHead, ResolveError, Tenant};
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
    /// The budget counts the head while the resolver runs. If the budget is spent, this resolves to an error, and `begin`
    /// responds 503.
    pub(super) fn lookup(&self, request: impl FnOnce() -> RequestHead) -> Option<KeysFuture> {
        let tenants = self.options().tenants.as_ref()?;
        let request = request();
        Some(match self.needs_secrets(&request) {
            Ok(true) => {
                // The copies of the adapter, of the resolver, and of its result.
                let Some(held) = self.hold(3 * request.bytes()) else {
                    return Some(Box::pin(ready(Err(ResolveError::new(SPENT)))));
                };
                let tenant = tenants.tenant(request);
                Box::pin(async move {
                    let tenant = tenant.await;
                    drop(held);
                    Ok(tenant?.map(Tenant::into_secrets))
                })
            }
            Ok(false) => Box::pin(ready(Ok(None))),
            Err(error) => Box::pin(ready(Err(error))),
        })
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

const SPENT: &str = "the budget of the receiver is spent by other requests";
