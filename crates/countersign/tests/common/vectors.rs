//! Reads the test vectors, which stand beside the declarations in `src/providers/`.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Returns the files of vectors. Each has the name of the file of declarations beside it.
pub fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/providers");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
    assert!(files.len() > 30, "{files:?}");
    files.sort();
    files
}

/// Returns the vectors of a file.
pub fn read(file: &Path) -> Vec<Value> {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Returns the vectors of deliveries.
pub fn deliveries() -> Vec<Value> {
    all().filter(|vector| !is_handshake(vector)).collect()
}

/// Returns the vectors of handshakes.
pub fn handshakes() -> Vec<Value> {
    all().filter(is_handshake).collect()
}

fn all() -> impl Iterator<Item = Value> {
    files().into_iter().flat_map(|file| read(&file))
}

fn is_handshake(vector: &Value) -> bool {
    vector["kind"] == "handshake"
}
