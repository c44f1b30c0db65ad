//! Load: events at a fixed rate, each sent once, and the latencies of the responses.

mod measure;
mod plot;

use std::sync::Arc;
use std::time::Duration;

use countersign::{Clock, Provider, SystemClock};
use countersign_testkit::simulators::{Message, ProviderClient, Sample, SendOutcome};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};

use crate::error::CliError;
use crate::simulate::cli::SimulateArgs;
use crate::{Outcome, output};
use measure::{Measured, Report};

pub(crate) use measure::Plan;

pub(crate) async fn run(args: &SimulateArgs, provider: &Provider, plan: &Plan) -> Result<Outcome, CliError> {
    let measured = send_all(args, provider, plan).await?;
    let report = Report::new(plan, &measured);
    if let Some(path) = &args.load.plot {
        plot::draw(path, &provider.slug, &report.seconds)
            .map_err(|error| CliError::Usage(format!("--plot {}: {error}", path.display())))?;
    }
    if args.json {
        output::json(&report)?;
    } else {
        output::text(&report)?;
    }
    Ok(if report.is_ok() { Outcome::Fine } else { Outcome::Negative })
}

/// Sends at the planned times, whether or not earlier events were answered: a receiver that is slow does not make its own
/// latencies look better.
async fn send_all(args: &SimulateArgs, provider: &Provider, plan: &Plan) -> Result<Vec<Measured>, CliError> {
    let destination = args.sender.destination()?;
    let signer = Arc::new(args.sender.signer(provider)?);
    let transport = ProviderClient::over(destination.client()?);
    let (signed_url, limit) = (args.sender.signed_url(&destination), args.sender.timeout(provider));
    let wire = args.faults.faults().wire;
    let types =
        if args.event.is_empty() { vec![Sample::default_event_type(provider)] } else { args.event.clone() };
    let body = args.sender.body()?;
    let total = (plan.rate * plan.time.as_secs_f64()).ceil() as u64;
    let bar = ProgressBar::new(total).with_style(style());
    let slots = Arc::new(Semaphore::new(plan.concurrency));
    let (sender, mut results) = mpsc::unbounded_channel();
    let start = Instant::now();
    let mut measured = Vec::new();

    for (number, event_type) in (0..total).zip(types.iter().cycle()) {
        let planned = start + Duration::from_secs_f64(number as f64 / plan.rate);
        tokio::select! {
            () = sleep_until(planned) => {}
            _ = tokio::signal::ctrl_c() => break,
        }
        // The receiver is too slow for the rate: what was not sent by the end is not sent.
        if start.elapsed() > plan.time + GRACE {
            break;
        }
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
        let id = format!("evt_{:x}_{number:x}", plan.seed);
        let message = event(args, provider, event_type, id, body.clone())?;
        let (signer, transport, sender) = (Arc::clone(&signer), transport.clone(), sender.clone());
        let (url, signed_url, bar) = (destination.url().clone(), signed_url.clone(), bar.clone());
        tokio::spawn(async move {
            let signed = message.sign(&signer, &signed_url, SystemClock.now());
            let request = signed
                .map_err(|error| error.to_string())
                .and_then(|signed| signed.into_http().map_err(|error| error.to_string()));
            let outcome = match request {
                Ok(request) => transport.send(&url, request, wire, limit).await.outcome,
                Err(reason) => SendOutcome::Failed(format!("cannot sign: {reason}")),
            };
            drop(slot);
            bar.inc(1);
            // The receiver is gone after ctrl-c.
            let _ = sender.send(Measured { planned: planned - start, latency: planned.elapsed(), outcome });
        });
        while let Ok(one) = results.try_recv() {
            measured.push(one);
        }
    }
    drop(sender);
    while let Some(one) = results.recv().await {
        measured.push(one);
    }
    bar.finish_and_clear();
    Ok(measured)
}

fn event(
    args: &SimulateArgs,
    provider: &Provider,
    event_type: &str,
    id: String,
    body: Option<serde_json::Value>,
) -> Result<Message, CliError> {
    let sample = Sample::new(provider, event_type).with_id(id);
    crate::trigger::message(sample, body, args.sender.values(), SystemClock.now())
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{bar:30.green} {pos}/{len} {per_sec} {elapsed}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The time by which the last event may be late.
const GRACE: Duration = Duration::from_secs(1);
