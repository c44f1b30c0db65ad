use std::fs;

use super::Fixture;
use crate::support::{countersign, run, run_command};

#[test]
fn a_file_that_is_not_there_is_an_error_and_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let ran = run(&["inbox", "stats", "--store", &format!("sqlite:{}", path.display())]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("inbox.db is not there: is it the path that the server uses?"), "{ran:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_that_holds_something_else_is_an_error_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, cure) in [
        ("empty.db", &b""[..], "is it the path that the server uses?"),
        ("notes.txt", &b"notes ".repeat(200), "not a database"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let ran = run(&["inbox", "list", "--store", &format!("sqlite:{}", path.display())]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}");
        assert!(ran.stderr.contains(&format!("cannot open {}", path.display())), "{ran:?}");
        assert!(ran.stderr.contains(cure), "{ran:?}");
        assert_eq!(fs::read(&path).unwrap(), content, "{name}");
    }
}

#[test]
fn stores_without_an_inbox_are_refused_with_the_reason() {
    for (store, reason) in [
        ("redis://:hunter2@cache", "there is no inbox in it"),
        ("memory", "visible only to its own process"),
        ("hunter2", "expected sqlite:PATH or postgres://…"),
    ] {
        let ran = run(&["inbox", "stats", "--store", store]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{store}");
        assert!(ran.stderr.contains(reason) && !ran.stderr.contains("hunter2"), "{ran:?}");
    }
    let ran = run(&["inbox", "stats"]);
    assert!(ran.code == 2 && ran.stderr.contains("--store <STORE>"), "{ran:?}");
}

#[test]
fn the_help_does_not_show_what_is_in_the_variable() {
    let mut command = countersign();
    command.args(["inbox", "stats", "--help"]).env("COUNTERSIGN_STORE", "postgres://ada:hunter2@db/hooks");
    let ran = run_command(command, b"");
    assert!(ran.code == 0 && ran.stdout.contains("COUNTERSIGN_STORE"), "{ran:?}");
    assert!(!ran.stdout.contains("hunter2"), "{ran:?}");
}

#[test]
fn secrets_are_revealed_only_together_with_the_headers() {
    let ran = Fixture::sqlite().inbox("show 1 --reveal");
    assert!(ran.code == 2 && ran.stderr.contains("--headers"), "{ran:?}");
}

#[test]
fn no_server_has_to_run() {
    let fixture = Fixture::sqlite();
    fixture.receive(1);
    fixture.kill(1);
    let fixture = fixture.without_server();
    assert_eq!(fixture.inbox("replay 1").stdout, "replayed event 1\n");
    assert_eq!(fixture.inbox("stats --json").json().pointer("/total/ready"), Some(&1.into()));
}
