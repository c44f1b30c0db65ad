//! Tests that stores and settings that would lose events are refused, with the reason and the cure.

use std::sync::Arc;
use std::time::Duration;

use countersign::{ConfigError, Provider, providers};
use countersign_inbox::{Acceptor, Durability, Endpoint, Inbox, InboxBuilder};
use countersign_tests::durable::Scripted;
use countersign_tests::keyless;
use http::StatusCode;

use crate::support::endpoint;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[test]
fn a_store_that_a_loss_of_power_empties_is_refused_unless_that_is_asked_for() {
    for (found, code, why) in [
        (Durability::Memory, "Memory", "loses its events when the process ends"),
        (Durability::Relaxed, "Relaxed", "may lose its last answers"),
    ] {
        let error = build(found, 30 * DAY, &providers::STRIPE, |builder| builder).unwrap_err();
        assert_eq!(error.field(), "store");
        let said = error.to_string();
        let cure = format!("insecure_allow_durability(Durability::{code})");
        assert!(said.contains(why) && said.contains(&cure) && said.contains("countersign-sqlite"), "{said}");
        assert!(
            build(found, 30 * DAY, &providers::STRIPE, |b| b.insecure_allow_durability(Durability::Memory))
                .is_ok()
        );
    }
    for enough in [Durability::Fsync, Durability::Replicated] {
        assert!(build(enough, 30 * DAY, &providers::STRIPE, |builder| builder).is_ok(), "{enough:?}");
    }
    let more = |builder: InboxBuilder| builder.insecure_allow_durability(Durability::Replicated);
    assert!(build(Durability::Fsync, 30 * DAY, &providers::STRIPE, more).is_err());
}

#[test]
fn a_store_that_forgets_ids_while_they_may_still_come_is_refused() {
    let error = build(Durability::Fsync, DAY, &providers::STRIPE, |builder| builder).unwrap_err();
    assert_eq!(error.field(), "retention");
    assert!(error.to_string().contains("let the store remember for 7 d or more"), "{error}");
    assert!(build(Durability::Fsync, 3 * DAY, &providers::STRIPE, |builder| builder).is_ok());
}

#[test]
fn an_answer_that_is_no_success_and_a_deadline_of_nothing_are_refused() {
    let store = Scripted::new([]);
    let start = |endpoint| Inbox::start_accepting(store.clone(), [endpoint]);
    let no_success = start(endpoint().with_success_status(StatusCode::FOUND)).unwrap_err();
    assert_eq!(no_success.field(), "success_status");
    let no_time = start(endpoint().with_accept_deadline(Duration::ZERO)).unwrap_err();
    assert_eq!(no_time.field(), "accept_deadline");
}

#[test]
fn the_deadline_is_below_what_the_provider_waits() {
    for provider in providers::all() {
        let acceptor = build(Durability::Fsync, 365 * DAY, provider, |builder| builder).unwrap();
        let slug = &provider.slug;
        assert!(acceptor.deadline() <= Duration::from_secs(5), "{slug}");
        if let Some(secs) = provider.retries.and_then(|retries| retries.ack_secs) {
            assert!(acceptor.deadline() < Duration::from_secs(secs), "{slug}");
        }
    }
}

fn build(
    durability: Durability,
    retention: Duration,
    provider: &'static Provider,
    options: impl Fn(InboxBuilder) -> InboxBuilder,
) -> Result<Acceptor, ConfigError> {
    let store = Arc::new(Scripted::with(durability, retention, []));
    let endpoint = Endpoint::new("e", keyless(provider)).with_body_as_id();
    options(Inbox::builder(store).with_endpoint(endpoint)).start_accepting()?.acceptor("e")
}
