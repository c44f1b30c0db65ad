//! Checks that the files and tests named in SECURITY.md exist.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

/// The text of a link to a Rust file is the path of the file, or the name of a test with spaces for underscores.
#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let (mut links, mut missing) = (0, Vec::new());
    for piece in text.split('[').skip(1) {
        let Some((name, rest)) = piece.split_once("](") else { continue };
        let Some((path, _)) = rest.split_once(')') else { continue };
        if !path.ends_with(".rs") {
            continue;
        }
        links += 1;
        let source = fs::read_to_string(root.join(path)).unwrap_or_default();
        let function = format!("fn {}(", name.replace(' ', "_"));
        let exists = if name == path { !source.is_empty() } else { source.contains(&function) };
        if !exists {
            missing.push(format!("{path}: {name}"));
        }
    }
    assert!(missing.is_empty(), "SECURITY.md names what is not there:\n{}", missing.join("\n"));
    assert!(links > 100, "{links} links were found");
}
