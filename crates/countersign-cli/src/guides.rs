//! The guides of the workspace, with which tests compare the command.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the folder of the workspace, or `None` in an unpacked package, which has none.
pub(crate) fn workspace() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Cargo writes it into packages.
    (!package.join("Cargo.toml.orig").exists()).then(|| package.join("../.."))
}

/// Returns the text of a page of `docs/`, or `None` in an unpacked package.
pub(crate) fn guide(name: &str) -> Option<String> {
    let page = workspace()?.join("docs").join(name);
    let text = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    Some(text.replace("\r\n", "\n"))
}
