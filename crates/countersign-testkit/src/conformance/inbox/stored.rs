use bytes::Bytes;
use countersign::UnixTime;
use countersign_inbox::{Accepted, Action, Change, EventState, Filter, Finish, Page, StoredHead};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::driver::{InboxDriver, identity, order, sample_event, single};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Checks empty, large and non-UTF-8 bodies, repeated headers, and headers in Latin-1.
pub fn what_was_received_comes_back_byte_for_byte(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let mebibyte: Vec<u8> = (0..1u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let bodies = [Bytes::new(), Bytes::from_static(b"\x00\xff\xfe{\"a\":\x80}\r\n"), Bytes::from(mebibyte)];
    for (nth, body) in bodies.into_iter().enumerate() {
        let name = format!("évt_{nth}");
        let mut event = sample_event("orders", &name, body);
        event.head = StoredHead::new("PUT", "/hooks/ü?a=b c&d=%20", headers());
        event.event_type = Some("tÿpe.☃".to_owned());
        event.received_at = UnixTime::from_millis(1_700_000_000_007);
        event.traceparent = Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned());
        if nth == 0 {
            (event.tenant, event.external_id, event.event_type, event.traceparent) = (None, None, None, None);
        }
        let id = driver.store(event.clone());
        let kept = driver.next().event;
        assert_eq!((kept.id, kept.key), (id, event.identity.key()));
        assert_eq!((&kept.source, &kept.tenant), (&event.source, &event.tenant));
        assert_eq!((&kept.external_id, &kept.event_type), (&event.external_id, &event.event_type));
        assert_eq!((&kept.provider, &kept.traceparent), (&event.provider, &event.traceparent));
        assert_eq!(kept.received_at, event.received_at);
        assert_eq!(kept.head, event.head);
        assert!(kept.body == event.body, "body {nth} has changed");
        let shown = driver.show(id);
        assert_eq!(shown.head.as_ref(), Some(&event.head));
        assert!(shown.body.as_ref() == Some(&event.body), "body {nth} is shown otherwise");
    }
}

/// Checks that U+0000 is stored or replaced by U+FFFD: an event that cannot be stored or finished would be retried
/// for ever.
pub fn a_nul_in_a_text_stops_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let is_kept = |text: Option<&str>| {
        assert!(matches!(text, Some("a\0b" | "a\u{fffd}b")), "{text:?}");
    };
    let mut event = order("evt");
    event.identity = identity("acme", "orders", "a\0b", &event.body);
    (event.external_id, event.event_type) = (Some("a\0b".to_owned()), Some("a\0b".to_owned()));
    let id = driver.store(event);
    let leased = driver.next();
    is_kept(leased.event.external_id.as_deref());
    is_kept(leased.event.event_type.as_deref());
    driver.end(&leased, &Finish::Dead { error: "a\0b".to_owned() });
    let shown = driver.show(id);
    is_kept(shown.summary.error.as_deref());
    is_kept(shown.attempts.first().and_then(|attempt| attempt.error.as_deref()));
    let filter = with(Filter::default(), |filter| filter.error = Some("a\0b".to_owned()));
    driver.list(&filter, Page::first(10));
    let change = with(Change::new(Action::Replay, Filter::ids([id]), "a\0b"), |change| {
        change.reason = Some("a\0b".to_owned())
    });
    assert_eq!(driver.change(&change), [id]);
    is_kept(Some(&single(driver.audit(None, Page::first(10))).actor));
    assert_eq!(driver.state(id), EventState::Ready);
    let leased = driver.next();
    driver.end(&leased, &Finish::Skip { reason: "a\0b".to_owned() });
}

/// Checks ids of 2,800 digits, of a mebibyte, and with U+0000 or multi-byte characters: each is a separate event,
/// is found by its id, and is displayed by its beginning. An index over whole ids would refuse these for ever.
pub fn ids_of_any_length_are_stored_and_found(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let hex = "0123456789abcdef".repeat(175);
    let alike = "x".repeat(3000);
    let ids = [
        hex,
        "e".repeat(1 << 20),
        format!("{alike}1"),
        format!("{alike}2"),
        "\u{1f600}\u{e4}".repeat(500),
        format!("{}\0{}", "n".repeat(600), "n".repeat(600)),
        format!("{}\u{fffd}{}", "n".repeat(600), "n".repeat(600)),
        "\u{e4}".repeat(256),
    ];
    for id in &ids {
        let mut event = order(id);
        event.event_type = Some(id.clone());
        let number = driver.store(event.clone());
        assert!(
            matches!(driver.accept(event), Accepted::Duplicate { id, same_body: true, .. } if id == number)
        );
        let leased = single(driver.only(number));
        driver.end(&leased, &Finish::Done);
        let shown = driver.show(number).summary;
        for text in [&shown.external_id, &shown.event_type, &leased.event.external_id] {
            let text = text.as_deref().unwrap_or_default();
            assert!(text.len() <= 512 && text.get(..396) == id.get(..396), "{text}");
        }
        for id in [Some(id.clone()), shown.external_id] {
            let by_id = with(Filter::default(), |filter| filter.external_id = id.clone());
            assert_eq!(driver.ids(&by_id), [number]);
            let by_type = with(Filter::default(), |filter| filter.event_type = id);
            assert_eq!(driver.ids(&by_type), [number]);
            assert_eq!(
                driver
                    .change(&with(Change::new(Action::Purge, by_type, "me"), |change| change.dry_run = true)),
                [number]
            );
        }
    }
    assert_eq!(driver.ids(&Filter::default()).len(), ids.len());
}

fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let values: [(&'static str, &'static [u8]); 5] = [
        ("x-signature", b"v1=abc, v2=def"),
        ("x-repeated", b"one"),
        ("x-repeated", b"two: \t 2"),
        ("x-empty", b""),
        ("x-latin-1", b"caf\xe9 \xff"),
    ];
    for (name, value) in values {
        let Ok(value) = HeaderValue::from_bytes(value) else { continue };
        headers.append(HeaderName::from_static(name), value);
    }
    headers
}
