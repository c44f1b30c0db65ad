//! Tests the cost of the catalogue for a program that uses one provider: no data of others, and no additional
//! crates.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use countersign::{Provider, providers};

#[test]
fn a_program_holds_the_declarations_that_it_names_and_no_other() {
    let [one, every] = ["one_provider", "every_provider"].map(|name| strings(&program(name)));
    let own = texts(&providers::STRIPE);
    assert!(own.iter().any(|text| one.contains(text)), "the declaration that is used is not found");
    let mut found = Vec::new();
    for provider in providers::all().filter(|provider| provider.slug != providers::STRIPE.slug) {
        let texts: Vec<&str> = texts(provider).into_iter().filter(|text| !own.contains(text)).collect();
        assert!(texts.iter().any(|text| every.contains(text)), "{}: not to be recognised", provider.slug);
        found.extend(texts.into_iter().filter(|text| one.contains(text)));
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Code that runs before `main` is listed there. The standard library has some.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn nothing_runs_before_main() {
    let folder = folder();
    let (source, bare) = (folder.join("bare.rs"), folder.join("bare"));
    fs::write(&source, "fn main() {}").unwrap();
    let built = Command::new("rustc").arg("-Copt-level=3").arg("-o").args([&bare, &source]).status();
    assert!(built.unwrap().success());
    let bare = initialisers(&fs::read(bare).unwrap());
    assert!(bare.is_some_and(|bytes| bytes > 0), "not an ELF file: the standard library's own are not found");
    assert_eq!(initialisers(&program("one_provider")), bare);
    assert_eq!(initialisers(&program("every_provider")), bare);
}

/// Compares `cargo tree -e normal -p countersign` by name.
#[test]
fn the_core_needs_the_crates_of_the_list_and_no_other() {
    let arguments = ["tree", "--locked", "--offline", "--edges=normal", "--package=countersign"];
    let more = ["--target=x86_64-unknown-linux-gnu", "--prefix=none", "--format={p}"];
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let cargo = Command::new(env!("CARGO")).args(arguments).args(more).current_dir(root).output().unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let tree = String::from_utf8(cargo.stdout).unwrap();
    let found: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let list = include_str!("../../footprint/dependencies.txt");
    let allowed: BTreeSet<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(found, allowed, "a crate more, or one less: tests/footprint/dependencies.txt");
}

/// Returns texts that occur only in this declaration, and are long enough to be unique.
fn texts(provider: &Provider) -> Vec<&str> {
    let texts = [&*provider.name, &*provider.doc, &*provider.notes, provider.scheme.content.as_str()];
    // A content of one placeholder is part of the vocabulary, which every program contains.
    let is_word = |text: &&str| text.starts_with('{') && text.rfind('{') == Some(0);
    texts.into_iter().filter(|text| text.len() >= 16 && !is_word(text)).collect()
}

/// Returns the printable text of the program.
fn strings(program: &[u8]) -> String {
    program.utf8_chunks().map(|chunk| chunk.valid()).collect::<Vec<_>>().join("\u{fffd}")
}

/// Returns the size of the section `.init_array` of a 64-bit ELF file, in bytes.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn initialisers(program: &[u8]) -> Option<u64> {
    const INIT_ARRAY: u64 = 14;
    let number = |at: u64, bytes: usize| {
        let at = usize::try_from(at).ok()?;
        let found = program.get(at..at.checked_add(bytes)?)?;
        Some(found.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    let (table, size, count) = (number(40, 8)?, number(58, 2)?, number(60, 2)?);
    let mut sections = (0..count).map(|nth| table + nth * size);
    let section = sections.find(|at| number(at + 4, 4) == Some(INIT_ARRAY))?;
    number(section + 32, 8)
}

/// Returns a program of `tests/footprint`. A test builds nothing.
fn program(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    fs::read(&path).unwrap_or_else(|_| {
        panic!("{name} is not built: `cargo build --release -p countersign-footprint`, or `scripts/test`")
    })
}

/// Returns the folder of release builds, next to that of the tests.
fn folder() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().join("release")
}
