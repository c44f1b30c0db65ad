//! Receives webhooks with axum: verified by a layer, typed by an extractor, printed as JSON lines.
//!
//! ```sh
//! DEMO=1 cargo run -p example-axum
//! ```
//!
//! See `config.rs` for the variables of the environment.

mod config;

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use countersign::providers::{preflix, printprice, proxiant, redpin};
use countersign::receiver::Receiver;
use countersign::{Delivery, Event, EventCatalog, Field};
use countersign_tower::VerifyWebhookLayer;
use serde::Serialize;
use tokio::net::TcpListener;

use crate::config::Config;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("example-axum: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env("127.0.0.1:3000")?;
    let app = app(config.receivers);
    let listener = TcpListener::bind(&config.addr).await.map_err(|error| format!("ADDR: {error}"))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).with_graceful_shutdown(interrupted()).await?;
    Ok(())
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "cannot wait for ctrl-c");
    }
}

/// Creates `POST /webhooks/<slug>` for each provider.
fn app(receivers: Vec<Receiver>) -> Router {
    receivers.into_iter().fold(Router::new(), |app, receiver| {
        let path = format!("/webhooks/{}", receiver.provider());
        let handler = handler(receiver.provider());
        app.route(&path, handler.layer(VerifyWebhookLayer::new(receiver)))
    })
}

/// Returns a typed handler for four of the providers, and an untyped one for the others.
fn handler(provider: &str) -> MethodRouter {
    match provider {
        "preflix" => post(typed::<preflix::Event>),
        "redpin" => post(typed::<redpin::Event>),
        "printprice" => post(typed::<printprice::Event>),
        "proxiant" => post(typed::<proxiant::Event>),
        _ => post(untyped),
    }
}

async fn typed<T: EventCatalog>(event: Event<T>) -> Result<(), StatusCode> {
    // An application would `match event.data { … }` here.
    handle(&event.delivery, Some(event.data.variant()))
}

async fn untyped(delivery: Delivery) -> Result<(), StatusCode> {
    handle(&delivery, None)
}

/// Handles a delivery. An error is answered with 500, so that the provider retries.
fn handle(delivery: &Delivery, variant: Option<&str>) -> Result<(), StatusCode> {
    print(delivery, variant).map_err(|error| {
        tracing::error!(%error, "the delivery could not be handled");
        StatusCode::INTERNAL_SERVER_ERROR
    })
}

fn print(delivery: &Delivery, variant: Option<&str>) -> io::Result<()> {
    let mut line = serde_json::to_vec(&Line {
        provider: &delivery.provider().slug,
        id: delivery.id().map(Field::as_str),
        event_type: delivery.event_type().map(Field::as_str),
        key: delivery.key(),
        variant,
    })?;
    line.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}

#[derive(Serialize)]
struct Line<'d> {
    provider: &'d str,
    id: Option<&'d str>,
    event_type: Option<&'d str>,
    key: &'d str,
    variant: Option<&'d str>,
}
