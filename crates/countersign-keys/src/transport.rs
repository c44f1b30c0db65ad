use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};

use crate::error::FetchError;

/// Sends a request and returns the complete response: [`HttpClient`](crate::HttpClient), or your own client.
///
/// It must check the server's certificate against the host of the request, must not follow redirects, and must stop
/// reading beyond the limit. The security of the host pins depends on the first two.
///
/// Implemented for asynchronous functions, which is sufficient for tests:
///
/// ```
/// use bytes::Bytes;
/// use countersign_keys::{FetchError, HttpKeys};
/// use http::{Request, Response};
///
/// async fn answer(request: Request<Bytes>, _body_limit: usize) -> Result<Response<Bytes>, FetchError> {
///     assert_eq!(request.uri(), "https://keys.example.com/jwks.json");
///     Ok(Response::new(Bytes::from_static(br#"{"keys":[]}"#)))
/// }
///
/// let keys = HttpKeys::jwks("https://keys.example.com/jwks.json").with_transport(answer).build()?;
/// # Ok::<(), countersign_keys::BuildError>(())
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends the request. The future is dropped on a timeout.
    fn send(&self, request: Request<Bytes>, body_limit: usize) -> TransportFuture;
}

/// The future of [`Transport::send`].
pub type TransportFuture = Pin<Box<dyn Future<Output = Result<Response<Bytes>, FetchError>> + Send>>;

impl<F, R> Transport for F
where
    F: Fn(Request<Bytes>, usize) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Response<Bytes>, FetchError>> + Send + 'static,
{
    fn send(&self, request: Request<Bytes>, body_limit: usize) -> TransportFuture {
        Box::pin(self(request, body_limit))
    }
}
