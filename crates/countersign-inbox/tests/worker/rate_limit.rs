//! Checks that attempts beyond the limit wait in the store, without a lease.

use std::time::Duration;

use countersign_inbox::EventState::{Done, Ready};
use tokio::time::Instant;

use crate::support::{Store, builder, completed, nothing, pass, source};

#[tokio::test(start_paused = true)]
async fn attempts_beyond_the_limit_wait_in_the_store() {
    let store = Store::with((0..10).map(|id| completed(&id.to_string())));
    let limited = source(nothing).with_rate_limit(3, Duration::from_secs(10));
    let _inbox = builder(&store, limited).start_working().unwrap();
    for done in [3, 6, 9, 10] {
        pass(10).await;
        let expected: Vec<_> = (0..10).map(|nth| if nth < done { Done } else { Ready }).collect();
        assert_eq!(store.states(), expected);
        assert!((1..=10).all(|number| store.event(number).fence <= 10), "nothing is leased early");
        let began = Instant::now();
        pass(9_980).await;
        assert_eq!(store.states(), expected);
        assert!(done == 10 || store.calls("claim_due", began).is_empty(), "the store is not asked");
        pass(10).await;
    }
}

/// Retries and new events count alike.
#[tokio::test(start_paused = true)]
async fn an_idle_time_leaves_no_more_attempts_than_one_period_has() {
    let store = Store::new();
    let limited = source(nothing).with_rate_limit(2, Duration::from_secs(60));
    let _inbox = builder(&store, limited).start_working().unwrap();
    pass(600_000).await;
    for id in 0..5 {
        store.add(completed(&id.to_string()));
    }
    pass(59_000).await;
    assert_eq!(store.states(), [Done, Done, Ready, Ready, Ready]);
    pass(120_000).await;
    assert_eq!(store.states(), [Done; 5]);
}
