//! Fetches the keys and certificates that webhook providers publish, for verifiers that look them up per request.
//!
//! It is a [`KeySource`](countersign::receiver::KeySource) of `countersign`: the middleware asks it when the body of a
//! delivery is complete. It verifies nothing itself, confirms no subscription, and fetches nothing but keys. Keys that
//! are known before (Discord, SendGrid, telnyx, Wise) belong into the verifier and need no source.
//!
//! # Quick start
//!
//! ```
//! use countersign::receiver::Receiver;
//! use countersign::{Verifier, providers};
//! use countersign_keys::HttpKeys;
//!
//! // No keys of its own, and nothing is fetched before the first delivery.
//! let verifier = Verifier::keyless(&providers::TURNKEY)?;
//! let receiver = Receiver::new(verifier).with_key_source(HttpKeys::turnkey().build()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The receiver goes into the middleware of `countersign-tower` or `countersign-actix`.
//! The algorithms are features of `countersign`: `ed25519`, `ecdsa`, `rsa`.
//!
//! # Providers
//!
//! | Slug | Constructor | What is published |
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
//! Wise prints its keys in the documentation. WeChat Pay hands its certificates out encrypted, to signed requests: give
//! the verifier those, or the public key of the merchant platform, by the serial numbers.
//!
//! A set, an address of one's own, certificates at addresses that requests name, and keys for credentials:
//!
//! ```
//! use countersign::Secret;
//! use countersign_keys::{Format, HttpKeys, Pins};
//!
//! let set = HttpKeys::jwks("https://login.example.com/.well-known/jwks.json").build()?;
//! let one = HttpKeys::published("https://api.example.com/key", Format::pem().at("/data/public_key")).build()?;
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
//! 1. An address that the request names must fit the [`Pins`]; a name must be one. Otherwise there is no such key, and
//!    nothing is connected to.
//! 2. Keys that are fresh are given: for as long as the publisher's `Cache-Control: max-age` says, one minute at least
//!    and a day at most; an hour where it says nothing.
//! 3. Keys that are stale are given, for a day more by default, and one fetch starts in the background. A fetch that
//!    fails takes nothing away, and is tried again after 10 s.
//! 4. A name that is not in a set makes the set be fetched again, once a minute at most.
//! 5. Otherwise the request waits for a fetch, the same one for all that ask for the same. It goes to HTTPS only, with
//!    no redirects, 3 s to connect, 5 s in all, and 256 KiB of answer.
//! 6. A certificate must be valid now, and be for the subject that is pinned. What has expired is not used.
//! 7. What is not there is an unknown key, and stays so for a minute. At most 64 addresses with keys are kept, and 64
//!    without; at most 600 new ones per minute are asked for, 64 at once. The latter never push out the former.
//! 8. An address that is [known](HttpKeysBuilder::with_known), or that had keys before, is fetched even while strangers
//!    name others: it counts in none of those limits, and is fetched again after the pauses of 3 and 7 alone.
//!
//! # What the sender sees
//!
//! | Status | What happened |
//! |---|---|
//! | 401 | there is no such key, or none that may be fetched |
//! | 503 | the publisher does not answer, or not with keys, and nothing is kept: with `Retry-After` |
//!
//! # What is trusted
//!
//! The host that is pinned, by its certificate in TLS, with the root certificates of the system. A certificate that is
//! fetched from there is not traced to a root: whoever can put a file there can put any key there.
//!
//! Nothing is brought into a canonical form before it is checked. An address with a user, another port, a query, an
//! escape, a dot segment, an upper-case or international host is refused, so that no two readers of it can disagree.
//! For SNS, a region must look like one of AWS: `sns.s3-us-west-2.amazonaws.com`, which fits the patterns of the
//! official validators, is somebody's bucket.
//!
//! # Deployment
//!
//! * It needs a tokio runtime with its I/O and its timer. Fetches run in tasks of it.
//! * A proxy is taken from the environment, see [`HttpClient`]. Root certificates are those of the system: an image
//!   without any needs the package `ca-certificates`.
//! * Give all routes clones of one source: each built one has a cache of its own.
//! * Events of `tracing` have the target `countersign`: what could not be fetched at `warn`, what was at `debug`. None
//!   holds a header or a body.
//!
//! # Minimum supported Rust version
//!
//! 1.88.

mod builder;
mod cache;
mod client;
mod error;
mod format;
mod pins;
mod place;
mod providers;
mod source;
mod transport;

pub use builder::HttpKeysBuilder;
pub use client::{HttpClient, HttpClientBuilder};
pub use error::{BuildError, FetchError};
pub use format::Format;
pub use pins::Pins;
pub use source::HttpKeys;
pub use transport::{Transport, TransportFuture};
