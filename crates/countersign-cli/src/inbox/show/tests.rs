use countersign_inbox::{Action, Change, Filter, Finish, InboxStore};
use serde_json::{Value, json};

use super::*;
use crate::inbox::cli::InboxCommand;
use crate::inbox::fixture::{Fixture, new_event, said, typed};

async fn shown(fixture: &Fixture, words: &str) -> Option<EventDetails> {
    let InboxCommand::Show(args) = typed(words) else { panic!("{words}") };
    look(&fixture.store, &args).await.unwrap()
}

/// Returns an event that failed, died, was replayed by Ada, and is ready.
async fn with_a_past() -> Fixture {
    let fixture = Fixture::with(1).await;
    let error = "timed out".to_owned();
    fixture.end(1, Finish::Retry { after: std::time::Duration::ZERO, error }).await;
    fixture.kill(1).await;
    let mut change = Change::new(Action::Replay, Filter::ids([countersign_inbox::EventId::new(1)]), "ada");
    change.reason = Some("billing is back".to_owned());
    assert_eq!(fixture.store.change(&change).await.unwrap().ids.len(), 1);
    fixture
}

#[tokio::test]
async fn people_see_facts_names_of_headers_and_what_happened() {
    let fixture = with_a_past().await;
    let shown_event = said(&shown(&fixture, "show 1").await.unwrap());
    for part in [
        "event 1\nstate     ready\nsource    jobs\nprovider  proxiant\ntenant    acme\ntype      job.served\n",
        "replays   1\nfence     2\n",
        "bytes, sha256 ",
        "POST /hooks?[redacted]\n",
        "x-proxiant-signature: [redacted]\n",
        "user-agent: [redacted]\n",
        "attempt 1: retry  timed out (took 0s, worker worker-1)\n",
        "attempt 2: dead   no route to \"billing\"\\u{1b}[2J (response 502, took 0s, worker worker-1)\n",
        "by ada: ",
        "billing is back",
    ] {
        assert!(shown_event.contains(part), "{part}: {shown_event}");
    }
    for hidden in ["hunter2", "sha256=", "Proxiant/1", "del_1\"", "\x1b"] {
        assert!(!shown_event.contains(hidden), "{hidden}: {shown_event}");
    }
}

#[tokio::test]
async fn what_is_asked_for_is_shown_and_credentials_only_by_name() {
    let fixture = Fixture::with(1).await;
    let shown_event = said(&shown(&fixture, "show 1 --headers --body").await.unwrap());
    assert!(shown_event.contains("user-agent: Proxiant/1\n"), "{shown_event}");
    assert!(shown_event.contains("\n  \"id\": \"del_1\",\n"), "{shown_event}");
    assert!(shown_event.contains("x-proxiant-signature: [redacted]\n"), "{shown_event}");
    assert!(!shown_event.contains("hunter2"), "{shown_event}");
    let shown_event = said(&shown(&fixture, "show 1 --headers --reveal").await.unwrap());
    assert!(shown_event.contains("POST /hooks?token=hunter2\n"), "{shown_event}");
    assert!(shown_event.contains("x-proxiant-signature: sha256="), "{shown_event}");
    assert!(!shown_event.contains("del_1\""), "{shown_event}");
}

#[tokio::test]
async fn the_audit_log_says_who_has_seen_values() {
    let fixture = Fixture::with(1).await;
    for (words, is_credentials) in [
        ("show 1 --body --actor ada --reason ticket", false),
        ("show 1 --headers --actor ada --reason ticket", false),
        ("show 1 --headers --reveal --json --actor ada --reason ticket", true),
    ] {
        shown(&fixture, words).await.unwrap();
        let entry = fixture.store.audit(None, Page::first(1)).await.unwrap().remove(0);
        assert_eq!(
            (entry.action.as_str(), entry.actor.as_str(), entry.event),
            ("reveal", "ada", Some(EventId::new(1)))
        );
        let mut reveal = Reveal::new(EventId::new(1), "ada").with_reason("ticket");
        reveal.credentials = is_credentials;
        assert_eq!(entry.detail, Some(reveal.detail()), "{words}");
    }
    for words in ["show 1", "show 1 --json", "show 2 --body --actor ada"] {
        let _ = shown(&fixture, words).await;
    }
    assert_eq!(fixture.store.audit(None, Page::first(9)).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_body_that_may_have_credentials_is_seen_with_them() {
    let fixture = Fixture::with(0).await;
    let mut event = new_event("jobs", 1);
    event.provider = "figma".to_owned();
    fixture.store.accept(event).await.unwrap();
    for (words, is_credentials) in [("show 1 --headers", "false"), ("show 1 --body", "true")] {
        shown(&fixture, words).await.unwrap();
        let detail = fixture.store.audit(None, Page::first(1)).await.unwrap().remove(0).detail.unwrap();
        assert!(detail.starts_with(&format!("{{\"credentials\":{is_credentials},")), "{words}: {detail}");
    }
}

#[tokio::test]
async fn machines_see_the_same_in_fields() {
    let shown_event =
        serde_json::to_value(shown(&with_a_past().await, "show 1 --json").await.unwrap()).unwrap();
    let fields: Vec<_> = shown_event.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        fields,
        [
            "attempts",
            "audit",
            "body",
            "bulk",
            "earlier_attempts",
            "event",
            "explained",
            "fence",
            "fields",
            "ordering_key",
            "request",
            "waits_for",
            "worker"
        ]
    );
    let attempt = json!({
        "attempt": 1, "fence": 1, "started_at": "2023-11-14T22:13:20Z", "ended_at": "2023-11-14T22:13:20Z",
        "duration_ms": 0, "outcome": "retry", "failure": null, "code": null, "error": "timed out",
        "worker": "worker-1", "replayed_by": null
    });
    assert_eq!(shown_event.pointer("/attempts/0"), Some(&attempt));
    assert_eq!(shown_event.pointer("/audit/0/actor"), Some(&Value::from("ada")));
    assert_eq!(shown_event.pointer("/request/headers/0/value"), Some(&Value::Null));
    assert_eq!(shown_event.pointer("/request/query"), Some(&Value::from("[redacted]")));
    assert!(shown_event.pointer("/body/json").is_none() && shown_event.pointer("/body/sha256").is_some());
    let shown_event =
        serde_json::to_value(shown(&Fixture::with(1).await, "show 1 --body").await.unwrap()).unwrap();
    assert_eq!(shown_event.pointer("/body/json/id"), Some(&Value::from("del_1")));
}

#[tokio::test]
async fn fields_of_the_declaration_have_the_values_of_what_is_asked_for() {
    let fixture = Fixture::with(0).await;
    let mut event = new_event("jobs", 1);
    event.body = r#"{"id":"del_1","event":"job.served","data":{"job":"job_7","steps":[]}}"#.into();
    fixture.store.accept(event).await.unwrap();
    let field = async |words: &str, name: &str| {
        let json = serde_json::to_value(shown(&fixture, words).await.unwrap()).unwrap();
        let fields = json.pointer("/fields").and_then(Value::as_array).unwrap();
        let found = fields.iter().find(|field| field.get("name") == Some(&json!(name))).cloned();
        found.map(|field| (field["place"].clone(), field["value"].clone()))
    };
    assert_eq!(field("show 1", "Type").await, Some((json!("json:/event"), json!("job.served"))));
    assert_eq!(field("show 1", "Data").await, Some((json!("json:/data"), json!("not revealed"))));
    let missing = json!("not in the revealed part of the request");
    assert_eq!(field("show 1 --headers", "Data").await, Some((json!("json:/data"), missing)));
    assert_eq!(field("show 1 --headers", "Member of the data").await, None);
    let member = Some((json!("json:/data/job"), json!("job_7")));
    assert_eq!(field("show 1 --body", "Member of the data").await, member);
    let text = said(&shown(&fixture, "show 1 --body").await.unwrap());
    assert!(text.contains("\nFIELD ") && text.contains("Member of the data  json:/data/job "), "{text}");
    let text = said(&shown(&fixture, "show 1 --headers").await.unwrap());
    assert!(!text.contains("job_7"), "{text}");
}

#[tokio::test]
async fn an_unverified_event_is_explained() {
    let fixture = Fixture::with(1).await;
    let cure = "add the secret again";
    let error = format!("the stored request was not verified again (missing_signature): {cure}");
    fixture.end(1, Finish::Unverified { error }).await;
    let text = said(&shown(&fixture, "show 1").await.unwrap());
    for line in [
        "why it is unverified\n",
        "  failed: the signature is absent or empty\n",
        "  cure: add the secret again\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let json = serde_json::to_value(shown(&fixture, "show 1").await.unwrap()).unwrap();
    assert_eq!(json.pointer("/explained/cure"), Some(&json!(cure)));
    assert_eq!(
        json.pointer("/explained/headers/0"),
        Some(&json!("signature in header x-proxiant-signature: there"))
    );
    let other = serde_json::to_value(shown(&Fixture::with(1).await, "show 1").await.unwrap()).unwrap();
    assert_eq!(other.pointer("/explained"), Some(&Value::Null));
}

#[tokio::test]
async fn changes_of_many_events_are_in_the_timeline_of_each() {
    let fixture = Fixture::with(2).await;
    fixture.kill(2).await;
    let mut change = Change::new(Action::Replay, Filter::default(), "grace");
    change.filter.source = Some("jobs".to_owned());
    change.reason = Some("fixed".to_owned());
    assert_eq!(fixture.store.change(&change).await.unwrap().ids.len(), 2);
    let shown_event = said(&shown(&fixture, "show 2").await.unwrap());
    assert!(
        shown_event.contains("replay           by grace, of 2 events: reason \"fixed\"; source \"jobs\"\n"),
        "{shown_event}"
    );
    // Of another endpoint.
    change.filter.source = Some("other".to_owned());
    fixture.store.change(&change).await.unwrap();
    let json = serde_json::to_value(shown(&fixture, "show 2").await.unwrap()).unwrap();
    assert_eq!(json.pointer("/bulk").and_then(Value::as_array).map(Vec::len), Some(1), "{json}");
}

#[tokio::test]
async fn a_success_before_a_replay_is_in_the_timeline() {
    let fixture = Fixture::with(1).await;
    fixture.end(1, Finish::Done).await;
    let mut change = Change::new(Action::Replay, Filter::ids([countersign_inbox::EventId::new(1)]), "ada");
    change.filter.state = Some(countersign_inbox::EventState::Done);
    assert_eq!(fixture.store.change(&change).await.unwrap().ids.len(), 1);
    fixture.kill(1).await;
    let shown_event = shown(&fixture, "show 1").await.unwrap();
    let text = said(&shown_event);
    assert!(text.contains("attempt 1: done  (took 0s, worker worker-1)\n"), "{text}");
    let json = serde_json::to_value(shown_event).unwrap();
    let of = |field: &str| -> Vec<_> {
        let attempts = json.pointer("/attempts").and_then(Value::as_array).unwrap();
        attempts.iter().map(|attempt| attempt.get(field).cloned().unwrap()).collect()
    };
    assert_eq!(of("outcome"), ["done", "dead"]);
    assert_eq!(of("replayed_by"), [Value::Null, json!("ada")]);
    assert_eq!(of("code"), [Value::Null, json!(502)]);
}

#[tokio::test]
async fn an_event_that_waits_for_another_one_says_for_which() {
    let fixture = Fixture::with(1).await;
    for number in [2, 3] {
        fixture.receive_in_order(number, "job 17").await;
    }
    let text = said(&shown(&fixture, "show 3").await.unwrap());
    assert!(text.contains("order      job 17\n") && text.contains("waits for  event 2\n"), "{text}");
    let json = serde_json::to_value(shown(&fixture, "show 2").await.unwrap()).unwrap();
    assert_eq!((&json["ordering_key"], &json["waits_for"]), (&json!("job 17"), &Value::Null));
}

#[tokio::test]
async fn an_event_that_is_not_there_is_none() {
    assert!(shown(&Fixture::with(1).await, "show 2").await.is_none());
}
