//! The receiving side: an inbox on axum with its worker, as in an application.

use std::io::BufRead;
use std::sync::Arc;
use std::thread;

use axum::Router;
use countersign::providers::proxiant;
use countersign::receiver::Receiver;
use countersign::{ConfigError, Delivery, Secret, UnixTime, Verifier};
use countersign_inbox::{Context, Endpoint, Handler, Inbox};
use countersign_sqlite::SqliteStore;
use countersign_tower::InboxExt;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc};

use super::process::{GO, STOP, Word};
use crate::demo::cli::DemoReceiverArgs;
use crate::demo::mount::NEW_SECRET;
use crate::demo::receivers::free_port;
use crate::error::CliError;
use crate::{Outcome, output};

/// Runs the receiver in a separate process.
pub(in crate::demo) fn run(args: &DemoReceiverArgs) -> Result<Outcome, CliError> {
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    runtime.block_on(receive(args)).map(|()| Outcome::Fine)
}

async fn receive(args: &DemoReceiverArgs) -> Result<(), CliError> {
    let store = SqliteStore::open(&args.file).map_err(CliError::store("cannot open the inbox"))?;
    let permits = Arc::new(Semaphore::new(0));
    let receiver = receiver(UnixTime::from_secs(args.now)).map_err(CliError::config("demo"))?;
    let cannot = || CliError::io("cannot listen on a port of this machine");
    let (addr, listener) = free_port().map_err(cannot())?;
    let listener = TcpListener::from_std(listener).map_err(cannot())?;
    // Before the worker, whose messages come later.
    output::json(&Word::Listening(addr))?;

    let endpoint = Endpoint::new(NAME, receiver)
        .otherwise(Waiting { permits: permits.clone() })
        // One after the other: other events wait while the process is killed during one.
        .with_concurrency(1);
    let inbox = Inbox::start(store, [endpoint]).map_err(CliError::config("demo"))?;
    let service = inbox.service(NAME).map_err(CliError::config("demo"))?;
    let app = Router::new().route_service(PATH, service);
    let server = tokio::spawn(async { axum::serve(listener, app).await });
    let mut orders = orders();
    while let Some(order) = orders.recv().await {
        match order.as_str() {
            GO => permits.add_permits(1),
            STOP => {
                server.abort();
                let _ = inbox.drain().await;
                return Ok(());
            }
            _ => {}
        }
    }
    Ok(())
}

fn receiver(now: UnixTime) -> Result<Receiver, ConfigError> {
    Receiver::builder(Verifier::new(&proxiant::PROVIDER, Secret::new(NEW_SECRET)?)?).with_clock(now).build()
}

/// A handler that announces its start, waits for the demo, and announces its end.
struct Waiting {
    permits: Arc<Semaphore>,
}

impl Waiting {
    async fn begin_and_end(&self, id: String, attempt: u32) -> Result<(), CliError> {
        output::json(&Word::Begun { id: id.clone(), attempt })?;
        if let Ok(permit) = self.permits.acquire().await {
            permit.forget();
        }
        output::json(&Word::Handled { id })
    }
}

impl Handler<Delivery> for Waiting {
    async fn handle(&self, delivery: Delivery, context: Context) -> countersign_inbox::Outcome {
        let id = delivery.id().map(|id| id.as_str().to_owned()).unwrap_or_default();
        self.begin_and_end(id, context.attempt()).await.into()
    }
}

/// Returns the lines of standard input, read by a thread because such a read cannot be cancelled.
fn orders() -> mpsc::UnboundedReceiver<String> {
    let (sender, orders) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    orders
}

const NAME: &str = "proxiant";
const PATH: &str = "/webhooks/proxiant";
