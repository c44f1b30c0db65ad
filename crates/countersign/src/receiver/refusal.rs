use std::error::Error;
use std::fmt;

use super::SinkError;
use crate::error::ErrorKind;
use crate::handshake::RenderError;

/// The reason for refusing a handshake, for the operator.
#[derive(Debug)]
pub(super) enum Refusal {
    WrongVerifyToken,
    Origin,
    SecretIsKnown,
    UnknownTenant,
    SecretWasIssued,
    BadSecret,
    Answer(RenderError),
    Sink(SinkError),
}

impl Refusal {
    pub(super) const fn kind(&self) -> ErrorKind {
        match self {
            Self::WrongVerifyToken
            | Self::Origin
            | Self::SecretIsKnown
            | Self::SecretWasIssued
            | Self::UnknownTenant => ErrorKind::HandshakeRefused,
            Self::BadSecret | Self::Answer(_) => ErrorKind::MalformedHandshake,
            Self::Sink(_) => ErrorKind::SecretsUnavailable,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongVerifyToken => f.write_str("the verify token is missing or wrong"),
            Self::Origin => f.write_str("the origin is not allowed"),
            Self::SecretIsKnown => f.write_str(
                "the handshake brings a secret, and one is known already: remove that first, if the endpoint is to be set up anew",
            ),
            Self::UnknownTenant => {
                f.write_str("the handshake brings a secret for a tenant that the resolver does not know")
            }
            Self::SecretWasIssued => f.write_str(
                "the handshake brings a secret, and one was issued already: use `Receiver::reset_issued_secret`, if the endpoint is to be set up anew",
            ),
            Self::BadSecret => f.write_str("the secret that it brings is missing, blank, or has white space at an end"),
            Self::Answer(error) => error.fmt(f),
            Self::Sink(error) => error.fmt(f),
        }
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Sink(error) => error.source(),
            _ => None,
        }
    }
}
