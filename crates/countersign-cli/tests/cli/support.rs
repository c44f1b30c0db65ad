//! Runs the command, and provides requests for it.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A point in time, and bodies that every provider accepts: ids and types are at all places where providers expect
/// them.
pub(crate) const AT: &str = "1700000000";
pub(crate) const BODY: &[u8] = br#"{"id":"evt_1","type":"ping","event":"ping","event_name":"ping","created_at":"2023-11-14T22:13:20Z","data":{}}"#;
pub(crate) const FORM: &[u8] = b"MessageStatus=sent&Body=hello+world";
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const OTHER_SECRET: &str = "whsec_YW5vdGhlciBlbmRwb2ludCdzIHNlY3JldCE=";
pub(crate) const URL: &str = "https://hooks.example.com/in?tenant=7";

/// The declaration of the example.
pub(crate) const ACME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/own_provider/acme.toml");

/// The output of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl std::fmt::Debug for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {}\n{}\n{}", self.code, self.stdout, self.stderr)
    }
}

pub(crate) fn countersign() -> Command {
    Command::new(env!("CARGO_BIN_EXE_countersign"))
}

/// Runs the command with these words.
pub(crate) fn run(args: &[&str]) -> Ran {
    run_with(args, b"")
}

/// Runs the command with standard input.
pub(crate) fn run_with(args: &[&str], stdin: &[u8]) -> Ran {
    let mut command = countersign();
    command.args(args);
    run_command(command, stdin)
}

/// Runs a prepared command with standard input.
pub(crate) fn run_command(mut command: Command, stdin: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that fails early reads nothing.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Returns the words of `countersign sign` for a body on standard input, at [`AT`].
pub(crate) const fn sign_args(slug: &str) -> [&str; 11] {
    sign_args_with(slug, SECRET)
}

/// Returns the words of `sign` with another secret.
pub(crate) const fn sign_args_with<'a>(slug: &'a str, secret: &'a str) -> [&'a str; 11] {
    ["sign", "--provider", slug, "--secret", secret, "--body", "-", "--at", AT, "--url", URL]
}

/// Returns the words of `countersign verify` for a body on standard input, at [`AT`].
pub(crate) const fn verify_args(slug: &str) -> [&str; 12] {
    verify_args_with(slug, SECRET)
}

/// Returns the words of `verify` with another secret.
pub(crate) const fn verify_args_with<'a>(slug: &'a str, secret: &'a str) -> [&'a str; 12] {
    ["verify", "--provider", slug, "--secret", secret, "--body", "-", "--at", AT, "--url", URL, "--json"]
}

/// Returns the headers that a provider sends, one per line.
pub(crate) fn signed(slug: &str, body: &[u8]) -> Vec<String> {
    signed_with(slug, SECRET, body)
}

/// Returns the headers with another secret.
pub(crate) fn signed_with(slug: &str, secret: &str, body: &[u8]) -> Vec<String> {
    let ran = run_with(&sign_args_with(slug, secret), body);
    assert_eq!(ran.code, 0, "{slug}: {ran:?}");
    ran.stdout.lines().map(str::to_owned).collect()
}

/// Returns words followed by headers.
pub(crate) fn with_headers<'a>(args: &[&'a str], headers: &'a [String]) -> Vec<&'a str> {
    let headers = headers.iter().flat_map(|header| ["-H", header.as_str()]);
    args.iter().copied().chain(headers).collect()
}

/// Creates a file for this test.
pub(crate) fn file(name: &str, content: &[u8]) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}
