//! The endpoints that a simulated provider sends to.

use std::collections::{BTreeMap, BTreeSet};

use countersign::SecretSet;
use countersign_testkit::simulators::{Message, ProviderSubscription, Simulator};

use super::cli::SimulateArgs;
use crate::args::SubscriptionArg;
use crate::destination::Destination;
use crate::error::CliError;

/// An endpoint, and its subscription.
pub(super) struct Endpoint {
    pub(super) destination: Destination,
    pub(super) subscription: ProviderSubscription,
    /// The options that select events, as they were given.
    selects: String,
    /// The names of the values that they select by.
    labels: Vec<String>,
}

/// Returns the endpoint of `--to`, and those of `--subscription`.
pub(super) fn all(args: &SimulateArgs) -> Result<Vec<Endpoint>, CliError> {
    let to = if args.sender.has_receiver() { Some(Endpoint::of_receiver(args)?) } else { None };
    let others = args.subscription.iter().map(|given| Endpoint::of_subscription(args, given));
    let all = to.map(Ok).into_iter().chain(others).collect::<Result<Vec<_>, _>>()?;
    if all.is_empty() {
        return Err(CliError::Usage("give --to, the URL of the receiver, or --subscription".to_owned()));
    }
    Ok(all)
}

/// Refuses subscriptions that select none of the events, and says what there is.
pub(super) fn check(
    endpoints: &[(String, Endpoint)],
    simulator: &Simulator,
    messages: &[Message],
) -> Result<(), CliError> {
    let selects = |id: &String| messages.iter().any(|message| simulator.selects(id, message));
    let Some((id, endpoint)) = endpoints.iter().find(|(id, _)| !selects(id)) else { return Ok(()) };
    let types: BTreeSet<_> = messages.iter().map(|message| &*message.event_type).collect();
    let mut values = BTreeMap::<&str, BTreeSet<&str>>::new();
    for (name, value) in messages.iter().flat_map(|message| &message.labels) {
        values.entry(name).or_default().insert(value);
    }
    let mut known = format!("types are {}", joined(types));
    // A default selects among events that have such a value.
    let mut defaults = simulator.defaults_of(id);
    defaults.retain(|(name, _)| values.contains_key(&**name));
    for name in endpoint.labels.iter().chain(defaults.iter().map(|(name, _)| name)) {
        known += &match values.get(&**name) {
            Some(values) => format!("; values of {name} are {}", joined(values.iter().copied())),
            None => format!("; no event has {name}, but {}", joined(values.keys().copied())),
        };
    }
    let Endpoint { selects, destination, .. } = endpoint;
    let defaults = defaults.iter().map(|(name, value)| format!("the default --only {name}={value}"));
    let given = Some(selects.clone()).filter(|selects| !selects.is_empty());
    let selects = given.into_iter().chain(defaults).collect::<Vec<_>>().join(" with ");
    Err(CliError::Usage(format!("{selects} selects no event for {destination}: {known}")))
}

impl Endpoint {
    fn of_receiver(args: &SimulateArgs) -> Result<Self, CliError> {
        let destination = args.sender.destination()?;
        let subscription = ProviderSubscription::new(destination.url().as_str(), args.sender.secrets()?)
            .with_signed_url(args.sender.signed_url(&destination));
        let types = args.subscribe.iter().map(|one| format!("--subscribe {one}"));
        let values = args.only.iter().map(|(name, value)| format!("--only {name}={value}"));
        let selects = types.chain(values).collect::<Vec<_>>().join(" ");
        Ok(Self::new(
            destination,
            subscription,
            (&args.subscribe, &args.only),
            selects,
            args.replay.is_some(),
        ))
    }

    fn of_subscription(args: &SimulateArgs, given: &SubscriptionArg) -> Result<Self, CliError> {
        let destination = args.sender.resolve(&given.url)?;
        let secrets = match &given.secret_env {
            Some(variable) => SecretSet::from_env(variable).map_err(CliError::config("--subscription"))?,
            None => args.sender.secrets()?,
        };
        let subscription = ProviderSubscription::new(destination.url().as_str(), secrets);
        let selected = (&*given.events, &*given.labels);
        Ok(Self::new(destination, subscription, selected, "--subscription".to_owned(), args.replay.is_some()))
    }

    fn new(
        destination: Destination,
        subscription: ProviderSubscription,
        (events, labels): (&[String], &[(String, String)]),
        selects: String,
        is_replay: bool,
    ) -> Self {
        let subscription = subscription.with_events(events.iter().cloned());
        // The events of a file were selected when they were sent for the first time.
        let subscription = if is_replay { subscription.without_defaults() } else { subscription };
        let subscription = labels.iter().fold(subscription, |one, (name, value)| one.only(name, value));
        let labels = labels.iter().map(|(name, _)| name.clone()).collect();
        Self { destination, subscription, selects, labels }
    }
}

fn joined<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().collect::<Vec<_>>().join(", ")
}
