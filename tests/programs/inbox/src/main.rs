//! Durable mode with axum: a webhook is stored, acknowledged, and handled by a worker until it succeeds.
//!
//! ```sh
//! PROXIANT_SECRET=whsec_abc STORE=sqlite:inbox.db EFFECTS=effects.jsonl cargo run -p example-inbox
//! ```
//!
//! See `Config` in `../inbox_support` for all variables of the environment.

use std::error::Error;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use countersign_inbox::{Health, HealthReport};
use countersign_tower::InboxExt;
use example_inbox_support::{Config, causes, inbox, open, termination};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("example-inbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let termination = termination()?;
    let store = open(&config.store).await.map_err(|error| format!("STORE: {}", causes(&*error)))?;
    let inbox = inbox(&config, store)?;
    let app = Router::new()
        // All methods, because many handshakes are a `GET`. Unsigned requests are rejected in any case.
        .route_service(&config.path(), inbox.service(config.endpoint())?)
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(inbox.health());

    let listener = TcpListener::bind(&config.addr).await.map_err(|error| format!("ADDR: {error}"))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let stop = inbox.stop_token();
    let ending = async move {
        termination.await;
        // Handlers finish while the last requests are answered.
        stop.cancel();
    };
    axum::serve(listener, app).with_graceful_shutdown(ending).await?;
    let report = inbox.drain().await;
    tracing::info!(?report, "ended");
    Ok(())
}

/// Responds with 200 unless the process must be restarted.
async fn live(State(health): State<Health>) -> (StatusCode, Json<HealthReport>) {
    answer(health.live())
}

/// Responds with 200 unless the process should receive no traffic and needs attention.
async fn ready(State(health): State<Health>) -> (StatusCode, Json<HealthReport>) {
    answer(health.ready().await)
}

fn answer(report: HealthReport) -> (StatusCode, Json<HealthReport>) {
    let status = if report.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report))
}
