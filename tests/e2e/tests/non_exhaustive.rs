//! Checks that public enums and structs with public fields are `#[non_exhaustive]`, except those that another crate has
//! to match or build completely, and that CONTRIBUTING names them.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Fields, Item, Visibility};

/// The exceptions, by crate: a new member is an error where they are matched or built.
const LISTED: [(&str, &[&str], &str); 4] = [
    (
        "countersign",
        &["NotVerified", "VerifiedBy", "Window"],
        "`__private` has them: adapters and `countersign-diagnose` match them completely, and programs must not use them",
    ),
    (
        "countersign",
        &["Event"],
        "handlers take `Event { data, delivery }` apart in their parameters, as they do with other extractors",
    ),
    (
        "countersign-inbox",
        &[
            "Admission",
            "Attempt",
            "AuditEntry",
            "CircuitCommand",
            "CircuitReport",
            "ClaimRequest",
            "Controls",
            "Counted",
            "DeliveryCounts",
            "Detail",
            "EndpointStatistics",
            "ErrorPattern",
            "Fenced",
            "Finished",
            "Increment",
            "InlineAttempt",
            "Limit",
            "Listing",
            "Occurrences",
            "OpenCircuit",
            "Pause",
            "RejectionCount",
            "RejectionIncrement",
            "RejectionSample",
            "Rejections",
            "SourceStats",
            "SpanRange",
            "Statistics",
            "Stats",
            "StoredEvent",
            "StoredInlineAttempt",
            "StoredSample",
            "Summary",
            "Swept",
        ],
        "stores build them, adapters match them",
    ),
    ("countersign-testkit", &["AfterCrash"], "benches of stores match it"),
];

#[test]
fn public_types_can_have_more_members_in_a_later_version() {
    let (mut read, mut open) = (0, BTreeSet::new());
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    for folder in fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path()) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        if !folder.join("src/lib.rs").exists() {
            continue;
        }
        for file in rust_files(&folder.join("src")) {
            let text = fs::read_to_string(&file).unwrap();
            let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            read += syntax.items.len();
            open.extend(syntax.items.iter().filter_map(exhaustive).map(|found| (name.clone(), found)));
        }
    }
    let listed: BTreeSet<_> = LISTED
        .iter()
        .flat_map(|(name, types, _)| types.iter().map(|listed| ((*name).to_owned(), (*listed).to_owned())))
        .collect();
    let forgotten: Vec<_> = open.difference(&listed).collect();
    assert!(forgotten.is_empty(), "add `#[non_exhaustive]`, or say in `LISTED` why not: {forgotten:?}");
    let stale: Vec<_> = listed.difference(&open).collect();
    assert!(stale.is_empty(), "these need no exception: {stale:?}");
    assert!(read > 3_000, "{read} items were read");
}

#[test]
fn the_exceptions_are_those_of_contributing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = squeezed(&fs::read_to_string(folder.join("CONTRIBUTING.md")).unwrap());
    let listed =
        LISTED.iter().map(|(name, types, reason)| format!("- `{name}`: `{}`: {reason}", types.join("`, `")));
    let listed = Vec::from_iter(listed).join(" ");
    assert!(
        text.contains(&format!("is an error there: {listed} - Three audiences")),
        "CONTRIBUTING lacks:\n{listed}"
    );
}

/// Returns the name of a public type that has members and no `#[non_exhaustive]`.
fn exhaustive(item: &Item) -> Option<String> {
    let (name, visibility, attributes, has_members) = match item {
        Item::Enum(found) => (&found.ident, &found.vis, &found.attrs, true),
        Item::Struct(found) => (&found.ident, &found.vis, &found.attrs, has_public_field(&found.fields)),
        _ => return None,
    };
    let is_public = matches!(visibility, Visibility::Public(_));
    (is_public && has_members && !is_non_exhaustive(attributes)).then(|| name.to_string())
}

fn has_public_field(fields: &Fields) -> bool {
    fields.iter().any(|field| matches!(field.vis, Visibility::Public(_)))
}

fn is_non_exhaustive(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}
