use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use clap::Args;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Url};

use super::install_tls;
use super::protocol::{Protocol, ProtocolArgs};
use super::roots::Roots;
use crate::error::CliError;

/// The options that allow receivers on other machines, and certificates that the system does not know.
#[derive(Args, Clone, Default)]
pub(crate) struct AllowHostArgs {
    /// Send to this host, too; without the option, only to this machine. May be repeated
    #[arg(long = "allow-host", value_name = "NAME")]
    names: Vec<String>,
    /// Verify the certificate of an https receiver with those in this PEM file, instead of the system's
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
}

/// A receiver that may be sent to, with the addresses that were checked: they are the only ones that are connected to.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    url: Url,
    addrs: Vec<SocketAddr>,
    roots: Option<Roots>,
    protocol: Protocol,
}

impl AllowHostArgs {
    /// Allows one host.
    #[cfg(test)]
    pub(crate) fn of(name: &str) -> Self {
        Self { names: vec![name.to_owned()], cacert: None }
    }

    fn has(&self, host: &str) -> bool {
        let plain = |name: &str| name.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
        self.names.iter().any(|name| plain(name) == plain(host))
    }
}

impl Destination {
    /// Resolves the host of a URL, and checks that each of its addresses is one of this machine, unless the host is
    /// allowed.
    pub(crate) fn resolve(url: &str, allowed: &AllowHostArgs) -> Result<Self, CliError> {
        Self::resolve_with(url, allowed, |host, port| Ok((host, port).to_socket_addrs()?.collect()))
    }

    pub(super) fn resolve_with(
        text: &str,
        allowed: &AllowHostArgs,
        lookup: impl FnOnce(&str, u16) -> io::Result<Vec<SocketAddr>>,
    ) -> Result<Self, CliError> {
        let url = Url::parse(text)
            .map_err(|error| usage(format!("{error}: expected http://127.0.0.1:3000/path")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(usage(format!(
                "{}: expected http:// or https://, such as http://127.0.0.1:3000/path",
                url.scheme()
            )));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(usage("user and password in the URL are not sent: remove them".to_owned()));
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(usage("the URL has no host".to_owned()));
        };
        let addrs = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) => vec![SocketAddr::new(ip, port)],
            Err(_) => lookup(host, port).map_err(CliError::io(format!("cannot resolve {host}")))?,
        };
        if addrs.is_empty() {
            return Err(usage(format!("{host} has no address")));
        }
        let elsewhere = addrs.iter().find(|addr| !addr.ip().to_canonical().is_loopback());
        if let Some(addr) = elsewhere.filter(|_| !allowed.has(host)) {
            let ip = addr.ip().to_string();
            let named = if ip == host { String::new() } else { format!(" ({ip})") };
            let cure = format!("if the receiver is yours, add --allow-host {host}");
            return Err(usage(format!("{host}{named} is not this machine: {cure}")));
        }
        let roots = allowed.cacert.as_deref().map(Roots::read).transpose()?;
        Ok(Self { url, addrs, roots, protocol: Protocol::default() })
    }

    /// Selects the protocol.
    pub(crate) fn over(self, protocol: ProtocolArgs) -> Self {
        Self { protocol: protocol.protocol(), ..self }
    }

    /// Returns the URL, normalised.
    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the protocol.
    pub(super) const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Returns the certificates to verify with, if they are not the system's.
    pub(super) const fn roots(&self) -> Option<&Roots> {
        self.roots.as_ref()
    }

    /// Returns the checked addresses, for commands that open connections of their own.
    pub(crate) fn addrs(&self) -> &[SocketAddr] {
        &self.addrs
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

fn usage(problem: String) -> CliError {
    CliError::Usage(format!("cannot send: {problem}"))
}

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
