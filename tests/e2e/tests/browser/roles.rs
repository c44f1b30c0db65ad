use serde_json::{Value, json};

use crate::chromium::check;
use crate::data::FAILING;
use crate::fixture::{Fixture, Kind};

/// Returns what a role sees, and the statuses of its forged forms.
fn seen(changes: bool, reveals: bool, credentials: bool) -> Value {
    let status = |may: bool| if may { 200 } else { 403 };
    let change = status(changes);
    json!({
        "changes": changes,
        "reveals": reveals,
        "credentials": credentials,
        "compare": status(reveals),
        "forged": {
            "pause": change,
            "resume": change,
            "open_circuit": change,
            "close_circuit": change,
            "limit": change,
            "unlimit": change,
            "compare": status(reveals),
            "replay": change,
            "discard": change,
            "purge": change,
            "reveal": status(reveals),
            "credentials": status(credentials),
        },
    })
}

#[test]
fn each_role_sees_and_sends_what_it_may() {
    for kind in [Kind::Axum, Kind::Actix] {
        let fixture = Fixture::new(kind, async |inbox| inbox.fill().await);
        let page = |mount, role| fixture.page(mount, role, "ada");
        let before = fixture.log();
        // The last one makes the forms, and sends them at the end.
        let sites = json!({
            "1 viewer without bodies": page("/ops/", "viewer without bodies"),
            "2 viewer": page("/ops/", "viewer"),
            "3 read-only": page("/read-only/", "operator"),
            "4 operator": page("/ops/", "operator"),
        });
        let request = json!({ "sites": sites, "source": FAILING });
        let expected = json!({
            "1 viewer without bodies": seen(false, false, false),
            "2 viewer": seen(false, true, false),
            "3 read-only": seen(false, true, true),
            "4 operator": seen(true, true, true),
        });
        assert_eq!(check("roles", request)["seen"], expected, "{kind:?}");
        let log = fixture.log().split_off(before.len());
        let actions: Vec<_> = log.iter().map(|entry| entry.action.as_str()).collect();
        // The viewer, who compares two events; the operator of the read-only page, who sees credentials, too; and the operator.
        let changes = ["pause", "resume", "open_circuit", "close_circuit", "limit", "unlimit"];
        let seen = ["reveal"; 4];
        let expected = [&seen[..3], &seen, &changes, &seen, &["replay", "discard", "purge"]].concat();
        assert_eq!(actions, expected, "{kind:?}: {log:?}");
    }
}

/// The command with `--read-only` is a viewer's.
#[test]
fn the_read_only_command_changes_nothing() {
    let fixture = Fixture::new(Kind::Program, async |inbox| inbox.fill().await);
    let read_only = fixture.program(&["--read-only"]);
    let before = fixture.log();
    let sites = json!({ "1 read-only": read_only.page(), "2 operator": fixture.operator() });
    let found = check("roles", json!({ "sites": sites, "source": FAILING }));
    // Forms of another process: their tokens are not its own.
    let mut expected = seen(false, true, false);
    for status in expected["forged"].as_object_mut().unwrap().values_mut() {
        *status = json!(403);
    }
    assert_eq!(found["seen"]["1 read-only"], expected);
    assert_eq!(found["seen"]["2 operator"], seen(true, true, true));
    let log = fixture.log().split_off(before.len());
    assert!(log.iter().all(|entry| entry.actor == "ada") && log.len() == 13, "{log:?}");
}
