use std::fs;
use std::path::Path;

use serde_json::json;

use crate::chromium::check;
use crate::fixture::{Fixture, Kind};

/// The tests of all pages keep one of each kind. Here each picture is light, dark, and as on a phone; `scripts/screenshots` copies those of the guides.
#[test]
fn pages_are_kept_as_pictures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
    fs::create_dir_all(&folder).unwrap();
    let fixture = Fixture::new(Kind::Axum, async |inbox| inbox.fill().await);
    let paths = json!({ "overview": "", "events": "events?state=dead", "event": "events/11", "errors": "errors", "controls": "controls" });
    let request = json!({ "site": fixture.operator(), "folder": folder, "paths": paths });
    let seen = check("screenshots", request);
    let files = seen["files"].as_array().unwrap();
    assert_eq!(files.len(), 15);
    for file in files {
        let picture = fs::read(folder.join(file.as_str().unwrap())).unwrap();
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "{file}");
    }
}
