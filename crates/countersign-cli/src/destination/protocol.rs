use clap::Args;

/// The option that selects the protocol of requests to a receiver.
#[derive(Args, Clone, Copy, Default)]
pub(crate) struct ProtocolArgs {
    /// Send over HTTP/2 from the first byte, for a receiver that speaks nothing else (h2c if the URL is http)
    #[arg(long)]
    http2_prior_knowledge: bool,
}

/// The protocol of requests to a receiver.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Protocol {
    #[default]
    Http1,
    /// With prior knowledge (RFC 9113, section 3.3).
    Http2,
}

impl ProtocolArgs {
    /// Returns whether HTTP/2 was asked for.
    pub(crate) const fn is_http2(self) -> bool {
        self.http2_prior_knowledge
    }

    pub(super) const fn protocol(self) -> Protocol {
        if self.http2_prior_knowledge { Protocol::Http2 } else { Protocol::Http1 }
    }
}

impl Protocol {
    /// Returns the name of the protocol in TLS (RFC 7301).
    pub(super) fn in_tls(self) -> Vec<u8> {
        match self {
            Self::Http1 => b"http/1.1".to_vec(),
            Self::Http2 => b"h2".to_vec(),
        }
    }
}
