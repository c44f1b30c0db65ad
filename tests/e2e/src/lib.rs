//! End-to-end tests across the crates.
//!
//! * `tests/book.rs`: the guides as a book, built by mdBook, with the links of its pages.
//! * `tests/browser`: the operations page in Chromium, in both frameworks and as a program: pages, actions, roles, forged forms.
//! * `tests/cases.rs`: one table of requests and responses, for axum, plain tower and actix.
//! * `tests/circles`: no files of a crate name each other in a circle, and the layers of the core stand in order.
//! * `tests/cloudevents.rs`: deliveries as events of CloudEvents, read by the official SDK.
//! * `tests/debug_types`: the test of `Debug` output covers all public types.
//! * `tests/debugs.rs`: `Debug` shows no header value, query value, secret or body.
//! * `tests/docs`: the guides: links, tables, rejections, programs and their dependencies, and this list.
//! * `tests/durable`: durable mode in every framework, with a scripted store.
//! * `tests/example_dedupe.rs`: the example program of inline mode.
//! * `tests/examples.rs`: the start-up of the example programs.
//! * `tests/fallback.rs`: two schemes at one endpoint.
//! * `tests/fan_out.rs`: a delivery reaches several subscribers of an endpoint.
//! * `tests/footprint.rs`: the cost of the catalogue for a program that uses one provider.
//! * `tests/founding`: the signers of the founding providers send every event to axum and actix, inline and durable.
//! * `tests/handshakes`: a table for handshakes, with the middleware in all positions.
//! * `tests/http_messages.rs`: HTTP Message Signatures, with two other libraries.
//! * `tests/inbox_examples`: the examples of durable mode, with a file and with a database.
//! * `tests/inline`: each delivery is handled once, in every framework, with a store that fails on demand.
//! * `tests/key_source.rs`: published keys that are looked up per request.
//! * `tests/layers.rs`: the tables of places for the layer, on axum and actix.
//! * `tests/memory.rs`: a budget counts the memory that a request takes.
//! * `tests/metrics`: metrics are those of the documented table; alerts and dashboard are valid.
//! * `tests/non_exhaustive.rs`: public enums and structs with public fields are `#[non_exhaustive]`, except those on a list.
//! * `tests/public_url`: schemes that sign the URL, behind a proxy and inside routers.
//! * `tests/request_lines.rs`: methods and targets on the wire, for every declaration.
//! * `tests/samples.rs`: sample events of the whole catalogue verify, and reach a handler of actix.
//! * `tests/sdk.rs`: official SDKs sign and send, and the example programs receive.
//! * `tests/sdk_catalogue`: official SDKs verify requests of the signer with the same results as this crate, and this crate verifies theirs.
//! * `tests/sdk_verifies.rs`: the `countersign` command signs, and official SDKs verify.
//! * `tests/security_md.rs`: the files and tests that SECURITY.md names exist.
//! * `tests/simulators`: simulated providers against the examples, and against receivers that fail.
//! * `tests/tenants.rs`: secrets per tenant, with the middleware in all positions.
//! * `tests/jwts.rs`: JWTs, with the middleware in all positions.
//! * `tests/wire.rs`: the bytes on the wire of both frameworks.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod answer;
mod case;
pub mod cases;
mod clock;
mod complete;
mod declared;
mod derived;
pub mod durable;
mod expected;
pub mod frameworks;
pub mod inline;
mod keys;
pub mod programs;
mod request;
mod sender;
mod senders;
mod signing;
pub mod stacks;
mod wire;

pub use answer::{Answer, Reply};
pub use case::Case;
pub use clock::{now, rfc3339};
pub use complete::{complete, keyless};
pub use declared::declared;
pub use derived::UNSENT;
pub use expected::Expected;
pub use keys::Keys;
pub use request::Request;
pub use sender::{Catalog, Dated, Dating, Event, NOW, Sender};
pub use wire::Wire;

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// Compiles the examples in the READMEs of the crates.
#[cfg(doctest)]
mod crates {
    #[doc = include_str!("../../../crates/countersign/README.md")]
    pub struct Countersign;
    #[doc = include_str!("../../../crates/countersign-actix/README.md")]
    pub struct Actix;
    #[doc = include_str!("../../../crates/countersign-console/README.md")]
    pub struct Console;
    #[doc = include_str!("../../../crates/countersign-tower/README.md")]
    pub struct Tower;
}

/// Compiles the examples of the guides.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../../../docs/alerts.md")]
    pub struct Alerts;
    #[doc = include_str!("../../../docs/catalogue.md")]
    pub struct Catalogue;
    #[doc = include_str!("../../../docs/console.md")]
    pub struct Console;
    #[doc = include_str!("../../../docs/durable.md")]
    pub struct Durable;
    #[doc = include_str!("../../../docs/event-types.md")]
    pub struct EventTypes;
    #[doc = include_str!("../../../docs/explain.md")]
    pub struct Explain;
    #[doc = include_str!("../../../docs/founding-providers.md")]
    pub struct FoundingProviders;
    #[doc = include_str!("../../../docs/github.md")]
    pub struct GitHub;
    #[doc = include_str!("../../../docs/handshakes.md")]
    pub struct Handshakes;
    #[doc = include_str!("../../../docs/keys.md")]
    pub struct Keys;
    #[doc = include_str!("../../../docs/layers.md")]
    pub struct Layers;
    #[doc = include_str!("../../../docs/metrics.md")]
    pub struct Metrics;
    #[doc = include_str!("../../../docs/migrate.md")]
    pub struct Migrate;
    #[doc = include_str!("../../../docs/once.md")]
    pub struct Once;
    #[doc = include_str!("../../../docs/own-provider.md")]
    pub struct OwnProvider;
    #[doc = include_str!("../../../docs/public-url.md")]
    pub struct PublicUrl;
    #[doc = include_str!("../../../docs/shopify.md")]
    pub struct Shopify;
    #[doc = include_str!("../../../docs/simulators.md")]
    pub struct Simulators;
    #[doc = include_str!("../../../docs/slack.md")]
    pub struct Slack;
    #[doc = include_str!("../../../docs/start-actix.md")]
    pub struct StartActix;
    #[doc = include_str!("../../../docs/start-axum.md")]
    pub struct StartAxum;
    #[doc = include_str!("../../../docs/stripe.md")]
    pub struct Stripe;
    #[doc = include_str!("../../../docs/tenants.md")]
    pub struct Tenants;
    #[doc = include_str!("../../../docs/test-handlers.md")]
    pub struct TestHandlers;
}
