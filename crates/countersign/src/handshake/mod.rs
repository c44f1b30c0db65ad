//! Handshakes: requests with which providers verify the ownership of an endpoint, and their answers.
//!
//! A handshake is data, like the rest of a [`Provider`](crate::Provider): its conditions, its trust, and its
//! answer. The middleware answers it through the [`Receiver`](crate::receiver::Receiver); it does not reach the
//! handler.
//!
//! | [`Trust`] | answered | for instance |
//! |---|---|---|
//! | `signed` | after the request was verified like a delivery | Slack, Discord, Zoom, Twitch |
//! | `secret` | always, if all inputs of the answer are known and the challenge has its declared form: the answer proves the secret | X, LinkedIn, Braintree |
//! | `verify-token` | if the request carries the configured verify token, 403 otherwise | Meta, Strava, WebSub |
//! | `origin` | if the origin is allowed | CloudEvents |
//! | `echo` | if the endpoint has it enabled: any sender can ask | Dropbox, Microsoft Graph, Okta |
//! | `issues-secret` | after the secret in the request was stored, once | Asana, Notion |
//!
//! A verified request is a delivery, unless it is a `signed` handshake: the content of an event is never taken for
//! an unsigned handshake. The only exception is a new secret in a place that the signature covers, which is stored.
//!
//! An answer with an HMAC of text that the sender chose could serve as the signature of a delivery, because the
//! secret is the same. Such a handshake therefore declares the form of its [challenge](Handshake::challenge). Text
//! of another form is not answered, and a delivery whose signed content has that form is rejected
//! ([`ErrorKind::SignedChallenge`](crate::ErrorKind::SignedChallenge)). A declaration without the form does not
//! build, unless a signature covers the hashed text (Zoom): then the sender holds the key.
//!
//! Plain SHA-256 needs a pattern only where deliveries are signed with SHA-256 of their secret and the content: with
//! one value for both, the answer would be such a signature. eBay's answer hashes a verify token and deliveries carry
//! ECDSA signatures; Fastly's hashes the id of a service and deliveries are not signed. A verify token or setting that
//! an answer hashes, and that is or contains a secret of the deliveries, is a
//! [`ConfigError`](crate::ConfigError) when the receiver is built; the deliveries of a tenant with such a secret are
//! rejected.
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
//!     trust = { verify-token = "query:token" }
//!     method = "GET"
//!     when = ["query:mode = subscribe", "query:challenge"]
//!     answer = { format = "json", body = '{{"challenge":"{query:challenge}"}}' }
//! "#).unwrap();
//! assert_eq!(provider.handshakes[0].name, "subscription");
//! # }
//! ```

mod answer;
mod body_kind;
mod condition;
mod model;
mod pattern;
mod place;
mod render;
mod steps;
mod template;
mod view;

pub use answer::{Answer, AnswerFormat, AnswerHeader};
pub use condition::Condition;
pub use model::{Handshake, Method, Trust};
pub(crate) use pattern::Matcher;
pub use pattern::Pattern;
pub use place::Place;
pub(crate) use render::{AnswerInputs, RenderError, Values};
pub(crate) use steps::{Step, Steps, UNBOUNDED, challenges};
pub(crate) use view::View;
