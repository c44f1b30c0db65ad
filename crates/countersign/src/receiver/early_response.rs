use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::Response;

use super::Rejection;
use crate::scheme::Text;

/// The reason for responding without calling the handler.
pub(crate) enum EarlyResponse {
    /// The request was rejected.
    Rejected(Rejection),
    /// The request is a handshake, with this response.
    Handshake(HandshakeResponse),
    /// The request is a handshake that issues a secret, which must be stored first.
    Pending(PendingResponse),
}

/// Resolves to the response to a handshake once its secret is stored.
pub(crate) type PendingResponse = Pin<Box<dyn Future<Output = Result<HandshakeResponse, Rejection>> + Send>>;

/// The response to a handshake.
pub struct HandshakeResponse {
    name: Text,
    // Boxed: handshakes are rare, and the response is large.
    response: Box<Response<Bytes>>,
}

impl HandshakeResponse {
    pub(super) fn new(name: Text, response: Response<Bytes>) -> Self {
        Self { name, response: Box::new(response) }
    }

    /// Returns the name of the handshake.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the response.
    #[must_use]
    pub fn into_response(self) -> Response<Bytes> {
        *self.response
    }
}

impl<R: Into<Rejection>> From<R> for EarlyResponse {
    fn from(rejection: R) -> Self {
        Self::Rejected(rejection.into())
    }
}

impl fmt::Debug for HandshakeResponse {
    /// Omits the values of the response: it may contain an issued secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeResponse")
            .field("name", &self.name)
            .field("status", &self.response.status())
            .finish_non_exhaustive()
    }
}
