use std::future::ready;

use super::{Receiver, Request, ResolveFuture};
use crate::handshake::View;

impl Receiver {
    /// Looks up the secrets of the tenant, where a resolver is set. To be awaited before [`begin`](Self::begin), and given
    /// to it.
    ///
    /// The resolver is asked after the checks of the head that cost nothing: what the signature needs is there and
    /// well-formed, the timestamp is inside the tolerance, and the announced length within the limit. For other requests
    /// this resolves to no secrets at once, and `begin` refuses them. Only handshakes whose answer is made from the
    /// tenant's secret, or which bring one, ask for it without being signed.
    pub fn lookup(&self, request: impl FnOnce() -> Request) -> Option<ResolveFuture> {
        let tenants = self.options().tenants.as_ref()?;
        let request = request();
        if self.needs_secrets(&request) {
            Some(tenants.secrets(request))
        } else {
            Some(Box::pin(ready(Ok(None))))
        }
    }

    fn needs_secrets(&self, request: &Request) -> bool {
        let (method, target, headers) = (request.method().as_str(), request.target(), request.headers());
        self.is_head_in_order(&self.head(method, target, headers))
            || self
                .options()
                .desk
                .as_ref()
                .is_some_and(|desk| desk.needs_secrets(&View::new(&desk.steps, method, target, headers)))
    }
}
