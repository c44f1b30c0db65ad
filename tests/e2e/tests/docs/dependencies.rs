//! The guides name the crates that their programs use, in versions and with features that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use super::{links, root};

/// The blocks of code of a page, by their language.
fn blocks(text: &str) -> Vec<(String, String)> {
    let (mut found, mut events) = (Vec::new(), Parser::new(text));
    while let Some(event) = events.next() {
        let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) = event else { continue };
        let code = events.by_ref().map_while(|event| match event {
            Event::Text(code) => Some(code.into_string()),
            _ => None,
        });
        found.push((language.into_string(), code.collect()));
    }
    found
}

/// Returns the crates that a program imports. Every reader of a guide has `countersign`.
fn imported(program: &str) -> impl Iterator<Item = String> {
    let roots = program.lines().filter_map(|line| {
        let path = line.strip_prefix("use ").or_else(|| line.trim_start().strip_prefix("#["))?;
        path.split_once("::").map(|(root, _)| root.to_owned())
    });
    roots.filter(|root| !["std", "countersign"].contains(&&**root))
}

/// Returns names and requirements.
fn dependencies(text: &str) -> Vec<(String, String)> {
    let manifests = blocks(text).into_iter().filter(|(language, _)| language == "toml").map(|(_, code)| code);
    let manifests: String = manifests.filter(|code| code.contains("dependencies]\n")).collect();
    let lines = manifests.lines().filter_map(|line| line.split_once(" = "));
    lines.map(|(name, requirement)| (name.to_owned(), requirement.to_owned())).collect()
}

/// Returns a page, and those whose dependencies its programs need, as it says.
fn with_linked(text: &str) -> String {
    let needed =
        text.lines().filter_map(|line| line.split_once("need the dependencies of ")).map(|(_, rest)| rest);
    let pages =
        needed.flat_map(links).map(|page| fs::read_to_string(root().join("docs").join(page)).unwrap());
    [text.to_owned()].into_iter().chain(pages).collect::<Vec<_>>().join("\n")
}

fn guides() -> Vec<(PathBuf, String)> {
    let pages = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|end| end == "md"));
    pages.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_program_of_a_guide_has_its_dependencies() {
    let (mut missing, mut imports) = (BTreeSet::new(), 0);
    for (path, text) in guides() {
        let named: BTreeSet<_> =
            dependencies(&with_linked(&text)).into_iter().map(|(name, _)| name.replace('-', "_")).collect();
        let programs = blocks(&text).into_iter().filter(|(language, _)| language.starts_with("rust"));
        for name in programs.flat_map(|(_, program)| imported(&program).collect::<Vec<_>>()) {
            imports += 1;
            if !named.contains(&name) {
                missing.insert(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "add them to a block `[dependencies]` of the page: {missing:#?}");
    assert!(imports > 60, "{imports} imports were read");
}

#[test]
fn the_dependencies_of_the_guides_are_those_of_this_workspace() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let manifests = [read("Cargo.toml"), read("tests/e2e/Cargo.toml")];
    let readme = (root().join("README.md"), read("README.md"));
    for (path, text) in guides().into_iter().chain([readme]) {
        for (name, requirement) in dependencies(&text) {
            let at = format!("{}: {name} = {requirement}", path.display());
            if requirement.contains("git = ") {
                let manifest = read(&format!("crates/{name}/Cargo.toml"));
                let features = requirement.split_once("features = [").map_or("", |(_, rest)| rest);
                for feature in features
                    .split_once(']')
                    .map_or("", |(list, _)| list)
                    .split(", ")
                    .filter(|one| !one.is_empty())
                {
                    let declared = format!("\n{} = [", feature.trim_matches('"'));
                    assert!(manifest.contains(&declared), "{at}: there is no feature {feature}");
                }
                continue;
            }
            let version = requirement.split('"').nth(1).unwrap();
            let lines = manifests.iter().flat_map(|manifest| manifest.lines());
            let ours = lines.filter(|line| line.split(" = ").next() == Some(&name) && line.contains('"'));
            let is_ours = |line: &str| line.split('"').nth(1).is_some_and(|ours| ours.starts_with(version));
            assert!(ours.into_iter().any(is_ours), "{at}: the workspace has another version");
        }
    }
}
