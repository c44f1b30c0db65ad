use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use countersign_inbox::{Accepted, Action, Change, ClaimDue, EventState, Finish, PauseChange, Woken};

use super::driver::{InboxDriver, ORDERS, TICK, TTL, dead, in_state, order, retry, sample_event, single};
use super::harness::InboxHarness;

/// Checks that a replay and a resume wake waiting workers, too.
pub fn a_waiting_worker_is_woken(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    is_woken_by(harness, async {
        let accepted = harness.inbox().accept(order("evt")).await;
        assert!(matches!(accepted, Ok(Accepted::New { .. })), "{accepted:?}");
    });
    driver.end(&driver.next(), &dead());
    is_woken_by(harness, async {
        let replay = Change::new(Action::Replay, in_state(EventState::Dead), "operator");
        let changed = harness.ops().change(&replay).await;
        assert!(changed.is_ok_and(|changed| changed.ids.len() == 1));
    });
    driver.wait(harness.ops().set_pause(&PauseChange::pause(ORDERS, "operator")));
    let mark = driver.wait(Box::pin(async { Ok(harness.inbox().woken_since(0).await.mark) }));
    is_woken_by(harness, async {
        let resumed = harness.ops().set_pause(&PauseChange::resume(ORDERS, "operator")).await;
        assert!(resumed.is_ok_and(|is_changed| is_changed));
    });
    let woken = driver.wait(Box::pin(async { Ok(harness.inbox().woken_since(mark).await) }));
    assert_eq!(woken.sources, None, "subscriptions of the endpoint are woken, too");
}

/// Checks that each of several workers in a process is woken for every event, and only for sources with new events.
pub fn the_source_of_what_came_is_named_to_every_worker(harness: &impl InboxHarness) {
    let (driver, inbox) = (InboxDriver(harness), harness.inbox());
    // Events before the first mark are ignored.
    driver.wait(inbox.accept(sample_event("refunds", "before", "x")));
    let mark = driver.wait(Box::pin(async { Ok(inbox.woken_since(0).await.mark) }));
    for nth in 0..3 {
        let event = order(&format!("evt_{nth}"));
        driver.wait(inbox.accept(event));
    }
    for _worker in 0..2 {
        let (mut mark, mut named) = (mark, Vec::new());
        while named.is_empty() {
            let woken = driver.wait(Box::pin(async { Ok(inbox.woken_since(mark).await) }));
            mark = woken.mark;
            // A store may wake all sources.
            let Some(sources) = woken.sources else { return };
            named.extend(sources);
        }
        assert_eq!(named, [ORDERS]);
    }
}

/// Checks that an event that goes on once its key is there, or that a worker gives back, wakes its source and no other.
pub fn what_goes_on_wakes_its_own_source(harness: &impl InboxHarness) {
    let (driver, inbox) = (InboxDriver(harness), harness.inbox());
    let since = |mark| driver.wait(Box::pin(async { Ok(inbox.woken_since(mark).await) }));
    let id = driver.put("evt", EventState::Unverified);
    driver.wait(inbox.accept(sample_event("refunds", "other", "x")));
    let Woken { mark, sources, .. } = since(0);
    if sources.is_none() {
        // A store may wake all sources.
        return;
    }
    assert_eq!(driver.wait(inbox.resume(&[id, id])), 1);
    let Woken { mark, sources, .. } = since(mark);
    assert_eq!(sources, Some(vec![ORDERS.to_owned()]));
    driver.end(&driver.next(), &Finish::GiveBack);
    // A store may leave what was given back to the search for due events, so that another event comes.
    driver.store(order("next"));
    assert_eq!(since(mark).sources, Some(vec![ORDERS.to_owned()]));
}

/// Checks that a source is named once a retry is due or a lease has expired, and not earlier.
pub fn sources_that_have_something_due_are_found(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let names = ["other", ORDERS, "refunds"].map(str::to_owned);
    // A store need not support this.
    let Some(due) = driver.wait(harness.inbox().due_sources(&names)) else { return };
    assert_eq!(due, [""; 0]);
    let due = || driver.wait(harness.inbox().due_sources(&names)).unwrap_or_default();
    driver.store(order("evt"));
    assert_eq!(due(), [ORDERS]);
    let leased = driver.next();
    assert_eq!(due(), [""; 0], "it runs");
    driver.end(&leased, &retry(TICK));
    assert_eq!(due(), [""; 0], "it waits");
    driver.store(sample_event("refunds", "evt", "x"));
    harness.advance(TICK * 2);
    assert_eq!(due(), [ORDERS, "refunds"]);
    driver.next();
    assert_eq!(due(), ["refunds"]);
    harness.advance(TTL * 2);
    assert_eq!(due(), [ORDERS, "refunds"]);
    for _ in 0..2 {
        driver.end(&single(driver.ask(&ClaimDue::new("refunds", "worker", 1, TTL))), &dead());
        assert_eq!(due(), [ORDERS]);
        driver.act(Action::Replay, in_state(EventState::Dead));
        assert_eq!(due(), [ORDERS, "refunds"]);
    }
}

fn is_woken_by(harness: &impl InboxHarness, act: impl Future<Output = ()> + Send) {
    let inbox = harness.inbox();
    InboxDriver(harness).wait(Box::pin(async move {
        // Earlier wake-ups are consumed.
        is_ready(inbox.woken().as_mut()).await;
        let mut woken = inbox.woken();
        let mut is_woken = is_ready(woken.as_mut()).await;
        act.await;
        for _ in 0..PATIENCE {
            is_woken = is_woken || is_ready(woken.as_mut()).await;
        }
        assert!(is_woken, "no waiter was woken");
        Ok(())
    }));
}

/// Returns whether the future is ready now, after yielding to other tasks.
async fn is_ready(mut future: Pin<&mut (dyn Future<Output = ()> + Send)>) -> bool {
    let mut asked = None;
    poll_fn(|context| match asked {
        Some(is_ready) => Poll::Ready(is_ready),
        None => {
            asked = Some(future.as_mut().poll(context).is_ready());
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await
}

const PATIENCE: usize = 100_000;
