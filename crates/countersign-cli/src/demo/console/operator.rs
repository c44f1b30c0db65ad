use std::time::Duration;

use countersign::providers::printprice;
use countersign_inbox::{Action, Change, EventState, Filter, OpsStore, PauseChange, StoreError};

use crate::error::CliError;

/// Changes what an operator would, so many rounds before the end of the played hour.
pub(super) async fn act(store: &dyn OpsStore, rounds_left: u32) -> Result<(), CliError> {
    let changed = match rounds_left {
        8 => replay(store).await,
        2 => pause(store).await,
        _ => Ok(()),
    };
    changed.map_err(CliError::store("cannot change the inbox"))
}

/// Replays a few dead letters.
async fn replay(store: &dyn OpsStore) -> Result<(), StoreError> {
    let mut dead = Filter::default();
    dead.state = Some(EventState::Dead);
    let mut change = Change::new(Action::Replay, dead, NAME);
    (change.limit, change.reason) = (3, Some("billing knows these accounts now".to_owned()));
    store.change(&change).await.map(drop)
}

/// Pauses an endpoint, whose events wait from then on.
async fn pause(store: &dyn OpsStore) -> Result<(), StoreError> {
    let pause = PauseChange::pause(printprice::PROVIDER.slug.clone(), NAME)
        .with_duration(Duration::from_secs(3600))
        .with_reason("the database of quotes moves");
    store.set_pause(&pause).await.map(drop)
}

pub(super) const NAME: &str = "demo";
