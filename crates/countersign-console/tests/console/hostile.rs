use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use countersign_console::{Console, Operator, Role};
use countersign_inbox::{
    AttemptOutcome, CircuitReport, ControlChange, FailureKind, Increment, InlineAttempt, OpsStore,
    PauseChange, RateLimit,
};
use countersign_testkit::conformance::inbox::sample_event;
use http::{HeaderName, HeaderValue};
use scraper::Html;

use crate::support::{Fixture, set};

/// Texts that would be code on a page that does not escape them.
const TEXTS: [&str; 9] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</pre></main></textarea></title></svg><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}{%raw%}",
    "<!--",
    "&lt;b&gt;&#60;",
    "\u{202e}]]><![CDATA[\u{0}\n<a href='//x'>",
];

/// The element and the attributes of each element of a page. Attributes that carry data have no value here.
type Skeleton = Vec<(String, BTreeSet<(String, String)>)>;

/// Data of an inbox with a text in every field that a sender, a handler or an operator fills in.
async fn visited(fixture: Fixture, text: &str) -> Vec<(String, String)> {
    let marked = |name: &str| format!("{name}{text}");
    // Forms cannot send control characters: a name with one selects nothing.
    let line = |name: &str| marked(name).chars().filter(|letter| !letter.is_control()).collect::<String>();
    let source = line("orders");
    for number in 1..=3 {
        let id = marked(&number.to_string());
        let mut event = sample_event(&source, &id, format!("{}\n{number}", marked(r#"{"name":"Ada"}"#)));
        event.tenant = Some(marked("acme"));
        event.provider = marked("preflix");
        event.event_type = Some(marked("a.b"));
        event.head.target = line("/hooks?x=");
        event.head.method = line("POST");
        event.head.headers.insert(HeaderName::from_static("x-'&`|~"), header(&marked("value")));
        fixture.store.accept(event).await.unwrap();
    }
    fixture.kill(&source, 2, &marked("down ")).await;
    // Bodies of a known provider, laid out as JSON.
    for number in 4..=5 {
        let data = serde_json::json!({ "number": number, text: text, "in": { text: [text] } });
        let body = serde_json::json!({ "id": marked("evt"), "type": marked("a.b"), "data": data });
        let mut event = sample_event(&source, &marked(&number.to_string()), body.to_string());
        event.provider = "preflix".to_owned();
        event.event_type = Some(marked("a.b"));
        fixture.store.accept(event).await.unwrap();
    }
    fixture.count(&source, text).await;
    let mut named = Increment::new(source.clone());
    for names in [&mut named.keys, &mut named.filtered, &mut named.codes, &mut named.circuits] {
        names.insert(line("name"), 1);
    }
    let some = |name: &str| Some(marked(name));
    let attempt = InlineAttempt {
        provider: marked("preflix"),
        tenant: some("acme"),
        external_id: some("1"),
        event_type: some("a.b"),
        fence: Some(1),
        took: Duration::from_millis(3),
        outcome: AttemptOutcome::Retry,
        failure: Some(FailureKind::Error),
        code: Some(500),
        error: some("down"),
        worker: marked("web"),
    };
    // Before the failures of events, so that each store has the kinds in one order.
    named.inline_attempts.push((Duration::from_secs(1), attempt));
    fixture.store.add_statistics(&[named]).await.unwrap();
    let pause = PauseChange::pause(&source, marked("bob")).with_reason(marked("moves"));
    fixture.store.set_pause(&pause).await.unwrap();
    let minute = Duration::from_secs(60);
    let limit = ControlChange::limit(&source, RateLimit::new(5, minute).unwrap(), marked("bob"));
    fixture.store.set_control(&limit.with_reason(marked("slow"))).await.unwrap();
    fixture.store.set_control(&ControlChange::open_circuit(&source, minute, marked("bob"))).await.unwrap();
    let report = CircuitReport {
        source: source.clone(),
        left: minute,
        is_half_open: false,
        pattern: Some(marked("down")),
    };
    fixture.store.report_circuits(&marked("worker"), &[report]).await.unwrap();

    let name = line("ada");
    let store: std::sync::Arc<dyn OpsStore> = fixture.store.clone();
    let clock = countersign::UnixTime::from_secs(1_700_000_000);
    let console =
        Console::new(store, move |_: &http::request::Parts| Operator::new(name.clone(), Role::Operator));
    let fixture = fixture.with(|_| console.with_clock(clock));

    let mut pages = Vec::new();
    let (action, mut form) = fixture.get("operator", "/events/1").await.form();
    set(&mut form, "credentials", "1");
    set(&mut form, "reason", &marked("why"));
    pages.push(("reveal".to_owned(), fixture.post("operator", &action, &form).await.text));
    set(&mut form, "with", "2");
    pages.push(("compare".to_owned(), fixture.post("operator", "/events/1/compare", &form).await.text));
    let (action, mut form) = fixture.get("operator", "/events/4").await.form();
    set(&mut form, "credentials", "1");
    pages.push(("reveal JSON".to_owned(), fixture.post("operator", &action, &form).await.text));
    set(&mut form, "with", "5");
    pages.push(("compare JSON".to_owned(), fixture.post("operator", "/events/4/compare", &form).await.text));
    let query = |field: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(field, &source);
        query.finish()
    };
    let (of_source, words, error) = (query("source"), query("q"), query("error"));
    let (action, form) = fixture.get("operator", &format!("/change?{of_source}&action=replay")).await.form();
    let done = fixture.post("operator", &action, &form).await.location();
    for target in [
        "/".to_owned(),
        "/subscriptions".to_owned(),
        "/events".to_owned(),
        format!("/events?{of_source}&{error}&refresh=5"),
        format!("/dead?{of_source}"),
        "/events/1".to_owned(),
        "/events/1/compare?with=2".to_owned(),
        "/events/3".to_owned(),
        "/errors".to_owned(),
        format!("/errors?{of_source}"),
        "/audit".to_owned(),
        "/audit?event=1".to_owned(),
        "/rejections".to_owned(),
        format!("/rejections?{of_source}&window=1h"),
        format!("/providers?{words}"),
        format!("/change?{of_source}&action=discard"),
        "/change?action=replay&ids=3&state=ready".to_owned(),
        format!("/pause?{of_source}"),
        "/controls".to_owned(),
        "/attempts".to_owned(),
        format!("/attempts?{of_source}&failed=1&refresh=5"),
        format!("/control?{of_source}"),
        format!("/control?{of_source}&action=limit"),
        format!("/control?{}&action=unlimit", query("action")),
        format!("/events?{}", query("state")),
        done,
    ] {
        let page = fixture.get("operator", &target).await;
        pages.push((target.split('?').next().unwrap().to_owned(), page.text));
    }
    pages
}

#[tokio::test]
async fn no_element_and_no_attribute_comes_from_data() {
    let plain = Fixture::in_memory();
    let expected: Vec<_> = visited(plain, "plain").await;
    let expected: Vec<_> = expected.iter().map(|(path, text)| (path, skeleton(text))).collect();
    for (nth, text) in TEXTS.into_iter().enumerate() {
        // A database takes long to make: the last text has everything.
        let fixtures =
            if nth + 1 == TEXTS.len() { Fixture::all().into() } else { Vec::from(Fixture::local()) };
        for fixture in fixtures {
            let name = fixture.name;
            let pages = visited(fixture, text).await;
            for ((path, page), (_, expected)) in pages.iter().zip(&expected) {
                let found = skeleton(page);
                assert_eq!(&found, expected, "{name} {path} {text}: {page}");
                // Fields of forms have what was typed into them; their text is isolated from that around them.
                let seen: String = Html::parse_document(page).root_element().text().collect();
                assert!(!seen.contains(['\u{202e}', '\0']), "{path}: {page}");
            }
            assert_eq!(pages.len(), expected.len());
        }
    }
}

#[tokio::test]
async fn what_was_sent_is_there_as_text() {
    let fixture = Fixture::in_memory();
    let text = TEXTS[0];
    let pages = visited(fixture, text).await;
    for (path, page) in &pages {
        if ["/audit", "/changed"].contains(&path.as_str()) {
            continue;
        }
        let html = Html::parse_document(page);
        let seen: String = html.root_element().text().collect();
        assert!(seen.contains(text), "{path}: {page}");
    }
    let revealed: String = Html::parse_document(&pages[0].1).root_element().text().collect();
    for name in ["orders", "acme", "a.b", "down ", "value", "Ada\"}"] {
        assert!(revealed.contains(&format!("{name}{text}")), "{name}: {revealed}");
    }
    // A member of the data, by the declaration of its provider, and in the body.
    let laid_out = Html::parse_document(&pages[2].1);
    let texts = |css: &str| -> Vec<String> {
        laid_out.select(&crate::support::selector(css)).map(|of| of.text().collect()).collect()
    };
    assert!(
        texts("tr td code").contains(&format!("json:/data/{}", text.replace('/', "~1"))),
        "{:?}",
        texts("tr")
    );
    assert!(texts("tr td:last-child").contains(&text.to_owned()), "{:?}", texts("tr"));
    assert!(texts("pre").concat().matches(text).count() >= 5, "{:?}", texts("pre"));
}

#[tokio::test]
async fn pages_have_nothing_that_the_policy_of_their_content_forbids() {
    let fixture = Fixture::in_memory();
    for (path, page) in visited(fixture, "plain").await {
        for (element, attributes) in skeleton(&page) {
            assert!(
                !["script", "style", "iframe", "object", "embed", "base", "img"].contains(&element.as_str()),
                "{path}"
            );
            for (name, _) in attributes {
                assert!(name != "style" && !name.starts_with("on"), "{path}: {element} {name}");
            }
        }
    }
}

/// Every control has a label, every table header a scope, and every page one heading of the first level and its landmarks.
#[tokio::test]
async fn pages_are_accessible_by_their_structure() {
    let fixture = Fixture::in_memory();
    for (path, page) in visited(fixture, "plain").await {
        let html = Html::parse_document(&page);
        let count = |css: &str| html.select(&crate::support::selector(css)).count();
        for (css, number) in
            [("html[lang]", 1), ("title", 1), ("h1", 1), ("main", 1), ("header nav[aria-label]", 1)]
        {
            assert_eq!(count(css), number, "{path}: {css}");
        }
        assert_eq!(count("th:not([scope])"), 0, "{path}");
        assert_eq!(count("table"), count("table caption"), "{path}");
        assert_eq!(count("svg"), count("svg[role=img][aria-label]"), "{path}");
        let controls = count("input:not([type=hidden])") + count("select");
        let labelled = count("label input") + count("label select") + count("input[aria-label]");
        assert_eq!(controls, labelled, "{path}");
        let mut ids = BTreeSet::new();
        for element in html.select(&crate::support::selector("[id]")) {
            assert!(ids.insert(element.attr("id").unwrap().to_owned()), "{path}");
        }
        for link in html.select(&crate::support::selector("a, button")) {
            assert!(!link.text().collect::<String>().trim().is_empty(), "{path}: {}", link.html());
        }
    }
}

fn skeleton(page: &str) -> Skeleton {
    let html = Html::parse_document(page);
    let elements = html.root_element().descendent_elements();
    let mut skeleton: Skeleton = elements
        .map(|element| {
            let attributes = element.value().attrs().map(|(name, value)| {
                let is_data = matches!(name, "aria-label" | "href" | "value" | "content");
                if name == "href" {
                    let is_own =
                        value.starts_with("./") || value.starts_with("../") || value.starts_with('#');
                    assert!(is_own || value.starts_with("https://"), "{value}");
                }
                (name.to_owned(), if is_data { String::new() } else { value.to_owned() })
            });
            (element.value().name().to_owned(), attributes.collect())
        })
        .collect();
    // The lines of a difference: a text with a line break has one more.
    skeleton.dedup_by(|one, other| one == other && one.0 == "span");
    skeleton
}

/// Returns a header value of the text, without what none may contain.
fn header(text: &str) -> HeaderValue {
    let text: Bytes = text.bytes().filter(|byte| *byte >= 0x20 && *byte != 0x7f).collect::<Vec<_>>().into();
    HeaderValue::from_maybe_shared(text).unwrap()
}
