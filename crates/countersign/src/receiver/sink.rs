use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::RequestHead;
use crate::secret::Secret;

/// Stores the secrets that providers issue in a handshake, so that the verifier or the resolver of tenants finds
/// them afterwards.
///
/// Implemented for asynchronous functions:
///
/// ```
/// use countersign::receiver::{HandshakePolicy, IssuedSecret, SinkError};
///
/// async fn keep(issued: IssuedSecret) -> Result<(), SinkError> {
///     let tenant = issued.request().uri().path().rsplit('/').next().unwrap_or_default().to_owned();
///     // Write `issued.into_secret()` to where the secret of this tenant is looked up. The provider receives its
///     // answer afterwards, and does not send the secret again.
///     # let _ = tenant;
///     Ok(())
/// }
///
/// let policy = HandshakePolicy::new().with_secret_sink(keep);
/// ```
pub trait SecretSink: Send + Sync + 'static {
    /// Stores the secret. On failure the provider receives a 503 and retries.
    fn store(&self, issued: IssuedSecret) -> SinkFuture;
}

/// The future of [`SecretSink::store`].
pub type SinkFuture = Pin<Box<dyn Future<Output = Result<(), SinkError>> + Send>>;

impl<F, R> SecretSink for F
where
    F: Fn(IssuedSecret) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), SinkError>> + Send + 'static,
{
    fn store(&self, issued: IssuedSecret) -> SinkFuture {
        Box::pin(self(issued))
    }
}

/// A secret from a handshake. Its sender is not authenticated: an endpoint that waits for a secret should have a
/// URL that cannot be guessed.
#[derive(Clone, Debug)]
pub struct IssuedSecret {
    pub(super) provider: String,
    pub(super) handshake: String,
    pub(super) request: RequestHead,
    pub(super) secret: Secret,
}

impl IssuedSecret {
    /// Returns the slug of the provider.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Returns the name of the handshake.
    #[must_use]
    pub fn handshake(&self) -> &str {
        &self.handshake
    }

    /// Returns the head of the request. Its headers may contain the secret.
    #[must_use]
    pub const fn request(&self) -> &RequestHead {
        &self.request
    }

    /// Returns the secret.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Consumes the value and returns the secret.
    #[must_use]
    pub fn into_secret(self) -> Secret {
        self.secret
    }
}

/// An issued secret could not be stored.
#[derive(Debug)]
pub struct SinkError(Box<dyn Error + Send + Sync>);

impl SinkError {
    /// Creates an error from its cause. The cause is logged, and never sent.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the secret that the provider issued could not be stored")
    }
}

impl Error for SinkError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_was_not_stored_says_so_and_why() {
        let error = SinkError::new("the disk is full");
        assert_eq!(error.to_string(), "the secret that the provider issued could not be stored");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("the disk is full"));
    }
}
