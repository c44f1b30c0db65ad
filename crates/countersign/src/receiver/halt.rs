use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::Response;

use super::Rejection;
use crate::scheme::Text;

/// The reason for answering a request without calling the handler.
pub enum Halt {
    /// The request was rejected.
    Rejected(Rejection),
    /// The request is a handshake, with this answer.
    Handshake(Handshaken),
    /// The request is a handshake that issues a secret, which must be stored first. It resolves to one of the other
    /// variants.
    Later(HaltFuture),
}

/// The future of [`Halt::Later`].
pub type HaltFuture = Pin<Box<dyn Future<Output = Result<Handshaken, Rejection>> + Send>>;

/// The answer to a handshake.
pub struct Handshaken {
    name: Text,
    // Boxed: handshakes are rare, and the response is large.
    response: Box<Response<Bytes>>,
}

impl Halt {
    /// Returns the answer. If the handshake issues a secret, waits until it is stored.
    ///
    /// # Errors
    ///
    /// [`Rejection`], to be answered with [`Receiver::answer`](super::Receiver::answer).
    pub async fn settle(self) -> Result<Handshaken, Rejection> {
        match self {
            Self::Rejected(rejection) => Err(rejection),
            Self::Handshake(handshaken) => Ok(handshaken),
            Self::Later(later) => later.await,
        }
    }
}

impl Handshaken {
    pub(super) fn new(name: Text, response: Response<Bytes>) -> Self {
        Self { name, response: Box::new(response) }
    }

    /// Returns the name of the handshake.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the answer.
    #[must_use]
    pub fn into_response(self) -> Response<Bytes> {
        *self.response
    }
}

impl<R: Into<Rejection>> From<R> for Halt {
    fn from(rejection: R) -> Self {
        Self::Rejected(rejection.into())
    }
}

impl fmt::Debug for Handshaken {
    /// Omits the values of the answer: it may contain an issued secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshaken")
            .field("name", &self.name)
            .field("status", &self.response.status())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => f.debug_tuple("Rejected").field(rejection).finish(),
            Self::Handshake(handshaken) => f.debug_tuple("Handshake").field(handshaken).finish(),
            Self::Later(_) => f.debug_tuple("Later").finish_non_exhaustive(),
        }
    }
}
