use std::time::Duration;

use countersign_inbox::{
    Accepted, Action, ClaimDue, EventId, EventState, Fenced, Filter, Finish, Page, Pause, PauseChange,
    Precondition, UnsignedIds,
};

use super::driver::{InboxDriver, ORDERS, TICK, TTL, numbers, order, retry, sample_event, unsigned};
use super::harness::InboxHarness;

/// Checks that claims find nothing of the endpoint, that accepts, finishes and other endpoints go on, and that everything
/// can be claimed after a resume.
pub fn a_paused_endpoint_hands_out_nothing_until_it_is_resumed(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let names = [ORDERS, "refunds"].map(str::to_owned);
    let due = || driver.wait(harness.inbox().due_sources(&names));
    let refund = ClaimDue::new("refunds", "worker", 1, TTL);
    let (running, retried, lost) =
        (driver.running("runs"), driver.running("fails"), driver.running("is lost"));
    let waiting = driver.store(order("waits"));
    assert!(set(&driver, &PauseChange::pause(ORDERS, "ada")));

    let accepted = driver.store(unsigned("new", "{}", UnsignedIds::Warn));
    assert!(matches!(driver.accept(order("new again")), Accepted::New { .. }));
    assert!(matches!(driver.extend(&running.lease), Fenced::Ok(Some(_))));
    driver.end(&running, &Finish::Done);
    driver.end(&retried, &retry(Duration::ZERO));
    driver.store(sample_event("refunds", "evt", "x"));
    // The lease of the lost event is over as well.
    harness.advance(TTL * 2);
    assert_eq!(numbers(&driver.claim(10)), []);
    assert_eq!(numbers(&driver.only(waiting)), []);
    assert_eq!(due().unwrap_or_else(|| vec!["refunds".to_owned()]), ["refunds"]);
    assert_eq!(driver.ask(&refund).len(), 1);
    assert_eq!(numbers(&driver.claim(10)), []);
    assert_eq!(driver.act(Action::Discard, Filter::ids([accepted])), [accepted]);

    assert!(set(&driver, &PauseChange::resume(ORDERS, "bob")));
    assert_eq!(due().unwrap_or_else(|| vec![ORDERS.to_owned()]), [ORDERS]);
    let mut claimed = numbers(&driver.claim(10));
    claimed.sort_unstable();
    let [retried, lost] = [&retried, &lost].map(|leased| leased.event.id);
    assert!([retried, lost, waiting].iter().all(|id| claimed.contains(id)), "{claimed:?}");
    assert_eq!(claimed.len(), 4);
    assert_eq!(driver.state(running.event.id), EventState::Done);
}

/// Checks that a pause of an endpoint holds for its subscriptions and for no other name, and that each name is resumed for itself.
pub fn a_pause_of_an_endpoint_holds_for_its_subscriptions(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let names = [ORDERS, BILLING, "orders-2", "orders-2/billing", "order"].map(str::to_owned);
    let stored: Vec<_> = names.iter().map(|name| driver.store(sample_event(name, "evt", "x"))).collect();
    let free = |names: &[String]| -> Vec<String> {
        let claimable = names.iter().zip(&stored).filter(|(name, id)| claims(&driver, name, **id));
        let found: Vec<_> = claimable.map(|(name, _)| name.clone()).collect();
        let due = driver.wait(harness.inbox().due_sources(names));
        assert_eq!(due.unwrap_or_else(|| found.clone()), found);
        found
    };
    assert_eq!(free(&names), names);
    assert!(set(&driver, &PauseChange::pause(ORDERS, "ada")));
    assert_eq!(free(&names), names[2..]);
    assert_eq!(pauses(&driver).len(), 1);
    assert!(!set(&driver, &PauseChange::resume(BILLING, "ada")), "it has no pause of its own");
    assert_eq!(free(&names), names[2..]);

    assert!(set(&driver, &PauseChange::pause(BILLING, "bob").with_duration(TICK)));
    assert!(set(&driver, &PauseChange::resume(ORDERS, "ada")));
    assert_eq!(free(&names[..2]), [ORDERS]);
    assert!(set(&driver, &PauseChange::pause(ORDERS, "ada").with_duration(TICK * 3)));
    harness.advance(TICK * 2);
    assert_eq!(free(&names[..2]), [""; 0], "a pause of one name has ended, and the other holds");
    harness.advance(TICK * 2);
    assert_eq!(free(&names), names);

    assert!(set(&driver, &PauseChange::pause(BILLING, "bob")));
    assert_eq!(free(&names[..2]), [ORDERS]);
    assert!(set(&driver, &PauseChange::pause(ORDERS, "ada")));
    assert!(set(&driver, &PauseChange::resume(BILLING, "bob")));
    assert_eq!(free(&names[..2]), [""; 0]);
    assert!(set(&driver, &PauseChange::resume(ORDERS, "ada")));
    assert_eq!(free(&names), names);
}

/// Checks the end of a pause with a duration, and that it may be paused again then.
pub fn a_pause_with_a_duration_ends_by_itself(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let names = [ORDERS.to_owned()];
    let due = || driver.wait(harness.inbox().due_sources(&names)).unwrap_or_else(|| names.to_vec());
    driver.store(order("evt"));
    for _ in 0..2 {
        assert!(set(&driver, &PauseChange::pause(ORDERS, "ada").with_duration(TICK * 2)));
        harness.advance(TICK);
        assert_eq!(numbers(&driver.claim(1)), []);
        assert_eq!(pauses(&driver).len(), 1);
        harness.advance(TICK * 2);
        assert_eq!(pauses(&driver), []);
        assert_eq!(due(), [ORDERS]);
        assert!(!set(&driver, &PauseChange::resume(ORDERS, "ada")), "it is over");
        let leased = driver.next();
        driver.end(&leased, &Finish::GiveBack);
    }
    let endless = PauseChange::pause(ORDERS, "ada").with_duration(Duration::MAX);
    assert!(set(&driver, &endless));
    assert_eq!(numbers(&driver.claim(1)), []);
}

/// Checks the entries of the audit log, what is listed, and that a later pause replaces an earlier one.
pub fn a_pause_is_written_down_with_its_actor_and_reason(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    assert_eq!(pauses(&driver), []);
    let id = driver.store(order("evt"));
    let first = PauseChange::pause(ORDERS, "ada").with_reason("nul \0 and \"quotes\"");
    assert!(set(&driver, &first));
    harness.advance(TICK);
    let second = PauseChange::pause(ORDERS, "bob").with_duration(TICK).with_reason("longer");
    assert!(set(&driver, &second));
    let before_events = PauseChange::pause("before its first event", "carol");
    assert!(set(&driver, &before_events));
    let listed = pauses(&driver);
    let shown: Vec<_> = listed
        .iter()
        .map(|of| {
            let seconds = of.until.map(|until| until.saturating_duration_since(of.since).as_secs());
            (of.source.as_str(), of.actor.as_str(), of.reason.as_deref(), seconds)
        })
        .collect();
    let expected = [
        ("before its first event", "carol", None, None),
        (ORDERS, "bob", Some("longer"), Some(TICK.as_secs())),
    ];
    assert_eq!(shown, expected);
    let resume = PauseChange::resume(ORDERS, "dora");
    assert!(set(&driver, &resume));
    assert!(!set(&driver, &resume), "it is resumed");

    let log = driver.audit(None, Page::first(10));
    let shown: Vec<_> =
        log.iter().map(|of| (of.action.as_str(), of.actor.as_str(), of.event, of.count)).collect();
    let expected = [
        ("resume", "dora", None, 0),
        ("pause", "carol", None, 0),
        ("pause", "bob", None, 0),
        ("pause", "ada", None, 0),
    ];
    assert_eq!(shown, expected);
    let details: Vec<_> = log.iter().map(|of| of.detail.clone()).collect();
    assert_eq!(details, [resume, before_events, second, first].map(|change| Some(change.detail())));
    assert!(log.iter().all(|of| of.at >= driver.show(id).summary.stored_at), "{log:?}");
    assert_eq!(driver.audit(Some(id), Page::first(10)), []);
    assert_eq!(driver.act(Action::Discard, Filter::ids([id])), [id], "the log goes on");
    assert_eq!(driver.audit(None, Page::first(10)).len(), 5);
}

/// Checks that a pause does not end with the process.
pub fn a_pause_survives_a_crash(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    driver.store(order("evt"));
    assert!(set(&driver, &PauseChange::pause(ORDERS, "ada")));
    harness.crash();
    assert_eq!(numbers(&driver.claim(1)), []);
    assert_eq!(pauses(&driver).len(), 1);
    assert!(set(&driver, &PauseChange::resume(ORDERS, "ada")));
    assert_eq!(driver.claim(1).len(), 1);
}

/// Checks preconditions: of two operators who have seen the same pause, or none, one changes it, and the other writes nothing.
pub fn of_two_operators_who_have_seen_one_pause_one_changes_it(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let seen =
        || Precondition::unchanged(pauses(&driver).iter().find(|of| of.source == ORDERS).map(Pause::version));
    let pause = |actor: &str, seen| PauseChange::pause(ORDERS, actor).with_precondition(seen);
    let resume = |actor: &str, seen| PauseChange::resume(ORDERS, actor).with_precondition(seen);
    let none = seen();
    assert_eq!(none, Precondition::Absent);
    assert!(!set(&driver, &resume("eve", none)));
    assert!(!set(&driver, &pause("eve", Precondition::Version(7))), "there is none");
    assert!(set(&driver, &pause("ada", none)));
    assert!(!set(&driver, &pause("bob", none)), "both have seen none");
    let first = seen();
    // At once, as far as the clock says.
    assert!(set(&driver, &pause("ada", first).with_duration(TICK)));
    assert_ne!(seen(), first);
    assert!(!set(&driver, &pause("bob", first)) && !set(&driver, &resume("bob", first)));
    assert!(!set(&driver, &resume("bob", none)));
    assert_eq!(pauses(&driver).len(), 1);
    let second = seen();
    harness.advance(TICK * 2);
    assert!(!set(&driver, &pause("bob", second)) && !set(&driver, &resume("bob", second)), "it is over");
    assert!(set(&driver, &pause("bob", none)), "one that is over is none");
    assert!(set(&driver, &resume("ada", seen())));
    assert!(
        set(&driver, &PauseChange::pause(ORDERS, "carol"))
            && set(&driver, &PauseChange::pause(ORDERS, "carol"))
    );
    let log = driver.audit(None, Page::first(10));
    let actors: Vec<_> = log.iter().map(|of| of.actor.as_str()).collect();
    assert_eq!(actors, ["carol", "carol", "ada", "bob", "ada", "ada"]);
}

/// Returns whether an event can be claimed, by its endpoint and alone, and gives it back.
fn claims(driver: &InboxDriver<'_, impl InboxHarness>, source: &str, id: EventId) -> bool {
    let mut alone = ClaimDue::new(source, "worker", 1, TTL);
    alone.only = Some(id);
    let [due, alone] = [ClaimDue::new(source, "worker", 10, TTL), alone].map(|claim| {
        let leased = driver.ask(&claim);
        leased.iter().for_each(|leased| driver.end(leased, &Finish::GiveBack));
        numbers(&leased)
    });
    assert_eq!(due, alone, "{source}");
    !due.is_empty()
}

fn set(driver: &InboxDriver<'_, impl InboxHarness>, change: &PauseChange) -> bool {
    driver.wait(driver.0.ops().set_pause(change))
}

fn pauses(driver: &InboxDriver<'_, impl InboxHarness>) -> Vec<Pause> {
    let stats = driver.wait(driver.0.ops().stats());
    let counted = driver.wait(driver.0.inbox().counts());
    assert_eq!(counted.map_or(stats.pauses.clone(), |counted| counted.pauses), stats.pauses);
    stats.pauses
}

const BILLING: &str = "orders/billing";
