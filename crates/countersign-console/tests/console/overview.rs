use std::time::Duration;

use countersign_inbox::{AlertRules, CircuitReport, DeliveryCounts, Increment, PauseChange};
use http::StatusCode;

use crate::pages::fill;
use crate::support::{Fixture, Page, selector};

#[tokio::test]
async fn the_overview_says_how_each_endpoint_is() {
    for fixture in Fixture::all() {
        assert!(fixture.get("viewer", "/").await.seen().contains("No endpoint has received anything yet"));
        fill(&fixture).await;
        fixture.receive("refunds", "evt", "{}").await;
        let pause = PauseChange::pause("refunds", "bob").with_reason("the database moves");
        fixture.store.set_pause(&pause).await.unwrap();
        fixture.clock.advance(Duration::from_secs(90));
        let page = fixture.get("viewer", "/").await;
        let html = page.html();
        let rows: Vec<String> = html
            .select(&selector("tbody tr"))
            .map(|row| {
                row.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect();
        let at = "2023-11-14T22:13:20Z";
        assert_eq!(
            rows[0],
            format!("orders 75.0 % 41ms 41ms 1 0 3 0 30s {at} {at} 2 current 5"),
            "{}",
            fixture.name
        );
        assert_eq!(rows[1], "refunds none 1 0 0 0 1m 30s 0", "{}", fixture.name);
        assert_eq!(rows.len(), 2);
        let label = page.all("svg", "aria-label");
        assert_eq!(label, ["5 deliveries, 1 failed attempts"]);
        assert_eq!(page.all("polyline", "points")[0].split(' ').count(), 61);
        for window in ["24h", "7d"] {
            let page = fixture.get("viewer", &format!("/?window={window}")).await;
            assert_eq!(page.all("svg", "aria-label"), ["5 deliveries, 1 failed attempts"], "{window}");
        }
        let refused = fixture.get("viewer", "/?window=2h").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.seen().contains("window: `2h` is not a window: 1h, 24h and 7d are"));
    }
}

/// Returns the items of a list, or the rows of a table, as people read them.
fn lines(page: &Page, css: &str) -> Vec<String> {
    let (html, selector) = (page.html(), selector(css));
    let lines = html.select(&selector).map(|of| of.text().collect::<String>());
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn one_look_tells_whether_each_endpoint_is_well() {
    for fixture in Fixture::all() {
        fill(&fixture).await;
        fixture.receive("refunds", "evt", "{}").await;
        fixture.receive("new", "evt", "{}").await;
        let mut well = Increment::new("well");
        well.counts.accepted = 20;
        well.keys.insert("old-2025".to_owned(), 20);
        fixture.store.add_statistics(&[well]).await.unwrap();
        let pause = PauseChange::pause("refunds", "bob").with_reason("the database moves");
        fixture.store.set_pause(&pause).await.unwrap();
        fixture.clock.advance(Duration::from_secs(90));
        let page = fixture.get("viewer", "/").await;
        assert!(page.seen().contains("Health: 2 healthy, 1 failing, 1 paused"), "{}", page.seen());
        let at = "2023-11-14T22:13:20Z";
        let expected = [
            "healthy new: no delivery yet".to_owned(),
            "failing orders: an event of `orders` became a dead letter within 15 minutes".to_owned(),
            "paused refunds: paused until it is resumed, by bob: the database moves".to_owned(),
            "healthy well: 20 deliveries to `well` were signed with the key `old-2025` within 7 days"
                .to_owned(),
        ];
        assert_eq!(lines(&page, ".health li"), expected, "{}", fixture.name);

        fixture.clock.advance(Duration::from_secs(301));
        let late = lines(&fixture.get("viewer", "/").await, ".health li");
        assert_eq!(
            late[0], "failing new: the oldest due event of `new` has waited for 391 s",
            "{}",
            fixture.name
        );
        fixture.clock.advance(Duration::from_secs(25 * 3600));
        let later = lines(&fixture.get("viewer", "/").await, ".health li");
        assert!(
            later[3].starts_with("silent well: `well` has had no verified delivery for 90"),
            "{later:?} {at}"
        );

        let tolerant = fixture.with(|console| {
            let rules = AlertRules::default().with_silence(Duration::MAX);
            console.with_alert_rules(rules).with_max_backlog_age(Duration::MAX)
        });
        let seen = tolerant.get("viewer", "/").await.seen();
        assert!(seen.contains("Health: 3 healthy, 1 paused"), "{seen}");
    }
}

#[tokio::test]
async fn subscriptions_are_beside_their_endpoint_with_what_rules_leave_out() {
    for fixture in Fixture::all() {
        for source in ["orders/archive", "orders/billing"] {
            fixture.receive(source, "evt", "{}").await;
        }
        fixture.kill("orders/billing", 1, "down").await;
        let mut endpoint = Increment::new("orders");
        endpoint.filtered.insert("types".to_owned(), 7);
        let mut billing = Increment::new("orders/billing");
        billing.counts =
            DeliveryCounts { accepted: 3, attempts: 4, done: 3, retries: 1, ..DeliveryCounts::default() };
        billing.filtered = [("large".to_owned(), 2), ("sampling".to_owned(), 5)].into();
        billing.codes = [("200".to_owned(), 3), ("503".to_owned(), 1)].into();
        fixture.store.add_statistics(&[endpoint, billing]).await.unwrap();
        let open = CircuitReport {
            source: "orders/archive".to_owned(),
            left: Duration::from_secs(30),
            is_half_open: false,
            pattern: Some("disk full".to_owned()),
        };
        fixture.store.report_circuits("worker", &[open]).await.unwrap();
        let page = fixture.get("operator", "/subscriptions").await;
        let at = "2023-11-14T22:13:20Z";
        let rows = lines(&page, "tbody tr");
        let expected = [
            format!(
                "orders healthy: last delivery {at} 0 0 0 types 7 {at} Events of orders Pause orders Controls of orders"
            ),
            "orders archive failing: the circuit of `orders/archive` is open: disk full open in 1 worker 1 0s 0 0 Events of \
             orders/archive Pause orders/archive Controls of orders/archive"
                .to_owned(),
            format!(
                "orders billing healthy: last delivery {at} 0 75.0 % 1 0 sampling 5, large 2 200 3, 503 1 {at} Events of orders/billing \
                 Pause orders/billing Controls of orders/billing"
            ),
        ];
        assert_eq!(rows, expected, "{}", fixture.name);
        let links = page.links();
        for link in
            ["/dead?source=orders%2Fbilling", "/events?source=orders", "/pause?source=orders%2Farchive"]
        {
            assert!(links.iter().any(|found| found == link), "{link}: {links:?}");
        }
        let (action, form) = fixture.get("operator", "/pause?source=orders%2Farchive").await.form();
        fixture.post("operator", &action, &form).await.location();
        let rows = lines(&fixture.get("operator", "/subscriptions?window=1h").await, "tbody tr");
        let paused =
            "paused: paused until it is resumed, by ada; the circuit of `orders/archive` is open: disk full";
        assert!(
            rows[1].contains(paused) && rows[1].ends_with("Resume orders/archive Controls of orders/archive"),
            "{rows:?}"
        );
        let viewer = fixture.get("blind", "/subscriptions").await;
        assert!(!viewer.links().iter().any(|link| link.starts_with("/pause")), "{:?}", viewer.links());
    }
}
