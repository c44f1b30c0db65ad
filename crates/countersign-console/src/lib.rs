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
//! Requests must not be able to reach the page around what authenticates them. Give it a listener of its own: that for webhooks is
//! public, and in its router a sender could forge the headers of the proxy.
//!
//! ```
//! # #[cfg(feature = "axum")] {
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use countersign_console::{Console, Operator, Refusal, Role};
//! use countersign_inbox::OpsStore;
//! use http::request::Parts;
//! use subtle::ConstantTimeEq;
//! use tokio::net::TcpListener;
//!
//! /// Behind a proxy that authenticates, replaces this header, and adds a secret that only it has.
//! fn policy(secret: String) -> impl Fn(&Parts) -> Result<Operator, Refusal> {
//!     move |head| {
//!         let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
//!         if !bool::from(header("x-proxy-secret").as_bytes().ct_eq(secret.as_bytes())) {
//!             return Err(Refusal::forbidden());
//!         }
//!         Operator::new(header("x-forwarded-email"), Role::Operator)
//!     }
//! }
//!
//! async fn serve(store: Arc<dyn OpsStore>, secret: String) -> std::io::Result<()> {
//!     let app = Router::new().nest_service("/ops", Console::new(store, policy(secret)).router());
//!     axum::serve(TcpListener::bind("127.0.0.1:3001").await?, app).await
//! }
//! # let head = |secret: &str| {
//! #     let request = http::Request::get("/").header("x-proxy-secret", secret).header("x-forwarded-email", "ada@example.com");
//! #     request.body(()).unwrap().into_parts().0
//! # };
//! # let policy = policy("a long random secret".to_owned());
//! # assert_eq!(policy(&head("a long random secret")).unwrap().name(), "ada@example.com");
//! # assert!(policy(&head("a long random secre")).is_err() && policy(&head("")).is_err());
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
//! # Passwords
//!
//! The program [`examples/console`](https://github.com/countersign-rs/countersign/tree/main/examples/console) has a policy for the
//! headers of a proxy with groups, and one for `Basic` with several people, roles and Argon2 hashes, which asks for a password only if
//! the proxy has received the request over TLS.
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
//! # Untrusted text
//!
//! Ids, types, errors, names and values of headers and bodies are text: they are escaped. Letters of all scripts are shown as they are; controls,
//! invisible characters and those that change the direction of text are shown as escapes. Values of headers and bodies are not shown until an operator reveals them, with an entry of the audit
//! log; credentials and signatures need the role of an operator, and so do bodies that may contain them. Each response has a content security policy that allows its
//! own style sheet and forms and nothing else, `nosniff`, no referrer and no cache. There are no scripts.
//!
//! # Limits
//!
//! The page does not show state that only a process has, such as whether it handles an endpoint at all; see its metrics.
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
mod body;
mod console;
mod diff;
mod fields;
mod filter;
mod pages;
mod policy;
mod problem;
mod refusal;
mod response;
mod route;
mod seal;
mod stops;
mod text;
mod visit;
mod yield_now;

pub use console::Console;
pub use diff::{BodyDiff, DiffLine};
pub use policy::{Operator, Policy, Role};
pub use refusal::Refusal;
