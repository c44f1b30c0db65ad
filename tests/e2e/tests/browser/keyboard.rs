use serde_json::json;

use crate::chromium::check;
use crate::fixture::{Fixture, Kind};

const MENU: u64 = 10;

#[test]
fn the_keyboard_reaches_everything_and_the_focus_is_visible() {
    let fixture = Fixture::new(Kind::Actix, async |inbox| inbox.fill().await);
    // At least so many links, fields and buttons, beside those of the menu.
    let paths = [
        ("", MENU + 12),
        ("events?source=billing", MENU + 30),
        ("change?action=purge&source=billing", MENU + 10),
        ("pause?source=billing", MENU + 3),
        ("controls", MENU + 3),
        ("control?source=billing&action=limit", MENU + 4),
        ("attempts?failed=1", MENU + 4),
        ("events/12", MENU + 5),
        ("rejections", MENU + 5),
    ];
    let request = json!({ "site": fixture.operator(), "paths": paths.map(|(path, _)| path) });
    let seen = check("keyboard", request);
    for (path, least) in paths {
        let page = &seen["seen"][path];
        assert_eq!(page["wrong"], json!([]), "{path}: {page:#}");
        assert!(page["stops"].as_u64() >= Some(least), "{path}: {page}");
        assert_eq!(page["skips"], json!(true), "{path}");
    }
}
