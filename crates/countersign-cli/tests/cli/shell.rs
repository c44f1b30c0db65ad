//! Tests of `completions` and `man`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{file, run};

/// Returns the names of the commands that a help text lists.
fn commands(words: &[&str]) -> Vec<String> {
    let help = run(&[words, &["--help"]].concat()).stdout;
    let Some((_, list)) = help.split_once("Commands:\n") else { return Vec::new() };
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned));
    names.filter(|name| !name.is_empty() && name != "help").collect()
}

/// Returns `countersign`, and the words of each command of the tree, joined by hyphens.
fn tree(words: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::from([[&["countersign"], words].concat().join("-")]);
    for name in commands(words) {
        found.extend(tree(&[words, &[name.as_str()]].concat()));
    }
    found
}

#[test]
fn each_command_has_a_page_of_the_manual() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("share/man/man1");
    assert_eq!(run(&["man", "--dir", dir.to_str().unwrap()]).code, 0);
    let pages: BTreeSet<_> =
        fs::read_dir(&dir).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    let missing: Vec<_> =
        tree(&[]).into_iter().map(|name| format!("{name}.1")).filter(|page| !pages.contains(page)).collect();
    assert!(missing.is_empty(), "{missing:?}: {pages:?}");
    assert!(!pages.contains("countersign-demo-receiver.1"), "{pages:?}");
    for page in &pages {
        let text = fs::read_to_string(dir.join(page)).unwrap();
        assert!(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{page}");
    }
}

#[test]
fn the_manual_is_printed_without_a_folder() {
    let ran = run(&["man"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains(".TH countersign 1"), "{ran:?}");
    assert_eq!(run(&["man", "--dir", "/dev/null/pages"]).code, 2);
}

#[test]
fn each_shell_has_a_script_with_every_command() {
    for (shell, begin) in
        [("bash", "_countersign()"), ("zsh", "#compdef countersign"), ("fish", "complete -c")]
    {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, 0, "{shell}");
        assert!(ran.stdout.contains(begin), "{shell}");
        for command in commands(&[]) {
            assert!(ran.stdout.contains(&command), "{shell}: {command}");
        }
        // Where the shell is installed, it reads the script.
        let path = file(&format!("completions.{shell}"), ran.stdout.as_bytes());
        if Path::new("/bin").join(shell).exists() {
            let read = Command::new(shell).args(["-n", &path]).output().unwrap();
            assert!(read.status.success() && read.stderr.is_empty(), "{shell}: {read:?}");
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).code, 2);
}
