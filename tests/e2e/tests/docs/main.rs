//! The documentation is true: links lead somewhere, every page is in the book, and no rejection is missing.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod dependencies;
mod parameters;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countersign::ErrorKind;
use countersign_diagnose::advice;
use countersign_inbox::RefusalKind;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use sha2::{Digest, Sha256};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the Markdown files at the top and in `docs/`.
fn pages_of_docs() -> Vec<PathBuf> {
    let in_folder = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = in_folder(root()).chain(in_folder(root().join("docs")));
    all.filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}

fn links(text: &str) -> Vec<String> {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES);
    parser
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some(dest_url.to_string())
            }
            _ => None,
        })
        .collect()
}

/// Returns the file and the anchor that a link of a page leads to, or `None` for one to another site.
fn file_of<'a>(page: &Path, link: &'a str) -> Option<(PathBuf, &'a str)> {
    const FILES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/");
    const FOLDERS: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/tree/main/");
    let in_repository = link.strip_prefix(FILES).or_else(|| link.strip_prefix(FOLDERS));
    let is_elsewhere = link.contains("://") || link.starts_with("mailto:");
    if in_repository.is_none() && is_elsewhere {
        return None;
    }
    let link = in_repository.unwrap_or(link);
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match in_repository {
        Some(_) => root().join(path),
        None if path.is_empty() => page.to_owned(),
        None => page.parent()?.join(path),
    };
    Some((target, anchor))
}

/// Returns the anchors: those that GitHub and mdBook make of headings, and written ones.
fn anchors(text: &str) -> BTreeSet<String> {
    let (mut found, mut heading) = (BTreeSet::new(), None::<String>);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match (event, &mut heading) {
            (Event::Html(html) | Event::InlineHtml(html), _) => {
                let id = html.split_once("<a id=\"").and_then(|(_, rest)| rest.split_once('"'));
                found.extend(id.map(|(id, _)| id.to_owned()));
            }
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::Text(part) | Event::Code(part), Some(text)) => text.push_str(&part),
            (Event::End(TagEnd::Heading(_)), Some(text)) => {
                let text = text.to_lowercase();
                let kept = text.chars().filter_map(|c| match c {
                    ' ' => Some('-'),
                    c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                    _ => None,
                });
                found.insert(kept.collect());
                heading = None;
            }
            _ => {}
        }
    }
    found
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages_of_docs() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            let Some((target, anchor)) = file_of(&page, &link) else { continue };
            let is_there = target.exists()
                && (anchor.is_empty() || anchors(&fs::read_to_string(&target).unwrap()).contains(anchor));
            if !is_there {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// A text stands in for a picture that a reader does not see, and everyone who clones the repository gets all of them.
#[test]
fn pictures_have_a_text_and_are_small() {
    let (mut pictures, mut without) = (BTreeSet::new(), Vec::new());
    for page in pages_of_docs() {
        let text = fs::read_to_string(&page).unwrap();
        let mut events = Parser::new_ext(&text, Options::ENABLE_TABLES);
        while let Some(event) = events.next() {
            let Event::Start(Tag::Image { dest_url, .. }) = event else { continue };
            pictures.insert(page.parent().unwrap().join(&*dest_url).canonicalize().unwrap());
            if !matches!(events.next(), Some(Event::Text(_))) {
                without.push(format!("{}: {dest_url}", page.display()));
            }
        }
    }
    assert!(without.is_empty(), "{without:#?}");
    let kept = fs::read_dir(root().join("docs/images")).unwrap();
    let kept = kept.map(|entry| entry.unwrap().path().canonicalize().unwrap());
    let kept: BTreeSet<_> = kept.filter(|path| path.file_name().unwrap() != DIGESTS).collect();
    let unused: Vec<_> = kept.difference(&pictures).collect();
    assert!(unused.is_empty(), "no page shows {unused:?}");
    let size: u64 = pictures.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(size <= 400_000, "{size} bytes: `scripts/screenshots` reduces pictures to few colours");
}

/// The script writes the digests of the templates and of the style sheet beside the pictures.
#[test]
fn pictures_show_the_templates_as_they_are() {
    let console = root().join("crates/countersign-console");
    let mut files = BTreeSet::from(["assets/style.css".to_owned()]);
    let pictures = fs::read_dir(root().join("docs/images")).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<_> = pictures.map(|name| name.into_string().unwrap()).collect();
    let pages = names.iter().filter_map(|name| Some(name.strip_suffix(".png")?.rsplit_once('-')?.0));
    let mut unread: Vec<_> = pages.map(|page| format!("templates/{page}.html")).collect();
    while let Some(file) = unread.pop() {
        let text = fs::read_to_string(console.join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let parts =
            ["{% extends \"", "{% include \""].into_iter().flat_map(|begin| text.split(begin).skip(1));
        unread.extend(parts.map(|rest| format!("templates/{}", rest.split('"').next().unwrap())));
        // The rows of a list that is rendered in parts.
        let rows = file.replace(".html", "_rows.html");
        files.extend(console.join(&rows).exists().then_some(rows));
        files.insert(file);
    }
    let line = |file: &String| {
        let digest: String = Sha256::digest(fs::read(console.join(file)).unwrap())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{digest}  crates/countersign-console/{file}")
    };
    let now: BTreeSet<_> = files.iter().map(line).collect();
    let recorded = fs::read_to_string(root().join("docs/images").join(DIGESTS)).unwrap();
    let recorded: BTreeSet<_> = recorded.lines().map(str::to_owned).collect();
    assert_eq!(
        recorded, now,
        "pages look different now: take their pictures by `scripts/screenshots`, and look at them"
    );
}

#[test]
fn every_page_is_in_the_book() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let listed: BTreeSet<_> = links(&summary).into_iter().collect();
    let pages = pages_of_docs().into_iter().filter(|path| path.parent().unwrap().ends_with("docs"));
    let pages = pages.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    assert_eq!(listed, pages.filter(|name| name != "SUMMARY.md").collect());
}

#[test]
fn the_guide_lists_all_placeholders() {
    let list =
        fs::read_to_string(root().join("crates/countersign/src/scheme/template/placeholders.md")).unwrap();
    let guide = fs::read_to_string(root().join("docs/own-provider.md")).unwrap();
    assert!(guide.contains(&list), "copy placeholders.md into docs/own-provider.md");
}

#[test]
fn the_tables_of_features_are_complete() {
    let mut missing = Vec::new();
    for folder in fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path()) {
        let docs = root_file(&folder);
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let Some((_, features)) = manifest.split_once("[features]\n") else { continue };
        let lines = features.lines().take_while(|line| !line.starts_with('['));
        let names = lines
            .filter_map(|line| Some(line.split_once(" = ")?.0))
            .filter(|name| !name.starts_with(['#', '_']));
        let unlisted =
            names.filter(|name| *name != "default" && !docs.contains(&format!("//! | `{name}` |")));
        missing.extend(unlisted.map(|name| format!("{}: {name}", folder.display())));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Returns the root file of a crate, whose docs have the table of features.
fn root_file(folder: &Path) -> String {
    let source = |name: &str| fs::read_to_string(folder.join("src").join(name));
    source("lib.rs").or_else(|_| source("main.rs")).unwrap()
}

/// Returns the published crates in the order of their names.
fn crates() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    folders.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Returns a cell without the brackets and addresses of links.
fn without_links(row: &str) -> String {
    let mut text = String::new();
    for event in Parser::new(row) {
        match event {
            Event::Code(code) => text.push_str(&format!("`{code}`")),
            // Without addresses, brackets are text.
            Event::Text(part) => text.push_str(&part.replace(['[', ']'], "")),
            _ => {}
        }
    }
    text
}

#[test]
fn the_page_of_versions_has_the_features_and_the_oldest_rust_of_all_crates() {
    let page = fs::read_to_string(root().join("docs/stability.md")).unwrap();
    let (mut features, mut rust) = (String::new(), String::new());
    for folder in crates() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let oldest = manifest.split_once("rust-version = \"").unwrap().1.split_once('"').unwrap().0;
        rust += &format!("| `{name}` | {oldest} |\n");
        let docs = root_file(&folder);
        let table = docs.split_once("//! # Features\n").map_or("", |(_, after)| after);
        let rows = table.lines().take_while(|line| !line.starts_with("//! # ") && line.starts_with("//!"));
        for row in rows.filter_map(|line| line.strip_prefix("//! | `")) {
            features += &format!("| `{name}` {}\n", without_links(&format!("| `{row}")));
        }
    }
    for table in [features, rust] {
        assert!(page.contains(&table), "replace the table of docs/stability.md by this one:\n{table}");
    }
}

#[test]
fn the_page_of_versions_has_the_requirements_of_the_manifest() {
    let page = fs::read_to_string(root().join("docs/stability.md")).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, table) = page.split_once("| library | requirement |").unwrap();
    let rows: Vec<_> = table.lines().skip(2).map_while(|row| row.strip_prefix("| `")).collect();
    for row in &rows {
        let (name, rest) = row.split_once("` | `").unwrap();
        let (requirement, _) = rest.split_once('`').unwrap();
        let line = manifest.lines().find(|line| line.split(" = ").next() == Some(name)).unwrap();
        assert!(line.contains(&format!("\"{requirement}\"")), "{name} is {line} in Cargo.toml");
    }
    assert!(rows.len() >= 10, "{rows:?}");
}

#[test]
fn the_readme_is_short() {
    assert!(fs::metadata(root().join("README.md")).unwrap().len() <= 10_000);
}

#[test]
fn the_programs_of_the_guides_are_the_examples() {
    for (page, position, example) in
        [("README.md", 0, "axum"), ("README.md", 1, "actix"), ("docs/durable.md", 0, "inbox")]
    {
        let page_text = fs::read_to_string(root().join(page)).unwrap();
        let program = page_text.split("```rust,no_run\n").nth(position + 1).unwrap();
        let program = program.split("```").next().unwrap();
        let example = root().join("examples").join(example).join("src/main.rs");
        let written = fs::read_to_string(&example).unwrap();
        let code: Vec<_> = written.lines().filter(|line| !line.starts_with("//!")).collect();
        assert_eq!(squeezed(program), squeezed(&code.join("\n")), "{page} and {}", example.display());
    }
}

#[test]
fn the_pages_of_single_providers_have_their_tables_of_the_catalogue() {
    let read = |page: &str| fs::read_to_string(root().join("docs").join(page)).unwrap();
    let catalogue = read("providers.md");
    for (page, name) in
        [("github.md", "GitHub"), ("stripe.md", "Stripe"), ("slack.md", "Slack"), ("shopify.md", "Shopify")]
    {
        let section = catalogue.split_once(&format!("\n## {name}\n\n")).unwrap().1;
        let table = section.split("\n\n").next().unwrap();
        assert!(table.lines().count() > 10, "{table}");
        assert!(read(page).contains(table), "docs/{page}: copy the table of {name} from docs/providers.md");
    }
}

/// Returns code without what formatting changes.
fn squeezed(code: &str) -> String {
    code.chars().filter(|letter| !letter.is_whitespace() && *letter != ',').collect()
}

#[test]
fn every_rejection_is_explained() {
    let page = fs::read_to_string(root().join("docs/rejections.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `")).map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [word, seen, cause, cure, run] = cells[..] else { panic!("not five columns: {line}") };
        for cell in [cause, cure] {
            assert!(cell.contains(' '), "{word}: {cell:?} explains nothing");
        }
        let command = run.strip_prefix('`').and_then(|run| run.strip_suffix('`'));
        let advice = advice(word.trim_matches('`')).unwrap_or_else(|| panic!("{word} is no kind"));
        assert_eq!(
            (advice.failed, advice.cure.to_owned(), Some(advice.command)),
            (cause, words_of_links(cure), command),
            "{word}: the operations page says something else than docs/rejections.md"
        );
        assert!(command.is_some_and(|run| run.contains(' ')), "{word}: {run:?} is no command");
        (word.to_owned(), seen.to_owned())
    });
    let of_the_core = ErrorKind::ALL.iter().copied().map(RefusalKind::from);
    let kinds = of_the_core.chain(RefusalKind::OWN.iter().copied()).map(|kind| {
        let response = kind.response();
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        let seen = format!("{} `{}`", response.status().as_u16(), body["title"].as_str().unwrap());
        (format!("`{}`", kind.as_str()), seen)
    });
    assert_eq!(rows.collect::<Vec<_>>(), kinds.collect::<Vec<_>>());
}

/// Returns text with the words of links, without their targets.
fn words_of_links(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, link)) = rest.split_once('[') {
        let (words, target) = link.split_once("](").unwrap();
        plain.push_str(before);
        plain.push_str(words);
        rest = target.split_once(')').unwrap().1;
    }
    plain + rest
}

#[test]
fn the_index_of_the_tests_is_complete() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
    let listed = docs.lines().filter_map(|line| line.strip_prefix("//! * `")?.split_once("`: "));
    let listed: BTreeSet<_> = listed.map(|(path, _)| path.to_owned()).collect();
    let there = fs::read_dir(folder.join("tests")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(listed, there.map(|name| format!("tests/{}", name.to_str().unwrap())).collect());
}

/// The file with the digests, beside the pictures.
const DIGESTS: &str = "templates.sha256";
