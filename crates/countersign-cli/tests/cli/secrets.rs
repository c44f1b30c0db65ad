//! Tests of the sources of secrets, and of invalid secrets.

use std::process::Stdio;

use crate::support::{AT, BODY, OTHER_SECRET, Ran, SECRET, countersign, file, run_with, signed};

/// Verifies a delivery that was signed with [`SECRET`].
fn verify(secrets: &[&str]) -> Ran {
    let header = signed("stripe", BODY).remove(0);
    let rest = ["verify", "--provider", "stripe", "--body", "-", "--at", AT, "--json", "-H", &header];
    run_with(&[&rest[..], secrets].concat(), BODY)
}

#[test]
fn an_empty_secret_is_refused_wherever_it_comes_from() {
    let empty = file("empty.secret", b"");
    let blank = file("blank.secret", b" \n");
    for source in [
        ["--secret", ""],
        ["--secret", "  "],
        ["--secret-file", empty.as_str()],
        ["--secret-file", blank.as_str()],
    ] {
        let ran = verify(&source);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, EMPTY), "{source:?}");
        assert!(ran.stderr.contains(&format!("error: {}", source[0])), "{ran:?}");
    }
    // A valid one in addition does not help.
    assert_eq!(verify(&["--secret", SECRET, "--secret", ""]).stdout, EMPTY);
}

#[test]
fn nothing_is_left_after_the_prefix_is_an_empty_secret_too() {
    let args = ["verify", "--provider", "svix", "--secret", "whsec_", "--body", "-", "--json"];
    let ran = run_with(&args, BODY);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, EMPTY));
}

#[test]
fn one_line_break_at_the_end_of_a_file_is_dropped_and_that_is_said() {
    for (name, end) in [("line.secret", "\n"), ("windows.secret", "\r\n")] {
        let path = file(name, format!("{SECRET}{end}").as_bytes());
        let ran = verify(&["--secret-file", &path]);
        assert_eq!(ran.code, 0, "{end:?}: {ran:?}");
        assert_eq!(ran.stderr.matches("no part of the secret").count(), 1, "{end:?}: {ran:?}");
        assert!(ran.stderr.contains(&path) && !ran.stderr.contains(SECRET), "{ran:?}");
    }
    let path = file("good.secret", SECRET.as_bytes());
    let ran = verify(&["--secret-file", &path]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn more_white_space_than_one_line_break_is_refused_and_not_trimmed() {
    for (name, end) in [("lines.secret", "\n\n"), ("blank-end.secret", " "), ("return.secret", "\r")] {
        let path = file(name, format!("{SECRET}{end}").as_bytes());
        let ran = verify(&["--secret-file", &path]);
        assert_ne!(ran.code, 0, "{end:?}: {ran:?}");
        assert!(!ran.stderr.contains(SECRET), "{ran:?}");
    }
    let ran = verify(&["--secret", &format!("{SECRET}\n")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, INVALID));
}

#[test]
fn secrets_are_numbered_in_the_order_of_the_command_line() {
    let header = signed("stripe", BODY).remove(0);
    let path = file("numbered.secret", b"third");
    let key = |secrets: &[&str]| {
        let output = countersign()
            .args(["verify", "--provider", "stripe", "--at", AT, "--json", "-H", &header])
            .args(["--body", &file("numbered.json", BODY)])
            .args(secrets)
            .env("THE_SECRET", SECRET)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let line = String::from_utf8(output.stdout).unwrap();
        line.rsplit('"').nth(1).unwrap().to_owned()
    };
    let variable = ["--secret-env", "THE_SECRET"];
    let others = ["--secret", OTHER_SECRET, "--secret-file", &path];
    assert_eq!(key(&variable), "secret-1");
    assert_eq!(key(&[&others[..], &variable].concat()), "secret-3");
    assert_eq!(key(&[&others[..2], &variable, &others[2..]].concat()), "secret-2");
    assert_eq!(key(&[&variable[..], &others].concat()), "secret-1");
}

#[test]
fn a_variable_that_is_not_set_is_no_empty_secret() {
    let ran = verify(&["--secret-env", "COUNTERSIGN_TEST_NOT_SET"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, INVALID));
    assert!(ran.stderr.contains("the variable is not set"), "{ran:?}");
}

#[test]
fn a_secret_may_start_with_a_hyphen() {
    let args = ["sign", "--provider", "stripe", "--secret", "-x", "--body", "-", "--at", AT];
    assert_eq!(run_with(&args, BODY).code, 0);
}

const EMPTY: &str = "{\"accepted\":false,\"error\":\"empty_secret\"}\n";
const INVALID: &str = "{\"accepted\":false,\"error\":\"invalid_config\"}\n";
