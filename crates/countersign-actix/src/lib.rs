//! actix-web middleware and extractors that verify webhooks before the handler runs.
//!
//! The verifying middleware keeps **no** state: a genuine delivery that is sent twice within the tolerance reaches
//! the handler twice. With the feature `inbox`, `Dedupe` passes each delivery once. This crate does not decompress
//! bodies, and does not change the handler's responses.
//!
//! # Quick start
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use countersign::providers::preflix;
//! use countersign::receiver::Receiver;
//! use countersign::{Event, SecretSet, Verifier};
//! use countersign_actix::VerifyWebhook;
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
//!     let secrets = SecretSet::from_env("PREFLIX_SECRET")?;
//!     let receiver = Receiver::new(Verifier::new(&preflix::PROVIDER, secrets)?);
//!     let app = move || {
//!         let hook = web::resource("/webhooks/preflix").wrap(VerifyWebhook::new(receiver.clone()));
//!         App::new().service(hook.route(web::post().to(handle)))
//!     };
//!     Ok(HttpServer::new(app).bind("127.0.0.1:3001")?.run().await?)
//! }
//! ```
//!
//! [`Delivery`](countersign::Delivery) is the argument for handlers without typed data,
//! [`RawBody`](countersign::RawBody) for those that need bytes. actix's own
//! extractors work as well: the verified bytes are restored. Other middleware finds the [`countersign::Delivery`]
//! in the extensions of the request.
//!
//! # How a request is decided
//!
//! 1. Handshakes that are recognised by their head are answered.
//! 2. The head is checked: signature, timestamp and other signed values are present and well-formed, the timestamp
//!    is within the tolerance, and `Content-Length` is within the limit. Up to here no hash is computed and no body
//!    buffered. If secrets belong to tenants, they are looked up now, and only for requests that pass. A failing
//!    look-up is answered with 503.
//! 3. The body is read as it arrives, within the limit, the deadline and the budget, and hashed meanwhile.
//! 4. One MAC per key is compared in constant time.
//! 5. Signed values in the body are read from the verified bytes. Handshakes that are recognised by their body are
//!    answered, signed ones only now.
//! 6. The [`countersign::Delivery`] is added to the extensions, the body is restored, `Content-Length` is
//!    corrected, and the wrapped service is called.
//!
//! The limit of the [`Receiver`](countersign::receiver::Receiver) takes precedence: `web::Bytes`, `web::Json`,
//! `web::Form` and `String` accept the bodies that it accepted, although actix's own limits are 256 KiB, 2 MiB and
//! 16 KiB. They decompress a body with a `Content-Encoding`; the result is limited by the same value, or by the
//! application's own `PayloadConfig`, `JsonConfig` or `FormConfig`. A configuration on a scope or resource *inside*
//! the middleware is closer to the handler and stays unchanged.
//!
//! # Responses to the sender
//!
//! | Case | Status |
//! |---|---|
//! | accepted | the handler's response |
//! | header missing or malformed, body malformed or broken off | 400 |
//! | wrong signature, unknown tenant, timestamp outside the tolerance | 401 |
//! | a handshake with a wrong verify token, or with a secret that is not expected | 403 |
//! | body not complete within the deadline | 408 |
//! | body larger than the limit | 413 |
//! | not a form, although the provider signs form fields | 415 |
//! | genuine, but the data does not fit the type in [`Event`](countersign::Event) | 422 |
//! | an extractor without the middleware, an unusable secret, no public URL where the URL is signed | 500 |
//! | budget used up, secrets not available | 503 and `Retry-After` |
//!
//! A provider may [require](countersign::RejectionStyle) another status instead of 400 and 401, or an empty response.
//!
//! The body is a problem document that names only the kind. The reason is logged: `tracing` events with the target
//! `countersign`, without secrets, signatures or bodies. The text of a decoding error may quote a value at `debug`.
//!
//! # Handshakes
//!
//! Handshakes, the requests with which providers verify the ownership of an endpoint, do not reach the wrapped
//! service. A [`HandshakePolicy`](countersign::receiver::HandshakePolicy) selects the
//! [handshakes](countersign::handshake) to answer;
//! [`Receiver::handshakes`](countersign::receiver::Receiver::handshakes) counts them. Each is one `tracing` event
//! with `provider`, `handshake` and `result`; the rejection of a handshake that is not enabled has
//! `unanswered_handshake`.
//!
//! Many handshakes are a `GET`, `HEAD` or `OPTIONS`. The middleware receives these around an app, a scope and a
//! resource, even if the only route is a `web::post()`.
//!
//! # Deduplication
//!
//! With the feature `inbox`, a `Dedupe` inside the verifying middleware passes each delivery to its handler once:
//! it claims the delivery before the handler runs, and releases the claim on failure. The handler runs in a task of
//! its own; `ClaimContext` provides its idempotency key, its fencing token, and its cancellation.
//! `countersign_inbox::inline` has the table of responses. `Deduplicator::idle` waits for running handlers when a
//! server stops. A handler that blocks its thread also blocks the renewal of its lease: use `web::block` for
//! blocking work.
//!
//! # Durable mode
//!
//! With the feature `inbox`, `InboxExt::service` makes a resource of an endpoint of a `countersign_inbox::Inbox`: it
//! verifies, stores the delivery, and only then responds with 2xx; the inbox runs the handlers, and retries them until
//! one succeeds. `countersign_inbox::Acceptor` lists the responses to the provider: 2xx for stored deliveries and their
//! duplicates, the latter with `X-Webhook-Duplicate`; 503 with `Retry-After` if the delivery could not be stored in
//! time.
//!
//! # Deployment
//!
//! * A plain `HttpServer` answers `Expect: 100-continue` before middleware is called, even for a head that is then
//!   rejected. [`ExpectHandler`] builds a server that checks the head first.
//! * A WebSocket whose handshake is signed (Twilio) is verified, and its frames reach the wrapped service.
//! * Configuration errors are detected when the middleware is built: `new` panics with them, `try_new` returns
//!   them.
//! * Do not put it inside middleware that changes or decompresses the body.
//! * Proxies change a signed URL, and `NormalizePath` changes its path:
//!   [`PublicUrl`](countersign::receiver::PublicUrl) restores it. Scopes do not change it.
//! * Middleware around it must not hold a clone of the `HttpRequest`: like actix's own scopes and resources, this
//!   middleware needs exclusive access to the request, and actix panics if it is shared.
//! * Create the [`Receiver`](countersign::receiver::Receiver) outside the app factory, which runs once per worker.
//! * Around an app or a scope it verifies every request, including those to unknown paths.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `inbox` | `Dedupe`: each delivery is handled once; `InboxService`: it is stored before it is acknowledged, and a worker handles it | no |
//! | `metrics` | Each request is counted and timed, through the `metrics` facade: see [`countersign::telemetry`]; `inbox` enables it | no |
//! | `testing` | [`SignedRequestExt`], a signed request of `actix_web::test`: enable it in `[dev-dependencies]` | no |
//!
//! actix-web is used without its default features; choose them in your own `Cargo.toml`.
//!
//! # Minimum supported Rust version
//!
//! 1.89, that of actix-web 4.18.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "inbox")]
mod dedupe;
#[cfg(feature = "inbox")]
mod inbox;
#[cfg(feature = "testing")]
mod testing;
mod verify;

#[cfg(feature = "inbox")]
pub use dedupe::{Dedupe, DedupeFuture, DedupeMiddleware};
#[cfg(feature = "inbox")]
pub use inbox::{InboxExt, InboxService};
#[cfg(feature = "testing")]
pub use testing::SignedRequestExt;
pub use verify::{ExpectHandler, ResponseFuture, VerifyWebhook, VerifyWebhookMiddleware};
