//! Tests of `simulate` with several endpoints, and with filters.

use serde_json::{Value, json};

use crate::app::App;
use crate::listen::Listener;
use crate::record::directory;
use crate::support::{OTHER_SECRET, SECRET, countersign, file, run, run_command};

/// Starts a receiver of a provider under another secret.
fn other_receiver(provider: &str) -> Listener {
    let mut command = countersign();
    command.args(["listen", "--provider", provider, "--secret", OTHER_SECRET, "--addr", "127.0.0.1:0"]);
    command.stdout(std::process::Stdio::piped());
    Listener::of(command)
}

fn url(listener: &Listener) -> String {
    format!("http://{}{}", listener.addr, listener.path)
}

/// Returns the types of the next deliveries.
fn types(listener: &mut Listener, number: usize) -> Vec<String> {
    let mut next = || {
        let received: Value = serde_json::from_str(&listener.printed()).unwrap();
        received["event_type"].as_str().unwrap().to_owned()
    };
    (0..number).map(|_| next()).collect()
}

#[test]
fn a_partner_receives_its_own_events_filtered_and_under_its_own_secret() {
    let (mut all, mut acme, mut beta) =
        (Listener::start_for("printprice"), Listener::start_for("printprice"), other_receiver("printprice"));
    let of_acme = format!("{} partner=acme", url(&acme));
    let of_beta = format!(
        "{} events=order.*,pricing.completed partner=beta event_version=2 secret-env=SECRET_OF_BETA",
        url(&beta)
    );
    let mut command = countersign();
    command.args(["simulate", "printprice", "--secret", SECRET, "--to", &url(&all), "--rate", "1000/s"]);
    command.args(["--concurrency", "1", "--partner", "acme", "--partner", "beta"]);
    command
        .args(["--subscription", &of_acme, "--subscription", &of_beta])
        .env("SECRET_OF_BETA", OTHER_SECRET);
    let ran = run_command(command, b"");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("20 of 20 events delivered"), "{ran:?}");
    for (listener, number) in [(&all, 12), (&acme, 6), (&beta, 2)] {
        let row = ran.stdout.lines().find(|line| line.starts_with(&url(listener))).unwrap();
        let words: Vec<_> = row.split_whitespace().skip(1).collect();
        assert_eq!(words, [number.to_string(), number.to_string(), number.to_string()], "{row}");
    }
    let six = types(&mut acme, 6);
    assert_eq!(types(&mut all, 12), [&*six, &*six].concat());
    assert_eq!(types(&mut beta, 2), ["pricing.completed", "order.generated"]);
}

#[test]
fn a_filter_that_selects_nothing_is_refused_with_what_there_is() {
    let app = App::start();
    let to = app.url("/");
    let base = ["simulate", "printprice", "--secret", SECRET, "--to", &to];
    let beta = format!("{} partner=beta", app.url("/beta"));
    for (options, said) in [
        (&["--only", "environment=sandbox"][..], "values of environment are production"),
        (&["--only", "event_version=3"], "values of event_version are 1, 2"),
        (&["--only", "region=eu"], "no event has region, but entity_id, environment, event, event_version,"),
        (&["--subscribe", "audit.*"], "types are compatibility.evaluated, document.analyzed,"),
        (&["--event", "order.generated", "--subscribe", "order.failed"], "types are order.generated"),
        (&["--partner", "acme", "--subscription", &beta], "values of partner are acme"),
    ] {
        let ran = run(&[&base, options].concat());
        assert_eq!(ran.code, 2, "{options:?}: {ran:?}");
        let refused = ran.stderr.contains(said) && ran.stderr.contains("selects no event for ");
        assert!(refused, "{options:?}: {ran:?}");
    }
    assert!(app.saw_nothing());
}

#[test]
fn the_default_version_selects_among_events_that_have_one() {
    let body = file("order-without-version.json", br#"{"event":"order.generated","data":{}}"#);
    let other =
        file("order-of-version-2.json", br#"{"event":"order.generated","event_version":2,"data":{}}"#);
    let saved = directory("saved-of-version-2");
    std::fs::create_dir_all(&saved).unwrap();
    let saved = format!("{saved}/queue");
    let base = ["simulate", "printprice", "--secret", SECRET, "--rate", "1000/s"];
    let closed = ["--to", "http://127.0.0.1:1/", "--speed", "10000000"];
    let ran = run(&[&base[..], &closed, &["--only", "event_version=2", "--save-failed", &saved]].concat());
    assert_eq!((ran.code, std::fs::read_to_string(&saved).unwrap().lines().count()), (1, 6), "{ran:?}");
    for (options, number) in [
        (&["--event", "nothing.here"][..], 1),
        (&["--event", "order.generated", "--body", &body], 1),
        (&["--event", "order.generated", "--body", &other, "--only", "event_version=2"], 1),
        (&["--replay", &saved], 6),
    ] {
        let listener = Listener::start_for("printprice");
        let ran = run(&[&base[..], &["--to", &url(&listener)], options].concat());
        assert_eq!(ran.code, 0, "{options:?}: {ran:?}");
        let delivered = format!("{number} of {number} events delivered");
        assert!(ran.stdout.contains(&delivered), "{options:?}: {ran:?}");
    }
    let ran = run(&[&base[..], &closed, &["--event", "order.generated", "--body", &other]].concat());
    let said = "the default --only event_version=1 selects no event for http://127.0.0.1:1/: types are order.generated; \
        values of event_version are 2";
    assert!(ran.code == 2 && ran.stderr.contains(said), "{ran:?}");
}

#[test]
fn endpoints_are_checked_before_the_first_event() {
    let secret = ["simulate", "preflix", "--secret", SECRET];
    for (options, said) in [
        (&[][..], "give --to, the URL of the receiver, or --subscription"),
        (
            &["--subscription", "http://192.0.2.1/ events=audit.*"],
            "if the receiver is yours, add --allow-host 192.0.2.1",
        ),
        (
            &["--subscription", "http://127.0.0.1:1/ audit.*"],
            "expected events=TYPE,…, secret-env=VARIABLE or NAME=VALUE",
        ),
        (&["--subscription", "http://127.0.0.1:1/ secret-env=UNSET_IN_THIS_TEST"], "UNSET_IN_THIS_TEST"),
    ] {
        let ran = run(&[&secret, options].concat());
        assert_eq!(ran.code, 2, "{options:?}: {ran:?}");
        assert!(ran.stderr.contains(said), "{options:?}: {ran:?}");
    }
}

#[test]
fn one_endpoint_that_fails_does_not_keep_the_others_from_their_events() {
    let mut works = Listener::start_for("preflix");
    let wrong = format!("{} events=audit.completed", url(&other_receiver("preflix")));
    let ran = run(&[
        "simulate",
        "preflix",
        "--secret",
        SECRET,
        "--to",
        &url(&works),
        "--subscription",
        &wrong,
        "--rate",
        "1000/s",
        "--speed",
        "10000000",
        "--json",
    ]);
    let report = ran.json();
    assert_eq!((ran.code, &report["telemetry"]["delivered"]), (1, &json!(6)), "{ran:?}");
    assert_eq!(report["operations_queue"].as_array().unwrap().len(), 1);
    assert_eq!(types(&mut works, 6).len(), 6);
}
