//! Checks that no files of a crate name each other in a circle, and that the layers of the core stand in order.
//!
//! A file names another if a path in its code leads to an item that the other one defines, through any re-exports. Tests
//! beside the code and re-exports of a `mod.rs` or `lib.rs` are left out. Calls of methods are not seen: only the path of
//! a type or a function is.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sources::{Arrows, Sources};

/// The layers of `countersign`, the lowest first: a file names files of its own layer and of those below. The longest
/// path that a file begins with decides.
const LAYERS: [(&str, &[&str]); 7] = [
    (
        "parse: bytes and text, without a declaration",
        &[
            "budget",
            "content",
            "error",
            "escape",
            "form",
            "head",
            "json",
            "multipart",
            "short_string",
            "swar",
            "time",
            "unescape",
            "url",
            "work",
        ],
    ),
    (
        "scheme: the vocabulary of declarations, keys, and the declarations themselves",
        &["event", "handshake", "jwks", "mac", "provider", "schema", "scheme", "secret"],
    ),
    ("compiled: a declaration, ready for requests", &["compiled"]),
    (
        "delivery: what was verified, how it is counted, and the catalogue with the types of its events",
        &["cloudevent", "delivery", "event/event", "providers", "telemetry"],
    ),
    ("verifier: from a request to a delivery, and the reverse", &["sign", "signed", "testing", "verifier"]),
    ("receiver: an endpoint", &["receiver"]),
    ("adapters: frameworks, and the crates beside this one", &["adapter", "extract", "inspect"]),
];

#[test]
fn no_files_of_a_crate_name_each_other_in_a_circle() {
    let mut found = String::new();
    let mut files = 0;
    for (name, arrows, all) in crates(|_| true) {
        files += all;
        for circle in circles(&arrows) {
            writeln!(found, "{name}: a circle of {} files", circle.len()).unwrap();
            for (from, to) in circle.iter().flat_map(|from| circle.iter().map(move |to| (from, to))) {
                if let Some(names) = arrows.get(from).and_then(|targets| targets.get(to)) {
                    writeln!(
                        found,
                        "    {from} -> {to}: {}",
                        Vec::from_iter(names.iter().cloned()).join(", ")
                    )
                    .unwrap();
                }
            }
        }
    }
    assert!(found.is_empty(), "move what both sides need into a file below them:\n{found}");
    assert!(files > 400, "{files} files were read");
}

#[test]
fn a_layer_of_the_core_names_no_layer_above_it() {
    let (_, arrows, _) = crates(|name| name == "countersign").remove(0);
    let mut found = String::new();
    for (from, targets) in arrows.iter().filter(|(from, _)| *from != "lib") {
        let layer = layer(from);
        for (to, names) in targets.iter().filter(|(to, _)| self::layer(to) > layer) {
            writeln!(found, "    {from} -> {to}: {}", Vec::from_iter(names.iter().cloned()).join(", "))
                .unwrap();
        }
    }
    assert!(found.is_empty(), "these arrows run from a lower layer to a higher one:\n{found}");
}

#[test]
fn a_circle_is_found_through_reexports_macros_and_functions_of_types() {
    let circle_of = |files: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            fs::write(folder.path().join(file), text).unwrap();
        }
        let circles = circles(&Sources::read(folder.path()).arrows());
        circles.into_iter().map(|circle| Vec::from_iter(circle).join(" ")).collect::<Vec<_>>()
    };
    let lib = ("lib.rs", "mod a;\nmod b;\npub use a::A;\npub use b::B;");
    let a = |body: &'static str| ("a.rs", body);
    let b = |body: &'static str| ("b.rs", body);
    for (first, second, found) in [
        ("use crate::B; pub struct A(B);", "pub struct B;", vec![]),
        ("use crate::B; pub struct A(B);", "pub struct B(crate::A);", vec!["a b"]),
        ("pub struct A; fn f() { vec![super::B]; }", "use crate::a; pub struct B(a::A);", vec!["a b"]),
        (
            "pub struct A; impl A { fn f() { A::g() } }",
            "use crate::A; pub struct B; impl A { fn g() {} }",
            vec!["a b"],
        ),
        ("pub struct A; #[cfg(test)] mod tests { use crate::B; }", "use crate::A; pub struct B(A);", vec![]),
        ("pub struct A; fn f() { let b = 1; b; }", "use crate::A; pub struct B(A);", vec![]),
    ] {
        assert_eq!(circle_of(&[lib, a(first), b(second)]), found, "{first} {second}");
    }
}

fn layer(file: &str) -> usize {
    let begins =
        |start: &str| file.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let fitting = LAYERS.iter().enumerate().flat_map(|(at, (_, starts))| {
        starts.iter().filter(|start| begins(start)).map(move |start| (start.len(), at))
    });
    fitting.max().unwrap_or_else(|| panic!("`{file}` is in no layer: add it to `LAYERS`")).1
}

/// Returns the arrows of each of these crates, and the number of its files.
fn crates(wanted: impl Fn(&str) -> bool) -> Vec<(String, Arrows, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named =
        folders.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path.join("src")));
    let mut named: Vec<_> = named.filter(|(name, source)| wanted(name) && source.is_dir()).collect();
    named.sort();
    let read = |(name, source): (String, PathBuf)| {
        let sources = Sources::read(&source);
        (name, sources.arrows(), sources.files)
    };
    named.into_iter().map(read).collect()
}

/// Returns the sets of files that reach each other.
fn circles(arrows: &Arrows) -> Vec<BTreeSet<String>> {
    let reached = |start: &String| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
        while let Some(file) = next.pop() {
            for to in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
                if seen.insert(to.clone()) {
                    next.push(to);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> =
        arrows.keys().map(|file| (file, reached(file))).collect();
    let mut circles: Vec<BTreeSet<String>> = Vec::new();
    for (file, to) in reached.iter().filter(|(file, to)| to.contains(**file)) {
        if !circles.iter().any(|circle| circle.contains(*file)) {
            let is_in = |other: &&String| reached.get(*other).is_some_and(|back| back.contains(*file));
            circles.push(to.iter().filter(is_in).cloned().collect());
        }
    }
    circles
}
