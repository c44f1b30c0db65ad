use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use countersign::receiver::Receiver;
use countersign::{ConfigError, Provider};
use countersign_inbox::{Backoff, Endpoint, Inbox, OpsStore, SourceStats};
use countersign_sqlite::SqliteStore;
use countersign_tower::InboxExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::billing::Billing;
use super::clock::DelayedClock;
use crate::demo::founders::FOUNDERS;
use crate::demo::mount::secrets;
use crate::demo::receivers::free_port;
use crate::error::CliError;

/// An application with an endpoint for each founding provider.
pub(super) struct Shop {
    addr: SocketAddr,
    inbox: Inbox,
    server: JoinHandle<std::io::Result<()>>,
}

impl Shop {
    pub(super) fn open(store: &Arc<SqliteStore>, clock: &DelayedClock) -> Result<Self, CliError> {
        let cannot = || CliError::io("cannot listen on a port of this machine");
        let (addr, listener) = free_port().map_err(cannot())?;
        let listener = TcpListener::from_std(listener).map_err(cannot())?;
        let inbox = inbox(store, clock).map_err(CliError::config("demo"))?;
        let mut router = Router::new();
        for founder in &FOUNDERS {
            let service = inbox.service(&founder.provider.slug).map_err(CliError::config("demo"))?;
            router = router.route_service(&founder.path(), service);
        }
        let server = tokio::spawn(async { axum::serve(listener, router).await });
        Ok(Self { addr, inbox, server })
    }

    pub(super) const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Waits until nothing is due at an endpoint that is not paused.
    pub(super) async fn settle(&self, store: &dyn OpsStore) -> Result<(), CliError> {
        loop {
            let stats = store.stats().await.map_err(CliError::store("cannot count events"))?;
            let is_busy = |of: &SourceStats| {
                of.running > 0 || of.oldest_due.is_some() && stats.pause(&of.source).is_none()
            };
            if !stats.sources.iter().any(is_busy) {
                return Ok(());
            }
            sleep(GLANCE).await;
        }
    }

    /// Ends the server, and what it has begun.
    pub(super) async fn close(self) {
        self.server.abort();
        let _ = self.inbox.drain().await;
    }
}

fn inbox(store: &Arc<SqliteStore>, clock: &DelayedClock) -> Result<Inbox, ConfigError> {
    let mut builder = Inbox::builder(Arc::clone(store))
        .with_max_attempts(ATTEMPTS)
        .with_backoff(Backoff::new(Duration::from_secs(60), Duration::from_secs(300)));
    for founder in &FOUNDERS {
        let receiver = receiver(founder.provider, clock.clone())?;
        builder = builder.with_endpoint(Endpoint::new(&*founder.provider.slug, receiver).otherwise(Billing));
    }
    builder.start()
}

fn receiver(provider: &'static Provider, clock: DelayedClock) -> Result<Receiver, ConfigError> {
    Receiver::builder(countersign::Verifier::new(provider, secrets()?)?).with_clock(clock).build()
}

/// Few, so that some events become dead letters within the played hour.
const ATTEMPTS: u32 = 3;
const GLANCE: Duration = Duration::from_millis(5);
