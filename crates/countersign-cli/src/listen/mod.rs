//! `countersign listen`

pub(crate) mod cli;
mod line;

use std::error::Error;
use std::io::{self, Write};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use countersign::receiver::{HandshakePolicy, PublicUrl, Received, Receiver, Rejection};
use countersign::{Delivery, Secret};
use countersign_tower::VerifyWebhookLayer;
use http::{Method, StatusCode, Uri};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::args::verifier;
use crate::error::CliError;
use crate::output::{BAD, GOOD, stderr};
use crate::{Outcome, output};

use self::cli::ListenArgs;

pub(crate) fn run(args: &ListenArgs) -> Result<Outcome, CliError> {
    let receiver = receiver(args)?;
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    runtime.block_on(listen(args, receiver)).map(|()| Outcome::Fine)
}

fn receiver(args: &ListenArgs) -> Result<Receiver, CliError> {
    let verifier = verifier(&args.declaration, &args.secrets, args.tolerance)?;
    if verifier.needs_url() && args.public_url.is_none() {
        let slug = &verifier.provider().slug;
        return Err(CliError::Usage(format!(
            "{slug} signs the URL: give --public-url, as configured at {slug}"
        )));
    }
    let mut builder =
        Receiver::builder(verifier).with_handshakes(handshakes(args)?).with_observer(|received| {
            if let Received::Rejected(rejection) = received {
                tell(rejection);
            }
        });
    if let Some(origin) = &args.public_url {
        let origin = PublicUrl::origin(origin).map_err(CliError::config("--public-url"))?;
        builder = builder.with_public_url(origin);
    }
    builder.build().map_err(CliError::config("the options"))
}

fn handshakes(args: &ListenArgs) -> Result<HandshakePolicy, CliError> {
    let mut policy = HandshakePolicy::new();
    if args.echo {
        policy = policy.with_echo();
    }
    match &args.verify_token {
        Some(token) => {
            let token = Secret::new(token.as_str()).map_err(CliError::config("--verify-token"))?;
            Ok(policy.with_verify_token(token))
        }
        None => Ok(policy),
    }
}

async fn listen(args: &ListenArgs, receiver: Receiver) -> Result<(), CliError> {
    let path = args.path.clone().unwrap_or_else(|| format!("/webhooks/{}", receiver.provider()));
    let cannot = || CliError::io(format!("cannot listen on {}", args.addr));
    let listener = TcpListener::bind(&args.addr).await.map_err(cannot())?;
    let addr = listener.local_addr().map_err(cannot())?;

    let (failed, mut failures) = mpsc::channel(1);
    let printer = Printer { pretty: args.pretty, failed };
    // Around all methods, because a handshake is often a GET.
    let hook = post(receive).layer(VerifyWebhookLayer::new(receiver)).with_state(printer);
    let app = Router::new().without_v07_checks().route(&path, hook).fallback(elsewhere);

    stderr!("{GOOD}listening{GOOD:#} on http://{addr}{path}");
    let server = axum::serve(listener, app).with_graceful_shutdown(interrupts(1));
    tokio::select! {
        served = async { server.await } => served.map_err(CliError::io("cannot serve")),
        Some(error) = failures.recv() => output::written(Err(error)),
        // A second ctrl-c does not wait for a slow sender.
        () = interrupts(2) => Ok(()),
    }
}

/// Prints deliveries, and reports when standard output is closed.
#[derive(Clone)]
struct Printer {
    pretty: bool,
    failed: mpsc::Sender<io::Error>,
}

impl Printer {
    fn print(&self, delivery: &countersign::Delivery) -> io::Result<()> {
        if self.pretty {
            let mut stdout = anstream::stdout().lock();
            writeln!(stdout, "{}", line::Pretty(delivery))?;
            stdout.flush()
        } else {
            output::print_line(serde_json::to_vec(&line::Line::new(delivery))?)
        }
    }
}

async fn receive(State(printer): State<Printer>, delivery: Delivery) -> StatusCode {
    match printer.print(&delivery) {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            // The first error ends the command; further ones add nothing.
            let _ = printer.failed.try_send(error);
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// Reports a request to another path: most likely an error in the provider's settings.
async fn elsewhere(method: Method, uri: Uri) -> StatusCode {
    stderr!("{BAD}not found{BAD:#}: {method} {}", uri.path());
    StatusCode::NOT_FOUND
}

/// Prints the details of a rejection for the operator.
fn tell(rejection: &Rejection) {
    let kind = rejection.kind();
    match rejection.source() {
        Some(cause) => stderr!("{BAD}rejected{BAD:#}: {kind}: {cause}"),
        None => stderr!("{BAD}rejected{BAD:#}: {kind}"),
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
