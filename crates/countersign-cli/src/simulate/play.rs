//! Publishes events at a rate, while they are sent and retried.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;

use countersign::providers::proxiant::PROVIDER;
use countersign::scheme::Location;
use countersign::{Clock, Provider};
use countersign_testkit::simulators::{
    DeliveryPolicy, Message, ProviderClient, Proxiant, Sample, SimulationClock, Simulator, SimulatorOptions,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::cli::SimulateArgs;
use super::endpoints::{self, Endpoint};
use super::saved;
use crate::error::CliError;
use crate::output::{DIM, GOOD, stderr};
use crate::trigger::{message, note_if_minimal};

/// Plays the simulation to its end, or until ctrl-c.
pub(super) async fn play(
    args: &SimulateArgs,
    provider: Cow<'static, Provider>,
    seed: u64,
) -> Result<Simulator, CliError> {
    let endpoints = endpoints::all(args)?;
    let destinations: Vec<_> = endpoints.iter().map(|endpoint| endpoint.destination.clone()).collect();
    let Some((first, others)) = destinations.split_first() else {
        return Err(CliError::Usage("there is no endpoint".to_owned()));
    };
    let transport = ProviderClient::over(first.client_with(others)?);
    let options = options(args, &provider, seed).with_transport(transport);
    let simulator = Simulator::new(provider, options);
    let subscribe = |endpoint: Endpoint| {
        let id = simulator.subscribe(endpoint.subscription.clone());
        Ok((id.map_err(CliError::config("cannot sign"))?, endpoint))
    };
    let endpoints = endpoints.into_iter().map(subscribe).collect::<Result<Vec<_>, CliError>>()?;

    let played = async {
        simulator.run_while(publish(args, &simulator, &endpoints)).await?;
        for (id, Endpoint { destination, .. }) in &endpoints {
            if args.recover && simulator.is_disabled(id) {
                let missed = simulator.recover(id);
                stderr!(
                    "{DIM}note:{DIM:#} the endpoint {destination} was disabled: it is enabled again, and {missed} events are sent"
                );
                simulator.run().await;
            }
        }
        Ok(())
    };
    tokio::select! {
        played = played => played?,
        _ = tokio::signal::ctrl_c() => stderr!("{DIM}note:{DIM:#} stopped: unsent events are discarded"),
    }
    Ok(simulator)
}

/// Returns the options of the simulation.
fn options(args: &SimulateArgs, provider: &Provider, seed: u64) -> SimulatorOptions {
    let mut options = SimulatorOptions::new()
        .with_clock(if args.speed > 1.0 {
            SimulationClock::fast(args.speed)
        } else {
            SimulationClock::real()
        })
        .with_seed(seed)
        .with_faults(args.faults.faults());
    if let Some(concurrency) = args.concurrency {
        options = options.with_concurrency(concurrency.into());
    }
    if let Some(limit) = args.sender.given_timeout() {
        options = options.with_policy(DeliveryPolicy::of(provider).with_ack_limit(limit));
    }
    options
}

/// Publishes all rounds of events. Each endpoint has to select one of the first round.
async fn publish(
    args: &SimulateArgs,
    simulator: &Simulator,
    endpoints: &[(String, Endpoint)],
) -> Result<(), CliError> {
    let interval = Duration::from_secs_f64(1.0 / args.rate);
    let bar = ProgressBar::new(0).with_style(style());
    for round in 0..args.count {
        let messages = of_partners(args, simulator)?;
        if round == 0 {
            endpoints::check(endpoints, simulator, &messages)?;
            bar.set_length(messages.len() as u64 * u64::from(args.count));
        }
        for message in messages {
            bar.set_message(message.event_type.clone());
            bar.inc(1);
            let next = simulator.clock().now().saturating_add(interval);
            simulator.publish(message);
            simulator.clock().sleep_until(next).await;
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// Returns the events of one round, of each partner if there are any.
fn of_partners(args: &SimulateArgs, simulator: &Simulator) -> Result<Vec<Message>, CliError> {
    if args.partner.is_empty() {
        return messages(args, simulator);
    }
    let labelled = |partner: &String| {
        let messages = messages(args, simulator)?.into_iter();
        Ok(messages.map(|message| message.with_label("partner", partner)).collect())
    };
    let all = args.partner.iter().map(labelled).collect::<Result<Vec<Vec<_>>, CliError>>()?;
    Ok(all.into_iter().flatten().collect())
}

/// Returns the events of one round: those of a file, those of the options, or those of the script.
fn messages(args: &SimulateArgs, simulator: &Simulator) -> Result<Vec<Message>, CliError> {
    if let Some(path) = &args.replay {
        return saved::read(path);
    }
    let body = args.sender.body()?;
    if args.event.is_empty() && body.is_none() {
        let script = simulator.script_with(args.sender.values());
        return script.map_err(|error| CliError::Usage(format!("--set: {error}")));
    }
    let provider = simulator.provider();
    let own = || {
        vec![
            body.as_ref()
                .and_then(|body| type_in(provider, body))
                .unwrap_or_else(|| Sample::default_event_type(provider)),
        ]
    };
    let types = if args.event.is_empty() { own() } else { args.event.clone() };
    if body.is_none() {
        types.iter().for_each(|event_type| note_if_minimal(provider, event_type));
    }
    let sampled = |event: &String| {
        let sample = Sample::new(provider, event).with_id(simulator.new_id());
        message(sample, body.clone(), args.sender.values(), simulator.clock().stamp())
    };
    types.iter().map(sampled).collect()
}

/// Returns the type in a body that was given.
fn type_in(provider: &Provider, body: &Value) -> Option<String> {
    provider.event.event_type.as_ref()?.alternatives().iter().find_map(|at| match at {
        Location::Json(pointer) => body.pointer(pointer.as_str())?.as_str().map(str::to_owned),
        Location::Form(name) => body.get(&**name)?.as_str().map(str::to_owned),
        _ => None,
    })
}

/// Returns the style of the progress bar, displayed on a terminal only.
fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{bar:30.green} {pos}/{len} {msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Serves Proxiant's subscription API until ctrl-c. The events of the script, or those of the options, are published once there is a subscription.
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
