//! `countersign inbox`: queries and changes for operators.

pub(crate) mod actor;
mod attempts;
mod audit;
#[cfg(feature = "sqlite")]
mod backup;
mod change;
pub(crate) mod cli;
#[cfg(feature = "sqlite")]
mod clock;
#[cfg(feature = "console")]
mod compare;
mod control;
mod errors;
#[cfg(test)]
mod fixture;
mod health;
mod known;
mod list;
mod page;
#[cfg(all(feature = "console", feature = "sqlite"))]
#[cfg(test)]
mod parity;
mod pause;
mod rejections;
mod report;
#[cfg(feature = "sqlite")]
mod restore;
mod show;
mod statistics;
mod stats;
pub(crate) mod store;
mod view;
mod watch;

use tokio::runtime::Runtime;

use crate::Outcome;
use crate::args::StoreArgs;
use crate::error::CliError;
use crate::inbox::change::Plan;
use crate::inbox::cli::InboxCommand;

pub(crate) fn run(command: &InboxCommand) -> Result<Outcome, CliError> {
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    runtime.block_on(on_its_store(command))
}

async fn on_its_store(command: &InboxCommand) -> Result<Outcome, CliError> {
    match command {
        InboxCommand::Stats(args) => stats::run(&*store::open(&args.store).await?, args).await,
        InboxCommand::Watch(args) => watch::run(&*store::open(&args.store).await?, args).await,
        InboxCommand::Health(args) => health::run(&*store::open(&args.store).await?, args).await,
        InboxCommand::List(args) => list::run(&*store::open(&args.store).await?, args).await,
        InboxCommand::Errors(args) => errors::run(&*store::open(&args.store).await?, args).await,
        InboxCommand::Attempts(args) => attempts::run(&*store::open(&args.store).await?, args).await,
        InboxCommand::Rejections(args) => rejections::run(&*store::open(&args.store).await?, args).await,
        InboxCommand::Show(args) => show::run(&*store::open(&args.store).await?, args).await,
        #[cfg(feature = "console")]
        InboxCommand::Compare(args) => compare::run(&*store::open(&args.store).await?, args).await,
        InboxCommand::Pause(args) => pause::pause(&*store::open(args.store()).await?, args).await,
        InboxCommand::Resume(args) => pause::resume(&*store::open(args.store()).await?, args).await,
        InboxCommand::Limit(args) => control::set_limit(&*store::open(&args.of.store).await?, args).await,
        InboxCommand::Unlimit(args) => control::unlimit(&*store::open(&args.of.store).await?, args).await,
        InboxCommand::OpenCircuit(args) => control::open(&*store::open(&args.of.store).await?, args).await,
        InboxCommand::CloseCircuit(args) => control::close(&*store::open(&args.of.store).await?, args).await,
        InboxCommand::Controls(args) => control::show(&*store::open(&args.store).await?, args).await,
        InboxCommand::Audit(args) => audit::run(&*store::open(&args.store).await?, args).await,
        #[cfg(feature = "sqlite")]
        InboxCommand::Backup(args) => backup::run(args).await,
        #[cfg(feature = "sqlite")]
        InboxCommand::Restore(args) => restore::run(args),
        #[cfg(feature = "sqlite")]
        InboxCommand::AcceptClock(args) => clock::run(args).await,
        InboxCommand::Replay(args) => change(Plan::replay(args)?, &args.change.store).await,
        InboxCommand::Discard(args) => change(Plan::discard(args)?, &args.store).await,
        InboxCommand::Purge(args) => change(Plan::purge(args)?, &args.store).await,
    }
}

async fn change(plan: Plan, store: &StoreArgs) -> Result<Outcome, CliError> {
    plan.run(&*store::open(store).await?).await
}
