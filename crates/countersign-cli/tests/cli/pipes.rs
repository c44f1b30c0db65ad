//! Tests of output into pipes: it is whole, and a reader that has gone causes no panic.

use std::io::Read;
use std::process::Stdio;

use serde_json::Value;

use crate::support::countersign;

/// More than a pipe holds.
const LARGE: usize = 64 << 10;

#[test]
fn a_large_result_is_whole_however_slowly_it_is_read() {
    let mut child = countersign().args(["providers", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdout, mut read, mut chunk) = (child.stdout.take().unwrap(), Vec::new(), [0; 777]);
    loop {
        match stdout.read(&mut chunk).unwrap() {
            0 => break,
            length => read.extend(&chunk[..length]),
        }
        std::thread::yield_now();
    }
    assert!(read.len() > LARGE && serde_json::from_slice::<Value>(&read).is_ok(), "{}", read.len());
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_pipe_that_does_not_block_gets_everything_too() {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let (mut reader, writer) = std::io::pipe().unwrap();
    fcntl_setfl(&writer, fcntl_getfl(&writer).unwrap() | OFlags::NONBLOCK).unwrap();
    let mut child = countersign().args(["providers", "--json"]).stdout(writer).spawn().unwrap();
    let mut read = Vec::new();
    reader.read_to_end(&mut read).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(read.len() > LARGE && serde_json::from_slice::<Value>(&read).is_ok(), "{}", read.len());
}

#[test]
fn a_reader_of_errors_that_has_gone_changes_no_exit_code() {
    for words in [
        &["provider", "no-such-provider"][..],
        &["verify", "--no-such-option"],
        &["sign", "--provider", "stripe"],
    ] {
        let mut child =
            countersign().args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().unwrap().code(), Some(2), "{words:?}");
    }
}

#[test]
fn an_error_is_whole_and_without_colours() {
    let long = "x".repeat(LARGE);
    let output = countersign().args(["provider", &long]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.starts_with("error: ") && said.contains(&long) && said.ends_with('\n'), "{}", said.len());
    assert!(!said.contains('\x1b'));
}
