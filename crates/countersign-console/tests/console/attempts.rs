//! Attempts of inline handlers: what `countersign inbox attempts` shows.

use std::time::Duration;

use countersign_inbox::{AttemptOutcome, FailureKind, Increment, InlineAttempt};
use http::StatusCode;

use crate::support::{Fixture, Page, selector};

/// Adds attempts at an endpoint, the last one failed.
async fn record(fixture: &Fixture, source: &str, count: u64) {
    let mut increment = Increment::new(source);
    for number in 1..=count {
        let is_last = number == count;
        let attempt = InlineAttempt {
            provider: "preflix".to_owned(),
            tenant: Some("acme".to_owned()),
            external_id: Some(format!("{source}-{number}")),
            event_type: Some("audit.completed".to_owned()),
            fence: Some(number),
            took: Duration::from_millis(40 + number),
            outcome: if is_last { AttemptOutcome::Retry } else { AttemptOutcome::Done },
            failure: is_last.then_some(FailureKind::Error),
            code: Some(if is_last { 503 } else { 200 }),
            error: is_last.then(|| "billing said 503".to_owned()),
            worker: "web-1".to_owned(),
        };
        increment.inline_attempts.push((Duration::ZERO, attempt));
    }
    fixture.store.add_statistics(&[increment]).await.unwrap();
}

/// Returns the rows of the table, as people read them.
fn rows(page: &Page) -> Vec<String> {
    let (html, selector) = (page.html(), selector("tbody tr"));
    let texts = html.select(&selector).map(|row| row.text().collect::<Vec<_>>().join(" "));
    texts.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn attempts_are_listed_by_endpoint_and_by_failure() {
    for fixture in Fixture::all() {
        let none = fixture.get("blind", "/attempts").await;
        assert!(none.seen().contains("No attempts of inline handlers are recorded."), "{}", none.seen());
        record(&fixture, "orders", 2).await;
        record(&fixture, "refunds", 1).await;
        let at = "2023-11-14T22:13:20Z";
        let failed = |source: &str, number: u64| {
            format!(
                "{at} {}ms {source} preflix audit.completed {source}-{number} acme retry error 503 {number} web-1 billing said 503",
                40 + number
            )
        };
        let done = format!("{at} 41ms orders preflix audit.completed orders-1 acme done 200 1 web-1");
        for (query, expected) in [
            ("", vec![failed("refunds", 1), failed("orders", 2), done.clone()]),
            ("?source=orders", vec![failed("orders", 2), done]),
            ("?source=orders&failed=1", vec![failed("orders", 2)]),
            ("?source=other", vec![]),
        ] {
            let page = fixture.get("blind", &format!("/attempts{query}")).await;
            assert_eq!(rows(&page), expected, "{} {query}", fixture.name);
        }
        let page = fixture.get("blind", "/attempts?source=orders&failed=1").await;
        assert_eq!(page.all("input[name=source]", "value"), ["orders"]);
        assert_eq!(page.all("input[name=failed][checked]", "value"), ["1"]);
        let errors = fixture.get("blind", "/errors").await;
        let links = errors.links();
        assert!(links.iter().any(|link| link == "/attempts?source=orders&failed=1"), "{links:?}");
    }
}

#[tokio::test]
async fn pages_of_attempts_follow_each_other_while_others_end() {
    for fixture in Fixture::all() {
        record(&fixture, "orders", 5).await;
        let (mut target, mut ids) = (Some("/attempts?limit=2&source=orders".to_owned()), Vec::new());
        while let Some(of) = target {
            let page = fixture.get("viewer", &of).await;
            ids.extend(rows(&page).iter().map(|row| row.split(' ').nth(5).unwrap().to_owned()));
            record(&fixture, "orders", 1).await;
            target = page.all("a[rel=next]", "href").first().map(|next| next.replacen("./", "/", 1));
        }
        let expected = [5, 4, 3, 2, 1].map(|number| format!("orders-{number}"));
        assert_eq!(ids, expected, "{}", fixture.name);
        for query in ["limit=0", "limit=201", "after=x", "refresh=1"] {
            let page = fixture.get("viewer", &format!("/attempts?{query}")).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        }
    }
}

#[tokio::test]
async fn an_older_page_that_loads_itself_again_stays_where_it_is() {
    let fixture = Fixture::in_memory();
    record(&fixture, "orders", 3).await;
    for number in 1..=3 {
        fixture.receive("orders", &number.to_string(), "{}").await;
    }
    fixture.kill("orders", 3, "down").await;
    for list in ["attempts", "events", "dead"] {
        let older = format!("/{list}?source=orders&limit=1&after=3");
        let page = fixture.get("viewer", &older).await;
        let links = page.links();
        let refreshing = links.iter().find(|link| link.contains("refresh=5")).unwrap();
        let again = fixture.get("viewer", refreshing).await;
        assert_eq!(rows(&again), rows(&page), "{list}");
        let still: Vec<_> = again.links().into_iter().filter(|link| link.contains("after=3")).collect();
        assert_eq!(rows(&fixture.get("viewer", &still[0]).await), rows(&page), "{list}: {still:?}");
    }
}
