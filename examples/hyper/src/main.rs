//! Receives webhooks with hyper alone: one provider, one service, no router.
//!
//! ```sh
//! DEMO=1 cargo run -p example-hyper
//! ```
//!
//! `ADDR` is the address to listen on, by default `127.0.0.1:3002`; `PROXIANT_SECRET` is the provider's secret,
//! `PROXIANT_SECRET_PREVIOUS` the previous one during a rotation, and `DEMO=1` uses a demonstration secret, which is
//! printed. The webhook is on every path.

use std::env;
use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use countersign::providers::proxiant;
use countersign::receiver::Rejection;
use countersign::{Delivery, ErrorKind, Event, EventCatalog, Field, Secret, SecretSet, Verifier};
use countersign_tower::VerifyWebhookLayer;
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use serde::Serialize;
use tokio::net::TcpListener;
use tower::{ServiceBuilder, service_fn};

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("example-hyper: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let secret = Secret::new(secret()?).map_err(|error| format!("PROXIANT_SECRET: {error}"))?;
    let secrets = SecretSet::new(secret).and_env("previous", "PROXIANT_SECRET_PREVIOUS")?;
    let verifier = Verifier::new(&proxiant::PROVIDER, secrets)?;
    // hyper's bodies cannot be made from bytes: the service receives a `Full`.
    let layer = VerifyWebhookLayer::new(verifier).with_full_body();
    let service = TowerToHyperService::new(ServiceBuilder::new().layer(layer).service(service_fn(handle)));

    let addr = env::var("ADDR").unwrap_or_else(|_| "127.0.0.1:3002".to_owned());
    let listener = TcpListener::bind(addr).await.map_err(|error| format!("ADDR: {error}"))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);

    let graceful = GracefulShutdown::new();
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            signal = &mut interrupted => {
                signal?;
                break;
            }
        };
        let stream = match accepted {
            Ok((stream, _)) => TokioIo::new(stream),
            Err(error) => {
                // For example out of file descriptors, some of which may become free.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let connection =
            http1::Builder::new().timer(TokioTimer::new()).serve_connection(stream, service.clone());
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection failed");
            }
        });
    }
    graceful.shutdown().await;
    Ok(())
}

fn secret() -> Result<String, Box<dyn Error>> {
    match env::var("PROXIANT_SECRET") {
        Ok(secret) => Ok(secret),
        Err(env::VarError::NotPresent) if env::var("DEMO").is_ok_and(|demo| demo == "1") => {
            eprintln!("DEMO: PROXIANT_SECRET={DEMO_SECRET}");
            Ok(DEMO_SECRET.to_owned())
        }
        Err(env::VarError::NotPresent) => {
            Err("PROXIANT_SECRET is not set (DEMO=1 takes a secret for demonstrations)".into())
        }
        Err(env::VarError::NotUnicode(_)) => Err("PROXIANT_SECRET is not UTF-8".into()),
    }
}

/// Receives only verified requests. An error closes the connection, and the provider retries.
async fn handle(request: Request<Full<Bytes>>) -> io::Result<Response<Full<Bytes>>> {
    let delivery = request.extensions().get::<Delivery>().cloned();
    let delivery = delivery.ok_or_else(|| io::Error::other("is `VerifyWebhookLayer` installed?"))?;
    match Event::<proxiant::Event>::decode(delivery) {
        Ok(event) => print(&event).map(|()| Response::new(Full::default())),
        Err(error) => {
            tracing::warn!(path = error.path(), "the data does not fit");
            Ok(Rejection::from(ErrorKind::DecodeFailed).response().map(Full::new))
        }
    }
}

fn print(Event { data, delivery }: &Event<proxiant::Event>) -> io::Result<()> {
    let mut line = serde_json::to_vec(&Line {
        provider: &delivery.provider().slug,
        id: delivery.id().map(Field::as_str),
        event_type: delivery.event_type().map(Field::as_str),
        key: delivery.key(),
        variant: data.variant(),
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
    variant: &'d str,
}

const DEMO_SECRET: &str = "whsec_proxiant-demo-secret";
