use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use countersign_inbox::{Accepted, AttemptNote, ClaimDue, Fenced, Finish, InboxStore};
use tokio::task::JoinSet;

use crate::event::{another, numbered, template};
use crate::load::rate;

/// Returns the number of new events accepted per second.
pub(crate) async fn accept(inbox: &Arc<dyn InboxStore>, in_flight: usize, time: Duration) -> f64 {
    let (inbox, template) = (Arc::clone(inbox), Arc::new(template()));
    rate(in_flight, time, move || {
        let (inbox, event) = (Arc::clone(&inbox), another(&template));
        async move {
            let accepted = inbox.accept(event).await.expect("a store that works");
            assert!(matches!(accepted, Accepted::New { .. }), "{accepted:?}");
        }
    })
    .await
}

/// Returns the number of duplicates answered per second, of 1,000 events.
pub(crate) async fn duplicates(inbox: &Arc<dyn InboxStore>, in_flight: usize, time: Duration) -> f64 {
    let (inbox, template, next) = (Arc::clone(inbox), Arc::new(template()), Arc::new(AtomicU64::new(0)));
    for number in 0..1000 {
        inbox.accept(numbered(&template, number)).await.expect("a store that works");
    }
    rate(in_flight, time, move || {
        let number = next.fetch_add(1, Ordering::Relaxed) % 1000;
        let (inbox, event) = (Arc::clone(&inbox), numbered(&template, number));
        async move {
            let accepted = inbox.accept(event).await.expect("a store that works");
            assert!(matches!(accepted, Accepted::Duplicate { .. }), "{accepted:?}");
        }
    })
    .await
}

/// Returns the number of events per second from claimed to done: claimed by 64, finished individually, all in
/// flight at once. Uses up the events.
pub(crate) async fn work(inbox: &Arc<dyn InboxStore>, most: u64) -> f64 {
    let mut request = ClaimDue::new("audits", "bench", 64, Duration::from_secs(60));
    request.max = 64;
    let (begin, mut done, mut tasks) = (Instant::now(), 0_u64, JoinSet::new());
    while done < most {
        let leased = inbox.claim_due(&request).await.expect("a store that works");
        if leased.is_empty() {
            break;
        }
        done += leased.len() as u64;
        for leased in leased {
            let inbox = Arc::clone(inbox);
            tasks.spawn(async move {
                let finished = inbox.finish(&leased.lease, &Finish::Done, AttemptNote::NONE).await;
                assert_eq!(finished.expect("a store that works"), Fenced::Ok(()));
            });
        }
        while tasks.len() > 192 {
            tasks.join_next().await;
        }
    }
    while tasks.join_next().await.is_some() {}
    done as f64 / begin.elapsed().as_secs_f64()
}
