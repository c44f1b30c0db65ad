//! Checks that the tests of `Debug` output cover all public types.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod listed;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use listed::LISTED;

/// A public type of the sources.
struct Type {
    krate: String,
    name: String,
    /// Whether `Debug` is derived instead of implemented by hand.
    is_derived: bool,
    is_own: bool,
    /// Its fields or variants.
    held: String,
}

impl Type {
    /// Returns whether `Debug` can show text or bytes of a request: it is derived for a type that holds some, or
    /// written by hand.
    fn can_show(&self) -> bool {
        self.is_own || self.is_derived && CARRIERS.iter().any(|carrier| self.held.contains(carrier))
    }

    fn is_listed(&self) -> bool {
        LISTED.iter().any(|(_, names)| {
            names.iter().any(|listed| {
                listed.split_once("::").map_or(*listed == self.name, |(krate, name)| {
                    krate == self.krate.trim_start_matches("countersign-") && name == self.name
                })
            })
        })
    }
}

#[test]
fn every_public_type_that_could_show_a_value_is_looked_at() {
    let swept = swept();
    let types = types();
    let forgotten: Vec<_> = types
        .iter()
        .filter(|found| found.can_show() && !swept.contains(&found.name) && !found.is_listed())
        .map(|found| format!("{}::{}", found.krate, found.name))
        .collect();
    assert!(
        forgotten.is_empty(),
        "add these to `tests/debugs.rs`, or say in `LISTED` why they show nothing of a request:\n{}",
        forgotten.join("\n")
    );
    assert!(types.len() > 200 && swept.len() > 25, "{} types, {} of them swept", types.len(), swept.len());
}

#[test]
fn what_is_listed_is_there() {
    let types = types();
    for name in LISTED.iter().flat_map(|(_, names)| *names) {
        let name = name.rsplit("::").next().unwrap();
        assert!(types.iter().any(|found| found.name == name), "{name}");
    }
}

/// Returns the names that `tests/debugs.rs` covers.
fn swept() -> BTreeSet<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/debugs.rs")).unwrap();
    let names = text.split("is_silent(\"").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(|name| name.rsplit("::").next().unwrap().to_owned()).collect()
}

fn types() -> Vec<Type> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    let mut found = Vec::new();
    for folder in fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path()) {
        let krate = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let sources = sources(&folder.join("src"));
        let texts: Vec<String> = sources.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        let all = texts.concat();
        for text in &texts {
            let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
            found.extend(types_of(&krate, code, &all));
        }
    }
    found
}

/// Returns the public types of a source. `all` is the whole crate.
fn types_of<'t>(krate: &'t str, code: &'t str, all: &'t str) -> impl Iterator<Item = Type> + 't {
    let lines: Vec<&str> = code.lines().collect();
    (0..lines.len()).filter_map(move |at| {
        let line = lines.get(at)?;
        let indent = line.len() - line.trim_start().len();
        let rest = line.trim_start().strip_prefix("pub ")?;
        let rest = rest.strip_prefix("struct ").or_else(|| rest.strip_prefix("enum "))?;
        let name: String = rest.chars().take_while(|char| char.is_alphanumeric()).collect();
        let attributes = lines[..at].iter().rev().take_while(|line| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with(['}', 'p', 'u', 'm', 'i'])
        });
        let attributes: String =
            attributes.filter(|line| !line.trim_start().starts_with("//")).copied().collect();
        let is_derived = attributes.contains("Debug");
        let closing = format!("{}}}", " ".repeat(indent));
        let mut held = String::new();
        for line in &lines[at..] {
            held.push_str(line.split("//").next().unwrap());
            if line.ends_with(';') || line.starts_with(&closing) {
                break;
            }
        }
        let own = ["Debug for ", "Debug for super::"].map(|start| format!("{start}{name}"));
        let is_own = own.iter().any(|own| {
            all.match_indices(own).any(|(at, _)| !all[at + own.len()..].starts_with(char::is_alphanumeric))
        });
        Some(Type { krate: krate.to_owned(), name, is_derived, is_own, held })
    })
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let found = paths.flat_map(|path| {
        if path.is_dir() {
            sources(&path)
        } else {
            Vec::from_iter(path.extension().is_some_and(|extension| extension == "rs").then_some(path))
        }
    });
    found.collect()
}

/// Types that can hold a value of a request.
const CARRIERS: [&str; 14] = [
    "String",
    "Bytes",
    "Text",
    "[u8]",
    "HeaderMap",
    "HeaderValue",
    "Value",
    "Uri",
    "str>",
    "&'a str",
    " T,",
    "<T>",
    "dyn Error",
    "Inline",
];
