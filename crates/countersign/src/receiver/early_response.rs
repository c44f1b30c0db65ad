use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::Response;

use super::rejection::Rejection;
use crate::delivery::Delivery;
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

/// The result of a request.
#[non_exhaustive]
pub enum Received {
    /// The request is a verified delivery, for the handler.
    Delivery(Delivery),
    /// The request is a handshake: send the response.
    Handshake(HandshakeResponse),
    /// The request is rejected: send [`Receiver::answer`](super::Receiver::answer).
    Rejected(Rejection),
    /// The request would be rejected, and the receiver [only observes](super::ReceiverBuilder::insecure_observe_only): the handler
    /// receives this body without a delivery.
    Observed {
        /// The reason for which the request would be rejected.
        rejection: Rejection,
        /// The whole body.
        body: Bytes,
    },
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivery(delivery) => f.debug_tuple("Delivery").field(delivery).finish(),
            Self::Handshake(response) => f.debug_tuple("Handshake").field(response).finish(),
            Self::Rejected(rejection) => f.debug_tuple("Rejected").field(rejection).finish(),
            Self::Observed { rejection, body } => {
                f.debug_struct("Observed").field("rejection", rejection).field("bytes", &body.len()).finish()
            }
        }
    }
}
