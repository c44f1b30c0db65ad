//! Handshakes: what providers send to find out whose endpoint it is, and what they have to be answered.
//!
//! A handshake is data, like the rest of a [`Provider`](crate::Provider): when it is one, what it rests on, and the
//! answer. The middleware answers it through the [`Receiver`](crate::receiver::Receiver); it never reaches the handler.
//!
//! | [`Trust`] | answered | for instance |
//! |---|---|---|
//! | `signed` | after the request was verified like any delivery | Slack, Discord, Zoom, Twitch |
//! | `secret` | always, where everything that the answer is made from is known: it proves the secret | X, LinkedIn, Braintree |
//! | `token` | where the request carries the token that was configured, 403 otherwise | Meta, Strava, WebSub |
//! | `origin` | where its origin is among those that are allowed | CloudEvents |
//! | `echo` | where the endpoint was configured for it: anybody can ask | Dropbox, Microsoft Graph, Okta |
//! | `issues-secret` | after the secret that it brings was stored | Asana, Notion |
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
pub mod catalogue;
mod condition;
mod model;
mod place;
mod plan;
mod render;
mod template;
mod view;

pub use answer::{Answer, AnswerFormat, AnswerHeader};
pub use condition::Condition;
pub use model::{Handshake, Method, Trust};
pub use place::Place;
pub(crate) use plan::{Step, Steps};
pub(crate) use render::{Means, RenderError, Values};
pub(crate) use view::View;
