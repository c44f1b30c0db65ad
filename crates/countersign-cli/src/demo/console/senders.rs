use std::net::SocketAddr;
use std::time::Duration;

use countersign::providers::preflix;
use countersign::{Secret, SecretSet};
use countersign_testkit::simulators::{
    DeliveryPolicy, Faults, ProviderClient, ProviderSubscription, RetrySchedule, SimulationClock, Simulator,
    SimulatorOptions,
};
use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use super::clock::DelayedClock;
use crate::demo::founders::FOUNDERS;
use crate::demo::mount::{NEW_KEY, NEW_SECRET};
use crate::error::CliError;

/// The founding providers, and one that signs with a secret that the receiver does not have.
pub(super) struct Senders(Vec<Simulator>);

impl Senders {
    pub(super) fn new(to: SocketAddr, seed: u64, clock: &DelayedClock) -> Result<Self, CliError> {
        let transport = ProviderClient::new();
        let options = || {
            SimulatorOptions::new()
                .with_clock(SimulationClock::following(clock.clone()))
                .with_seed(seed)
                .with_faults(Faults::default().duplicates(0.1))
                .with_transport(transport.clone())
        };
        let mut simulators = Vec::new();
        for founder in &FOUNDERS {
            let simulator = Simulator::new(founder.provider, options());
            subscribe(&simulator, to, &founder.path(), NEW_SECRET)?;
            simulators.push(simulator);
        }
        // Repeating a request that is rejected changes nothing: once is enough to be seen.
        let once = DeliveryPolicy::new(RetrySchedule::Fixed(Vec::new()));
        let stranger = Simulator::new(&preflix::PROVIDER, options().with_policy(once));
        subscribe(&stranger, to, &format!("/webhooks/{}", preflix::PROVIDER.slug), STRANGE_SECRET)?;
        simulators.push(stranger);
        Ok(Self(simulators))
    }

    /// Sends the events of each script, and waits for the responses.
    pub(super) async fn play_once(&self) -> Result<(), CliError> {
        self.publish()?;
        let answered = timeout(LIMIT, join_all(self.0.iter().map(Simulator::run))).await;
        let late =
            |_| CliError::Usage(format!("demo: no response to some deliveries within {} s", LIMIT.as_secs()));
        answered.map(drop).map_err(late)
    }

    /// Sends the events of the scripts again and again. Returns with an error only.
    pub(super) async fn play_on(&self) -> Result<(), CliError> {
        let play = async {
            loop {
                self.publish()?;
                sleep(PAUSE).await;
            }
        };
        tokio::select! {
            failed = play => failed,
            _ = join_all(self.0.iter().map(Simulator::run_forever)) => Ok(()),
        }
    }

    fn publish(&self) -> Result<(), CliError> {
        let unsent = |error| CliError::Usage(format!("demo: cannot make an event: {error}"));
        self.0.iter().try_for_each(Simulator::play).map_err(unsent)
    }
}

fn subscribe(simulator: &Simulator, to: SocketAddr, path: &str, secret: &str) -> Result<(), CliError> {
    let secret = Secret::new(secret).map_err(CliError::config("demo"))?;
    let subscription =
        ProviderSubscription::new(format!("http://{to}{path}"), SecretSet::named(NEW_KEY, secret));
    simulator.subscribe(subscription).map(drop).map_err(CliError::config("demo"))
}

/// The time between two rounds of events.
const PAUSE: Duration = Duration::from_secs(5);
/// The time for the responses to a round of events, of which there are a few dozen.
const LIMIT: Duration = Duration::from_secs(300);
const STRANGE_SECRET: &str = "whsec_YSBzZWNyZXQgb2Ygc29tZWJvZHkgZWxzZSE=";
