//! `countersign console`

mod session;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use clap::Args;
use countersign_console::{Console, Operator, Role};
use countersign_inbox::OpsStore;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use self::session::Session;
use crate::Outcome;
use crate::args::StoreArgs;
use crate::error::CliError;
use crate::inbox::actor::actor;
use crate::inbox::store;
use crate::output::{GOOD, UNSURE, stderr};

#[derive(Args)]
#[command(after_help = "\
Prints an address with a random token, which is valid until the command ends: whoever has it may replay, discard and purge events, pause
and limit endpoints, and reveal requests; with --read-only, reveal requests without credentials. The audit log names the actor.

The server keeps running, and this command may run beside it. It speaks no TLS: put a proxy in front of it before it
listens for other machines, or mount the page in your own application with countersign-console and a policy of your own.
Stops on ctrl-c.")]
pub(crate) struct ConsoleArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Address to listen on; port 0 selects a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4040")]
    listen: SocketAddr,
    /// Change nothing: no replay, discard, purge, pause, resume, limits and circuits
    #[arg(long)]
    read_only: bool,
    /// The actor, for the audit log [default: user@host]
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
}

pub(crate) fn run(args: &ConsoleArgs) -> Result<Outcome, CliError> {
    let role = if args.read_only { Role::Viewer } else { Role::Operator };
    let cannot = |_| CliError::Usage("--actor: a name has 1 to 200 bytes".to_owned());
    let operator = Operator::new(actor(args.actor.as_deref())?, role).map_err(cannot)?;
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    runtime.block_on(async {
        let store = store::open(&args.store).await?;
        serve(store, operator, args.listen, args.read_only).await
    })?;
    Ok(Outcome::Fine)
}

/// Prints the address of the page, and serves it until ctrl-c.
pub(crate) async fn serve(
    store: Arc<dyn OpsStore>,
    operator: Operator,
    listen: SocketAddr,
    is_read_only: bool,
) -> Result<(), CliError> {
    let (session, start) = Session::new(operator);
    let mount = session.path().to_owned();
    let console = Console::new(store, session);
    let console = if is_read_only { console.with_read_only() } else { console };
    let cannot = || CliError::io(format!("cannot listen on {listen}: give a free one with --listen"));
    let listener = TcpListener::bind(listen).await.map_err(cannot())?;
    let address = listener.local_addr().map_err(cannot())?;
    stderr!("{GOOD}listening{GOOD:#} on http://{address}{start}");
    if !address.ip().is_loopback() {
        stderr!(
            "{UNSURE}note{UNSURE:#}: other machines can reach this address, and the token is not encrypted on its way"
        );
    }
    let elsewhere = || async { (StatusCode::NOT_FOUND, "Open the address that the command has printed.\n") };
    let app = Router::new().nest_service(&mount, console.router()).fallback(elsewhere);
    let server = axum::serve(listener, app);
    tokio::select! {
        served = async { server.await } => served.map_err(CliError::io("cannot serve")),
        // Pages are short: nobody waits for one.
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}
