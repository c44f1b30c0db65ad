//! Tests that `demo` succeeds, and has a row for every case.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::run;

#[test]
fn every_provider_meets_every_case_on_both_frameworks() {
    let ran = run(&["demo", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let report = ran.json();
    assert_eq!(report.get("ok"), Some(&json!(true)));
    let rows = report.get("rows").and_then(Value::as_array).unwrap();
    for row in rows {
        assert_eq!(row.get("ok"), Some(&json!(true)), "{row}");
        assert_eq!(row.get("answered"), row.get("expected"), "{row}");
    }
    let names =
        |name| rows.iter().map(|row| row.get(name).unwrap().as_str().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!(names("provider"), BTreeSet::from(["preflix", "redpin", "printprice", "proxiant"]));
    assert_eq!(names("framework"), BTreeSet::from(["axum", "actix"]));
    assert_eq!(names("sent").len(), 11);
    assert_eq!(rows.len(), 4 * 2 * 11);
}

#[test]
fn a_row_says_what_was_sent_expected_and_answered() {
    let report = run(&["demo", "--json"]).json();
    let row = report.pointer("/rows/2").unwrap();
    let answer = json!({"status": 401, "kind": "signature_mismatch", "variant": null, "key": null});
    assert_eq!(
        row,
        &json!({
            "provider": "preflix",
            "sent": "tampered body",
            "framework": "axum",
            "expected": answer,
            "answered": answer,
            "ok": true,
        })
    );
}

#[test]
fn people_get_a_table_that_fits_a_terminal() {
    let ran = run(&["demo"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{ran:?}");
    assert!(ran.stdout.contains("\n88 requests, each answered as expected\n"), "{ran:?}");
    assert!(ran.stdout.ends_with("nothing lost, and only what was interrupted ran again\n"), "{ran:?}");
    assert!(!ran.stdout.contains('✗'), "{ran:?}");
}

#[test]
fn an_inbox_is_killed_and_loses_nothing() {
    let report = run(&["demo", "--json"]).json();
    let steps = report.get("inbox").and_then(Value::as_array).unwrap();
    let sent: Vec<_> = steps.iter().map(|step| step.get("sent").and_then(Value::as_str).unwrap()).collect();
    assert_eq!(
        sent,
        [
            "an event",
            "again, while it is handled",
            "another, 32 times at once",
            "five more",
            "kill -9 in a handler",
            "restart, same file",
            "all of them again",
            "at the end",
        ]
    );
    for step in steps {
        assert_eq!(step.get("observed"), step.get("expected"), "{step}");
    }
}

#[test]
fn the_process_that_is_killed_is_no_command_of_the_help() {
    assert!(!run(&["--help"]).stdout.contains("demo-receiver"));
}
