//! The operations page of a durable inbox: an operator sees whether each endpoint is well, finds the event, understands the
//! error, and replays, discards or purges it, or pauses or limits the endpoint. Each change is confirmed and is in the audit log with
//! its actor.
//!
//! This crate stores nothing, and adds no rule of its own: the page and `countersign inbox` use the same
//! [`OpsStore`](countersign_inbox::OpsStore). It does not authenticate: a [`Policy`] that you write reads what a proxy or your
//! application has authenticated. It does not accept deliveries, and does not run handlers.
//!
//! # axum
//!
//! ```
//! # #[cfg(feature = "axum")] {
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use countersign_console::{Console, Operator, Refusal, Role};
//! use countersign_inbox::OpsStore;
//! use http::request::Parts;
//!
//! /// Behind a proxy that authenticates, and that removes this header from the requests of others.
//! fn authorize(head: &Parts) -> Result<Operator, Refusal> {
//!     let email = head.headers.get("x-forwarded-email").and_then(|email| email.to_str().ok());
//!     Operator::new(email.unwrap_or_default(), Role::Operator)
//! }
//!
//! fn app(store: Arc<dyn OpsStore>) -> Router {
//!     Router::new().nest_service("/ops", Console::new(store, authorize).router())
//! }
//! # }
//! ```
//!
//! # actix-web
//!
//! ```
//! # #[cfg(feature = "actix")] {
//! use std::sync::Arc;
//!
//! use actix_web::{App, HttpServer};
//! use countersign_console::{Console, Policy};
//! use countersign_inbox::OpsStore;
//!
//! async fn serve(store: Arc<dyn OpsStore>, policy: impl Policy) -> std::io::Result<()> {
//!     let console = Console::new(store, policy);
//!     HttpServer::new(move || App::new().service(console.scope("/ops"))).bind(("127.0.0.1", 3000))?.run().await
//! }
//! # }
//! ```
//!
//! # `Basic` behind TLS
//!
//! ```
//! use base64::Engine;
//! use base64::engine::general_purpose::STANDARD;
//! use countersign_console::{Operator, Refusal, Role};
//! use http::HeaderValue;
//! use http::header::AUTHORIZATION;
//! use http::request::Parts;
//! use subtle::ConstantTimeEq;
//!
//! fn policy(expected: String) -> impl Fn(&Parts) -> Result<Operator, Refusal> {
//!     move |head| {
//!         let given = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
//!         let given = given.and_then(|value| STANDARD.decode(value.strip_prefix("Basic ")?).ok()).unwrap_or_default();
//!         if bool::from(given.ct_eq(expected.as_bytes())) {
//!             let (name, _) = expected.split_once(':').unwrap_or_default();
//!             return Operator::new(name, Role::Operator);
//!         }
//!         Err(Refusal::challenge(HeaderValue::from_static("Basic realm=\"webhooks\"")))
//!     }
//! }
//! # let head = |value: &str| http::Request::get("/").header("authorization", value).body(()).unwrap().into_parts().0;
//! # let policy = policy("ada:a long random password".to_owned());
//! # let right = format!("Basic {}", STANDARD.encode("ada:a long random password"));
//! # assert_eq!(policy(&head(&right)).unwrap().name(), "ada");
//! # assert!(policy(&head("Basic YWRhOg==")).is_err() && policy(&head("")).is_err());
//! ```
//!
//! # How a request is decided
//!
//! 1. The [`Policy`] returns an [`Operator`] with a [`Role`], or the [`Refusal`] that is sent. It is asked for each request, that for
//!    the style sheet included.
//! 2. The path and the method name a page; `POST` is for forms only.
//! 3. A form has to have a token that this console made for this operator at most 2 hours ago: an HMAC over time and
//!    operator, compared in constant time. A browser that names another site as the origin (`Sec-Fetch-Site`) is refused.
//! 4. The role is checked: viewers reveal requests, operators change events and endpoints, unless the console
//!    is [read-only](Console::with_read_only).
//! 5. The store answers a few queries, each with a limit on the rows that it returns. Nothing is open between two requests.
//!
//! # What strangers sent
//!
//! Ids, types, errors, names and values of headers and bodies are text: they are escaped. Letters of all scripts are shown as they are; controls,
//! invisible characters and those that change the direction of text are shown as escapes. Values of headers and bodies are not shown until an operator reveals them, with an entry of the audit
//! log; credentials and signatures need the role of an operator, and so do bodies that may contain them. Each response has a content security policy that allows its
//! own style sheet and forms and nothing else, `nosniff`, no referrer and no cache. There are no scripts.
//!
//! # What is not there
//!
//! What only a process knows, such as whether it handles an endpoint at all, is not in its store; see its metrics.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `actix` | `Console::scope` for actix-web | no |
//! | `axum` | `Console::router` for axum | no |
//!
//! # Minimum supported Rust version
//!
//! 1.89.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "actix")]
mod actix;
#[cfg(feature = "axum")]
mod axum;
mod console;
mod fields;
mod filter;
mod pages;
mod policy;
mod problem;
mod refusal;
mod response;
mod route;
mod seal;
mod text;
mod visit;

pub use console::Console;
pub use policy::{Operator, Policy, Role};
pub use refusal::Refusal;
