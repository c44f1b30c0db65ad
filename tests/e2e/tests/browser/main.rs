//! The operations page in a real browser: in axum and in actix, over a file, a database and memory, and as `countersign console`.
//!
//! The programs in `tests/e2e/browser` drive Chromium, and note what no page may do: errors of the console, which include violations of
//! the content security policy, requests to other origins, and dialogs.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod actions;
mod bulk;
mod canary;
mod chromium;
mod data;
mod fixture;
mod flawed;
mod forgeries;
mod keyboard;
mod live;
mod logout;
mod pages;
mod program;
mod replays;
mod roles;
mod screenshots;
mod server;
