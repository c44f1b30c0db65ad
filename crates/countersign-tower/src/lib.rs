//! Verifies webhooks in front of any [tower] service, which receives only verified, complete and typed deliveries.
//!
//! The verifying layer keeps no state: a genuine delivery that is repeated within the tolerance passes again. With
//! the feature `inbox`, `DedupeLayer` passes each delivery once. This crate does not route, and never interprets
//! unverified content.
//!
//! # Quick start
//!
//! With axum, and the feature `axum`:
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::Router;
//! use axum::routing::post;
//! use countersign::providers::preflix;
//! use countersign::{ConfigError, Event, Secret, Verifier};
//! use countersign_tower::VerifyWebhookLayer;
//!
//! async fn handle(event: Event<preflix::Event>) {
//!     if let preflix::Event::AuditCompleted(audit) = event.data {
//!         println!("fetch report {}", audit.report_id);
//!     }
//! }
//!
//! fn app(secret: String) -> Result<Router, ConfigError> {
//!     let verifier = Verifier::new(&preflix::PROVIDER, Secret::new(secret)?)?;
//!     let route = post(handle).layer(VerifyWebhookLayer::new(verifier));
//!     Ok(Router::new().route("/webhooks/preflix", route))
//! }
//! # app("secret".to_owned()).unwrap();
//! ```
//!
//! Without axum the verified delivery is an extension of the request, a [`countersign::Delivery`]: see
//! [`VerifyWebhookLayer`]. For hyper, whose bodies cannot be made from bytes, add
//! [`with_full_body`](VerifyWebhookLayer::with_full_body).
//!
//! All options are set on the [`Receiver`](countersign::receiver::Receiver): limits, secrets per tenant, the public
//! URL, the response to rejections.
//!
//! # How a request is decided
//!
//! 1. Handshakes that are recognised by their head are answered.
//! 2. The head is checked: the headers of the scheme, the timestamp, the announced length. A request that fails
//!    here has caused no hashing, and its body is not read. If secrets belong to tenants, they are looked up now,
//!    and only for requests that pass.
//! 3. The body is read within three bounds: its own limit, the budget of all bodies being read, and the deadline.
//!    The deadline counts from the first time that the body is not ready.
//! 4. One MAC per key is compared with every signature, over the bytes as received: nothing is decompressed,
//!    converted or trimmed. Trailers are ignored.
//! 5. Handshakes that are recognised by their body are answered, signed ones only after this verification.
//! 6. A verified request is passed to the inner service, with the delivery among its extensions, the complete body,
//!    and its `Content-Length` instead of a `Transfer-Encoding`. Everything else in the request is unchanged.
//!
//! # Responses to the sender
//!
//! A status and one word, as `application/problem+json`, without details. The cause is logged.
//!
//! | Status | Reason |
//! |---|---|
//! | 400 | a header is missing or malformed, or the body is |
//! | 401 | the signature does not match, the tenant is unknown, or the timestamp is outside the tolerance |
//! | 403 | a handshake with a wrong verify token, or with a secret that is not expected |
//! | 408, 413, 415 | the body is too slow, too large, or not a form although the provider signs forms |
//! | 422 | the delivery is genuine, and its data does not fit the type in the handler |
//! | 500 | a configuration error: no layer on this route, no public URL, secrets that cannot be used |
//! | 503 | the secrets could not be looked up, or the budget is used up: with `Retry-After` |
//!
//! A provider may [require](countersign::RejectionStyle) another status instead of 400 and 401, or an empty response.
//!
//! The layer responds itself and adds no error type: that of the inner service is kept.
//!
//! `tracing` events have the target `countersign`, and the fields `provider`, `kind` and `cause`: rejections at
//! `info`, with 401 at `warn`, and with 5xx at `error`; accepted deliveries at `debug`. None contains a secret, a
//! signature or a body. The whole text of a decoding error may quote a value of the body; it is logged at `debug` only.
//!
//! # Handshakes
//!
//! Handshakes, the requests with which providers verify the ownership of an endpoint, do not reach the inner
//! service. A [`HandshakePolicy`](countersign::receiver::HandshakePolicy) selects the
//! [handshakes](countersign::handshake) to answer;
//! [`Receiver::handshakes`](countersign::receiver::Receiver::handshakes) counts them. Each is one `tracing` event
//! with `provider`, `handshake` and `result`; the rejection of a handshake that is not enabled has
//! `unanswered_handshake`.
//!
//! Many handshakes are a `GET`, `HEAD` or `OPTIONS`. With axum, `Router::layer`, `Router::route_layer` and
//! `MethodRouter::layer` receive these even if the route is only `post(handler)`; `MethodRouter::route_layer` does
//! not:
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::Router;
//! use axum::routing::post;
//! use countersign::handshake::Handshake;
//! use countersign::receiver::{HandshakePolicy, Receiver};
//! use countersign::{ConfigError, Delivery, Provider, Secret, Verifier, providers};
//! use countersign_tower::VerifyWebhookLayer;
//!
//! async fn handle(_: Delivery) {}
//!
//! fn app(secret: String, verify_token: String) -> Result<Router, ConfigError> {
//!     # let meta = providers::GITHUB.clone().with_handshakes(providers::META_HANDSHAKES);
//!     let policy = HandshakePolicy::new().with_verify_token(Secret::new(verify_token)?);
//!     let verifier = Verifier::new(meta, Secret::new(secret)?)?;
//!     let receiver = Receiver::builder(verifier).with_handshakes(policy).build()?;
//!     Ok(Router::new().route("/webhooks/meta", post(handle).layer(VerifyWebhookLayer::new(receiver))))
//! }
//! # app("secret".to_owned(), "token".to_owned()).unwrap();
//! ```
//!
//! # Deduplication
//!
//! With the feature `inbox`, a `DedupeLayer` inside the verifying layer passes each delivery to its handler once:
//! it claims the delivery before the handler runs, and releases the claim on failure. The handler runs in a task of
//! its own; `ClaimContext` provides its idempotency key, its fencing token, and its cancellation.
//! `countersign_inbox::inline` has the table of responses. `Deduplicator::idle` waits for running handlers when a
//! server stops.
//!
//! # Durable mode
//!
//! With the feature `inbox`, `InboxExt::service` makes a service of an endpoint of a `countersign_inbox::Inbox`: it
//! verifies, stores the delivery, and only then responds with 2xx; the inbox runs the handlers, and retries them until
//! one succeeds. `countersign_inbox::Acceptor` lists the responses to the provider: 2xx for stored deliveries and their
//! duplicates, the latter with `X-Webhook-Duplicate`; 503 with `Retry-After` if the delivery could not be stored in
//! time.
//!
//! # Deployment
//!
//! * Configuration errors are detected when the layer is built: `new` panics with them, and `try_new` returns them.
//! * A limit around this layer (`RequestBodyLimitLayer`) is answered with 413, too, even if it cuts a body off.
//! * A WebSocket whose handshake is signed (Twilio) is verified like a `GET`, and its upgrade reaches the inner
//!   service.
//! * Layers that change the bytes of bodies, such as decompression, belong inside this layer, not around it.
//! * Layers that change the **type** of bodies (`RequestBodyLimitLayer`, `CompressionLayer`, `CatchPanicLayer` and others)
//!   go on either side of `VerifyWebhookLayer::with_axum_body`, which takes any body and makes axum's of it.
//! * With axum, prefer `Router::route_layer` to `Router::layer`: the latter also verifies paths that no route has.
//! * Where a provider signs the URL, proxies change it, and axum's `nest` removes a part of it from what is inside:
//!   [`PublicUrl`](countersign::receiver::PublicUrl) puts that back. A layer around the router that nests sees all of it.
//! * Give all receivers of a process one [`Budget`](countersign::receiver::Budget): each has its own otherwise.
//! * The deadline needs tokio's timer. The resolver of tenants' secrets has no deadline but the one that it sets itself.
//! * A repeated delivery reaches the handler again: put a `DedupeLayer` inside, or make handlers idempotent.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `axum` | `countersign`'s `Delivery`, `Event` and `RawBody` are extractors; axum's own limit of 2 MiB is lifted from verified bodies | no |
//! | `inbox` | `DedupeLayer`: each delivery is handled once; `InboxService`: durable mode, acknowledged when it is stored | no |
//! | `metrics` | Each request is counted and timed, through the `metrics` facade: see [`countersign::telemetry`]; `inbox` enables it | no |
//!
//! # Minimum supported Rust version
//!
//! 1.88.
//!
//! [tower]: https://docs.rs/tower

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "inbox")]
mod dedupe;
#[cfg(feature = "inbox")]
mod inbox;
mod verify;

#[cfg(feature = "inbox")]
pub use dedupe::{Dedupe, DedupeFuture, DedupeLayer};
#[cfg(feature = "inbox")]
pub use inbox::{InboxExt, InboxFuture, InboxService};
#[cfg(feature = "axum")]
pub use verify::AxumBody;
pub use verify::{
    FullBody, InnerBody, OuterBody, ResponseFuture, SameBody, VerifyWebhook, VerifyWebhookLayer,
};
