//! An inbox with events, for tests of the commands.

use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use countersign::providers::proxiant;
use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::{
    Accepted, AttemptNote, ClaimDue, EventId, Fenced, Finish, IdentityPolicy, InboxStore, Leased, NewEvent,
    StoredHead,
};
use countersign_testkit::MemoryInbox;

use super::cli::InboxCommand;
use crate::cli::{Cli, Command};

/// A store, with operations of providers and workers.
pub(super) struct Fixture {
    pub(super) store: MemoryInbox,
}

impl Fixture {
    /// Creates a store with this many ready events at the endpoint `jobs`, with ids from 1.
    pub(super) async fn with(events: usize) -> Self {
        let fixture = Self { store: MemoryInbox::new(Arc::new(NOW)) };
        for number in 1..=events {
            fixture.receive("jobs", number).await;
        }
        fixture
    }

    /// Stores `del_NUMBER` at an endpoint.
    pub(super) async fn receive(&self, endpoint: &str, number: usize) -> EventId {
        self.store(new_event(endpoint, number)).await
    }

    /// Stores `del_NUMBER` at `jobs`, with an ordering key.
    pub(super) async fn receive_in_order(&self, number: usize, key: &str) -> EventId {
        let mut event = new_event("jobs", number);
        event.ordering_key = Some(key.to_owned());
        self.store(event).await
    }

    async fn store(&self, event: NewEvent) -> EventId {
        let Ok(Accepted::New { id, .. }) = self.store.accept(event).await else { panic!("it is new") };
        id
    }

    /// Claims the due events of `jobs`, the oldest first.
    pub(super) async fn claim(&self, max: usize) -> Vec<Leased> {
        let due = ClaimDue::new("jobs", "worker-1", max, Duration::from_secs(30));
        self.store.claim_due(&due).await.unwrap()
    }

    /// Ends this many events of `jobs`, the oldest first.
    pub(super) async fn end(&self, max: usize, finish: Finish) {
        let note = match finish {
            Finish::Dead { .. } => AttemptNote::NONE.with_code(502),
            _ => AttemptNote::NONE,
        };
        for leased in self.claim(max).await {
            assert_eq!(self.store.finish(&leased.lease, &finish, note).await.unwrap(), Fenced::Ok(()));
        }
    }

    /// Makes this many events of `jobs` dead letters, the oldest first.
    pub(super) async fn kill(&self, max: usize) {
        self.end(max, Finish::Dead { error: "no route to \"billing\"\x1b[2J".to_owned() }).await;
    }
}

/// Returns `del_NUMBER`, as an endpoint stores it.
pub(super) fn new_event(endpoint: &str, number: usize) -> NewEvent {
    let body = format!(r#"{{"id":"del_{number}","event":"job.served","created_at":"2023-11-14T22:13:20Z"}}"#);
    let secret = || Secret::new("a secret of ours").unwrap();
    let signer = Signer::new(&proxiant::PROVIDER, secret()).unwrap();
    let mut headers = signer.sign(&SigningRequest::new(body.clone(), NOW)).unwrap();
    headers.insert("user-agent", "Proxiant/1".parse().unwrap());
    let verifier = Verifier::new(&proxiant::PROVIDER, secret()).unwrap();
    let delivery = verifier.verify(&Head::new(&headers), body, NOW).unwrap();
    let head = StoredHead::new("POST", "/hooks?token=hunter2", headers);
    let mut event = NewEvent::new(&IdentityPolicy::new(endpoint), &delivery, head);
    event.tenant = Some("acme".to_owned());
    event
}

/// Parses a command without `countersign inbox`.
pub(super) fn typed(words: &str) -> InboxCommand {
    let words = ["countersign", "inbox"].into_iter().chain(words.split(' '));
    let words = words.chain(["--store", "sqlite:inbox.db"]);
    match Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{error}")).command {
        Command::Inbox(command) => command,
        _ => panic!("not a command on an inbox"),
    }
}

/// Returns the output for people.
pub(super) fn said(shown: &impl ToString) -> String {
    anstream::adapter::strip_str(&shown.to_string()).to_string()
}

/// 2023-11-14T22:13:20Z, the fixed time of the tests.
pub(super) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
