//! Tests of `simulate`, with `listen` as the receiver.

mod endpoints;

use std::fs;

use countersign_test_servers::refusing_addr;
use serde_json::{Value, json};

use crate::listen::Listener;
use crate::support::{OTHER_SECRET, SECRET, file, run};

/// Starts a receiver of a founding provider.
fn receiver(provider: &str) -> (Listener, String) {
    let listener = Listener::start_for(provider);
    let to = format!("http://{}{}", listener.addr, listener.path);
    (listener, to)
}

/// Returns the URL of a port on which no process listens.
fn nowhere() -> String {
    format!("http://{}/", refusing_addr())
}

#[test]
fn the_script_of_a_founding_provider_arrives_in_order() {
    for (provider, events) in [("preflix", 6), ("redpin", 2), ("printprice", 6), ("proxiant", 12)] {
        let (mut listener, to) = receiver(provider);
        let ran = run(&[
            "simulate",
            provider,
            "--secret",
            SECRET,
            "--to",
            &to,
            "--rate",
            "1000/s",
            "--concurrency",
            "1",
            "--json",
        ]);
        let report = ran.json();
        assert_eq!((ran.code, &report["telemetry"]["delivered"]), (0, &json!(events)), "{provider}: {ran:?}");
        for attempt in report["attempts"].as_array().unwrap() {
            let received: Value = serde_json::from_str(&listener.printed()).unwrap();
            assert_eq!(
                (&received["event_type"], &attempt["outcome"]),
                (&attempt["event_type"], &json!(200)),
                "{provider}"
            );
        }
    }
}

#[test]
fn the_same_seed_repeats_a_run_with_its_faults() {
    let (_listener, to) = receiver("preflix");
    let simulate = || {
        let words = [
            "simulate",
            "preflix",
            "--secret",
            SECRET,
            "--to",
            &to,
            "--rate",
            "1000/s",
            "--concurrency",
            "1",
            "--seed",
            "7",
            "--duplicates",
            "0.4",
            "--reorder",
            "0.4",
            "--count",
            "3",
            "--json",
        ];
        let report = run(&words).json();
        let attempts = report["attempts"].as_array().unwrap().iter();
        attempts.map(|attempt| (attempt["message"].clone(), attempt["duplicate"].clone())).collect::<Vec<_>>()
    };
    let first = simulate();
    assert_eq!(first, simulate());
    assert!(first.iter().any(|(_, duplicate)| *duplicate == json!(true)), "{first:?}");
}

#[test]
fn what_is_given_up_is_listed_saved_and_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("failed.jsonl");
    let file = file.to_str().unwrap();
    let (_listener, to) = receiver("preflix");
    let base = ["simulate", "preflix", "--to", &to, "--rate", "1000/s"];

    let failing = [
        "--secret",
        OTHER_SECRET,
        "--speed",
        "10000000",
        "--event",
        "audit.completed",
        "--save-failed",
        file,
    ];
    let ran = run(&[&base[..], &failing].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.stdout.contains("0 of 1 events delivered") && ran.stdout.contains("operations queue"),
        "{ran:?}"
    );
    let row = ran.stdout.lines().find(|line| line.starts_with("evt_")).unwrap();
    let words: Vec<_> = row.split_whitespace().collect();
    assert_eq!(words[1..], ["audit.completed", "401", "12", &to, "401"]);
    assert_eq!(fs::read_to_string(file).unwrap().lines().count(), 1);

    let again = run(&[&base[..], &["--secret", SECRET, "--replay", file, "--json"]].concat());
    assert_eq!((again.code, &again.json()["telemetry"]["delivered"]), (0, &json!(1)), "{again:?}");
    assert_eq!(again.json()["attempts"][0]["message"], words[0]);
}

#[test]
fn a_load_prints_percentiles_and_draws_a_plot() {
    let folder = tempfile::tempdir().unwrap();
    let plot = folder.path().join("load.svg");
    let (_listener, to) = receiver("preflix");
    let ran = run(&[
        "simulate",
        "preflix",
        "--secret",
        SECRET,
        "--to",
        &to,
        "--load",
        "100/s",
        "--for",
        "300ms",
        "--plot",
        plot.to_str().unwrap(),
        "--json",
    ]);
    let report = ran.json();
    // A process that stands still for a while sends less.
    let sent = report["sent"].as_u64().unwrap();
    assert!(sent > 0, "{ran:?}");
    assert_eq!((ran.code, &report["acknowledged"]), (0, &json!(sent)), "{ran:?}");
    assert!(report["latency_ms"]["p50"].as_f64().unwrap() > 0.0, "{report}");
    let drawn = fs::read_to_string(plot).unwrap();
    assert!(
        drawn.contains("<svg") && drawn.contains("events per second") && drawn.contains("p99"),
        "{drawn}"
    );
}

#[test]
fn a_subscription_receives_only_the_types_that_it_names() {
    let (_listener, to) = receiver("preflix");
    let ran = run(&[
        "simulate",
        "preflix",
        "--secret",
        SECRET,
        "--to",
        &to,
        "--rate",
        "1000/s",
        "--subscribe",
        "audit.*",
        "--json",
    ]);
    let report = ran.json();
    assert_eq!((ran.code, &report["telemetry"]["delivered"]), (0, &json!(2)), "{ran:?}");
    let actions: Vec<_> =
        report["audit_log"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions[0], "subscribed", "{actions:?}");
}

#[test]
fn what_cannot_work_is_refused_with_the_cure() {
    let to = nowhere();
    for (words, reason) in [
        (&["--to", "http://192.0.2.1/"][..], "--allow-host 192.0.2.1"),
        (&["--to", &to, "--load", "20000/s", "--for", "1s"], "at most 10000"),
        (&["--to", &to, "--load", "10/s", "--for", "1h"], "at most 10min"),
        (&["--to", &to, "--load", "10/s"], "--for"),
        (&["--to", &to, "--load", "10/s", "--for", "1s", "--duplicates", "0.1"], "--duplicates"),
        (&["--to", &to, "--duplicates", "2"], "from 0 to 1"),
        (&["--api", "127.0.0.1:0"], "`proxiant`"),
        (&[], "give --to"),
        (&["--to", &to, "--replay", "/nowhere.jsonl"], "cannot read"),
    ] {
        let ran = run(&[&["simulate", "preflix", "--secret", SECRET], words].concat());
        assert_eq!(ran.code, 2, "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(reason), "{words:?}: {ran:?}");
    }
}

#[test]
fn a_receiver_that_is_not_there_leaves_the_operations_queue() {
    let ran = run(&[
        "simulate",
        "proxiant",
        "--secret",
        SECRET,
        "--to",
        &nowhere(),
        "--event",
        "job.served",
        "--speed",
        "10000000",
        "--json",
    ]);
    let failed = &ran.json()["operations_queue"][0];
    assert_eq!(
        (ran.code, &failed["response_code"], &failed["retry_count"]),
        (1, &Value::Null, &json!(3)),
        "{ran:?}"
    );
}

#[test]
fn values_are_set_in_the_bodies_of_a_script() {
    for (provider, at) in
        [("preflix", "note"), ("redpin", "note"), ("printprice", "note"), ("proxiant", "data.note")]
    {
        let (mut listener, to) = receiver(provider);
        let set = format!("{at}=ours");
        let words =
            ["simulate", provider, "--secret", SECRET, "--to", &to, "--rate", "1000/s", "--set", &set];
        let ran = run(&words);
        assert_eq!(ran.code, 0, "{provider}: {ran:?}");
        let received: Value = serde_json::from_str(&listener.printed()).unwrap();
        assert_eq!(
            received["body"].pointer(&format!("/{}", at.replace('.', "/"))),
            Some(&json!("ours")),
            "{received}"
        );
    }
}

#[test]
fn a_body_of_ones_own_is_sent_with_a_new_id() {
    let (mut listener, to) = receiver("preflix");
    let body = file(
        "own-event.json",
        br#"{"id":"old","type":"audit.completed","created_at":"2026-01-01T00:00:00Z","data":{"ours":1}}"#,
    );
    for words in [&["simulate", "preflix"][..], &["trigger", "preflix", "audit.completed"]] {
        let ran = run(&[words, &["--secret", SECRET, "--to", &to, "--body", &body]].concat());
        assert_eq!(ran.code, 0, "{words:?}: {ran:?}");
        let received: Value = serde_json::from_str(&listener.printed()).unwrap();
        assert_eq!(
            (&received["event_type"], &received["body"]["data"]),
            (&json!("audit.completed"), &json!({"ours": 1}))
        );
        assert_ne!(received["id"], "old", "{received}");
    }
    let neither = file("own-event.txt", b"neither");
    let ran = run(&["trigger", "preflix", "a", "--secret", SECRET, "--to", &to, "--body", &neither]);
    assert_eq!(ran.code, 2, "{ran:?}");
}
