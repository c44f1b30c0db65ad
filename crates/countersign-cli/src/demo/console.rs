//! `countersign demo --console`: the operations page of an inbox that the founding providers send to.

mod clock;
mod operator;
mod senders;
mod shop;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_console::{Operator, Role};
use countersign_sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::time::sleep;

use self::clock::DelayedClock;
use self::senders::Senders;
use self::shop::Shop;
use super::report;
use crate::console::{self, Reached};
use crate::error::CliError;

/// Plays an hour of events, and then goes on and serves the page: for so long, or until ctrl-c.
pub(super) async fn run(time: Option<Duration>) -> Result<(), CliError> {
    let folder = TempDir::new().map_err(CliError::io("cannot make a folder for the demo"))?;
    tokio::select! {
        ended = play(folder.path(), time) => ended,
        // At any time: the folder is deleted.
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn play(folder: &Path, time: Option<Duration>) -> Result<(), CliError> {
    let clock = DelayedClock::behind(STEP * ROUNDS);
    let store = SqliteStore::builder(folder.join("inbox.db")).with_clock(Arc::new(clock.clone()));
    let store = Arc::new(store.open().map_err(CliError::store("cannot open the inbox"))?);
    let bar = report::bar(ROUNDS as usize);
    for round in 0..ROUNDS {
        let shop = Shop::open(&store, &clock)?;
        Senders::new(shop.addr(), round.into(), &clock)?.play_once().await?;
        shop.settle(&*store).await?;
        // It writes its statistics when it closes.
        shop.close().await;
        operator::act(&*store, ROUNDS - round).await?;
        clock.catch_up(STEP);
        bar.inc(1);
    }
    bar.finish_and_clear();

    let shop = Shop::open(&store, &clock)?;
    let senders = Senders::new(shop.addr(), ROUNDS.into(), &clock)?;
    let operator = Operator::new(operator::NAME, Role::Operator);
    let operator = operator.map_err(|_| CliError::Usage("demo: the operator has no name".to_owned()))?;
    let end = async {
        match time {
            Some(time) => sleep(time).await,
            None => std::future::pending().await,
        }
    };
    let ended = tokio::select! {
        served = console::serve(store, operator, Reached::locally(ANY_PORT), |page| page) => served,
        failed = senders.play_on() => failed,
        () = end => Ok(()),
    };
    shop.close().await;
    ended
}

/// The rounds of events that are there when the page opens, and the time that passes with each: the hour that the overview shows.
const ROUNDS: u32 = 19;
const STEP: Duration = Duration::from_secs(180);
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
