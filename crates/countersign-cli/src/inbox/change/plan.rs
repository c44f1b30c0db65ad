use std::time::Duration;

use countersign_inbox::{Action, Change, EventId, EventState, Filter};

use crate::args::quoted;
use crate::error::CliError;
use crate::inbox::actor::actor;
use crate::inbox::cli::{ChangeArgs, ReplayArgs};

/// A planned change.
#[derive(Debug)]
pub(in crate::inbox) struct Plan {
    pub(super) action: Action,
    pub(super) filter: Filter,
    pub(super) after: Option<EventId>,
    /// The number of events for a canary.
    pub(super) first: Option<usize>,
    /// The longest wait until the canaries are done or dead.
    pub(super) wait: Option<Duration>,
    pub(super) is_dry: bool,
    pub(super) yes: bool,
    pub(super) actor: String,
    pub(super) reason: Option<String>,
    pub(super) json: bool,
    /// The command for the events after an id, without its last word.
    pub(super) rest: String,
}

impl Plan {
    pub(in crate::inbox) fn replay(args: &ReplayArgs) -> Result<Self, CliError> {
        let plan = Self::new(Action::Replay, &args.change)?;
        let named = plan.filter.ids.len();
        if args.wait.is_some() && args.first.is_none() && !(1..=Change::LIMIT).contains(&named) {
            let cure = format!("give at most {} numbers, or --first", Change::LIMIT);
            return Err(CliError::Usage(format!("--wait watches a few events: {cure}")));
        }
        Ok(Self { first: args.first.map(usize::from), wait: args.wait, ..plan })
    }

    pub(in crate::inbox) fn discard(args: &ChangeArgs) -> Result<Self, CliError> {
        Self::new(Action::Discard, args)
    }

    pub(in crate::inbox) fn purge(args: &ChangeArgs) -> Result<Self, CliError> {
        Self::new(Action::Purge, args)
    }

    fn new(action: Action, args: &ChangeArgs) -> Result<Self, CliError> {
        let filter = args.filter.filter();
        if filter.is_empty() && !args.all {
            let cure =
                format!("give numbers or a filter; --all means everything that {action} can be done to");
            return Err(CliError::Usage(format!("{action} what? {cure}")));
        }
        if let Some(state) = filter.state.filter(|state| !action.states().contains(state)) {
            let states: Vec<_> = action.states().iter().map(|state| state.as_str()).collect();
            let states = states.join(" or ");
            return Err(CliError::Usage(format!(
                "--state {state}: {action} is for events that are {states}"
            )));
        }
        Ok(Self {
            action,
            after: args.after,
            first: None,
            wait: None,
            is_dry: args.dry_run,
            yes: args.yes,
            actor: actor(args.by.actor.as_deref())?,
            reason: args.by.reason.clone(),
            json: args.json,
            rest: rest(action, args)?,
            filter,
        })
    }

    /// Returns the states of the intended events.
    pub(super) fn states(&self) -> Vec<EventState> {
        self.filter.state.map_or_else(|| self.action.default_states().to_vec(), |state| vec![state])
    }
}

fn rest(action: Action, args: &ChangeArgs) -> Result<String, CliError> {
    let option = |name: &str, value: &Option<String>| {
        value.iter().flat_map(|value| [format!("--{name}"), quoted(value)]).collect::<Vec<_>>()
    };
    let all = if args.all { vec!["--all".to_owned()] } else { Vec::new() };
    let words = [
        vec![format!("countersign inbox {action}")],
        args.store.arguments()?,
        args.filter.arguments(),
        all,
        option("actor", &args.by.actor),
        option("reason", &args.by.reason),
        vec!["--after".to_owned()],
    ];
    Ok(words.concat().join(" "))
}
