use serde_json::json;

use crate::chromium::check;
use crate::site::{Kind, Site};

#[test]
fn the_keyboard_reaches_everything_and_the_focus_is_visible() {
    let site = Site::new(Kind::Actix, async |inbox| inbox.fill().await);
    // At least so many links, fields and buttons: the menu has 7.
    let paths = [
        ("", 7 + 12),
        ("events?source=billing", 7 + 30),
        ("change?action=purge&source=billing", 7 + 10),
        ("pause?source=billing", 7 + 3),
        ("events/12", 7 + 5),
        ("rejections", 7 + 5),
    ];
    let request = json!({ "site": site.operator(), "paths": paths.map(|(path, _)| path) });
    let seen = check("keyboard", request);
    for (path, least) in paths {
        let page = &seen["seen"][path];
        assert_eq!(page["wrong"], json!([]), "{path}: {page:#}");
        assert!(page["stops"].as_u64() >= Some(least), "{path}: {page}");
        assert_eq!(page["skips"], json!(true), "{path}");
    }
}
