use std::time::Duration;

use countersign_inbox::PauseChange;
use http::StatusCode;

use crate::actions::{entry, log, with_dead};
use crate::support::{Fixture, set};

#[tokio::test]
async fn an_endpoint_is_paused_and_resumed() {
    for fixture in with_dead(1).await {
        let (action, mut form) = fixture.get("operator", "/pause?source=orders").await.form();
        set(&mut form, "for", "1h");
        set(&mut form, "reason", "a move");
        let seen = result(&fixture, &action, &form).await;
        assert!(seen.starts_with("Overview orders is paused."), "{seen}");
        assert!(seen.contains("paused until 2023-11-14T23:13:20Z, by ada: a move"), "{seen}");
        let (action, form) = fixture.get("operator", "/pause?source=orders").await.form();
        let seen = result(&fixture, &action, &form).await;
        assert!(seen.starts_with("Overview orders is resumed.") && !seen.contains("paused until"), "{seen}");
        assert_eq!(log(&fixture).await, [entry("pause", None, 0), entry("resume", None, 0)]);

        let (action, mut form) = fixture.get("operator", "/pause?source=orders").await.form();
        for (name, value, reason) in [
            ("for", "0s", "changes nothing"),
            ("for", "soon", "not a duration"),
            ("action", "stop", "not an action"),
        ] {
            let before = form.clone();
            set(&mut form, name, value);
            let page = fixture.post("operator", &action, &form).await;
            assert!(page.status == StatusCode::BAD_REQUEST && page.seen().contains(reason), "{}", page.text);
            form = before;
        }
        assert!(
            fixture
                .get("operator", "/pause?source=new")
                .await
                .seen()
                .contains("has no events: check its name")
        );
        assert_eq!(fixture.get("operator", "/pause").await.status, StatusCode::BAD_REQUEST);
    }
}

/// Returns the page behind a form.
async fn result(fixture: &Fixture, action: &str, form: &[(String, String)]) -> String {
    fixture.get("operator", &fixture.post("operator", action, form).await.location()).await.seen()
}

#[tokio::test]
async fn a_form_changes_only_the_pause_that_it_has_shown() {
    for fixture in with_dead(1).await {
        let pause = |actor: &str| PauseChange::pause("orders", actor);
        let (action, free) = fixture.get("operator", "/pause?source=orders").await.form();
        fixture.store.set_pause(&pause("eve")).await.unwrap();
        let nothing = "Overview Nothing was changed: orders was paused or resumed after the page was shown.";
        assert!(result(&fixture, &action, &free).await.starts_with(nothing));
        let (_, paused) = fixture.get("operator", "/pause?source=orders").await.form();
        fixture.clock.advance(Duration::from_secs(1));
        fixture.store.set_pause(&pause("bob")).await.unwrap();
        let seen = result(&fixture, &action, &paused).await;
        assert!(seen.starts_with(nothing) && seen.contains("by bob"), "{}: {seen}", fixture.name);
        let (_, paused) = fixture.get("operator", "/pause?source=orders").await.form();
        assert!(result(&fixture, &action, &paused).await.starts_with("Overview orders is resumed."));
        assert!(result(&fixture, &action, &paused).await.starts_with(nothing), "sent twice");
        let mut of_none = free;
        set(&mut of_none, "action", "resume");
        let seen = result(&fixture, &action, &of_none).await;
        assert!(seen.starts_with("Overview Nothing was changed: orders is not paused."), "{seen}");
        assert_eq!(log(&fixture).await.len(), 3);
    }
}

#[tokio::test]
async fn a_subscription_that_is_paused_with_its_endpoint_is_resumed_with_it() {
    for fixture in with_dead(1).await {
        let (action, form) = fixture.get("operator", "/pause?source=stripe").await.form();
        assert!(result(&fixture, &action, &form).await.starts_with("Overview stripe is paused."));
        let page = fixture.get("operator", "/pause?source=stripe/billing").await;
        assert!(page.seen().contains("paused with stripe until it is resumed, by ada"), "{}", page.seen());
        let (action, form) = page.form();
        assert!(result(&fixture, &action, &form).await.starts_with("Overview stripe is resumed."));
        assert!(!fixture.get("operator", "/").await.seen().contains("paused until"));
        assert_eq!(log(&fixture).await, [entry("pause", None, 0), entry("resume", None, 0)]);
    }
}
