use std::time::Duration;

use countersign::providers::{preflix, printprice};
use countersign_inbox::{
    Action, Change, ControlChange, EventState, Filter, OpsStore, PauseChange, RateLimit, StoreError,
};

use crate::error::CliError;

/// Changes what an operator would, so many rounds before the end of the played hour.
pub(super) async fn act(store: &dyn OpsStore, rounds_left: u32) -> Result<(), CliError> {
    let changed = match rounds_left {
        8 => replay(store).await,
        2 => pause(store).await,
        1 => {
            let limit = RateLimit::new(600, Duration::from_secs(60)).map_err(CliError::config("demo"))?;
            set_limit(store, limit).await
        }
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

/// Limits the attempts at an endpoint. The demo begins fewer.
async fn set_limit(store: &dyn OpsStore, limit: RateLimit) -> Result<(), StoreError> {
    let change = ControlChange::limit(preflix::PROVIDER.slug.clone(), limit, NAME)
        .with_reason("the audit system is slow");
    store.set_control(&change).await.map(drop)
}

pub(super) const NAME: &str = "demo";
