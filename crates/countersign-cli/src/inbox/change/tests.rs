use std::time::Duration;

use countersign_inbox::{EventId, EventState, Filter, Finish, OpsStore, Page};
use serde_json::{Value, json};

use super::plan::Plan;
use super::report::Report;
use crate::Outcome;
use crate::error::CliError;
use crate::inbox::cli::InboxCommand;
use crate::inbox::fixture::{Fixture, said, typed};

fn planned(words: &str) -> Result<Plan, CliError> {
    match typed(words) {
        InboxCommand::Replay(args) => Plan::replay(&args),
        InboxCommand::Discard(args) => Plan::discard(&args),
        InboxCommand::Purge(args) => Plan::purge(&args),
        _ => panic!("{words}"),
    }
}

async fn done(fixture: &Fixture, words: &str) -> Report {
    let plan = planned(words).unwrap();
    let meant = plan.count(&fixture.store).await.unwrap().number;
    plan.carry_out(&fixture.store, meant).await.unwrap()
}

async fn states(fixture: &Fixture) -> Vec<EventState> {
    let rows = fixture.store.list(&Filter::default(), Page::first(5000)).await.unwrap().events;
    rows.iter().rev().map(|row| row.state).collect()
}

fn numbers(ids: &[EventId]) -> Vec<i64> {
    ids.iter().map(|id| id.get()).collect()
}

#[test]
fn nothing_is_changed_by_a_filter_that_was_forgotten() {
    for action in ["replay", "discard", "purge"] {
        let said = planned(action).unwrap_err().to_string();
        assert!(said.contains("give numbers or a filter; --all"), "{said}");
        assert!(planned(&format!("{action} --all")).is_ok());
        assert!(planned(&format!("{action} --after 5")).is_err());
        let said = planned(&format!("{action} --state running")).unwrap_err().to_string();
        assert!(said.contains(&format!("{action} is for events that are")), "{said}");
    }
    assert!(planned("replay --state ready").is_err());
    assert!(planned("purge --state ready").is_err());
    assert!(planned("discard --state done").is_err());
}

#[tokio::test]
async fn more_batches_than_one_reach_everything_and_are_audited_one_by_one() {
    let fixture = Fixture::with(1203).await;
    fixture.kill(1201).await;
    let report = done(&fixture, "replay --source jobs --actor ada --reason again").await;
    assert_eq!(numbers(&report.ids), (1..=1201).collect::<Vec<_>>());
    assert!(states(&fixture).await.iter().all(|state| *state == EventState::Ready));
    let audit = fixture.store.audit(None, Page::first(10)).await.unwrap();
    assert_eq!(audit.iter().map(|entry| entry.count).collect::<Vec<_>>(), [201, 500, 500]);
    assert!(audit.iter().all(|entry| entry.actor == "ada" && entry.action == "replay"));
    assert!(audit.iter().all(|entry| entry.detail.as_ref().is_some_and(|detail| detail.contains("again"))));
    assert_eq!(said(&report), "replayed 1201 events\n");
}

#[tokio::test]
async fn a_dry_run_shows_the_events_and_changes_nothing() {
    let fixture = Fixture::with(25).await;
    fixture.kill(24).await;
    let report = done(&fixture, "purge --all --dry-run").await;
    assert_eq!(report.ids.len(), 24);
    assert!(report.is_ok());
    let text = said(&report);
    assert!(text.starts_with("would purge 24 events\nNUMBER  STATE"), "{text}");
    assert!(text.contains("\n1       dead ") && text.ends_with("and 4 more\n"), "{text}");
    assert_eq!(states(&fixture).await.len(), 25);
    assert_eq!(fixture.store.audit(None, Page::first(1)).await.unwrap(), []);
}

#[tokio::test]
async fn each_action_takes_what_it_is_for() {
    let fixture = Fixture::with(4).await;
    fixture.end(1, Finish::Done).await;
    fixture.kill(1).await;
    let running = fixture.claim(1).await;
    assert_eq!(running.len(), 1);
    // 1 is done, 2 dead, 3 running, 4 ready.
    for (words, ids) in [
        ("replay --all --dry-run", &[2][..]),
        ("replay --state done --dry-run", &[1]),
        ("discard --all --dry-run", &[2, 4]),
        ("discard --state ready --dry-run", &[4]),
        ("purge --all --dry-run", &[1, 2]),
    ] {
        let plan = planned(words).unwrap();
        assert_eq!(plan.count(&fixture.store).await.unwrap().number, ids.len() as u64, "{words}");
        assert_eq!(numbers(&done(&fixture, words).await.ids), ids, "{words}");
    }
    done(&fixture, "discard --all --yes").await;
    done(&fixture, "purge 1").await;
    assert_eq!(states(&fixture).await, [EventState::Done, EventState::Running, EventState::Done]);
}

#[tokio::test]
async fn events_that_were_named_and_left_alone_are_reported_with_the_reason() {
    let fixture = Fixture::with(3).await;
    fixture.end(1, Finish::Done).await;
    fixture.kill(1).await;
    let report = done(&fixture, "replay 1 2 3 9").await;
    assert_eq!(numbers(&report.ids), [2]);
    assert!(!report.is_ok());
    let text = said(&report);
    for line in [
        "replayed event 2\n",
        "unchanged: 1 is done: --state done replays it all the same\n",
        "unchanged: 3 is ready\n",
        "unchanged: 9 is not there\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((json.get("ids"), json.get("unchanged")), (Some(&json!([2])), Some(&json!([1, 3, 9]))));
}

#[tokio::test]
async fn events_that_another_transaction_holds_are_reported() {
    let fixture = Fixture::with(30).await;
    fixture.kill(3).await;
    let mut report = done(&fixture, "replay --source jobs").await;
    assert!(report.is_ok());
    report.held = [9, 12].map(EventId::new).to_vec();
    assert!(!report.is_ok());
    let text = said(&report);
    assert!(text.contains("unchanged: 9 12: 2 held by another transaction: replay them later\n"), "{text}");
    assert_eq!(serde_json::to_value(&report).unwrap().get("held"), Some(&json!([9, 12])));
    report.held = (1..=21).map(EventId::new).collect();
    assert!(said(&report).contains(" 20 …: 21 held by another transaction"), "{}", said(&report));
}

#[tokio::test]
async fn nothing_to_do_is_exit_code_1() {
    let fixture = Fixture::with(1).await;
    let plan = planned("replay --all --json").unwrap();
    assert_eq!(plan.run(&fixture.store).await.unwrap(), Outcome::Negative);
    assert_eq!(planned("discard 1 --json").unwrap().run(&fixture.store).await.unwrap(), Outcome::Fine);
    assert_eq!(said(&done(&fixture, "replay --all").await), "replayed nothing\n");
}

#[tokio::test]
async fn the_first_are_the_oldest_and_the_others_are_a_command_away() {
    let fixture = Fixture::with(8).await;
    fixture.kill(7).await;
    let report = done(&fixture, "replay --state dead --reason fixed --first 5").await;
    assert_eq!(numbers(&report.ids), [1, 2, 3, 4, 5]);
    let rest = "countersign inbox replay --store sqlite:inbox.db --state dead --reason fixed --after 5";
    assert_eq!(report.rest.as_deref(), Some(rest));
    let text = said(&report);
    assert_eq!(text, format!("replayed 5 events: 1, 2, 3, 4, 5\nthe others: {rest}\n"));
    // The canaries are not among the remaining events, even if they die again.
    fixture.kill(5).await;
    let report = done(&fixture, "replay --state dead --after 5 --first 9").await;
    assert_eq!((numbers(&report.ids), report.rest.as_deref()), (vec![6, 7], None));
}

#[tokio::test(start_paused = true)]
async fn canaries_are_watched_until_they_are_done() {
    let fixture = Fixture::with(3).await;
    fixture.kill(3).await;
    let worker = async {
        // After several checks.
        tokio::time::sleep(Duration::from_secs(5)).await;
        fixture.end(1, Finish::Done).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        fixture.end(1, Finish::Done).await;
    };
    let (report, ()) = tokio::join!(done(&fixture, "replay --all --first 2 --wait"), worker);
    assert!(report.is_ok());
    let text = said(&report);
    assert!(text.contains("\n2 done, 0 dead, 0 still waiting\nthe others: "), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_canary_that_dies_is_exit_code_1_and_says_why() {
    let fixture = Fixture::with(2).await;
    fixture.kill(2).await;
    let plan = planned("replay --all --first 2 --wait=1m --json").unwrap();
    let worker = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        fixture.end(1, Finish::Done).await;
        fixture.kill(1).await;
    };
    let (report, ()) = tokio::join!(plan.carry_out(&fixture.store, 2), worker);
    let report = report.unwrap();
    assert!(!report.is_ok());
    let text = said(&report);
    assert!(text.contains("1 done, 1 dead, 0 still waiting\n") && text.contains("no route to"), "{text}");
    let canary = serde_json::to_value(&report).unwrap();
    assert_eq!(canary.pointer("/canary/dead"), Some(&Value::from(1)));
    assert_eq!(canary.pointer("/canary/events/1/state"), Some(&Value::from("dead")));
}

#[tokio::test(start_paused = true)]
async fn canaries_that_do_not_verify_are_counted_by_themselves() {
    let fixture = Fixture::with(2).await;
    fixture.kill(2).await;
    let worker = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        fixture.end(1, Finish::Done).await;
        fixture.end(1, Finish::Unverified { error: "signature_mismatch".to_owned() }).await;
    };
    let (report, ()) = tokio::join!(done(&fixture, "replay --all --first 2 --wait"), worker);
    assert!(!report.is_ok());
    assert!(said(&report).contains("1 done, 0 dead, 1 unverified, 0 still waiting\n"), "{}", said(&report));
    let canary = serde_json::to_value(&report).unwrap();
    assert_eq!(canary.pointer("/canary/unverified"), Some(&Value::from(1)));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_does_not_come_is_not_waited_for_for_ever() {
    let fixture = Fixture::with(1).await;
    fixture.kill(1).await;
    let start = tokio::time::Instant::now();
    let report = done(&fixture, "replay --all --first 1 --wait=90s").await;
    assert_eq!(start.elapsed(), Duration::from_secs(90));
    assert!(!report.is_ok());
    assert!(said(&report).contains("0 done, 0 dead, 1 still waiting\n"), "{}", said(&report));
}

#[tokio::test(start_paused = true)]
async fn named_events_are_watched_without_first() {
    let fixture = Fixture::with(2).await;
    fixture.kill(2).await;
    let worker = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        fixture.end(2, Finish::Done).await;
    };
    let (report, ()) = tokio::join!(done(&fixture, "replay 1 2 --wait"), worker);
    assert!(report.is_ok(), "{}", said(&report));
    assert!(said(&report).contains("\n2 done, 0 dead, 0 still waiting\n"), "{}", said(&report));
    let refused = planned("replay --all --wait").unwrap_err().to_string();
    assert!(refused.contains("numbers, or --first"), "{refused}");
}
