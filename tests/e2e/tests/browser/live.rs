use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use countersign::Clock;
use countersign_console::Console;
use countersign_inbox::{InboxStore, OpsStore};
use countersign_testkit::MemoryInbox;
use countersign_testkit::conformance::inbox::sample_event;
use countersign_testkit::simulators::SteppingClock;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::chromium::check;
use crate::fixture::{START, policy};
use crate::server::Server;

#[test]
fn a_new_event_is_in_a_list_that_refreshes() {
    let runtime = Runtime::new().unwrap();
    let clock = SteppingClock::starting_at(START);
    let store = Arc::new(MemoryInbox::new(Arc::new(clock.clone())));
    let event = |id: &str| sample_event("orders", id, r#"{"name":"Ada"}"#);
    runtime.block_on(store.accept(event("first"))).unwrap();
    let seen: Arc<dyn OpsStore> = store.clone();
    let console = Console::new(seen, policy).with_clock(clock.now());
    let arrive = move || async move {
        store.accept(event("second")).await.map(drop).map_err(|error| error.to_string())
    };
    let router = Router::new().nest_service("/ops", console.router::<()>()).route("/arrive", post(arrive));
    let server = Server::axum(runtime.handle(), router);
    let address = |path: &str| format!("http://{}{path}", server.addr());
    let headers = json!({ "x-role": "viewer", "x-name": "ada" });
    let request = json!({
        "site": { "start": address("/ops/"), "headers": headers },
        "path": "events?source=orders&refresh=2",
        "arrive": address("/arrive"),
    });
    let seen = check("live", request);
    assert_eq!((&seen["before"], &seen["after"]), (&json!(["1"]), &json!(["2", "1"])));
    // The address, the list that has loaded itself again, and the one that does not.
    assert!(seen["loads"].as_u64() >= Some(3), "{seen}");
}
