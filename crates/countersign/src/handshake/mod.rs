//! Handshakes: what providers send to find out whose endpoint it is, and what they have to be answered.
//!
//! A handshake is data, like the rest of a [`Provider`](crate::Provider): when it is one, what it rests on, and the
//! answer. The middleware answers it through the [`Receiver`](crate::receiver::Receiver); it never reaches the handler.
//!
//! | [`Trust`] | answered | for instance |
//! |---|---|---|
//! | `signed` | after the request was verified like any delivery | Slack, Discord, Zoom, Twitch |
//! | `secret` | always, where everything that the answer is made from is known, and the challenge has its declared form: the answer proves the secret | X, LinkedIn, Braintree |
//! | `token` | where the request carries the token that was configured, 403 otherwise | Meta, Strava, WebSub |
//! | `origin` | where its origin is among those that are allowed | CloudEvents |
//! | `echo` | where the endpoint was configured for it: anybody can ask | Dropbox, Microsoft Graph, Okta |
//! | `issues-secret` | after the secret that it brings was stored, once | Asana, Notion |
//!
//! A request that was verified is a delivery, unless it is a `signed` handshake: the text of an event is never taken
//! for a handshake that needs no signature. The only exception is a new secret in a place that the signature covers: it
//! is stored.
//!
//! An answer that holds an HMAC of text that the sender chose could be the signature of a delivery: the secret is the
//! same. So such a handshake declares the form of its [challenge](Handshake::challenge). Other text is not answered,
//! and a delivery whose signed content has that form is refused
//! ([`ErrorKind::SignedChallenge`](crate::ErrorKind::SignedChallenge)). A declaration without it does not build, unless
//! a signature covers the hashed text (Zoom): then the sender holds the key.
//! Plain SHA-256 needs no pattern, because no key of a delivery takes part in it: eBay's answer hashes a verification
//! token and deliveries carry ECDSA signatures, Fastly's hashes the id of a service and deliveries are not signed. Do not
//! use a delivery secret as verify token.
//!
//! ```
//! # #[cfg(feature = "toml")] {
//! let provider = countersign::Provider::from_toml(r#"
//!     slug = "acme"
//!     name = "Acme"
//!     doc = "https://acme.example/docs/webhooks"
//!
//!     [scheme]
//!     algorithm = "hmac-sha256"
//!     content = "{body}"
//!     signature = { at = "header:acme-signature", encoding = "hex" }
//!
//!     [[handshakes]]
//!     name = "subscription"
//!     trust = { token = "query:token" }
//!     method = "GET"
//!     when = ["query:mode = subscribe", "query:challenge"]
//!     answer = { format = "json", body = '{{"challenge":"{query:challenge}"}}' }
//! "#).unwrap();
//! assert_eq!(provider.handshakes[0].name, "subscription");
//! # }
//! ```

mod answer;
mod body_kind;
pub mod catalogue;
mod condition;
mod model;
mod pattern;
mod place;
mod plan;
mod render;
mod template;
mod view;

pub use answer::{Answer, AnswerFormat, AnswerHeader};
pub use condition::Condition;
pub use model::{Handshake, Method, Trust};
pub(crate) use pattern::Matcher;
pub use pattern::Pattern;
pub use place::Place;
pub(crate) use plan::{Step, Steps, UNBOUNDED, challenges};
pub(crate) use render::{Means, RenderError, Values};
pub(crate) use view::View;
