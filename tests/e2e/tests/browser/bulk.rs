use serde_json::json;

use crate::chromium::check;
use crate::data::FAILING;
use crate::fixture::{Fixture, Kind};

/// In a browser with scripts, which the rules of accessibility need, and in one without.
#[test]
fn a_change_in_parts_is_stopped_and_goes_on_to_its_end() {
    for (kind, has_scripts, count) in [(Kind::Actix, true, 2600), (Kind::Program, false, 510)] {
        let fixture = Fixture::new(kind, async |inbox| inbox.fail(count).await);
        let request = json!({
            "site": fixture.operator(),
            "options": { "javaScriptEnabled": has_scripts },
            "source": FAILING,
            "checks_accessibility": has_scripts,
        });
        let seen = check("bulk", request);
        let begun = format!("Replayed 500 events. {count} events were counted.");
        let stopped = format!("{begun} Stopped. A part that was under way is in the audit log.");
        let mut expected =
            vec![format!("{begun} The next part follows."), stopped.clone(), stopped.clone(), stopped];
        if count > 2500 {
            expected
                .push(format!("Replayed 2500 events. {count} events were counted. The next part follows."));
        }
        expected.push(format!("Replayed {count} events. The change is complete."));
        assert_eq!(seen["lines"], json!(expected), "{kind:?}");
        let log = fixture.log();
        assert!(
            log.iter().all(|of| of.actor == "ada" && of.detail_text().contains("billing is back")),
            "{log:?}"
        );
        assert_eq!(log.iter().map(|of| of.count).sum::<u64>(), count as u64, "{kind:?}");
    }
}
