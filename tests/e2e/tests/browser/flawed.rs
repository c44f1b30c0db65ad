use std::collections::BTreeSet;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_SECURITY_POLICY;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::chromium::look;
use crate::server::Server;

/// A page with each of the mistakes that the crawl looks for.
const FLAWED: &str = r#"<!doctype html><html lang="en"><title>Flawed</title>
<main><h1>Flawed</h1>
<p style="color: #ddd; background: #fff">Text that people cannot read</p>
<style>@media (min-width: 400px) { .phone { display: none } }</style><button class="phone"></button>
<div style="width: 900px">wide</div>
<img data-xss src="missing.png"><img alt="elsewhere" src="http://127.0.0.1:9/pixel.png">
<a href="nothing">gone</a> <a href="javascript:alert(1)">a script</a> <a href="guarded">guarded</a>
<script>window.xss = 1; alert(1); console.error("a mistake")</script>
<script>throw new Error("thrown")</script>
</main></html>"#;
const GUARDED: &str = r#"<!doctype html><html lang="en"><title>Guarded</title><h1>Guarded</h1><script>alert(2)</script></html>"#;

/// Otherwise the tests of this folder could not fail.
#[test]
fn the_crawl_finds_each_kind_of_mistake() {
    let guarded = async || ([(CONTENT_SECURITY_POLICY, "default-src 'none'")], Html(GUARDED));
    let router = Router::new().route("/", get(async || Html(FLAWED))).route("/guarded", get(guarded));
    let router = router.fallback(async || (StatusCode::NOT_FOUND, "nothing"));
    let runtime = Runtime::new().unwrap();
    let server = Server::axum(runtime.handle(), router);
    let site = json!({ "start": format!("http://{}/", server.addr()), "headers": {} });
    let seen = look("crawl", json!({ "site": site, "options": {}, "checked": "shape" }));
    let problems = seen["problems"].as_array().unwrap();
    let kinds: BTreeSet<_> = problems.iter().filter_map(|of| of["kind"].as_str()).collect();
    let expected = [
        "axe", "console", "dialog", "element", "error", "link", "origin", "request", "script", "status",
        "width",
    ];
    assert_eq!(kinds, BTreeSet::from(expected), "{problems:#?}");
    let found = |kind: &str, text: &str| {
        problems.iter().any(|of| of["kind"] == kind && of["detail"].to_string().contains(text))
    };
    for (kind, text) in [
        ("axe", "light: color-contrast"),
        ("axe", "image-alt"),
        ("axe", "phone: button-name"),
        ("console", "Content Security Policy"),
        ("console", "a mistake"),
        ("console", "404"),
        ("origin", "pixel.png"),
        ("status", "404"),
        ("link", "javascript:"),
    ] {
        assert!(found(kind, text), "{kind}: {text}: {problems:#?}");
    }
}
