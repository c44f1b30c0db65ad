//! Limits and circuits: what `countersign inbox limit`, `unlimit`, `open-circuit`, `close-circuit` and `controls` do.

use std::time::Duration;

use countersign_inbox::{CircuitReport, ControlChange, Page, RateLimit};
use http::StatusCode;

use crate::support::{Fixture, set};

/// Sends the form of a change, with these fields.
async fn changed(fixture: &Fixture, source: &str, action: &str, fields: &[(&str, &str)]) -> String {
    let page = fixture.get("operator", &format!("/control?source={source}&action={action}")).await;
    let (target, mut form) = page.form();
    for (name, value) in fields {
        set(&mut form, name, value);
    }
    let location = fixture.post("operator", &target, &form).await.location();
    assert!(location.starts_with("/controls?notice="), "{location}");
    fixture.get("operator", &location).await.seen()
}

/// Returns actor, action and detail of the audit log, the earliest entry first.
async fn log(fixture: &Fixture) -> Vec<(String, String, String)> {
    let mut log = fixture.store.audit(None, Page::first(100)).await.unwrap();
    log.reverse();
    log.into_iter().map(|of| (of.actor, of.action, of.detail.unwrap())).collect()
}

#[tokio::test]
async fn a_limit_is_set_shown_changed_and_removed() {
    for fixture in Fixture::all() {
        fixture.receive("orders", "evt", "{}").await;
        let fields = [("attempts", "100"), ("period", "1m"), ("reason", "the bank is slow")];
        let seen = changed(&fixture, "orders", "limit", &fields).await;
        let row = "orders 100 attempts per 1m 2023-11-14T22:13:20Z ada the bank is slow";
        assert!(seen.contains(row), "{}: {seen}", fixture.name);
        let of_subscription = fixture.get("operator", "/control?source=orders/billing").await.seen();
        let held =
            "Limit 100 attempts per 1m of orders, since 2023-11-14T22:13:20Z, by ada: the bank is slow";
        assert!(of_subscription.contains(held), "{of_subscription}");
        let of_subscription = fixture.get("operator", "/control?source=orders/billing&action=unlimit").await;
        assert!(of_subscription.seen().contains("there is none to remove"), "{}", of_subscription.seen());
        assert!(of_subscription.all("form[method=post]", "action").is_empty());
        let rows = fixture.get("operator", "/subscriptions").await.seen();
        assert!(rows.contains("100 attempts per 1m"), "{rows}");

        let seen = changed(&fixture, "orders", "limit", &[("attempts", "5"), ("period", "1s")]).await;
        assert!(
            seen.contains("The limit of orders is 5 attempts per 1s.") && !seen.contains("100 attempts"),
            "{seen}"
        );
        let seen = changed(&fixture, "orders", "unlimit", &[]).await;
        assert!(seen.contains("The limit of orders is removed."), "{seen}");
        assert!(seen.contains("No operator has set a limit."), "{seen}");
        let minute = Duration::from_secs(60);
        let limit = |attempts, per| RateLimit::new(attempts, per).unwrap();
        let expected = [
            ControlChange::limit("orders", limit(100, minute), "ada").with_reason("the bank is slow"),
            ControlChange::limit("orders", limit(5, Duration::from_secs(1)), "ada"),
            ControlChange::unlimit("orders", "ada"),
        ];
        let expected = expected.map(|of| (of.actor.clone(), of.action.to_string(), of.detail()));
        assert_eq!(log(&fixture).await, expected, "{}", fixture.name);
    }
}

#[tokio::test]
async fn circuits_are_opened_shown_and_closed() {
    for fixture in Fixture::all() {
        fixture.receive("orders", "evt", "{}").await;
        let none = fixture.get("viewer", "/controls").await.seen();
        assert!(none.contains("No circuit is open."), "{none}");
        let seen = changed(&fixture, "orders", "open_circuit", &[("for", "5m"), ("reason", "a move")]).await;
        assert!(
            seen.contains("Opened by operators") && seen.contains("orders 5m "),
            "{}: {seen}",
            fixture.name
        );
        let seen = fixture.get("operator", "/control?source=orders/billing").await.seen();
        assert!(seen.contains("opened by an operator: 5m until the trial"), "{seen}");
        let report = |source: &str, secs, pattern: Option<&str>| CircuitReport {
            source: source.to_owned(),
            left: Duration::from_secs(secs),
            is_half_open: secs == 0,
            pattern: pattern.map(str::to_owned),
        };
        let open = [report("audits", 30, Some("503 #")), report("orders", 0, None)];
        fixture.store.report_circuits("worker-1", &open).await.unwrap();
        let seen = fixture.get("viewer", "/controls").await.seen();
        let at = "2023-11-14T22:13:20Z";
        for row in [
            format!("audits worker-1 open 30s 503 # {at}"),
            format!("orders worker-1 half open 0s opened by an operator {at}"),
        ] {
            assert!(seen.contains(&row), "{row}: {seen}");
        }
        let rows = fixture.get("viewer", "/subscriptions").await.seen();
        assert!(rows.contains("half open in 1 worker"), "{rows}");
        let seen = changed(&fixture, "orders", "close_circuit", &[]).await;
        assert!(!seen.contains("Opened by operators"), "{seen}");
        assert!(seen.contains("The circuits of orders close within five seconds."), "{seen}");
        let seen = changed(&fixture, "shop", "close_circuit", &[]).await;
        assert!(seen.contains("No circuit of shop was reported as open"), "{seen}");
        let actions: Vec<_> = log(&fixture).await.into_iter().map(|(_, action, _)| action).collect();
        assert_eq!(actions, ["open_circuit", "close_circuit", "close_circuit"]);
    }
}

#[tokio::test]
async fn what_is_no_limit_and_no_time_is_refused() {
    let fixture = Fixture::in_memory();
    let unknown = fixture.get("operator", "/control?source=new").await.seen();
    assert!(unknown.contains("has no events: check its name"), "{unknown}");
    for (query, reason) in [
        ("action=limit", "source: name the endpoint."),
        ("source=orders&action=stop", "action: `stop` is not an action"),
    ] {
        let page = fixture.get("operator", &format!("/control?{query}")).await;
        assert!(page.status == StatusCode::BAD_REQUEST && page.seen().contains(reason), "{}", page.text);
    }
    for (action, fields, reason) in [
        ("limit", &[("attempts", "0")][..], "pause the endpoint instead"),
        ("limit", &[("attempts", "x")], "attempts: `x` is not a number of attempts"),
        ("limit", &[], "attempts: name the number"),
        ("limit", &[("attempts", "1"), ("period", "2d")], "at most 1 day"),
        ("limit", &[("attempts", "1"), ("period", "soon")], "period: `soon` is not a period"),
        ("limit", &[("attempts", "1"), ("period", "")], "period: name the period"),
        ("open_circuit", &[("for", "0s")], "say how long"),
        ("open_circuit", &[("for", "")], "for: name the time"),
        ("open_circuit", &[("action", "drop")], "action: `drop` is not an action"),
    ] {
        let page = fixture.get("operator", &format!("/control?source=orders&action={action}")).await;
        let (target, mut form) = page.form();
        for (name, value) in fields {
            set(&mut form, name, value);
        }
        let page = fixture.post("operator", &target, &form).await;
        assert!(page.status == StatusCode::BAD_REQUEST && page.seen().contains(reason), "{}", page.text);
    }
    assert_eq!(log(&fixture).await, []);
    assert_eq!(fixture.store.controls().await.unwrap(), countersign_inbox::Controls::default());
}

#[tokio::test]
async fn a_form_changes_only_the_limit_that_it_has_shown() {
    for fixture in Fixture::all() {
        let limit = RateLimit::new(7, Duration::from_secs(60)).unwrap();
        let set_by = async |actor: &str| {
            fixture.clock.advance(Duration::from_secs(1));
            fixture.store.set_control(&ControlChange::limit("orders", limit, actor)).await.unwrap();
        };
        let form = async |action: &str| {
            fixture.get("operator", &format!("/control?source=orders&action={action}")).await.form()
        };
        let (action, mut of_none) = form("limit").await;
        set(&mut of_none, "attempts", "100");
        set_by("eve").await;
        let (_, of_eve) = form("unlimit").await;
        set_by("bob").await;
        for stale in [&of_none, &of_eve] {
            let location = fixture.post("operator", &action, stale).await.location();
            let seen = fixture.get("operator", &location).await.seen();
            assert!(seen.contains("Nothing was changed: the limit of orders was changed after"), "{seen}");
            assert!(seen.contains("7 attempts per 1m") && seen.contains("bob"), "{}: {seen}", fixture.name);
        }
        assert_eq!(log(&fixture).await.len(), 2);
    }
}
