//! Only for tower: the type of a body is a parameter of each service, and actix has one type.

use bytes::Bytes;
use http_body_util::Full;

/// Defines how the inner service gets the verified body, if the server's body type is `B`. Sealed: implemented by
/// [`SameBody`], [`FullBody`] and `AxumBody`.
#[diagnostic::on_unimplemented(
    message = "`{B}` cannot be made from bytes, so it cannot be the body of verified requests",
    label = "a layer outside changes the body to `{B}`",
    note = "call `.with_axum_body()` on the `VerifyWebhookLayer` (feature `axum`), or `.with_full_body()` with other servers"
)]
pub trait InnerBody<B>: sealed::Sealed {
    /// The body type of the inner service's requests.
    type Body;

    /// Makes a body of the verified bytes.
    fn from_bytes(bytes: Bytes) -> Self::Body;
}

/// Defines the body of responses, if that of the inner service's responses is `R`. Sealed like [`InnerBody`].
#[diagnostic::on_unimplemented(
    message = "`{R}` cannot be made from bytes, so it cannot be the body of rejections",
    label = "a layer or service inside answers with `{R}`",
    note = "call `.with_axum_body()` on the `VerifyWebhookLayer` or `DedupeLayer` (feature `axum`), or map the response body"
)]
pub trait OuterBody<R>: sealed::Sealed {
    /// The body type of the responses.
    type Body;

    /// Passes a body of the inner service on.
    fn relay(body: R) -> Self::Body;

    /// Makes a body for an answer of the layer itself.
    fn answer(bytes: Bytes) -> Self::Body;
}

/// Keeps the body types of the server and of the inner service. Both must be made from bytes: axum's are, and [`Full`].
#[derive(Clone, Copy, Debug)]
pub struct SameBody;

#[diagnostic::do_not_recommend]
impl<B: From<Bytes>> InnerBody<B> for SameBody {
    type Body = B;

    fn from_bytes(bytes: Bytes) -> B {
        bytes.into()
    }
}

/// Gives the inner service a [`Full<Bytes>`](Full), whatever the server has: for hyper's `Incoming`, which only hyper can
/// make.
#[derive(Clone, Copy, Debug)]
pub struct FullBody;

impl<B> InnerBody<B> for FullBody {
    type Body = Full<Bytes>;

    fn from_bytes(bytes: Bytes) -> Self::Body {
        Full::new(bytes)
    }
}

macro_rules! outer_body_is_the_inner_one {
    ($($mode:ty),*) => {
        $(#[diagnostic::do_not_recommend]
        impl<R: From<Bytes>> OuterBody<R> for $mode {
            type Body = R;

            fn relay(body: R) -> R {
                body
            }

            fn answer(bytes: Bytes) -> R {
                bytes.into()
            }
        })*
    };
}

outer_body_is_the_inner_one!(SameBody, FullBody);

/// Takes any request body and any response body, and makes axum's of both: see
/// [`VerifyWebhookLayer::with_axum_body`](super::VerifyWebhookLayer::with_axum_body).
#[cfg(feature = "axum")]
#[derive(Clone, Copy, Debug)]
pub struct AxumBody;

#[cfg(feature = "axum")]
mod axum_body {
    use axum_core::body::Body;
    use bytes::Bytes;

    use super::super::incoming::BoxError;
    use super::{AxumBody, InnerBody, OuterBody};

    impl<B> InnerBody<B> for AxumBody {
        type Body = Body;

        fn from_bytes(bytes: Bytes) -> Body {
            bytes.into()
        }
    }

    impl<R> OuterBody<R> for AxumBody
    where
        R: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        type Body = Body;

        fn relay(body: R) -> Body {
            Body::new(body)
        }

        fn answer(bytes: Bytes) -> Body {
            bytes.into()
        }
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::SameBody {}
    impl Sealed for super::FullBody {}
    #[cfg(feature = "axum")]
    impl Sealed for super::AxumBody {}
}
