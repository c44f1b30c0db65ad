//! `countersign simulate`

pub(crate) mod cli;
mod endpoints;
mod play;
mod report;
mod saved;

use std::borrow::Cow;

use countersign::Provider;
use tokio::runtime::Runtime;
use uuid::Uuid;

use self::cli::SimulateArgs;
use crate::error::CliError;
use crate::{Outcome, load, output};
use report::Report;

pub(crate) fn run(args: &SimulateArgs) -> Result<Outcome, CliError> {
    let provider = args.sender.provider(args.provider.as_deref())?;
    if args.api.is_some() && (provider.slug != API || args.sender.has_receiver()) {
        let problem =
            "--api serves the subscription API of `proxiant`, which names the receivers: leave out --to";
        return Err(CliError::Usage(problem.to_owned()));
    }
    // Short, because people copy it. Another one each time: a receiver remembers the ids of an earlier run.
    let seed = args.seed.unwrap_or_else(|| Uuid::new_v4().as_u64_pair().0 >> 32);
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    match (args.load.load, args.load.duration) {
        (Some(rate), Some(time)) => {
            let plan = load::Plan {
                rate,
                time,
                seed,
                concurrency: args.concurrency.unwrap_or(LOAD_CONCURRENCY).into(),
            };
            runtime.block_on(load::run(args, &provider, &plan))
        }
        _ => runtime.block_on(simulate(args, provider, seed)),
    }
}

async fn simulate(
    args: &SimulateArgs,
    provider: Cow<'static, Provider>,
    seed: u64,
) -> Result<Outcome, CliError> {
    let simulator = match args.api {
        Some(addr) => play::serve(args, addr, seed).await?,
        None => play::play(args, provider, seed).await?,
    };
    let report = Report::new(&simulator, seed);
    if let Some(path) = &args.save_failed {
        saved::write(path, &simulator)?;
    }
    if args.json {
        output::json(&report)?;
    } else {
        output::text(&report.for_people(args.attempts))?;
    }
    Ok(if report.is_ok() { Outcome::Fine } else { Outcome::Negative })
}

/// The provider whose subscription API is simulated.
const API: &str = "proxiant";
/// A receiver that is measured is not to wait for the sender.
const LOAD_CONCURRENCY: u16 = 64;
