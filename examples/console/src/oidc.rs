use countersign_console::{Operator, Policy, Refusal, Role};
use http::HeaderName;
use http::request::Parts;

use crate::proxy::{Proxy, single};

/// Trusts the name and the groups that the proxy has authenticated, such as oauth2-proxy with an OpenID provider.
pub(crate) struct Oidc {
    proxy: Proxy,
}

impl Oidc {
    pub(crate) const fn new(proxy: Proxy) -> Self {
        Self { proxy }
    }
}

impl Policy for Oidc {
    async fn authorize(&self, head: &Parts) -> Result<Operator, Refusal> {
        self.proxy.expect(head)?;
        let groups = single(head, &GROUPS).unwrap_or_default();
        let is_in = |group| groups.split(',').any(|name| name.trim() == group);
        let role = match () {
            () if is_in("webhooks-operators") => Role::Operator,
            () if is_in("webhooks-viewers") => Role::Viewer,
            () if is_in("engineering") => Role::ViewerWithoutBodies,
            () => return Err(Refusal::forbidden()),
        };
        Operator::new(single(head, &EMAIL).unwrap_or_default(), role)
    }
}

const EMAIL: HeaderName = HeaderName::from_static("x-forwarded-email");
const GROUPS: HeaderName = HeaderName::from_static("x-forwarded-groups");
