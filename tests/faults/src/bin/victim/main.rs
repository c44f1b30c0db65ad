//! An inbox that kills itself where it is told to: SQLite or PostgreSQL, axum, a worker, and a file of effects.
//!
//! | Variable | |
//! |---|---|
//! | `ADDR` | where to listen |
//! | `STORE` | `sqlite:PATH`, or the URL of a PostgreSQL database |
//! | `SCHEMA` | in that database |
//! | `SECRET` | the provider's |
//! | `EFFECTS` | the file that handlers append to |
//! | `OLD_SECRET` | the one that it had before, valid for an hour more |
//! | `FAIL_FIRST` | so many attempts of each event fail |
//! | `HANDLER_MS`, `LEASE_MS` | how long a handler takes, and a lease lasts |
//! | `CONCURRENCY`, `MAX_ATTEMPTS` | the limits of the worker |
//! | `ABORT_ON`, `ABORT_MS` | the id of the event whose handler aborts the process, and after which time |
//! | `KILL_AT`, `KILL_NTH` | the point where it kills itself, and at which time |

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
    // A tracer is no ancestor of this process. Where nothing forbids it, there is nothing to allow.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_ptracer(rustix::process::PTracer::Any);
    // Opening commits, too.
    kill::arm();
    serve::run(store).await;
}
