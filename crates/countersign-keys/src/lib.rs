//! Fetches the keys and certificates that webhook providers publish, for verifiers that look them up per request.
//!
//! [`HttpKeys`] is a [`KeySource`](countersign::receiver::KeySource) of `countersign`: the middleware queries it
//! when the body of a delivery is complete. This crate verifies nothing, confirms no subscriptions, and fetches
//! only keys. Keys that are known in advance (Discord, SendGrid, telnyx, Wise) belong into the verifier and need no
//! source.
//!
//! # Quick start
//!
//! ```
//! use countersign::receiver::Receiver;
//! use countersign::{Verifier, providers};
//! use countersign_keys::HttpKeys;
//!
//! // The verifier has no keys, and nothing is fetched before the first delivery.
//! let verifier = Verifier::keyless(&providers::TURNKEY)?;
//! let receiver = Receiver::builder(verifier).with_key_source(HttpKeys::turnkey().build()?).build()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The receiver goes into the middleware of `countersign-tower` or `countersign-actix`.
//! The algorithms are features of `countersign`: `ed25519`, `ecdsa`, `rsa`.
//!
//! # Providers
//!
//! | Slug | Constructor | Published keys |
//! |---|---|---|
//! | `adobe-io` | [`HttpKeys::adobe_io`] | a PEM per path that the request names |
//! | `aws-sns` | [`HttpKeys::aws_sns`] | a certificate per address that the request names |
//! | `constant-contact` | [`HttpKeys::constant_contact`] | a set |
//! | `ebay` | [`HttpKeys::per_key`], see there | a PEM per name, for an application token |
//! | `event-grid` | [`HttpKeys::event_grid`] | a set per tenant |
//! | `fal` | [`HttpKeys::fal`] | a set |
//! | `fireblocks` | [`HttpKeys::fireblocks`] | a set per region |
//! | `fusionauth` | [`HttpKeys::fusionauth`] | a set per installation |
//! | `kick` | [`HttpKeys::kick`] | a PEM |
//! | `kinde` | [`HttpKeys::kinde`] | a set per business |
//! | `lago` | [`HttpKeys::lago`] | a PEM, for an API key |
//! | `paypal` | [`HttpKeys::paypal`], [`HttpKeys::paypal_sandbox`] | a certificate per address that the request names |
//! | `plaid` | [`HttpKeys::plaid`] | a key per name, for credentials |
//! | `pubsub` | [`HttpKeys::pubsub`] | a set |
//! | `truelayer` | [`HttpKeys::truelayer`] | a set per environment |
//! | `turnkey` | [`HttpKeys::turnkey`] | a set |
//! | any other | [`HttpKeys::jwks`], [`HttpKeys::pem`], [`HttpKeys::published`] | at one address |
//! | any other | [`HttpKeys::certificates`] | at addresses that requests name |
//! | any other | [`HttpKeys::per_key`] | behind requests of your own |
//!
//! Wise prints its keys in the documentation. WeChat Pay provides its certificates encrypted, in response to signed
//! requests: give the verifier those, or the public key of the merchant platform, under their serial numbers.
//!
//! A set, your own address, certificates at addresses that requests name, and keys behind credentials:
//!
//! ```
//! use countersign::Secret;
//! use countersign_keys::{KeySetFormat, HttpKeys, Pins};
//!
//! let set = HttpKeys::jwks("https://login.example.com/.well-known/jwks.json").build()?;
//! let one = HttpKeys::published("https://api.example.com/key", KeySetFormat::pem().at("/data/public_key")).build()?;
//! let named = HttpKeys::certificates(
//!     Pins::host("certs.example.com").with_path_suffix(".pem").with_subject("webhooks.example.com"),
//! )
//! .build()?;
//! let secret = Secret::new("the secret of the application")?;
//! let asked = HttpKeys::plaid("https://production.plaid.com", "client id", secret).build()?;
//!
//! assert!(HttpKeys::jwks("http://login.example.com/jwks.json").build().is_err(), "no TLS, no trust");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How a lookup is decided
//!
//! 1. An address that the request names must match the [`Pins`]; a name must be well-formed. Otherwise the key
//!    counts as absent, and no connection is made.
//! 2. Fresh keys are returned. They are fresh for the publisher's `Cache-Control: max-age`, between a minute and a
//!    day; an hour without that header.
//! 3. Stale keys are returned for a further day by default, while one fetch runs in the background. A failed fetch
//!    removes nothing, and is retried after 10 s.
//! 4. A name that is not in a set causes a new fetch of the set, at most once a minute.
//! 5. Otherwise the request waits for a fetch, which concurrent requests for the same keys share. A fetch uses
//!    HTTPS without redirects, with 3 s to connect, 5 s in total, and at most 256 KiB of response.
//! 6. A certificate must be valid now, and be issued to the pinned subject. Expired keys are not used.
//! 7. A missing address is an unknown key, and cached for a minute. At most 64 addresses with keys are cached, and
//!    64 without; at most 600 new ones are fetched per minute, 64 at once. Addresses without keys never evict those
//!    with keys.
//! 8. An address that is [known](HttpKeysBuilder::with_known), or that had keys before, is fetched even while
//!    senders name unknown ones: it is exempt from these limits, and only subject to the pauses of 3 and 7.
//!
//! # Responses to the sender
//!
//! | Status | Reason |
//! |---|---|
//! | 401 | there is no such key, or none that may be fetched |
//! | 503 | the publisher does not respond, or not with keys, and nothing is cached: with `Retry-After` |
//!
//! # Trust
//!
//! Trust is based on the pinned host, authenticated by its TLS certificate and the root certificates of the system.
//! A certificate that is fetched from there is not traced to a root: an attacker who can put a file there can put
//! any key there.
//!
//! Addresses are not canonicalised before the check. An address with a user, another port, a query, an escape, a
//! dot segment, or an upper-case or international host is refused, so that no two readers of it can disagree. For
//! SNS, a region must have the form of AWS's: `sns.s3-us-west-2.amazonaws.com`, which matches the patterns of the
//! official validators, is a bucket that an attacker could own.
//!
//! # Deployment
//!
//! * It requires a tokio runtime with I/O and time enabled. Fetches run in its tasks.
//! * A proxy is taken from the environment, see [`HttpClient`]. Root certificates are those of the system: a
//!   minimal image needs the package `ca-certificates`.
//! * Give all routes clones of one source: each source that is built has its own cache.
//! * `tracing` events have the target `countersign`: failed fetches at `warn`, successful ones at `debug`. None
//!   contains a header or a body.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `metrics` | Fetches are counted, through the `metrics` facade: see [`METRICS`] | no |
//!
//! # Minimum supported Rust version
//!
//! 1.88.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod cache;
mod client;
mod error;
mod format;
mod pins;
mod place;
mod providers;
mod source;
mod telemetry;
mod transport;

pub use builder::HttpKeysBuilder;
pub use client::{HttpClient, HttpClientBuilder};
pub use error::{BuildError, FetchError};
pub use format::KeySetFormat;
pub use pins::Pins;
pub use source::HttpKeys;
#[cfg(feature = "metrics")]
pub use telemetry::describe;
pub use telemetry::{FETCHES, LAST_FETCH, METRICS};
pub use transport::{Transport, TransportFuture};
