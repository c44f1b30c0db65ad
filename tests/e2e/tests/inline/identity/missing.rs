//! Tests of deliveries and declarations without an id.

use std::sync::Arc;

use countersign::providers;
use countersign_inbox::inline::{Deduplicator, MissingId};
use countersign_inbox::{DedupeStore, Endpoint, IdentityPolicy, Inbox, MemoryStore};
use countersign_sqlite::SqliteStore;
use countersign_tests::keyless;

use super::support::send;
use super::unsigned_parts::without;
use crate::fixtures::fixtures;

#[tokio::test]
async fn a_missing_id_is_refused_where_that_is_the_policy() {
    let fixture = fixtures().into_iter().find(|fixture| fixture.slug == "github-sha256").unwrap();
    let store: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(100));
    let dedupe = Deduplicator::builder(store, "e", fixture.verifier.provider())
        .with_missing_id(MissingId::Reject)
        .build()
        .unwrap();
    assert_eq!(send(&dedupe, &without(&fixture, "x-github-delivery")).await, (400, None));
}

#[test]
fn a_declaration_without_an_id_is_refused_with_the_cure_unless_something_was_said_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Arc::new(SqliteStore::open(folder.path().join("inbox.db")).unwrap());
    for provider in providers::all() {
        let build = |endpoint, missing: Option<MissingId>| {
            let store: Arc<dyn DedupeStore> = Arc::new(MemoryStore::new(10));
            let builder = Deduplicator::builder(store, endpoint, provider);
            let builder =
                missing.into_iter().fold(builder, |builder, policy| builder.with_missing_id(policy));
            builder.build().map(drop).map_err(|error| error.to_string())
        };
        let accept = |change: fn(Endpoint) -> Endpoint| {
            let endpoint = Endpoint::new("e", keyless(provider));
            let inbox = Inbox::builder(sqlite.clone()).with_endpoint(change(endpoint));
            inbox.start_accepting().map(drop).map_err(|error| error.to_string())
        };
        if provider.event.id.is_some() {
            assert_eq!(build(IdentityPolicy::new("e"), None), Ok(()), "{}", provider.slug);
            continue;
        }
        let plain =
            [build(IdentityPolicy::new("e"), None), build(IdentityPolicy::new("e"), Some(MissingId::Reject))];
        for refused in plain.into_iter().chain([accept(|endpoint| endpoint)]) {
            let error = refused.unwrap_err();
            for cure in ["event.id", "with_body_as_id", "Provider::with_id", "NewEveryTime"] {
                assert!(error.contains(cure), "{}: {error}", provider.slug);
            }
        }
        let by_body = || IdentityPolicy::new("e").with_body_as_id();
        assert_eq!(build(by_body(), None), Ok(()), "{}", provider.slug);
        assert_eq!(accept(Endpoint::with_body_as_id), Ok(()), "{}", provider.slug);
        assert_eq!(
            build(IdentityPolicy::new("e"), Some(MissingId::NewEveryTime)),
            Ok(()),
            "{}",
            provider.slug
        );
    }
}
