//! An inbox that kills itself at a given point: SQLite or PostgreSQL, axum, a worker, and a file of effects.
//!
//! | Variable | Meaning |
//! |---|---|
//! | `ADDR` | the address to listen on |
//! | `STORE` | `sqlite:PATH`, or the URL of a PostgreSQL database |
//! | `SCHEMA`, `CONNECTIONS` | the schema in that database, and the limit on connections |
//! | `SECRET` | the secret of the provider |
//! | `EFFECTS` | the file that handlers append to |
//! | `OLD_SECRET` | the previous secret, valid for another hour |
//! | `FAIL_FIRST` | the number of attempts of each event that fail |
//! | `HANDLER_MS`, `LEASE_MS` | the durations of a handler and of a lease |
//! | `SUBSCRIPTIONS` | the names of subscriptions, separated by commas; the id of an effect then begins with the name and `/` |
//! | `ACCEPT_ONLY` | if it is there, events are stored and not handled |
//! | `CONCURRENCY`, `MAX_ATTEMPTS` | the limits of the worker |
//! | `ABORT_ON`, `ABORT_MS` | the id of the event whose handler aborts the process, and the delay |
//! | `KILL_AT`, `KILL_NTH` | the point at which it kills itself, and how often the point must be reached |

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a program for tests")]

mod effects;
mod kill;
mod serve;
mod store;

use std::env;

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn number(name: &str, default: u64) -> u64 {
    variable(name).map_or(default, |text| text.parse().unwrap())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let store = store::open(&variable("STORE").unwrap()).await;
    // The tracer is not an ancestor of this process. Systems without a restriction need no permission.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_ptracer(rustix::process::PTracer::Any);
    // Opening the store commits, too.
    kill::arm();
    serve::run(store).await;
}
