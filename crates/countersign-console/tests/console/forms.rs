use std::time::Duration;

use countersign::Secret;
use countersign_console::{Console, Operator, Role};
use countersign_inbox::{ControlChange, OpsStore, Page, RateLimit};
use http::{Request, StatusCode};

use crate::support::{Fixture, SITE, set};

async fn with_forms() -> (Fixture, Vec<(String, Vec<(String, String)>)>) {
    let fixture = Fixture::in_memory();
    fixture.receive("orders", "evt", "{}").await;
    fixture.kill("orders", 1, "down").await;
    let limit = RateLimit::new(7, Duration::from_secs(1)).unwrap();
    fixture.store.set_control(&ControlChange::limit("orders", limit, LIMITED_BY)).await.unwrap();
    let mut forms = Vec::new();
    for target in [
        "/change?action=replay&ids=1",
        "/pause?source=orders",
        "/control?source=orders&action=unlimit",
        "/control?source=orders&action=open_circuit",
        "/events/1",
    ] {
        forms.push(fixture.get("operator", target).await.form());
    }
    (fixture, forms)
}

const LIMITED_BY: &str = "grace";

async fn is_unchanged(fixture: &Fixture) -> bool {
    let log = fixture.store.audit(None, Page::first(2)).await.unwrap();
    log.len() == 1 && log[0].actor == LIMITED_BY
}

#[tokio::test]
async fn a_form_without_the_token_of_this_operator_changes_nothing() {
    let (fixture, forms) = with_forms().await;
    let store: std::sync::Arc<dyn OpsStore> = fixture.store.clone();
    let of_other = |name: &'static str| {
        let policy = move |_: &http::request::Parts| Operator::new(name, Role::Operator);
        Console::new(store.clone(), policy).with_clock(countersign::UnixTime::from_secs(1_700_000_000))
    };
    let mut foreign = Vec::new();
    for console in [of_other("ada"), of_other("bob")] {
        let head = Request::get("/pause?source=orders").body(()).unwrap().into_parts().0;
        let page = console.respond("/pause", &head, async { Some("".into()) }).await;
        let text = String::from_utf8(page.into_body().to_vec()).unwrap();
        let token = text.split("name=\"token\" value=\"").nth(1).unwrap();
        foreign.push(token.split('"').next().unwrap().to_owned());
    }
    for (action, form) in &forms {
        for token in ["", "1700000000", "1700000000.00", foreign[0].as_str(), foreign[1].as_str()] {
            let mut form = form.clone();
            set(&mut form, "token", token);
            let page = fixture.post("operator", action, &form).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{action} {token}");
            assert!(page.seen().contains("Nothing was changed"), "{}", page.seen());
        }
        let without: Vec<_> = form.iter().filter(|(name, _)| name != "token").cloned().collect();
        assert_eq!(fixture.post("operator", action, &without).await.status, StatusCode::FORBIDDEN);
    }
    assert!(is_unchanged(&fixture).await);
}

#[tokio::test]
async fn a_form_is_valid_for_two_hours() {
    let (fixture, forms) = with_forms().await;
    fixture.clock.advance(Duration::from_secs(2 * 3600 + 1));
    for (action, form) in &forms {
        assert_eq!(fixture.post("operator", action, form).await.status, StatusCode::FORBIDDEN, "{action}");
    }
    assert!(is_unchanged(&fixture).await);
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let (fixture, forms) = with_forms().await;
    for (origin, is_refused) in [("cross-site", true), ("same-site", true), ("same-origin", false)] {
        for (action, form) in &forms {
            let mut body = form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(form);
            let request = Request::post(action.as_str()).header("x-role", "operator").header(SITE, origin);
            let head = request.body(()).unwrap().into_parts().0;
            let page = fixture.respond(action, &head, body.finish().into()).await;
            assert_eq!(page.status == StatusCode::FORBIDDEN, is_refused, "{origin} {action}");
        }
        assert_eq!(is_unchanged(&fixture).await, is_refused, "{origin}");
    }
}

#[tokio::test]
async fn nothing_is_changed_by_a_link() {
    let (fixture, forms) = with_forms().await;
    for (action, form) in &forms {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(form);
        let page = fixture.get("operator", &format!("{action}?{}", query.finish())).await;
        assert!(page.status == StatusCode::OK || page.status == StatusCode::METHOD_NOT_ALLOWED, "{action}");
    }
    assert!(is_unchanged(&fixture).await);
}

#[tokio::test]
async fn a_result_that_this_console_did_not_make_is_not_shown() {
    let (fixture, _) = with_forms().await;
    for seal in ["", "&seal=", "&seal=00"] {
        let page = fixture.get("operator", &format!("/changed?action=purge&count=500&last=9{seal}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn consoles_with_one_key_take_the_forms_of_each_other() {
    let (fixture, _) = with_forms().await;
    let key = || Secret::new("a key of all processes of this service").unwrap();
    let fixture = fixture.with(|console| console.with_form_key(&key()).unwrap());
    let (action, form) = fixture.get("operator", "/pause?source=orders").await.form();
    let fixture = fixture.with(|console| console.with_form_key(&key()).unwrap());
    assert!(fixture.post("operator", &action, &form).await.location().starts_with("/?notice="));
}

#[tokio::test]
async fn a_key_that_could_be_guessed_is_refused() {
    let fixture = Fixture::in_memory();
    let with = |length| fixture.console.clone().with_form_key(&Secret::new("k".repeat(length)).unwrap());
    assert!(with(32).is_ok());
    let error = with(31).unwrap_err();
    assert_eq!(error.field(), "form_key");
    assert!(error.to_string().contains("has 31 bytes, and needs 32"), "{error}");
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused() {
    let (fixture, forms) = with_forms().await;
    let (action, mut form) = forms[0].clone();
    set(&mut form, "reason", &"é".repeat(1001));
    assert_eq!(fixture.post("operator", &action, &form).await.status, StatusCode::BAD_REQUEST);
    set(&mut form, "reason", &"x".repeat(Console::MAX_FORM_BYTES));
    assert_eq!(fixture.post("operator", &action, &form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(is_unchanged(&fixture).await);
}

#[tokio::test]
async fn a_reason_has_as_many_characters_as_its_field_takes() {
    let (fixture, forms) = with_forms().await;
    let (action, mut form) = forms[0].clone();
    set(&mut form, "reason", &"é".repeat(1000));
    assert_eq!(fixture.post("operator", &action, &form).await.status, StatusCode::SEE_OTHER);
    assert!(!is_unchanged(&fixture).await);
}

/// Returns the values of fields, in order.
fn values<'v>(form: &'v [(String, String)], names: &[&str]) -> Vec<&'v str> {
    let value = |name: &&str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    names.iter().filter_map(value).collect()
}

#[tokio::test]
async fn a_form_that_is_refused_is_there_again_with_what_was_typed() {
    let (fixture, _) = with_forms().await;
    let reason = "<b>\u{e9}</b> & \"more\"";
    for (target, typed, problem) in [
        ("/pause?source=orders", &[("for", "soon")][..], "for: `soon` is not a duration"),
        ("/pause?source=orders", &[("for", "0s")], "changes nothing"),
        (
            "/control?source=orders&action=limit",
            &[("attempts", "many"), ("period", "5m")],
            "attempts: `many`",
        ),
        ("/control?source=orders&action=limit", &[("attempts", "9"), ("period", "soon")], "period: `soon`"),
        ("/control?source=orders&action=open_circuit", &[("for", "0s")], "is half open"),
        ("/events/1/compare", &[("with", "1")], "event 1 is the same event"),
        ("/events/1/compare", &[("with", "x")], "with: `x`"),
        ("/events/1/compare", &[("with", "")], "name the event"),
    ] {
        let (action, mut form) = fixture.get("operator", target).await.form();
        typed.iter().for_each(|(name, value)| set(&mut form, name, value));
        set(&mut form, "reason", reason);
        let again = fixture.post("operator", &action, &form).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST, "{target}");
        assert!(again.seen().contains(problem), "{target}: {}", again.seen());
        let (address, shown) = again.again();
        let names: Vec<_> = typed.iter().map(|(name, _)| *name).chain(["reason"]).collect();
        let expected: Vec<_> = typed.iter().map(|(_, value)| *value).chain([reason]).collect();
        assert_eq!((address, values(&shown, &names)), (action, expected), "{target}");
    }
    assert!(is_unchanged(&fixture).await);
    let (action, mut form) = fixture.get("operator", "/change?action=replay&source=orders").await.form();
    set(&mut form, "reason", reason);
    set(&mut form, "limit", "many");
    let (address, shown) = fixture.post("operator", &action, &form).await.again();
    assert_eq!((&address, values(&shown, &["reason"])), (&action, vec![reason]));
    let done = fixture.post("operator", &address, &shown).await.location();
    assert!(
        fixture.get("operator", &done).await.seen().contains("Replayed"),
        "the form that is there again works"
    );
}

#[tokio::test]
async fn a_filter_that_is_refused_is_there_again_with_what_was_typed() {
    let (fixture, _) = with_forms().await;
    for (target, field, typed) in [
        ("/events?source=orders&older_than=soon", "older_than", "soon"),
        ("/dead?source=orders&newer_than=soon", "newer_than", "soon"),
        ("/events?source=orders&ids=1+x7", "ids", "1 x7"),
        ("/events?source=orders&replays=-1", "replays", "-1"),
        ("/audit?event=x", "event", "x"),
    ] {
        let page = fixture.get("operator", target).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{target}");
        assert!(page.seen().contains("is not"), "{}", page.seen());
        let is_there = |name: &str, value: &str| {
            let input = crate::support::selector(&format!("main input[name={name}]"));
            let html = page.parsed();
            html.select(&input).any(|of| of.attr("value") == Some(value))
        };
        assert!(is_there(field, typed), "{target}: {}", page.text);
        assert!(!target.contains("source=") || is_there("source", "orders"), "{target}");
        assert!(!page.text.contains("<table"), "no rows that nobody asked for");
    }
}
