use countersign_inbox::{CircuitReport, InboxStore, Page};
use serde_json::json;

use super::*;
use crate::inbox::cli::InboxCommand;
use crate::inbox::fixture::{Fixture, said, typed};

async fn ran(fixture: &Fixture, words: &str) -> Result<Outcome, CliError> {
    match typed(words) {
        InboxCommand::Limit(args) => set_limit(&fixture.store, &args).await,
        InboxCommand::Unlimit(args) => unlimit(&fixture.store, &args).await,
        InboxCommand::OpenCircuit(args) => open(&fixture.store, &args).await,
        InboxCommand::CloseCircuit(args) => close(&fixture.store, &args).await,
        _ => panic!("no control"),
    }
}

async fn shown(fixture: &Fixture) -> Shown {
    Shown::new(&fixture.store.controls().await.unwrap())
}

#[tokio::test]
async fn a_limit_is_set_shown_and_removed_once() {
    let fixture = Fixture::with(0).await;
    assert_eq!(said(&shown(&fixture).await), "no operator has set a limit\nno circuit is open\n");
    let set = ran(&fixture, "limit jobs 100/1m --actor ada --reason slow").await.unwrap();
    assert_eq!(set, Outcome::Fine);
    let page = said(&shown(&fixture).await);
    let row: Vec<_> = page.lines().nth(1).unwrap().split_whitespace().collect();
    let at = "2023-11-14T22:13:20Z";
    assert_eq!(row, ["jobs", "100", "attempts", "per", "1m", at, "ada", "slow"], "{page}");
    let json = serde_json::to_value(shown(&fixture).await).unwrap();
    let expected = json!({"source": "jobs", "attempts": 100, "period_seconds": 60.0, "since": at, "actor": "ada", "reason": "slow"});
    assert_eq!(json, json!({"limits": [expected], "circuits": []}));
    for expected in [Outcome::Fine, Outcome::Negative] {
        assert_eq!(ran(&fixture, "unlimit jobs --actor bob").await.unwrap(), expected);
    }
    let log = fixture.store.audit(None, Page::first(10)).await.unwrap();
    let log: Vec<_> = log.iter().map(|of| (of.action.as_str(), of.actor.as_str())).collect();
    assert_eq!(log, [("unlimit", "bob"), ("limit", "ada")]);
    for wrong in ["100", "0/1m", "x/1m", "1/x", "1/0s"] {
        assert!(limit(wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn circuits_are_opened_closed_and_shown_with_their_failures() {
    let fixture = Fixture::with(0).await;
    assert_eq!(ran(&fixture, "open-circuit jobs --for 5m --actor ada").await.unwrap(), Outcome::Fine);
    let commands = fixture.store.controls().await.unwrap().commands;
    assert_eq!(commands.first().and_then(|of| of.left), Some(Duration::from_secs(300)));
    let page = said(&shown(&fixture).await);
    let row: Vec<_> = page.lines().last().unwrap().split_whitespace().collect();
    let opened = ["jobs", "not", "reported", "yet", "open", "5m", "opened", "by", "an", "operator"];
    assert_eq!(row, opened, "{page}");
    assert_eq!(ran(&fixture, "close-circuit jobs --actor ada").await.unwrap(), Outcome::Fine);
    let refused = ran(&fixture, "open-circuit jobs --for 0s").await.unwrap_err().to_string();
    assert!(refused.contains("say how long"), "{refused}");
    let report = |source: &str, secs, pattern: Option<&str>| CircuitReport {
        source: source.to_owned(),
        left: Duration::from_secs(secs),
        is_half_open: secs == 0,
        pattern: pattern.map(str::to_owned),
    };
    let open = [report("audits", 30, Some("503 #")), report("jobs", 0, None)];
    fixture.store.report_circuits("worker-1", &open).await.unwrap();
    let page = said(&shown(&fixture).await);
    let rows: Vec<Vec<_>> = page.lines().skip(3).map(|line| line.split_whitespace().collect()).collect();
    let expected = [
        vec!["audits", "worker-1", "open", "30s", "503", "#"],
        vec!["jobs", "worker-1", "half_open", "0s", "opened", "by", "an", "operator"],
    ];
    assert_eq!(rows, expected, "{page}");
    let json = serde_json::to_value(shown(&fixture).await).unwrap();
    assert_eq!(json.pointer("/circuits/0/left_seconds"), Some(&json!(30.0)));
}
