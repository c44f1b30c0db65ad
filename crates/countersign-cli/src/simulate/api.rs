//! Proxiant with its subscription API.

use std::net::SocketAddr;

use countersign::providers::proxiant::PROVIDER;
use countersign_testkit::simulators::{Proxiant, Simulator};

use super::cli::SimulateArgs;
use super::play::{options, publish};
use crate::error::CliError;
use crate::output::{DIM, GOOD, stderr};

/// Serves the API until ctrl-c. The events of the script, or those of the options, are published once there is a subscription.
pub(super) async fn serve(args: &SimulateArgs, addr: SocketAddr, seed: u64) -> Result<Simulator, CliError> {
    let started = Proxiant::start_at(addr, options(args, &PROVIDER, seed)).await;
    let proxiant = started.map_err(CliError::io(format!("cannot listen on {addr}")))?;
    let (url, key) = (proxiant.base_url(), proxiant.api_key());
    stderr!("{GOOD}listening{GOOD:#} on {url}/webhooks, Authorization: Bearer {key}");
    let published = async {
        proxiant.subscribed().await;
        publish(args, &proxiant, &[]).await?;
        std::future::pending().await
    };
    tokio::select! {
        failed = published => failed,
        _ = tokio::signal::ctrl_c() => {
            stderr!("{DIM}note:{DIM:#} stopped: unsent events are discarded");
            Ok(proxiant.simulator().clone())
        }
    }
}
