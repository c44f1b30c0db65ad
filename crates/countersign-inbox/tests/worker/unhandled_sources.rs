use countersign_inbox::Endpoint;
use countersign_inbox::InboxStore;
use countersign_test_logs::Logs;

use crate::support::{Counts, Store, builder, completed, nothing, pass, run, source, verifier};

#[tokio::test(start_paused = true)]
async fn a_source_that_no_worker_of_the_process_handles_is_named_once_with_the_nearest_one() {
    let (logs, counts) = (Logs::collect(), Counts::start());
    let store = Store::with((0..3).map(|number| at("adits", number)));
    let worker = run(&store, nothing);
    pass(5_000).await;
    let named = logs.with("no inbox of this process handles");
    assert_eq!(named.len(), 1, "{named:?}");
    for field in ["WARN", r#"source="adits""#, "waiting=3", r#"nearest="audits""#] {
        assert!(named[0].contains(field), "{field}: {named:?}");
    }
    assert_eq!(backlog(&counts, "adits"), Some(3.0));
    store.accept(at("adits", 3)).await.unwrap();
    pass(70_000).await;
    assert_eq!(backlog(&counts, "adits"), Some(4.0));
    assert_eq!(logs.with("no inbox of this process handles").len(), 1);
    let ready = worker.health().ready().await;
    assert!(ready.ok);
    assert_eq!(ready.warnings, ["no inbox of this process handles the waiting events of `adits`"]);
    // Another worker of the process takes it over.
    let other = builder(&store, Endpoint::new("adits", verifier("a")).on(nothing)).start_working().unwrap();
    pass(140_000).await;
    assert_eq!(backlog(&counts, "adits"), Some(0.0));
    assert!(worker.health().ready().await.warnings.is_empty());
    drop(other);
}

#[tokio::test(start_paused = true)]
async fn what_another_worker_of_the_process_handles_or_has_handled_is_no_mistake() {
    let (logs, counts) = (Logs::collect(), Counts::start());
    let store = Store::with([at("audits", 1), at("refunds", 2)]);
    let handled = || Endpoint::new("refunds", verifier("a")).on(nothing);
    let refunds = builder(&store, handled()).start_working().unwrap();
    pass(5_000).await;
    let audits =
        builder(&store, source(nothing)).with_endpoint(Endpoint::new("x", verifier("a")).on(nothing));
    let _ = refunds.drain().await;
    // Its events are done: none waits.
    let audits = audits.start_working().unwrap();
    pass(200_000).await;
    let named = logs.with("no inbox of this process handles");
    assert_eq!(named.iter().filter(|line| line.contains(r#"source="refunds""#)).count(), 0, "{named:?}");
    assert_eq!(backlog(&counts, "refunds"), None);
    drop(audits);
}

fn at(source: &str, number: u64) -> countersign_inbox::NewEvent {
    let mut event = completed(&format!("{source}_{number}"));
    event.source = source.to_owned();
    event
}

fn backlog(counts: &Counts, source: &str) -> Option<f64> {
    counts.take().get(&format!("webhook.unhandled_backlog{{source={source}}}")).copied()
}
