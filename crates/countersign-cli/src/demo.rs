//! `countersign demo`: the founding providers against axum and actix over local HTTP, and a durable inbox.

mod answer;
mod cases;
pub(crate) mod cli;
#[cfg(feature = "console")]
mod console;
mod founders;
mod inbox;
mod mount;
mod player;
mod receivers;
mod report;
mod request;

use countersign::{Clock, SystemClock, UnixTime};
use tokio::runtime::Runtime;

use crate::demo::cases::CASES;
use crate::demo::cli::{DemoArgs, DemoReceiverArgs};
use crate::demo::founders::FOUNDERS;
use crate::demo::player::Player;
use crate::demo::receivers::Receivers;
use crate::demo::report::{Report, Row};
use crate::demo::request::request;
use crate::error::CliError;
use crate::{Outcome, output};

pub(crate) fn run(args: &DemoArgs) -> Result<Outcome, CliError> {
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    #[cfg(feature = "console")]
    if args.console {
        return runtime.block_on(console::run(args.time)).map(|()| Outcome::Fine);
    }
    let report = runtime.block_on(play())?;
    if args.json {
        output::json(&report)?;
    } else {
        output::text(&report)?;
    }
    Ok(if report.is_ok() { Outcome::Fine } else { Outcome::Negative })
}

/// Runs the process that the demo kills.
pub(crate) fn receive(args: &DemoReceiverArgs) -> Result<Outcome, CliError> {
    inbox::receiver::run(args)
}

/// Runs everything at one fixed time, so that slow machines have the same result as fast ones.
async fn play() -> Result<Report, CliError> {
    let now = UnixTime::from_secs(SystemClock.now().as_secs());
    let receivers = Receivers::start(now)?;
    let (axum, actix) = (Player::new(receivers.axum), Player::new(receivers.actix));
    let bar = report::bar(FOUNDERS.len() * CASES.len() + inbox::STEPS);
    let mut rows = Vec::new();
    for founder in &FOUNDERS {
        for case in &CASES {
            bar.set_message(format!("{}: {}", founder.provider.slug, case.sent));
            let request = request(founder, case.twist, now)?;
            rows.push(Row {
                provider: &founder.provider.slug,
                sent: case.sent,
                expected: case.expected(founder),
                axum: axum.play(&request).await,
                actix: actix.play(&request).await,
            });
            bar.inc(1);
        }
    }
    receivers.stop().await;
    let mut steps = Vec::new();
    inbox::play(now, |step| {
        bar.set_message(format!("inbox: {}", step.sent));
        bar.inc(1);
        steps.push(step);
    })
    .await?;
    bar.finish_and_clear();
    Ok(Report { rows, steps })
}
