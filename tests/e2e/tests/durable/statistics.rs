//! Checks what is counted at an endpoint, on each framework.

use std::collections::BTreeMap;
use std::time::Duration;

use countersign_inbox::DeliveryCounts;
use countersign_tests::durable::{Scripted, Stack};

use crate::support::{BODY, SECRET, accepting, run, signed};

#[test]
fn deliveries_and_rejections_are_counted_and_samples_show_no_credential() {
    for stack in Stack::ALL {
        let store = Scripted::new([]);
        let accepting = accepting(&store);
        let signature = signed(BODY)
            .headers
            .values()
            .map(|value| value.to_str().unwrap().to_owned())
            .max_by_key(String::len);
        run(async {
            for request in [
                signed(BODY),
                signed(BODY),
                signed(BODY).with("user-agent", "Preflix/1").with("x-api-key", SECRET),
                signed("{}").with("user-agent", "other"),
            ] {
                let is_rejected = request.headers.contains_key("user-agent");
                let request = if is_rejected { request.with_body("forged") } else { request };
                let answer = stack.ask(&accepting, request).await;
                assert_eq!(answer.status, if is_rejected { 401 } else { 200 }, "{stack:?}");
            }
            tokio::time::sleep(Duration::from_secs(6)).await;
        });
        let counted = store.counted();
        assert_eq!(counted.len(), 1, "{stack:?}: {counted:?}");
        let counts = DeliveryCounts { accepted: 1, duplicates: 1, ..DeliveryCounts::default() };
        assert_eq!(counted[0].counts, counts, "{stack:?}");
        assert_eq!(counted[0].keys, BTreeMap::from([("primary".to_owned(), 2)]), "{stack:?}");
        let rejections = &counted[0].rejections;
        let kind = ("preflix".to_owned(), "signature_mismatch".to_owned());
        assert_eq!(rejections.counts, BTreeMap::from([(kind, 2)]), "{stack:?}");
        let [sample, other] = &*rejections.samples else { panic!("two: {rejections:?}") };
        assert!(other.head.contains("\nuser-agent: other"), "{stack:?}: {}", other.head);
        assert_eq!(sample.kind, "signature_mismatch");
        assert!(sample.head.starts_with("POST /webhooks/hook?a=…\n"), "{stack:?}: {}", sample.head);
        assert!(sample.head.contains("\nuser-agent: Preflix/1"), "{stack:?}: {}", sample.head);
        let shown = format!("{sample:?}");
        assert!(!shown.contains(SECRET) && !shown.contains(&*signature.unwrap()), "{stack:?}: {shown}");
    }
}
