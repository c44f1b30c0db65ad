//! The guides are a book: mdBook builds it, and each link of its pages leads to a page, an anchor or a file of it.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use scraper::{Html, Selector};

/// Builds the book and returns its folder. `docs/book.toml` names a folder below `target`.
fn built() -> PathBuf {
    let book = MDBook::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")).unwrap();
    let folder = book.build_dir_for("html");
    book.build().unwrap();
    folder
}

/// Returns the pages by their file names.
fn pages(folder: &Path) -> BTreeMap<String, Html> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let pages = files.filter(|file| file.extension().is_some_and(|end| end == "html"));
    pages
        .map(|page| {
            let name = page.file_name().unwrap().to_str().unwrap().to_owned();
            (name, Html::parse_document(&fs::read_to_string(page).unwrap()))
        })
        .collect()
}

/// Returns the addresses of links, pictures, scripts and styles. `<base>` of the page for missing pages is none of them.
fn addresses(page: &Html) -> Vec<&str> {
    let named = Selector::parse("[href]:not(base), [src]").unwrap();
    let elements = page.select(&named).map(|element| element.value());
    elements.filter_map(|element| element.attr("href").or_else(|| element.attr("src"))).collect()
}

fn has_anchor(page: &Html, anchor: &str) -> bool {
    let named = Selector::parse("[id]").unwrap();
    page.select(&named).any(|element| element.value().attr("id") == Some(anchor))
}

#[test]
fn each_link_of_the_book_leads_somewhere() {
    let folder = built();
    let pages = pages(&folder);
    let guides = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")).unwrap();
    let guides =
        guides.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "md"));
    assert!(pages.len() >= guides.count(), "the book lacks pages: {:?}", pages.keys());
    let mut broken = Vec::new();
    for (name, page) in &pages {
        let links = addresses(page).into_iter().filter(|link| !link.contains(':'));
        for link in links {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let file = if path.is_empty() { name } else { path };
            let is_there =
                folder.join(file).is_file() && (anchor.is_empty() || has_anchor(&pages[file], anchor));
            if !is_there {
                broken.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
