//! `countersign listen`

pub(crate) mod cli;
mod endpoint;
mod exchange;
mod explain;
mod forward;
mod glob;
mod incoming;
mod line;
mod output;
mod queue;
mod record;
mod setup;
#[cfg(feature = "tui")]
mod tui;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use self::cli::ListenArgs;
use self::endpoint::Endpoint;
use self::exchange::Forwarding;
use self::output::{Lines, Output};
use crate::Outcome;
use crate::destination::Destination;
use crate::error::CliError;
use crate::output::{GOOD, UNSURE, stderr, written};

pub(crate) fn run(args: &ListenArgs) -> Result<Outcome, CliError> {
    let destination = setup::destination(&args.forward)?;
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    #[cfg(feature = "tui")]
    if args.tui {
        tui::check()?;
        let (screen, events) = tui::Screen::new();
        let output = Output::Screen(screen.clone());
        let endpoint = Arc::new(setup::endpoint(args, destination.as_ref(), output)?);
        let show = |title| tui::show(title, screen, events, Arc::clone(&endpoint));
        let ended = runtime.block_on(listen(args, destination.as_ref(), &endpoint, show));
        runtime.shutdown_background();
        return ended.map(|()| Outcome::Fine);
    }
    let (failed, mut failures) = mpsc::channel(1);
    let detailed = destination.is_some() || args.record.is_some();
    let output = Output::Lines(Lines::new(args.pretty, detailed, failed));
    let endpoint = Arc::new(setup::endpoint(args, destination.as_ref(), output)?);
    let until_failure = |_| async move {
        match failures.recv().await {
            Some(error) => written(Err(error)),
            None => std::future::pending().await,
        }
    };
    let ended = runtime.block_on(listen(args, destination.as_ref(), &endpoint, until_failure));
    // An explanation that was given up is computed on a thread that nothing else ends.
    runtime.shutdown_background();
    ended.map(|()| Outcome::Fine)
}

/// Serves until ctrl-c, or until the future ends that is made of the addresses of endpoint and app.
async fn listen<F: Future<Output = Result<(), CliError>>>(
    args: &ListenArgs,
    destination: Option<&Destination>,
    endpoint: &Arc<Endpoint>,
    until: impl FnOnce(String) -> F,
) -> Result<(), CliError> {
    let listener = bind(args, destination).await?;
    let addr = listener.local_addr().map_err(CliError::io("cannot listen"))?;
    let path = &endpoint.path;
    // All methods, because a handshake is often a GET.
    let app = Router::new()
        .without_v07_checks()
        .route(path, any(endpoint::receive))
        .fallback(endpoint::elsewhere)
        .with_state(Arc::clone(endpoint));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();

    let mut title = format!("http://{addr}{path}");
    stderr!("{GOOD}listening{GOOD:#} on {title}");
    if let Some(app) = destination {
        stderr!("{GOOD}forwarding{GOOD:#} to {app}");
        title = format!("{title} -> {app}");
    }
    let server = axum::serve(listener, app).with_graceful_shutdown(interrupts(1));
    let ended = tokio::select! {
        served = async { server.await } => served.map_err(CliError::io("cannot serve")),
        ended = until(title) => ended,
        () = work(endpoint) => Ok(()),
        // A second ctrl-c does not wait for a slow sender.
        () = interrupts(2) => Ok(()),
    };
    drop_waiting(endpoint);
    if let Some(explainer) = &endpoint.explainer {
        explainer.finish(EXPLANATION_LIMIT).await;
    }
    ended
}

/// Opens the socket: not the one that the app would be reached at, which would forward to itself.
async fn bind(args: &ListenArgs, destination: Option<&Destination>) -> Result<TcpListener, CliError> {
    let default = if destination.is_some() { "127.0.0.1:4000" } else { "127.0.0.1:3000" };
    let addr = args.addr.as_deref().unwrap_or(default);
    let cannot =
        || CliError::io(format!("cannot listen on {addr}: give a free one, such as --addr 127.0.0.1:4001"));
    let listener = TcpListener::bind(addr).await.map_err(cannot())?;
    let local = listener.local_addr().map_err(cannot())?;
    let is_local = |to: &SocketAddr| {
        let ip = to.ip().to_canonical();
        to.port() == local.port() && (ip == local.ip() || local.ip().is_unspecified())
    };
    match destination {
        Some(app) if app.addrs().iter().any(is_local) => Err(CliError::Usage(format!(
            "{app} is the address of this command: give the app another port, or --addr"
        ))),
        _ => Ok(listener),
    }
}

/// Sends the deliveries of the queue.
async fn work(endpoint: &Endpoint) {
    match &endpoint.forwarder {
        Some(forwarder) => forwarder.work(&endpoint.output).await,
        None => std::future::pending().await,
    }
}

/// Reports the deliveries of the queue. The app may have the first one, which may have been on its way.
fn drop_waiting(endpoint: &Endpoint) {
    let waiting = endpoint.forwarder.as_ref().map(|forwarder| forwarder.queue.take()).unwrap_or_default();
    for job in &waiting {
        let reason = "the command ended before the app answered";
        endpoint.output.settled(&job.exchange, &Forwarding::Dropped(reason));
    }
    if !waiting.is_empty() {
        let count = waiting.len();
        stderr!("{UNSURE}note{UNSURE:#}: deliveries without an answer of the app: {count}");
    }
}

/// Resolves after this many ctrl-c.
async fn interrupts(number: u32) {
    for _ in 0..number {
        if tokio::signal::ctrl_c().await.is_err() {
            // This signal is not available here: the command ends in other ways.
            std::future::pending::<()>().await;
        }
    }
}

/// The time that the last explanations have when the command ends.
const EXPLANATION_LIMIT: Duration = Duration::from_secs(5);
