//! The report as text, as JSON, as JUnit XML and as a page.

use std::fs;

use countersign_tests::programs::binary;

use crate::process::Receiver;

#[test]
fn a_failure_is_explained_in_every_format() {
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_flawed-receiver"));
    let receiver = Receiver::start(&program, |_, folder| {
        let path = |name| folder.join(name).to_str().unwrap().to_owned();
        [("FLAW", "no-timestamp-check"), ("SECRET", SECRET)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .chain([("EFFECTS".to_owned(), path("effects")), ("FAILING".to_owned(), path("failing"))])
            .collect()
    });
    let (junit, html) = (receiver.file("report.xml"), receiver.file("report.html"));
    let mut command = binary("countersign-cli", "countersign");
    let url = format!("http://{}/hook", receiver.addr());
    command.args(["check", &url, "--provider", "preflix", "--secret", SECRET]);
    command.args(["--only", "stale", "--only", "handled"]);
    let output = command.arg("--junit").arg(&junit).arg("--html").arg(&html).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "✓  genuine  a genuine delivery is accepted\n",
        "?  handled  not asked: give --effects",
        "✗ stale: a delivery that is older than the tolerance is refused\n",
        "  sent      a delivery, signed 660 s ago\n  expected  refused (not 2xx)\n  answered  200\n",
        "  why       An attacker who has captured",
        "  cure      Compare the signed timestamp",
        "\n1 passed, 1 failed; 1 not asked, 0 do not apply\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let junit = fs::read_to_string(junit).unwrap();
    assert!(junit.contains(r#"tests="3" failures="1" errors="0" skipped="1""#), "{junit}");
    assert!(junit.contains(r#"<testcase classname="countersign.preflix" name="stale""#), "{junit}");
    let html = fs::read_to_string(html).unwrap();
    assert!(html.contains("a delivery, signed 660 s ago") && !html.contains("<script"), "{html}");
    for report in [text, junit, html] {
        assert!(!report.contains(SECRET), "{report}");
    }
}

#[test]
fn a_receiver_that_is_not_there_fails_and_nothing_else_is_asked() {
    let mut command = binary("countersign-cli", "countersign");
    command.args(["check", "http://127.0.0.1:1/hook", "--provider", "preflix", "--secret", SECRET, "--json"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["ok"], &report["passed"], &report["failed"]), (&false.into(), &0.into(), &1.into()));
}

#[test]
fn another_machine_is_not_checked_unless_it_is_allowed() {
    let mut command = binary("countersign-cli", "countersign");
    command.args(["check", "http://192.0.2.1/hook", "--provider", "preflix", "--secret", SECRET]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--allow-host 192.0.2.1"));
}

const SECRET: &str = "a secret <of> an endpoint & more";
