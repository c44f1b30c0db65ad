//! `countersign console`

mod host;
mod responses;
mod server;
mod session;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::post;
use axum::{Router, middleware};
use clap::Args;
use countersign::SystemClock;
use countersign_console::{Console, Operator, Role};
use countersign_inbox::OpsStore;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use self::host::Hosts;
use self::server::Limits;
use self::session::Session;
use crate::Outcome;
use crate::args::{AlertArgs, StoreArgs, Thresholds};
use crate::error::CliError;
use crate::inbox::actor::actor;
use crate::inbox::store;
use crate::output::{GOOD, UNSURE, stderr};

#[derive(Args)]
#[command(after_help = "\
Prints an address with a random token, which is valid until the command ends, and for 12 hours at most (--valid). A browser with it may
replay, discard and purge events, pause and limit endpoints, and reveal requests; with --read-only, reveal requests without credentials. The audit log names the actor.
\"Log out\" ends the sessions of all browsers; the printed address begins a new one.

The server keeps running, and this command may run beside it. It speaks no TLS: put a proxy in front of it before it
listens for other machines, and say so with --behind-tls and --host, or mount the page in your own application with countersign-console and a policy of your own.
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
    /// Show no values of headers and no bodies, either
    #[arg(long, requires = "read_only")]
    without_bodies: bool,
    /// Another name of this machine by which browsers reach the page, without a port; IP addresses and localhost need none
    #[arg(long = "host", value_name = "NAME", value_parser = host::name)]
    hosts: Vec<String>,
    /// A proxy ends TLS in front of the page: the cookie is sent over TLS only
    #[arg(long)]
    behind_tls: bool,
    /// Time after which the token ends
    #[arg(long, value_name = "TIME", default_value = "12h", value_parser = lifetime)]
    valid: Duration,
    /// The actor, for the audit log [default: user@host]
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    #[command(flatten)]
    alerts: AlertArgs,
}

pub(crate) fn run(args: &ConsoleArgs) -> Result<Outcome, CliError> {
    if args.behind_tls && args.hosts.is_empty() {
        let cure = "name the host of the proxy, as browsers write it, with --host NAME";
        return Err(CliError::Usage(format!("--behind-tls: {cure}")));
    }
    let role = match (args.read_only, args.without_bodies) {
        (_, true) => Role::ViewerWithoutBodies,
        (true, false) => Role::Viewer,
        (false, false) => Role::Operator,
    };
    let cannot = |_| CliError::Usage("--actor: a name has 1 to 200 bytes".to_owned());
    let operator = Operator::new(actor(args.actor.as_deref())?, role).map_err(cannot)?;
    let Thresholds { rules, max_backlog_age } = args.alerts.thresholds()?;
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    runtime.block_on(async {
        let store = store::open(&args.store).await?;
        let reached = Reached {
            listen: args.listen,
            hosts: args.hosts.clone(),
            is_behind_tls: args.behind_tls,
            lifetime: args.valid,
        };
        let page = |console: Console| {
            let console = console.with_alert_rules(rules).with_max_backlog_age(max_backlog_age);
            if args.read_only { console.with_read_only() } else { console }
        };
        serve(store, operator, reached, page).await
    })?;
    Ok(Outcome::Fine)
}

/// Reads the time after which the token ends.
fn lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if lifetime < Duration::from_secs(1) {
        return Err("the token would have ended before it is used: say how long, such as 12h".to_owned());
    }
    Ok(lifetime)
}

/// The way of browsers to the page.
pub(crate) struct Reached {
    listen: SocketAddr,
    /// Names besides `localhost` and IP addresses.
    hosts: Vec<String>,
    is_behind_tls: bool,
    /// The time for which the token is valid.
    lifetime: Duration,
}

impl Reached {
    /// Reaches the page from this machine.
    #[cfg(feature = "demo")]
    pub(crate) const fn locally(listen: SocketAddr) -> Self {
        Self { listen, hosts: Vec::new(), is_behind_tls: false, lifetime: LIFETIME }
    }
}

/// A working day, as by default.
#[cfg(feature = "demo")]
const LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// Returns the address that a browser opens: that of a proxy if it has a name, and not the address of all interfaces.
fn shown(address: SocketAddr, proxy: Option<&String>) -> String {
    match proxy {
        Some(name) => name.clone(),
        None if address.ip().is_unspecified() => format!("localhost:{}", address.port()),
        None => address.to_string(),
    }
}

/// Prints the address of the page, and serves it until ctrl-c, with these settings.
pub(crate) async fn serve(
    store: Arc<dyn OpsStore>,
    operator: Operator,
    reached: Reached,
    with_settings: impl FnOnce(Console) -> Console,
) -> Result<(), CliError> {
    let Reached { listen, hosts, is_behind_tls, lifetime } = reached;
    let (session, start) = Session::new(operator, Arc::new(SystemClock), lifetime, is_behind_tls);
    let mount = session.path().to_owned();
    let console = with_settings(Console::new(store, session.clone())).with_logout(responses::LOGOUT);
    let cannot = || CliError::io(format!("cannot listen on {listen}: give a free one with --listen"));
    let listener = TcpListener::bind(listen).await.map_err(cannot())?;
    let address = listener.local_addr().map_err(cannot())?;
    let scheme = if is_behind_tls { "https" } else { "http" };
    stderr!(
        "{GOOD}listening{GOOD:#} on {scheme}://{}{start}",
        shown(address, hosts.first().filter(|_| is_behind_tls))
    );
    if !address.ip().is_loopback() {
        stderr!(
            "{UNSURE}note{UNSURE:#}: other machines can reach port {} of this one; without TLS in front of it, the token is not encrypted on its way",
            address.port()
        );
    }
    let elsewhere = || async { (StatusCode::NOT_FOUND, "Open the address that the command has printed.\n") };
    let app = Router::new()
        .route(&format!("{mount}/{}", responses::LOGOUT), post(responses::log_out).with_state(session))
        .nest_service(&mount, console.router())
        .fallback(elsewhere);
    let app = app.layer(middleware::from_fn_with_state(Arc::new(Hosts(hosts)), host::check));
    let app = app.layer(middleware::map_response(responses::confine));
    tokio::select! {
        never = server::serve(listener, app, &mount, Limits::DEFAULT) => match never {},
        // Responses are short: none is waited for.
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}
