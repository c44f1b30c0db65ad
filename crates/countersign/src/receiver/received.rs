use std::fmt;

use bytes::Bytes;

use super::early_response::HandshakeResponse;
use super::rejection::Rejection;
use crate::delivery::Delivery;

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
