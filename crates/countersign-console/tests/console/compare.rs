//! The fields of an event, its body beside that of another one, and why requests were rejected.

use countersign_inbox::{Increment, Page, RejectionSample};
use countersign_testkit::conformance::inbox::sample_event;
use http::StatusCode;

use crate::support::{Fixture, Page as Answer, selector, set};

/// Stores an event of Stripe with this id and body.
async fn stripe(fixture: &Fixture, id: &str, body: &str) {
    let mut event = sample_event("payments", id, body.to_owned());
    event.provider = "stripe".to_owned();
    event.event_type = Some("invoice.paid".to_owned());
    event.head.headers.insert("stripe-signature", "t=1700000000,v1=5161".parse().unwrap());
    fixture.store.accept(event).await.unwrap();
}

/// Returns the form of an event that compares.
async fn form(fixture: &Fixture, role: &str, id: i64) -> (String, Vec<(String, String)>) {
    let event = fixture.get(role, &format!("/events/{id}")).await;
    let link = event.links().into_iter().find(|link| link.contains("/compare")).unwrap();
    fixture.get(role, &link).await.form()
}

async fn log(fixture: &Fixture) -> Vec<(String, Option<i64>)> {
    let log = fixture.store.audit(None, Page::first(9)).await.unwrap();
    log.into_iter().rev().map(|of| (of.action, of.event.map(|id| id.get()))).collect()
}

fn rows(page: &Answer, label: &str) -> Vec<String> {
    let (html, selector) = (page.html(), selector(&format!("[aria-label='{label}'] tbody tr")));
    let rows = html.select(&selector).map(|row| row.text().collect::<Vec<_>>().join(" "));
    rows.map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn the_fields_of_the_declaration_are_in_a_table() {
    for fixture in Fixture::all() {
        let body = r#"{"id":"evt_1","type":"invoice.paid","api_version":"2026-11-01","data":{"object":{"total":1.50},"a/b":"Ada","count":7,"list":[1]}}"#;
        stripe(&fixture, "evt_1", body).await;
        let page = fixture.get("viewer", "/events/1").await;
        let hidden = rows(&page, "Fields");
        assert_eq!(hidden[..2], ["Id json:/id evt_1", "Type json:/type invoice.paid"], "{hidden:?}");
        assert!(hidden[2..].iter().all(|row| row.ends_with(" not revealed")), "{hidden:?}");
        assert!(!page.text.contains("2026-11-01"), "{}", page.text);
        let (action, form) = page.form();
        let shown = rows(&fixture.post("viewer", &action, &form).await, "Fields");
        let data = "Data json:/data an object; members: object, a/b, count, list";
        let members = ["Member of the data json:/data/a~1b Ada", "Member of the data json:/data/count 7"];
        assert_eq!(shown[shown.len() - 3..], [data, members[0], members[1]], "{shown:?}");
        assert!(!page.text.contains("Ada"), "{}", page.text);

        fixture.receive("orders", "evt", "{}").await;
        let mut unknown = sample_event("orders", "own", "{}");
        unknown.provider = "our-own".to_owned();
        fixture.store.accept(unknown).await.unwrap();
        assert!(
            rows(&fixture.get("operator", "/events/3").await, "Fields").is_empty(),
            "not in the catalogue"
        );
    }
}

#[tokio::test]
async fn two_bodies_are_compared_line_by_line_and_both_are_in_the_audit_log() {
    for fixture in Fixture::all() {
        fixture.receive("orders/billing", "evt_1", r#"{"amount":1.50,"name":"Ada"}"#).await;
        fixture.receive("orders/archive", "evt_1", r#"{"amount":1.75,"name":"Ada"}"#).await;
        fixture.receive("orders/archive", "evt_2", r#"{"amount":1.75,"name":"Ada"}"#).await;
        let event = fixture.get("viewer", "/events/1").await;
        assert_eq!(rows(&event, "Events with the same id").len(), 1, "{}", event.seen());
        let (action, fields) = form(&fixture, "viewer", 1).await;
        assert!(fields.contains(&("with".to_owned(), "2".to_owned())), "{fields:?}");
        let page = fixture.post("viewer", &action, &fields).await;
        let html = page.html();
        let lines: Vec<_> =
            html.select(&selector("pre.diff span")).map(|line| line.text().collect::<String>()).collect();
        let expected = [" {", "-  \"amount\": 1.50,", "+  \"amount\": 1.75,", "   \"name\": \"Ada\"", " }"];
        assert_eq!(lines, expected, "{}", fixture.name);
        let entries = |ids: &[i64]| ids.iter().map(|id| ("reveal".to_owned(), Some(*id))).collect::<Vec<_>>();
        assert_eq!(log(&fixture).await, entries(&[1, 2]));

        let (action, mut fields) = form(&fixture, "viewer", 2).await;
        set(&mut fields, "with", "3");
        assert!(fixture.post("viewer", &action, &fields).await.seen().contains("They have the same text."));
        assert_eq!(log(&fixture).await, entries(&[1, 2, 2, 3]));
        for (with, status) in [
            ("2", StatusCode::BAD_REQUEST),
            ("x", StatusCode::BAD_REQUEST),
            ("", StatusCode::BAD_REQUEST),
            ("99", StatusCode::NOT_FOUND),
        ] {
            set(&mut fields, "with", with);
            assert_eq!(fixture.post("viewer", &action, &fields).await.status, status, "{with}");
        }
        set(&mut fields, "with", "1");
        assert_eq!(fixture.post("blind", &action, &fields).await.status, StatusCode::FORBIDDEN);
        set(&mut fields, "credentials", "1");
        assert_eq!(fixture.post("viewer", &action, &fields).await.status, StatusCode::FORBIDDEN);
        set(&mut fields, "token", "1.x");
        assert_eq!(fixture.post("operator", &action, &fields).await.status, StatusCode::FORBIDDEN);
        assert_eq!(log(&fixture).await.len(), 4);
        let blind = fixture.get("blind", "/events/1").await;
        assert!(!blind.links().iter().any(|link| link.contains("/compare")), "{:?}", blind.links());
        assert_eq!(fixture.get("blind", "/events/1/compare").await.status, StatusCode::FORBIDDEN);
        assert_eq!(fixture.get("viewer", "/events/99/compare").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn bodies_that_may_have_credentials_are_compared_for_operators() {
    for fixture in Fixture::all() {
        for number in 1..=2 {
            let mut event =
                sample_event("designs", &number.to_string(), format!(r#"{{"passcode":"hunter{number}"}}"#));
            event.provider = "figma".to_owned();
            fixture.store.accept(event).await.unwrap();
        }
        let (action, mut fields) = form(&fixture, "operator", 1).await;
        set(&mut fields, "with", "2");
        let hidden = fixture.post("viewer", &action, &fields).await;
        assert!(
            !hidden.text.contains("hunter") && hidden.seen().contains("not shown: the body may contain"),
            "{}",
            hidden.text
        );
        set(&mut fields, "credentials", "1");
        let shown = fixture.post("operator", &action, &fields).await.seen();
        assert!(shown.contains("hunter1") && shown.contains("hunter2"), "{shown}");
    }
}

#[tokio::test]
async fn rejected_requests_are_explained_by_what_is_kept_of_them() {
    for fixture in Fixture::all() {
        let mut increment = Increment::new("payments");
        let kinds = ["missing_signature", "timestamp_too_new", "of_a_later_version"];
        for (kind, head) in kinds.into_iter().zip([
            "POST /a\nsvix-signature: [9 bytes]",
            "POST /b\nstripe-signature: [9 bytes]",
            "POST /c",
        ]) {
            increment.rejections.counts.insert(("stripe".to_owned(), kind.to_owned()), 1);
            increment.rejections.samples.push(RejectionSample::new(kind, "", head.to_owned()));
        }
        fixture.store.add_statistics(&[increment]).await.unwrap();
        let seen = fixture.get("blind", "/rejections").await.seen();
        for part in [
            "What failed the signature is absent or empty",
            "signature in header stripe-signature: missing",
            "the request has the signature header of ",
            "What failed ahead of the clock by more than the tolerance Cure synchronise the clock Command timedatectl status",
            "signature in header stripe-signature: there",
            "payments : of_a_later_version POST /c",
        ] {
            assert!(seen.contains(part), "{}: {part}: {seen}", fixture.name);
        }
    }
}

#[tokio::test]
async fn events_with_the_same_id_are_those_of_its_provider_however_many_others_have() {
    for fixture in Fixture::local() {
        stripe(&fixture, "1", "{}").await;
        let mut again = sample_event("others", "1", "{}");
        again.provider = "stripe".to_owned();
        fixture.store.accept(again).await.unwrap();
        for nth in 0..20 {
            let mut event = sample_event(&format!("shop-{nth}"), "1", "{}");
            event.provider = "shopify".to_owned();
            fixture.store.accept(event).await.unwrap();
        }
        let shown = rows(&fixture.get("viewer", "/events/1").await, "Events with the same id");
        assert!(shown.len() == 1 && shown[0].starts_with("2 "), "{}: {shown:?}", fixture.name);
    }
}

#[tokio::test]
async fn only_bodies_that_were_shown_are_in_the_audit_log() {
    for fixture in Fixture::local() {
        fixture.receive("orders", "one", "{}").await;
        let mut bytes = sample_event("orders", "two", vec![0xff; 9]);
        bytes.head.headers.clear();
        fixture.store.accept(bytes).await.unwrap();
        let (action, mut form) = fixture.get("viewer", "/events/1/compare").await.form();
        set(&mut form, "with", "2");
        let page = fixture.post("viewer", &action, &form).await;
        assert!(page.seen().contains("event 2: the body is not text"), "{}", page.seen());
        assert_eq!(fixture.store.audit(None, Page::first(9)).await.unwrap(), []);
    }
}
