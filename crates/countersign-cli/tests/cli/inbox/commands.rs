use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use countersign_inbox::Finish;
use serde_json::{Value, json};

use super::Fixture;
use crate::support::Ran;

pub(super) fn events_are_counted_listed_and_shown(fixture: &Fixture) {
    fixture.receive(3);
    fixture.kill(1);
    let stats = fixture.inbox("stats --json").json();
    let orders = stats.pointer("/sources/0").unwrap();
    for (field, count) in [("ready", 2), ("running", 0), ("done", 0), ("dead", 1)] {
        assert_eq!(orders.get(field), Some(&json!(count)), "{field}");
    }
    assert!(orders.get("oldest_due_seconds").and_then(Value::as_f64).is_some_and(|age| age < 3600.0));

    let counted = fine(fixture.inbox("stats --window 24h --json")).json();
    let orders = counted.pointer("/sources/0").unwrap();
    for (field, value) in [("backlog", json!(2)), ("attempts", json!(0)), ("last_delivery", Value::Null)] {
        assert_eq!(orders.get(field), Some(&value), "{field}");
    }
    assert_eq!(fixture.inbox("stats --window 2h").code, 2);
    let rejections = fine(fixture.inbox("rejections --json")).json();
    assert_eq!(
        (rejections.get("rejections"), rejections.get("samples")),
        (Some(&json!([])), Some(&json!([])))
    );

    let dead = fine(fixture.inbox("list --state dead --json")).json();
    let event = dead.pointer("/events/0").unwrap();
    assert_eq!(event.get("external_id"), Some(&json!("evt_1")));
    assert_eq!(event.get("error"), Some(&json!("billing said 500")));
    assert_eq!(event.get("received_at"), Some(&json!("2023-11-14T22:13:20.123Z")));

    let id = event.get("id").unwrap();
    let shown = fine(fixture.inbox(&format!("show {id} --json"))).json();
    assert_eq!(shown.get("event"), Some(event));
    assert_eq!(shown.pointer("/attempts/0/outcome"), Some(&json!("dead")));
    assert_eq!(shown.pointer("/attempts/0/worker"), Some(&json!("worker-1")));
    assert_eq!((event.get("code"), event.get("retries")), (Some(&json!(500)), Some(&json!(0))));
    let shown = fine(fixture.inbox(&format!("show {id}"))).stdout;
    assert!(shown.contains("attempt 1: dead  billing said 500 (response 500, took "), "{shown}");

    let missing = fixture.inbox("show 123456");
    assert_eq!((missing.code, missing.stderr.as_str()), (1, "there is no event 123456\n"));
}

pub(super) fn bodies_and_headers_are_shown_when_they_are_asked_for(fixture: &Fixture) {
    fixture.receive(1);
    let shown = fixture.inbox("show 1").stdout;
    assert!(!shown.contains("total") && !shown.contains("application/json"), "{shown}");
    assert!(shown.contains("11 bytes, sha256 ") && shown.contains("content-type: [redacted]\n"), "{shown}");
    let shown = fixture.inbox("show 1 --headers --body").stdout;
    assert!(
        shown.contains("\"total\": 1\n") && shown.contains("content-type: application/json\n"),
        "{shown}"
    );
    let shown = fixture.inbox("show 1 --body --json").json();
    assert_eq!(shown.pointer("/body/json"), Some(&json!({"total": 1})));
}

pub(super) fn pages_lead_through_all_events(fixture: &Fixture) {
    fixture.receive(5);
    let (mut words, mut seen) = ("list --json --limit 2".to_owned(), Vec::new());
    loop {
        let page = fine(fixture.inbox(&words)).json();
        let events = page.get("events").and_then(Value::as_array).unwrap();
        seen.extend(events.iter().map(|event| event.get("external_id").cloned().unwrap()));
        let Some(next) = page.get("next").and_then(Value::as_i64) else { break };
        words = format!("list --json --limit 2 --after {next}");
    }
    assert_eq!(seen, ["evt_5", "evt_4", "evt_3", "evt_2", "evt_1"]);
    let people = fixture.inbox("list --limit 2").stdout;
    assert!(people.contains("more: countersign inbox list --limit 2 --after "), "{people}");
}

pub(super) fn what_is_replayed_is_handled_again(fixture: &Fixture) {
    fixture.receive(3);
    fixture.kill(3);
    let dry = fine(fixture.inbox("replay --error BILLING --dry-run")).stdout;
    assert!(dry.starts_with("would replay 3 events\n"), "{dry}");
    assert!(fixture.claim(10).is_empty());
    let replayed = fine(fixture.inbox("replay --error BILLING --yes --json")).json();
    assert_eq!(replayed.get("count"), Some(&json!(3)));
    let leased = fixture.claim(10);
    assert_eq!(leased.iter().map(|leased| (leased.attempt, leased.replays)).collect::<Vec<_>>(), [(1, 1); 3]);
    // Running events are never changed.
    assert_eq!(fixture.inbox("replay --all --yes").code, 1);
    assert_eq!(fixture.inbox("discard --all --yes").code, 1);
}

pub(super) fn a_paused_endpoint_waits_until_it_is_resumed(fixture: &Fixture) {
    fixture.receive(2);
    let paused = fine(fixture.inbox("pause orders --for 2h --reason upgrade --actor ada"));
    assert!(paused.stdout.starts_with("orders is paused until 20"), "{paused:?}");
    assert!(fixture.claim(2).is_empty());
    let stats = fine(fixture.inbox("stats --json")).json();
    assert_eq!(stats.pointer("/sources/0/paused/reason"), Some(&json!("upgrade")));
    assert_eq!(fine(fixture.inbox("resume orders")).stdout, "orders is resumed\n");
    assert_eq!(fixture.claim(2).len(), 2);
    assert_eq!(fixture.inbox("resume orders").code, 1);
    let note = "`ordres` has no events; with events: `orders`\n";
    for (command, code) in [
        ("pause ordres", 0),
        ("list --source ordres", 0),
        ("errors --source ordres", 0),
        ("replay --source ordres --yes", 1),
    ] {
        let misspelt = fixture.inbox(command);
        assert_eq!((misspelt.code, misspelt.stderr.as_str()), (code, note), "{command}");
    }
    assert_eq!(fixture.inbox("list --source orders --state dead").stderr, "");
}

pub(super) fn errors_are_grouped(fixture: &Fixture) {
    fixture.receive(3);
    fixture.kill(2);
    let errors = fine(fixture.inbox("errors --json")).json();
    assert_eq!(errors.pointer("/errors/0/pattern"), Some(&json!("billing said #")));
    assert_eq!(errors.pointer("/errors/0/count"), Some(&json!(2)));
    let example = errors.pointer("/errors/0/example").unwrap();
    fine(fixture.inbox(&format!("show {example}")));
    assert!(fine(fixture.inbox("errors")).stdout.contains("billing said #\n"));
}

pub(super) fn the_whole_history_is_shown(fixture: &Fixture) {
    fixture.receive(1);
    fixture.end(1, &Finish::Retry { after: Duration::ZERO, error: "down".to_owned() });
    fixture.end(1, &Finish::Done);
    fine(fixture.inbox("replay 1 --state done --actor ada"));
    fixture.kill(1);
    fine(fixture.inbox("replay 1 --actor grace"));
    fixture.end(1, &Finish::Done);
    let shown = fine(fixture.inbox("show 1 --json")).json();
    let attempts = shown.pointer("/attempts").and_then(Value::as_array).unwrap();
    let of = |name| attempts.iter().map(|attempt| attempt.get(name).cloned().unwrap()).collect::<Vec<_>>();
    assert_eq!(of("outcome"), ["retry", "done", "dead", "done"]);
    assert_eq!(of("attempt"), [1, 2, 1, 1]);
    assert_eq!(of("replayed_by"), [Value::Null, Value::Null, json!("ada"), json!("grace")]);
    assert!(of("duration_ms").iter().all(Value::is_u64), "{attempts:?}");
    let people = fine(fixture.inbox("show 1")).stdout;
    let timeline: Vec<_> = ["attempt 1: retry", "attempt 2: done", "by ada", "attempt 1: dead", "by grace"]
        .iter()
        .map(|part| people.find(part).unwrap_or_else(|| panic!("{part}: {people}")))
        .collect();
    assert!(timeline.is_sorted(), "{people}");
}

pub(super) fn what_is_purged_is_gone(fixture: &Fixture) {
    fixture.receive(4);
    fixture.end(1, &Finish::Done);
    fixture.kill(1);
    fine(fixture.inbox("discard 3"));
    let purged = fine(fixture.inbox("purge --older-than 0s --yes")).stdout;
    assert!(purged.starts_with("purged 3 events: "), "{purged}");
    let left = fixture.inbox("list --json").json();
    assert_eq!(left.pointer("/events/0/external_id"), Some(&json!("evt_4")));
    assert!(left.pointer("/events/1").is_none());
    let again = fixture.inbox("purge 1 --json");
    assert_eq!((again.code, again.json().get("unchanged")), (1, Some(&json!([1]))));
}

pub(super) fn every_change_is_in_the_audit_log(fixture: &Fixture) {
    fixture.receive(3);
    fixture.kill(2);
    fine(fixture.inbox("replay --all --yes --actor ada --reason fixed"));
    fine(fixture.inbox("discard 3 --actor grace"));
    fine(fixture.inbox("discard 1 --dry-run --actor eve"));
    fine(fixture.inbox("purge 3"));
    let log = fine(fixture.inbox("audit --json")).json();
    let entries = log.get("entries").and_then(Value::as_array).unwrap();
    let of = |name| entries.iter().map(|entry| entry.get(name).cloned().unwrap()).collect::<Vec<_>>();
    assert_eq!(of("action"), ["purge", "discard", "replay"]);
    assert_eq!(of("count"), [1, 1, 2]);
    assert_eq!(of("event"), [json!(3), json!(3), Value::Null]);
    let actors = of("actor");
    assert_eq!(actors.get(1..).unwrap(), ["grace", "ada"]);
    // Without an option: the user and the machine.
    assert!(actors.first().and_then(Value::as_str).is_some_and(|actor| actor.contains('@')), "{actors:?}");
    assert!(of("detail").last().and_then(Value::as_str).is_some_and(|detail| detail.contains("fixed")));
    let page = fine(fixture.inbox("audit --limit 1")).stdout;
    assert!(page.contains("more: countersign inbox audit --limit 1 --after "), "{page}");
    assert_eq!(fixture.inbox("audit 3 --json").json().pointer("/entries/1/actor"), Some(&json!("grace")));
}

pub(super) fn a_bulk_change_wants_a_filter_or_all(fixture: &Fixture) {
    fixture.receive(2);
    fixture.kill(2);
    for what in ["replay", "discard", "purge"] {
        let refused = fixture.inbox(what);
        assert!(refused.code == 2 && refused.stderr.contains(&format!("{what} what?")), "{refused:?}");
    }
    assert!(fixture.claim(10).is_empty());
    // Without a terminal there is no question.
    assert_eq!(fine(fixture.inbox("replay --state dead")).stdout, "replayed 2 events: 1, 2\n");
    assert_eq!(fixture.claim(10).len(), 2);
}

pub(super) fn a_canary_that_dies_is_exit_code_1(fixture: &Fixture) {
    fixture.receive(3);
    fixture.kill(3);
    let mut command = fixture.command("replay --all --first 2 --wait=10m --yes");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The command has reached its wait once an event is due.
    let mut ended = 0;
    while ended < 2 {
        let leased = fixture.claim(1);
        ended += leased.len();
        fixture.finish(leased, &Finish::Dead { error: format!("again {ended}") });
    }
    let mut said = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        said.push_str(&(line.unwrap() + "\n"));
    }
    assert_eq!(child.wait().unwrap().code(), Some(1), "{said}");
    assert!(said.contains("replayed 2 events: 1, 2\n0 done, 2 dead, 0 still waiting\n"), "{said}");
    assert!(said.contains("again 1") && said.contains("again 2"), "{said}");
    let rest = said.lines().last().unwrap().strip_prefix("the others: countersign inbox ").unwrap();
    assert_eq!(rest, "replay --all --after 2");
    assert_eq!(fine(fixture.inbox(&format!("{rest} --yes"))).stdout, "replayed event 3\n");
}

fn fine(ran: Ran) -> Ran {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    ran
}
