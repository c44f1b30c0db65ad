use std::marker::PhantomData;

use countersign::ConfigError;
use countersign::receiver::Receiver;
use tower_layer::Layer;

use super::{FullBody, SameBody, VerifyWebhook};

/// Passes only verified webhooks to the inner service. The [crate documentation](crate) describes how a request is
/// decided; [`Receiver`] has the options.
///
/// With the defaults, a `Verifier` is sufficient:
///
/// ```
/// use bytes::Bytes;
/// use countersign::{Secret, Verifier, providers};
/// use countersign_tower::VerifyWebhookLayer;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
///
/// async fn handle(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, BoxError> {
///     unreachable!("nothing gets here that is not signed")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let verifier = Verifier::new(&providers::preflix::PROVIDER, Secret::new("the endpoint's secret")?)?;
/// let service =
///     ServiceBuilder::new().layer(VerifyWebhookLayer::new(verifier)).service(service_fn(handle));
///
/// let unsigned = Request::post("/webhooks/preflix").body(Full::from("{}"))?;
/// assert_eq!(service.oneshot(unsigned).await?.status(), 400);
/// # Ok(())
/// # }
/// ```
///
/// With options, showing an accepted and a rejected request:
///
/// ```
/// # use bytes::Bytes;
/// # use countersign::{Delivery, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
/// # use countersign_tower::VerifyWebhookLayer;
/// # use http::{Request, Response};
/// # use http_body_util::Full;
/// # use tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
/// use std::time::Duration;
///
/// use countersign::receiver::Receiver;
///
/// // The verified delivery is an extension of the request. Its body is available, too.
/// async fn handle(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, BoxError> {
///     let delivery = request.extensions().get::<Delivery>().ok_or("is the layer installed?")?;
///     let id = delivery.id().ok_or("no id")?;
///     Ok(Response::new(Full::from(id.as_str().to_owned())))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// # let secret = Secret::new("the endpoint's secret")?;
/// # let verifier = Verifier::new(&providers::preflix::PROVIDER, secret.clone())?;
/// let now = UnixTime::from_secs(1_700_000_000);
/// let receiver = Receiver::builder(verifier)
///     .with_body_limit(64 << 10)
///     .with_body_deadline(Duration::from_secs(2))
///     .with_clock(now)
///     .build()?;
/// let service =
///     ServiceBuilder::new().layer(VerifyWebhookLayer::new(receiver)).service(service_fn(handle));
///
/// // The provider's side.
/// let body = r#"{"id":"evt_7b2","type":"audit.started","data":{}}"#;
/// let headers = Signer::new(&providers::preflix::PROVIDER, secret)?.sign(&SigningRequest::new(body, now))?;
///
/// let mut genuine = Request::post("/webhooks/preflix").body(Full::from(body))?;
/// genuine.headers_mut().extend(headers.clone());
/// assert_eq!(service.clone().oneshot(genuine).await?.status(), 200);
///
/// let mut tampered = Request::post("/webhooks/preflix").body(Full::from(body.replace("7b2", "7b3")))?;
/// tampered.headers_mut().extend(headers);
/// assert_eq!(service.oneshot(tampered).await?.status(), 401);
/// # Ok(())
/// # }
/// ```
#[must_use]
#[derive(Clone, Debug)]
pub struct VerifyWebhookLayer<M = SameBody> {
    receiver: Receiver,
    mode: PhantomData<M>,
}

impl VerifyWebhookLayer {
    /// Creates a layer for one provider. The inner service receives the server's body type, which must be
    /// constructible from bytes, as axum's and [`Full<Bytes>`](http_body_util::Full) are.
    ///
    /// # Panics
    ///
    /// If [`Receiver::check`] refuses the receiver: a configuration error is detected at start-up instead of by the
    /// first delivery. [`try_new`](Self::try_new) returns it instead.
    #[expect(clippy::panic, reason = "at the start, as axum's `Router::route` does; `try_new` is there")]
    #[track_caller]
    pub fn new(receiver: impl Into<Receiver>) -> Self {
        match Self::try_new(receiver) {
            Ok(layer) => layer,
            Err(error) => panic!("{error}"),
        }
    }

    /// Builds the layer, and returns an error where [`new`](Self::new) panics.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] of [`Receiver::check`].
    pub fn try_new(receiver: impl Into<Receiver>) -> Result<Self, ConfigError> {
        let receiver = receiver.into();
        receiver.check()?;
        Ok(Self { receiver, mode: PhantomData })
    }

    /// Returns the layer for servers whose body type cannot be made from bytes, such as hyper's `Incoming`: the
    /// inner service receives a [`Full<Bytes>`](http_body_util::Full).
    pub fn with_full_body(self) -> VerifyWebhookLayer<FullBody> {
        VerifyWebhookLayer { receiver: self.receiver, mode: PhantomData }
    }

    /// Converts every request and response body to axum's, so that the layer can be placed between any other layers
    /// of tower-http.
    ///
    /// Layers such as `RequestBodyLimitLayer`, `RequestDecompressionLayer`, `CompressionLayer` and `CatchPanicLayer`
    /// change the type of a body, and the default requires types that can be made from bytes. There is no cost if
    /// both types are axum's already; otherwise a response is boxed once more.
    ///
    /// ```
    /// use axum::Router;
    /// use axum::routing::post;
    /// use countersign::{ConfigError, Delivery, Secret, Verifier, providers};
    /// use countersign_tower::VerifyWebhookLayer;
    /// use tower::ServiceBuilder;
    /// use tower_http::catch_panic::CatchPanicLayer;
    /// use tower_http::limit::RequestBodyLimitLayer;
    ///
    /// async fn handle(_: Delivery) {}
    ///
    /// fn app(secret: Secret) -> Result<Router, ConfigError> {
    ///     let verify = VerifyWebhookLayer::new(Verifier::new(&providers::GITHUB, secret)?);
    ///     let layers = ServiceBuilder::new()
    ///         .layer(RequestBodyLimitLayer::new(1 << 20))
    ///         .layer(verify.with_axum_body())
    ///         .layer(CatchPanicLayer::new());
    ///     Ok(Router::new().route("/hook", post(handle).layer(layers)))
    /// }
    /// # app(Secret::new("secret").unwrap()).unwrap();
    /// ```
    #[cfg(feature = "axum")]
    pub fn with_axum_body(self) -> VerifyWebhookLayer<super::AxumBody> {
        VerifyWebhookLayer { receiver: self.receiver, mode: PhantomData }
    }
}

impl<S, M> Layer<S> for VerifyWebhookLayer<M> {
    type Service = VerifyWebhook<S, M>;

    fn layer(&self, inner: S) -> Self::Service {
        VerifyWebhook::new(inner, self.receiver.clone())
    }
}
