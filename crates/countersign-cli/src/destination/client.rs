use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use super::protocol::Protocol;
use super::{Destination, install_tls};
use crate::error::CliError;

impl Destination {
    /// Creates the client for this receiver. It connects to the checked addresses only: it follows no redirect, uses no
    /// proxy, and does not resolve the host again.
    pub(crate) fn client(&self) -> Result<Client, CliError> {
        self.client_with(&[])
    }

    /// Creates the client for this receiver and others of the same options.
    pub(crate) fn client_with(&self, others: &[Self]) -> Result<Client, CliError> {
        install_tls();
        let builder = match self.roots() {
            Some(roots) => Client::builder().tls_certs_only(roots.for_client()?),
            None => Client::builder(),
        };
        let builder = match self.protocol() {
            Protocol::Http1 => builder.http1_only(),
            Protocol::Http2 => builder.http2_prior_knowledge(),
        };
        let resolved = |builder: ClientBuilder, one: &Self| {
            builder.resolve_to_addrs(one.url().host_str().unwrap_or_default(), one.addrs())
        };
        std::iter::once(self)
            .chain(others)
            .fold(builder, resolved)
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_LIMIT)
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| CliError::Usage(format!("cannot make an HTTP client: {error}")))
    }
}

/// Longer than a SYN is repeated twice.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
