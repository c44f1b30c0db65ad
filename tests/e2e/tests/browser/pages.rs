use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::chromium::check;
use crate::data::Inbox;
use crate::fixture::{Fixture, Kind};

/// Texts that would be code on a page that does not escape them, and texts that would break its layout.
pub(crate) const TEXTS: [&str; 8] = [
    "<script data-xss>window.xss=1;alert(1)</script>",
    "\"><img data-xss src=x onerror=\"window.xss=1;alert(1)\">",
    "' data-xss autofocus tabindex=0 onfocus='window.xss=1;alert(1)",
    "</pre></main></textarea></title></svg><svg/data-xss/onload=\"window.xss=1;alert(1)\">",
    "javascript:window.xss=1;alert(1)//",
    "<!--",
    "\u{202e}]]><![CDATA[\u{7}\n<a data-xss href='//x'>",
    LONG,
];
const LONG: &str = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";

/// Templates that the links of the overview lead to, at least.
const PAGES: [&str; 23] = [
    "",
    "POST events/N/compare",
    "attempts",
    "attempts?failed&source",
    "attempts?refresh",
    "audit",
    "change?action=discard&ids&state",
    "change?action=purge&source&state",
    "change?action=replay&pattern&source&type",
    "control?action=limit&source",
    "control?action=unlimit&source",
    "control?source",
    "controls",
    "dead",
    "errors",
    "events",
    "events/N",
    "events/N/reveal",
    "events?refresh",
    "pause?source",
    "providers",
    "rejections",
    "subscriptions",
];

pub(crate) async fn everything(inbox: &Inbox<'_>) {
    inbox.fill().await;
    for text in TEXTS {
        inbox.infest(text).await;
    }
}

/// Visits all pages as an operator, and returns the templates.
fn crawled(name: &str, site: &Value, options: Value, checked: Option<&str>) -> BTreeSet<String> {
    crawled_with(name, site, None, options, checked, 400)
}

/// Visits all pages of an operator of a server whose pages are those of axum, except for those that axum serves with the same bytes:
/// [`pages_in_axum_are_sound`] visits them. One page of each template is visited anyway.
fn crawled_beside_axum(name: &str, kind: Kind) -> BTreeSet<String> {
    let reference = Fixture::new(Kind::Axum, everything);
    let fixture = Fixture::new(kind, everything);
    crawled_with(name, &fixture.operator(), Some(&reference.operator()), json!({}), Some("path"), 400)
}

/// Visits all pages, and keeps a picture of each template in the folder of this name. A change of nothing has this status.
fn crawled_with(
    name: &str,
    site: &Value,
    reference: Option<&Value>,
    options: Value,
    checked: Option<&str>,
    nothing: u16,
) -> BTreeSet<String> {
    // Addresses that no link leads to, with their statuses.
    let beside = json!([
        ["nothing", 404],
        ["events/999999", 404],
        ["change?action=replay", nothing],
        ["events?state=lost", 400],
        ["events?source=nothing", 200],
    ]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots").join(name);
    // Without those of earlier runs, whose pages may be gone.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let request = json!({
        "site": site,
        "reference": reference,
        "options": options,
        "beside": beside,
        "checked": checked,
        "folder": folder,
    });
    let seen = check("crawl", request);
    assert!(seen["visited"].as_u64() > Some(60), "{seen}");
    // Otherwise nothing is saved.
    assert_eq!(seen["same"].as_u64() > Some(60), reference.is_some(), "{name}: {:#}", seen["same"]);
    let pages: BTreeSet<_> =
        seen["pages"].as_array().unwrap().iter().map(|page| page.as_str().unwrap().to_owned()).collect();
    for page in &pages {
        let file =
            seen["pictures"][page].as_str().unwrap_or_else(|| panic!("{name}: no picture of {page:?}"));
        let picture = fs::read(folder.join(file)).unwrap();
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}: {file}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), pages.len(), "{name}: a file for each page");
    pages
}

fn expect_pages(found: &BTreeSet<String>) {
    let missing: Vec<_> = PAGES.iter().filter(|page| !found.contains(**page)).collect();
    assert!(missing.is_empty(), "no link leads to {missing:?}: {found:?}");
}

#[test]
fn pages_in_axum_are_sound() {
    expect_pages(&crawled(
        "axum",
        &Fixture::new(Kind::Axum, everything).operator(),
        json!({}),
        Some("shape"),
    ));
}

#[test]
fn pages_in_actix_are_sound() {
    expect_pages(&crawled_beside_axum("actix", Kind::Actix));
}

#[test]
fn pages_over_a_database_are_sound() {
    expect_pages(&crawled_beside_axum("database", Kind::Postgres));
}

#[test]
fn pages_of_the_command_are_sound() {
    expect_pages(&crawled_beside_axum("command", Kind::Program));
}

#[test]
fn pages_of_a_viewer_without_bodies_are_sound() {
    expect_pages_without_changes("viewer-without-bodies", "/ops/", "viewer without bodies", false);
}

#[test]
fn pages_of_a_viewer_are_sound() {
    expect_pages_without_changes("viewer", "/ops/", "viewer", true);
}

#[test]
fn pages_of_a_mount_that_is_read_only_are_sound() {
    expect_pages_without_changes("read-only", "/read-only/", "operator", true);
}

/// Every page of a role that is no operator of the whole page: nothing leads to a change, and each request is revealed and compared by
/// those who may.
fn expect_pages_without_changes(name: &str, mount: &str, role: &str, has_bodies: bool) {
    let fixture = Fixture::new(Kind::Axum, everything);
    let is_change = |page: &str| ["change?", "control?", "pause?"].iter().any(|path| page.starts_with(path));
    let needs_bodies = |page: &str| page == "events/N/reveal" || page == "POST events/N/compare";
    let found = crawled_with(name, &fixture.page(mount, role, "ada"), None, json!({}), Some("path"), 403);
    // An address of `beside` is refused.
    let changes: Vec<_> = found.iter().filter(|page| is_change(page)).collect();
    assert_eq!(changes, ["change?action=replay"], "{role}");
    for page in PAGES.into_iter().filter(|page| !is_change(page)) {
        assert_eq!(found.contains(page), has_bodies || !needs_bodies(page), "{role}: {page}: {found:?}");
    }
}

/// Pages need no scripts: there are none.
#[test]
fn pages_work_without_scripts() {
    let fixture = Fixture::new(Kind::Actix, async |inbox| inbox.fill().await);
    expect_pages(&crawled(
        "without-scripts",
        &fixture.operator(),
        json!({ "javaScriptEnabled": false }),
        None,
    ));
}

/// Without the policy of their content, which would stop scripts that the escaping has missed; with a name that is code, too.
#[test]
fn nothing_that_strangers_sent_is_part_of_a_page() {
    let fixture = Fixture::new(Kind::Axum, everything);
    let page = fixture.page("/ops/", "operator", &TEXTS[..3].concat());
    expect_pages(&crawled("without-policy", &page, json!({ "bypassCSP": true }), None));
}
