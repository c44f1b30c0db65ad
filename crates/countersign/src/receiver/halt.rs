use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::Response;

use super::Rejection;
use crate::scheme::Text;

/// Why a request does not get to the handler, and what it is answered instead.
pub enum Halt {
    /// It was not accepted.
    Rejected(Rejection),
    /// It is a handshake, and this is the answer.
    Handshake(Handshaken),
    /// It is a handshake that brings a secret, which has to be stored first. It becomes one of the others.
    Later(HaltFuture),
}

/// The future of [`Halt::Later`].
pub type HaltFuture = Pin<Box<dyn Future<Output = Result<Handshaken, Rejection>> + Send>>;

/// The answer to a handshake.
pub struct Handshaken {
    name: Text,
    // Rare, and large.
    response: Box<Response<Bytes>>,
}

impl Halt {
    /// What there is to answer, once the secret of a handshake that brings one is stored.
    ///
    /// # Errors
    ///
    /// [`Rejection`]: to be answered with [`Receiver::answer`](super::Receiver::answer).
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

    /// The name of the handshake.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The answer.
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
    /// Shows the answer without its values: an issued secret may be sent back in it.
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
