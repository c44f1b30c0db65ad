//! Verifies webhooks in front of any [tower] service: what gets through is genuine, complete and typed.
//!
//! By itself it does not remember deliveries: a genuine one that is repeated within the tolerance gets through again. With
//! the feature `inbox`, `DedupeLayer` lets each through once. It does not route. It never looks into what it has not verified.
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
//! use countersign::{ConfigError, Secret, Verifier};
//! use countersign_tower::{Event, VerifyWebhookLayer};
//!
//! async fn handle(event: Event<preflix::Event>) {
//!     if let preflix::Event::AuditCompleted(audit) = event.data {
//!         println!("fetch report {}", audit.report_id);
//!     }
//! }
//!
//! fn app(secret: String) -> Result<Router, ConfigError> {
//!     let verifier = Verifier::new(&preflix::PROVIDER, Secret::new(secret)?)?;
//!     let route = post(handle).route_layer(VerifyWebhookLayer::new(verifier));
//!     Ok(Router::new().route("/webhooks/preflix", route))
//! }
//! # app("secret".to_owned()).unwrap();
//! ```
//!
//! Without axum the proof is an extension of the request, a [`countersign::Delivery`]: see [`VerifyWebhookLayer`]. For
//! hyper, whose bodies cannot be made from bytes, add [`with_full_body`](VerifyWebhookLayer::with_full_body).
//!
//! What can be set is set on the [`Receiver`](countersign::receiver::Receiver): limits, secrets per tenant, the public
//! URL, the response to what is rejected.
//!
//! # How a request is decided
//!
//! 1. Handshakes that are recognised by their head are answered.
//! 2. The head is judged: the headers that the provider sends, the timestamp, the announced length. What fails here
//!    has cost no computation, and its body is not read. Where secrets belong to tenants, those of this tenant are looked
//!    up now, and never for a request that fails here.
//! 3. The body is read, within three bounds: its own limit, the budget of all bodies that are being read, and the
//!    deadline. The deadline counts from the first time that the body makes us wait.
//! 4. One MAC per key is compared with every signature, over the bytes of the wire: nothing was decompressed,
//!    converted or trimmed. Trailers are ignored.
//! 5. Handshakes that are recognised by their body are answered, signed ones only after this verification.
//! 6. What is genuine goes on to the inner service: with the proof among its extensions, with the complete body, and
//!    with the `Content-Length` of that, instead of a `Transfer-Encoding`. Everything else of the request is as it was.
//!
//! # What the sender sees
//!
//! A status and one word, as `application/problem+json`; never why exactly. The cause is logged.
//!
//! | Status | What happened |
//! |---|---|
//! | 400 | a header is missing or malformed, or the body is |
//! | 401 | the signature does not match, the tenant is unknown, or the timestamp is outside the tolerance |
//! | 403 | a handshake with a wrong token, or with a secret that is not wanted |
//! | 408, 413, 415 | the body is too slow, too large, or no form where the provider signs forms |
//! | 422 | the delivery is genuine, and its data does not fit the type in the handler |
//! | 500 | a mistake of ours: no layer on this route, no public URL, secrets that cannot be used |
//! | 503 | the secrets could not be looked up, or the budget is spent: with `Retry-After` |
//!
//! A provider may [insist](countersign::Responses) on another status instead of 400 and 401, or on an empty answer.
//!
//! The layer answers by itself, and has no error of its own: the error type of the inner service stays.
//!
//! Events of `tracing` have the target `countersign`, and the fields `provider`, `kind` and `cause`: rejections at
//! `info`, at `warn` where it is 401, and at `error` where it is 5xx; what was accepted at `debug`. None holds a secret,
//! a signature or a body.
//!
//! # Handshakes
//!
//! What a provider sends to find out whose endpoint it is never gets to the inner service. Which
//! [handshakes](countersign::handshake) are answered, a [`HandshakePolicy`](countersign::receiver::HandshakePolicy) says;
//! [`Receiver::handshakes`](countersign::receiver::Receiver::handshakes) counts them. Each is one event of `tracing`, with
//! `provider`, `handshake` and `result`; a rejection that would have been one has `unanswered_handshake`.
//!
//! Many come as a `GET`, `HEAD` or `OPTIONS`. With axum, `Router::layer`, `Router::route_layer` and `MethodRouter::layer`
//! get these even where the route is only `post(handler)`; `MethodRouter::route_layer` does not:
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::Router;
//! use axum::routing::post;
//! use countersign::handshake::{Handshake, catalogue};
//! use countersign::receiver::{HandshakePolicy, Receiver};
//! use countersign::{ConfigError, Provider, Secret, Verifier, providers};
//! use countersign_tower::{Delivery, VerifyWebhookLayer};
//!
//! async fn handle(_: Delivery) {}
//!
//! fn app(secret: String, verify_token: String) -> Result<Router, ConfigError> {
//!     # let meta = Provider { handshakes: Handshake::list(catalogue::META), ..providers::GITHUB_SHA256.clone() };
//!     let policy = HandshakePolicy::new().with_verify_token(Secret::new(verify_token)?);
//!     let receiver = Receiver::new(Verifier::new(meta, Secret::new(secret)?)?).with_handshakes(policy);
//!     Ok(Router::new().route("/webhooks/meta", post(handle).layer(VerifyWebhookLayer::new(receiver))))
//! }
//! # app("secret".to_owned(), "token".to_owned()).unwrap();
//! ```
//!
//! # Once
//!
//! With the feature `inbox`, a `DedupeLayer` inside of the layer that verifies lets each delivery through to its handler
//! once: a claim is taken before the handler runs, and is given back when it fails. The handler runs in a task of its own,
//! and `ClaimContext` tells it its idempotency key, its fencing token, and when to stop. `countersign_inbox::inline` has the
//! table of answers. What runs when a server stops is waited for with `Deduplicator::idle`.
//!
//! # Never lost
//!
//! With the feature `inbox`, an `Inbox` is a whole endpoint in durable mode: it verifies, stores the delivery, and only then
//! answers 2xx; a `countersign_inbox::worker::Worker` runs the handlers, and repeats them until one has succeeded. What the
//! provider is told, `countersign_inbox::Acceptor` says: 2xx for what is stored and for duplicates of it, with
//! `X-Webhook-Duplicate`; 503 with `Retry-After` where it could not be stored in time.
//!
//! # Deployment
//!
//! * Mistakes of the configuration are found when the layer is built: `new` panics with them, and `try_new` returns them.
//! * A limit around this layer (`RequestBodyLimitLayer`) is answered with 413, too, even where it cuts a body off.
//! * A WebSocket whose handshake is signed (Twilio) is verified like a `GET`, and its upgrade goes on to the inner service.
//! * What changes bodies must be inside this layer, not around it: decompression above all.
//! * Layers that change the **type** of bodies (`RequestBodyLimitLayer`, `CompressionLayer`, `CatchPanicLayer` and others)
//!   go on either side of `VerifyWebhookLayer::with_axum_body`, which takes any body and makes axum's of it.
//! * With axum, prefer `route_layer` to `layer`: the latter also verifies what no route is there for.
//! * Where a provider signs the URL, proxies change it, and axum's `nest` removes a part of it from what is inside:
//!   [`PublicUrl`](countersign::receiver::PublicUrl) puts that back. A layer around the router that nests sees all of it.
//! * Give all receivers of a process one [`Budget`](countersign::receiver::Budget): each has its own otherwise.
//! * The deadline needs tokio's timer. The resolver of tenants' secrets has no deadline but the one that it sets itself.
//! * Anybody who sends a delivery twice gets it through twice: put a `DedupeLayer` inside, or make handlers idempotent.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `axum` | Extractors `Delivery`, `Event` and `RawBody`; axum's own limit of 2 MiB is lifted from verified bodies | no |
//! | `inbox` | `DedupeLayer`: each delivery is handled once; `Inbox`: durable mode, acknowledged when it is stored | no |
//!
//! # Minimum supported Rust version
//!
//! 1.88.
//!
//! [tower]: https://docs.rs/tower

#[cfg(feature = "inbox")]
mod dedupe;
#[cfg(feature = "axum")]
mod extract;
mod handover;
#[cfg(feature = "inbox")]
mod inbox;
mod log;
mod unreadable;
mod verify;

#[cfg(all(feature = "axum", feature = "inbox"))]
pub use dedupe::ClaimContext;
#[cfg(feature = "inbox")]
pub use dedupe::{Dedupe, DedupeFuture, DedupeLayer};
#[cfg(feature = "axum")]
pub use extract::{Delivery, Event, ExtractError, RawBody};
#[cfg(feature = "inbox")]
pub use inbox::{Inbox, InboxFuture};
#[cfg(feature = "axum")]
pub use verify::AxumBody;
pub use verify::{
    FullBody, InnerBody, OuterBody, ResponseFuture, SameBody, VerifyWebhook, VerifyWebhookLayer,
};
