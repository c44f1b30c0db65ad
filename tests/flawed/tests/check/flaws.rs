//! Every flaw is found by the scenario that is named for it, and by no other.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::Receiver;
use crate::{Report, check, for_each};

/// Each flaw, and the scenario that finds it.
const FLAWS: [(&str, &str); 10] = [
    ("no-verification", "missing-signature"),
    ("reserialised-json", "reserialised-json"),
    ("no-timestamp-check", "stale"),
    ("unsigned-timestamp", "unsigned-timestamp"),
    ("no-dedupe", "replay-after-success"),
    ("dedupe-before-success", "retry-after-failure"),
    ("success-on-failure", "success-on-failure"),
    ("success-before-work", "success-before-work"),
    ("secret-in-log", "logs"),
    ("success-elsewhere", "wrong-path"),
];
/// The flaws that the scripts have.
const IN_PYTHON: [&str; 2] = ["reserialised-json", "success-on-failure"];
const IN_NODE: [&str; 2] = ["dedupe-before-success", "secret-in-log"];

#[test]
fn a_receiver_without_a_flaw_passes_everything_that_applies() {
    for_each(&[rust, python, node], |program| {
        let program = program();
        let report = run(&program, "none");
        assert_eq!(report.with("failed"), Vec::<&str>::new(), "{program:?}: {:#}", report.json);
        assert_eq!(report.with("not_asked"), ["rotated-secret"], "{program:?}: {:#}", report.json);
        assert_eq!(report.with("does_not_apply"), ["ack-time", "handshakes"], "{program:?}");
        assert_eq!(report.code, Some(0), "{program:?}");
    });
}

#[test]
fn every_flaw_is_found_by_the_scenario_named_for_it_and_by_no_other() {
    for_each(&FLAWS, |(flaw, scenario)| is_found(&rust(), flaw, scenario));
}

#[test]
fn flaws_of_a_receiver_in_python_are_found() {
    for_each(&IN_PYTHON, |flaw| is_found(&python(), flaw, scenario_of(flaw)));
}

#[test]
fn flaws_of_a_receiver_in_node_are_found() {
    for_each(&IN_NODE, |flaw| is_found(&node(), flaw, scenario_of(flaw)));
}

/// Compares the verdict on every scenario with the expected one.
fn is_found(program: &Command, flaw: &str, expected: &str) {
    let report = run(program, flaw);
    for (scenario, verdict) in report.verdicts() {
        let is_failed = verdict == "failed";
        assert_eq!(is_failed, scenario == expected, "{program:?}, {flaw}: {:#}", report.scenario(scenario));
    }
    assert_eq!(report.code, Some(1), "{program:?}, {flaw}");
}

fn scenario_of(flaw: &str) -> &'static str {
    FLAWS.iter().find(|(other, _)| *other == flaw).unwrap().1
}

fn run(program: &Command, flaw: &str) -> Report {
    let receiver = Receiver::start(program, |_, folder| {
        let path = |name| folder.join(name).to_str().unwrap().to_owned();
        [
            ("FLAW", flaw.to_owned()),
            ("SECRET", SECRET.to_owned()),
            ("EFFECTS", path("effects")),
            ("FAILING", path("failing")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    });
    let url = format!("http://{}/hook", receiver.addr());
    let effects = format!("http://{}/effects?id={{id}}", receiver.addr());
    let failing = receiver.file("failing");
    let (fail, recover) = (format!("touch {}", failing.display()), format!("rm {}", failing.display()));
    let (restart, log) = (receiver.restart_command(), receiver.file("log"));
    check(&[
        &url,
        "--provider",
        "preflix",
        "--secret",
        SECRET,
        "--retired-secret",
        "an older secret of the endpoint",
        "--effects",
        &effects,
        "--restart",
        &restart,
        "--fail",
        &fail,
        "--recover",
        &recover,
        "--logs",
        log.to_str().unwrap(),
        "--patience",
        "8s",
    ])
}

fn rust() -> Command {
    Command::new(env!("CARGO_BIN_EXE_flawed-receiver"))
}

fn python() -> Command {
    script("python3", "python/receiver.py")
}

fn node() -> Command {
    script("node", "node/receiver.mjs")
}

/// Returns the absolute path of an interpreter with its script: the receivers get no `PATH`.
fn script(interpreter: &str, script: &str) -> Command {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&paths).map(|folder| folder.join(interpreter)).find(|path| path.is_file());
    let mut command = Command::new(found.unwrap_or_else(|| PathBuf::from(interpreter)));
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script));
    command
}

const SECRET: &str = "the secret of an endpoint, 7f3a";
