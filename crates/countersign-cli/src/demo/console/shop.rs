use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use countersign::receiver::Receiver;
use countersign::{ConfigError, Delivery, Provider};
use countersign_inbox::{Backoff, Context, Endpoint, Handler, Inbox, OpsStore, Outcome, SourceStats};
use countersign_sqlite::SqliteStore;
use countersign_tower::InboxExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;

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

/// A handler that calls a billing system: most calls succeed, some only when they are repeated, and some never do. The
/// event decides which, so that each run has the same ones.
struct Billing;

impl Handler<Delivery> for Billing {
    async fn handle(&self, delivery: Delivery, context: Context) -> Outcome {
        let kind = delivery.event_type().map(|of| of.as_str().to_owned()).unwrap_or_default();
        let (code, outcome) = answer(&kind, &context.idempotency_key(), context.attempt());
        context.set_response_code(code);
        outcome
    }
}

/// Returns the response of the billing system, by the first byte of the key.
fn answer(kind: &str, key: &str, attempt: u32) -> (u16, Outcome) {
    let draw = key.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(u8::MAX);
    let number = key.get(2..8).unwrap_or_default();
    match draw {
        0..10 => (404, Outcome::permanent(format!("{kind}: billing has no account {number}"))),
        10..16 => (422, Outcome::permanent(format!("{kind}: billing refuses the amount"))),
        16..40 if attempt == 1 => {
            (503, Outcome::retry(format!("billing answered 503 after {}.2 s, request {number}", draw)))
        }
        40..48 if attempt < 3 => (429, Outcome::retry("billing allows 100 calls a minute")),
        48..54 => (504, Outcome::retry(format!("billing timed out after 30 s, request {number}"))),
        _ => (200, Outcome::Done),
    }
}

/// Few, so that some events become dead letters within the played hour.
const ATTEMPTS: u32 = 3;
const GLANCE: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_calls_succeed_late_and_some_never() {
        let ends = |first: u8| {
            let key = format!("{first:02x}0000");
            (1..=3).find(|attempt| answer("ping", &key, *attempt).1 == Outcome::Done)
        };
        let of = |end| (0..=u8::MAX).filter(|first| ends(*first) == end).count();
        assert_eq!([Some(1), Some(2), Some(3), None].map(of), [202, 24, 8, 22]);
    }
}
