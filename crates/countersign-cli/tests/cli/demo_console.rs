//! Tests of `demo --console`.

use std::process::Stdio;

use tempfile::TempDir;

use crate::console::Served;
use crate::support::{countersign, run};

/// Returns the paths of the pages that the navigation leads to.
fn navigation(page: &str) -> Vec<String> {
    let nav = page.split_once("<nav").unwrap().1.split_once("</nav>").unwrap().0;
    let targets = nav.split("href=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0);
    targets.map(|target| format!("/{}", target.strip_prefix("./").unwrap())).collect()
}

#[test]
fn each_page_has_something_to_show_when_the_address_is_printed() {
    let mut command = countersign();
    // The test kills it, so that it cannot delete its folder.
    let folder = TempDir::new().unwrap();
    command.args(["demo", "--console", "--for", "1h"]).env("TMPDIR", folder.path());
    let served = Served::of(command, Some(folder));
    let cookie = served.sign_in();
    let overview = served.get("/", &cookie);
    let pages = navigation(&overview);
    // No handler of the demo is inline.
    for page in pages.iter().filter(|page| *page != "/attempts") {
        let page_text = served.get(page, &cookie);
        assert!(page_text.starts_with("HTTP/1.1 200"), "{page}: {page_text}");
        let rows = page_text.split("<tbody>").nth(1).unwrap_or_default();
        assert!(rows.trim_start().starts_with("<tr"), "{page} has no rows: {page_text}");
    }
    for (page, expected) in [
        ("/", &["preflix", "redpin", "printprice", "proxiant", "<svg", "paused until", "by demo"][..]),
        ("/controls", &["600 attempts per 1m", "the audit system is slow"]),
        ("/events", &["job.served", "state done", "state ready"]),
        ("/dead", &["billing has no account"]),
        ("/errors", &["billing answered # after # s", "billing refuses the amount"]),
        ("/rejections", &["signature_mismatch", "Latest requests"]),
        ("/audit", &["replay", "billing knows these accounts now", "pause"]),
        ("/providers", &["Preflix"]),
    ] {
        assert!(pages.iter().any(|known| known == page), "{page}: {pages:?}");
        let text = served.get(page, &cookie);
        for part in expected {
            assert!(text.contains(part), "{page} has no {part}: {text}");
        }
    }
    let dead = served.get("/dead", &cookie);
    let event = dead.split("href=\"./events/").nth(1).unwrap().split_once('"').unwrap().0;
    let event = served.get(&format!("/events/{event}"), &cookie);
    assert!(event.contains("attempt 1: dead") || event.contains("attempt 3: dead"), "{event}");
}

#[test]
fn it_ends_by_itself_after_the_given_time() {
    let mut command = countersign();
    command.args(["demo", "--console", "--for", "0s"]).stderr(Stdio::piped());
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stdout.is_empty(), "{ended:?}");
}

#[test]
fn options_of_the_page_need_the_page() {
    for words in [&["demo", "--for", "1m"][..], &["demo", "--console", "--json"]] {
        assert_eq!(run(words).code, 2, "{words:?}");
    }
}
