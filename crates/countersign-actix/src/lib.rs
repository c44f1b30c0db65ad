//! actix-web middleware and extractors that verify webhooks before the handler runs.
//!
//! By itself it does **not** remember deliveries: a genuine one that is sent twice inside the tolerance reaches the handler
//! twice. With the feature `inbox`, `Dedupe` lets each through once. It does not decompress, and it does not decide what a handler answers.
//!
//! # Quick start
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use countersign::providers::preflix;
//! use countersign::receiver::Receiver;
//! use countersign::{Secret, Verifier};
//! use countersign_actix::{Event, VerifyWebhook};
//!
//! async fn handle(event: Event<preflix::Event>) -> &'static str {
//!     if let preflix::Event::AuditCompleted(audit) = event.data {
//!         println!("fetch report {}", audit.report_id);
//!     }
//!     "thank you"
//! }
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let secret = Secret::new(std::env::var("PREFLIX_SECRET")?)?;
//!     let receiver = Receiver::new(Verifier::new(&preflix::PROVIDER, secret)?);
//!     let app = move || {
//!         let hook = web::resource("/webhooks/preflix").wrap(VerifyWebhook::new(receiver.clone()));
//!         App::new().service(hook.route(web::post().to(handle)))
//!     };
//!     Ok(HttpServer::new(app).bind("127.0.0.1:3001")?.run().await?)
//! }
//! ```
//!
//! [`Delivery`] is the argument for handlers that want no type, [`RawBody`] for those that want bytes. actix's own
//! extractors work as well: the verified bytes are put back. Other middleware finds the [`countersign::Delivery`] in
//! the extensions of the request.
//!
//! # How a request is decided
//!
//! 1. Handshakes that are recognised by their head are answered.
//! 2. The head: signature, timestamp and whatever else is signed are there and well-formed, the timestamp is inside the
//!    tolerance, and `Content-Length` is within the limit. Nothing was computed or buffered so far. Where secrets are per
//!    tenant, they are looked up now, and never for a request that fails here. The look-up failed: 503.
//! 3. The body is read as it is on the wire, within the limit, the deadline and the budget, and hashed on the way.
//! 4. One computation per key, compared in constant time.
//! 5. What is signed and lives in the body is read from the verified bytes. Handshakes that are recognised by their body
//!    are answered, signed ones only now.
//! 6. The [`countersign::Delivery`] is put into the extensions, the body back into the request, `Content-Length` is
//!    made right, and the service that is wrapped is called.
//!
//! The limit of the [`Receiver`](countersign::receiver::Receiver) is the one that counts: `web::Bytes`, `web::Json`,
//! `web::Form` and `String` take what it let in, though actix's own limits are 256 KiB, 2 MiB and 16 KiB. They
//! decompress a body with a `Content-Encoding`; what comes out may be as large as the same limit, or as the
//! application's own `PayloadConfig`, `JsonConfig` or `FormConfig` says. A configuration on a scope or resource
//! *inside* of the middleware is nearer to the handler and is left as it is.
//!
//! # What the sender sees
//!
//! | case | status |
//! |---|---|
//! | accepted | what the handler answers |
//! | header missing or malformed, body malformed or broken off | 400 |
//! | wrong signature, unknown tenant, timestamp outside the tolerance | 401 |
//! | a handshake with a wrong token, or with a secret that is not wanted | 403 |
//! | body not complete within the deadline | 408 |
//! | body larger than the limit | 413 |
//! | no form, and the provider signs form fields | 415 |
//! | genuine, but the data does not fit the type in [`Event`] | 422 |
//! | an extractor without the middleware, an unusable secret, no public URL where the URL is signed | 500 |
//! | budget spent, secrets not available | 503 and `Retry-After` |
//!
//! A provider may [insist](countersign::Responses) on another status instead of 400 and 401, or on an empty answer.
//!
//! With it comes a problem document that names the kind, and nothing else. The reason is in the log: `tracing` events
//! with the target `countersign`, without secrets, signatures or bodies.
//!
//! # Handshakes
//!
//! What a provider sends to find out whose endpoint it is never gets to the service that is wrapped. Which
//! [handshakes](countersign::handshake) are answered, a [`HandshakePolicy`](countersign::receiver::HandshakePolicy) says;
//! [`Receiver::handshakes`](countersign::receiver::Receiver::handshakes) counts them. Each is one event of `tracing`, with
//! `provider`, `handshake` and `result`; a rejection that would have been one has `unanswered_handshake`.
//!
//! Many come as a `GET`, `HEAD` or `OPTIONS`. The middleware gets these around an app, a scope and a resource, even where
//! the only route is a `web::post()`.
//!
//! # Once
//!
//! With the feature `inbox`, a `Dedupe` inside of the middleware that verifies lets each delivery through to its handler
//! once: a claim is taken before the handler runs, and is given back when it fails. The handler runs in a task of its own,
//! and `ClaimContext` tells it its idempotency key, its fencing token, and when to stop. `countersign_inbox::inline` has the
//! table of answers. What runs when a server stops is waited for with `Deduplicator::idle`. A handler that blocks its
//! thread blocks the renewals of its lease, too: `web::block` is for those.
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
//! * A plain `HttpServer` answers `Expect: 100-continue` before middleware is called, even where the head is refused: see
//!   [`VerifyWebhook::refusal`] for the few lines of a server that checks the head first.
//! * A WebSocket whose handshake is signed (Twilio) is verified, and its frames go on to the service that is wrapped.
//! * Mistakes of the configuration are found when the middleware is built: `new` panics with them, `try_new` returns them.
//! * Put it inside of nothing that changes or decompresses the body.
//! * Where a provider signs the URL, proxies change it, and `NormalizePath` changes the path:
//!   [`PublicUrl`](countersign::receiver::PublicUrl) says what it was. Scopes change nothing of it.
//! * Middleware around it must not hold a clone of the `HttpRequest`: like actix's own scopes and resources, this one
//!   needs the request for itself, and actix panics where it is shared.
//! * Make the [`Receiver`](countersign::receiver::Receiver) outside of the app's factory, which runs once per worker.
//! * Wrapped around an app or a scope, it verifies every request there, those to unknown paths included.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `inbox` | `Dedupe`: each delivery is handled once; `Inbox`: it is stored before it is acknowledged, and a worker handles it | no |
//!
//! actix-web is used without its default features; choose them in your own `Cargo.toml`.
//!
//! # Minimum supported Rust version
//!
//! 1.89, that of actix-web 4.18.

mod body;
#[cfg(feature = "inbox")]
mod dedupe;
mod error;
mod extract;
mod headers;
#[cfg(feature = "inbox")]
mod inbox;
mod limits;
mod log;
mod middleware;
mod response;
mod service;

#[cfg(feature = "inbox")]
pub use dedupe::{ClaimContext, Dedupe, DedupeFuture, DedupeMiddleware};
pub use error::ExtractError;
pub use extract::{Delivery, Event, RawBody};
#[cfg(feature = "inbox")]
pub use inbox::Inbox;
pub use middleware::VerifyWebhook;
pub use service::{ResponseFuture, VerifyWebhookMiddleware};
