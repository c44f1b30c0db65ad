use countersign::UnixTime;
use countersign_inbox::{
    Accepted, Action, Change, ClaimDue, Digest, EventId, EventKey, Filter, Finish, Identity,
};

use super::driver::{InboxDriver, ORDERS, TICK, TTL, identity, order, sample_event, single};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Checks ids that differ in case, Unicode normal form, white space, invisible characters or a digest at the end: each is a separate
/// event, and a filter by id, by type or by error finds no other one.
pub fn ids_that_look_alike_are_other_events(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let mut known = Vec::new();
    for id in alike() {
        let mut event = order(&id);
        event.event_type = Some(id.clone());
        known.push((driver.store(event), id));
    }
    for (number, id) in &known {
        let duplicate = driver.accept(order(id));
        assert!(matches!(duplicate, Accepted::Duplicate { id, .. } if id == *number), "{id:?}");
        let by_id = with(Filter::default(), |filter| filter.external_id = Some(id.clone()));
        assert_eq!(driver.ids(&by_id), [*number], "{id:?}");
        let by_type = with(Filter::default(), |filter| filter.event_type = Some(id.clone()));
        assert_eq!(driver.ids(&by_type), [*number], "{id:?}");
        let discard = with(Change::new(Action::Discard, by_type, "me"), |change| change.dry_run = true);
        assert_eq!(driver.change(&discard), [*number], "{id:?}");
        let leased = single(driver.only(*number));
        driver.end(&leased, &Finish::Dead { error: format!("n{number}: <{id}>") });
        assert_eq!(driver.show(*number).summary.external_id.as_ref(), Some(id));
    }
    for (number, id) in &known {
        // Case is not told apart in errors, and the numbers are.
        let by_error = with(Filter::default(), |filter| filter.error = Some(format!("n{number}: <{id}>")));
        assert_eq!(driver.ids(&by_error), [*number], "{id:?}");
    }
}

/// Checks that names of endpoints and tenants are compared byte by byte, by claims and by filters.
pub fn endpoints_and_tenants_that_look_alike_are_others(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let stored: Vec<_> = alike()
        .into_iter()
        .map(|name| {
            let mut event = sample_event(&name, "evt", "x");
            event.tenant = Some(name.clone());
            event.identity = identity(&name, &name, "evt", b"x");
            (driver.store(event), name)
        })
        .collect();
    for (number, name) in &stored {
        for filter in [
            with(Filter::default(), |filter| filter.source = Some(name.clone())),
            with(Filter::default(), |filter| filter.tenant = Some(name.clone())),
        ] {
            assert_eq!(driver.ids(&filter), [*number], "{name:?}");
        }
        let leased = single(driver.ask(&ClaimDue::new(name.as_str(), "worker", 10, TTL)));
        assert_eq!((leased.event.id, &leased.event.source), (*number, name));
    }
}

/// Checks that an event of the tenant with the empty name is not one without a tenant.
pub fn an_empty_tenant_is_not_none(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let store = |tenant: Option<&str>| -> EventId {
        let mut event = order("evt");
        let parts = [tenant, Some(ORDERS), Some("evt")].map(|part| part.map(str::as_bytes));
        event.identity = Identity::new(EventKey::of(&parts), Digest::of_body(&event.body));
        event.tenant = tenant.map(str::to_owned);
        driver.store(event)
    };
    let (none, empty, other) = (store(None), store(Some("")), store(Some("a")));
    let of =
        |tenant: &str| driver.ids(&with(Filter::default(), |filter| filter.tenant = Some(tenant.to_owned())));
    assert_eq!((of(""), of("a"), of("b")), (vec![empty], vec![other], Vec::new()));
    for (number, tenant) in [(none, None), (empty, Some("")), (other, Some("a"))] {
        assert_eq!(driver.show(number).summary.tenant.as_deref(), tenant);
        assert_eq!(single(driver.only(number)).event.tenant.as_deref(), tenant);
    }
}

/// Checks receivers whose clocks are an hour or a year off, before and after the one of the store: events are due at once, leased in
/// the order in which they were stored, and as old as the store says.
pub fn the_clock_of_a_receiver_decides_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let now = order("evt").received_at.as_millis();
    let offsets = [0, HOUR, -HOUR, 365 * 24 * HOUR, -365 * 24 * HOUR, -now, 1];
    let ids: Vec<_> = offsets
        .iter()
        .enumerate()
        .map(|(nth, offset)| {
            harness.advance(TICK);
            let mut event = order(&nth.to_string());
            event.received_at = UnixTime::from_millis(now + offset);
            driver.store(event)
        })
        .collect();
    assert_eq!(driver.sweep(), 0);
    for (nth, id) in ids.iter().enumerate() {
        let leased = driver.next();
        assert_eq!(leased.event.id, *id);
        let waited = TICK * u32::try_from(offsets.len() - 1 - nth).unwrap_or(0);
        assert!(leased.age >= waited && leased.age < waited + TICK, "{nth}: {:?}", leased.age);
        driver.end(&leased, &Finish::Done);
    }
    assert_eq!(driver.sweep(), 0, "what is done is remembered by the clock of the store");
}

/// Returns texts that a collation, a normal form or a trimmed column would take for each other.
fn alike() -> Vec<String> {
    let long = "x".repeat(400);
    [
        "evt_a",
        "EVT_A",
        "Evt_A",
        "evt_a ",
        " evt_a",
        "evt_a\t",
        "evt\u{200b}_a",
        "evt_\u{ff41}",
        "evt_\u{e4}",
        "evt_a\u{308}",
        "evt_\u{c4}",
        "stra\u{df}e",
        "strasse",
        "\u{fb01}",
        "fi",
        "\u{130}",
        "i",
        "I",
        "\u{131}",
        "01",
        "1",
        "1.0",
        "evt%a",
        "evt_",
        "evt*a",
        "\u{1f600}",
        "null",
        "NULL",
        "\\x00",
        "'",
        "\"",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([long.clone(), format!("{long} "), format!("{long}X"), format!("{long}x")])
    .collect()
}

const HOUR: i64 = 3_600_000;
