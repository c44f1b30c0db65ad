//! Connections to the receiver, over TLS or not.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::ConfigVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::protocol::Protocol;
use super::roots::Roots;
use super::{Destination, install_tls};
use crate::error::CliError;

/// The checked addresses of a receiver, and its certificate's name if it has one.
#[derive(Clone)]
pub(crate) struct Connector {
    addrs: Vec<SocketAddr>,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

/// A connection.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Connector {
    pub(crate) fn new(destination: &Destination) -> Result<Self, CliError> {
        let url = destination.url();
        let tls = if url.scheme() == "https" {
            Some(tls(url.host_str().unwrap_or_default(), destination.roots(), destination.protocol())?)
        } else {
            None
        };
        Ok(Self { addrs: destination.addrs().to_vec(), tls })
    }

    pub(crate) async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(self.addrs.as_slice()).await?;
        stream.set_nodelay(true)?;
        Ok(match &self.tls {
            Some((connector, name)) => Box::new(connector.connect(name.clone(), stream).await?),
            None => Box::new(stream),
        })
    }
}

fn tls(
    host: &str,
    roots: Option<&Roots>,
    protocol: Protocol,
) -> Result<(TlsConnector, ServerName<'static>), CliError> {
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
    let name = name.map_err(|error| CliError::Usage(format!("{host}: {error}")))?;
    install_tls();
    let mut config = match roots {
        Some(roots) => ClientConfig::builder().with_root_certificates(roots.store()?).with_no_client_auth(),
        None => ClientConfig::with_platform_verifier()
            .map_err(|error| CliError::Usage(format!("no roots for TLS: {error}")))?,
    };
    config.alpn_protocols = vec![protocol.in_tls()];
    Ok((TlsConnector::from(Arc::new(config)), name))
}
