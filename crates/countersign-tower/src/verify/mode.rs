use bytes::Bytes;
use http_body_util::Full;

/// How the inner service gets the verified body, if the server's body type is `B`. Sealed: it is one of [`SameBody`]
/// and [`FullBody`].
pub trait InnerBody<B>: sealed::Sealed {
    /// The body type of the inner service's requests.
    type Body;

    /// The verified bytes as a body.
    fn from_bytes(bytes: Bytes) -> Self::Body;
}

/// The inner service gets the type of body that the server has. Nothing around the layer notices it.
#[derive(Clone, Copy, Debug)]
pub struct SameBody;

impl<B: From<Bytes>> InnerBody<B> for SameBody {
    type Body = B;

    fn from_bytes(bytes: Bytes) -> B {
        bytes.into()
    }
}

/// The inner service gets [`Full<Bytes>`](Full), whatever the server has: for hyper's `Incoming`, which nobody but
/// hyper can make.
#[derive(Clone, Copy, Debug)]
pub struct FullBody;

impl<B> InnerBody<B> for FullBody {
    type Body = Full<Bytes>;

    fn from_bytes(bytes: Bytes) -> Self::Body {
        Full::new(bytes)
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::SameBody {}
    impl Sealed for super::FullBody {}
}
