//! `demo`: every row is as it should be, and there is a row for everything.

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
    assert!(ran.stdout.ends_with("\n88 requests, each answered as expected\n"), "{ran:?}");
    assert!(!ran.stdout.contains('✗'), "{ran:?}");
}
