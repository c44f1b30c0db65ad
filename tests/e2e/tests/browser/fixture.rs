//! The operations page over a store, as a browser reaches it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use countersign::{Clock, Secret, UnixTime};
use countersign_console::{Console, Operator, Refusal, Role};
use countersign_inbox::{AuditEntry, InboxStore, OpsStore, Page};
use countersign_postgres::{PostgresStore, PostgresStoreBuilder};
use countersign_sqlite::SqliteStore;
use countersign_test_servers::fresh_database;
use countersign_testkit::MemoryInbox;
use countersign_testkit::simulators::SteppingClock;
use countersign_tests::now;
use http::request::Parts;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::data::Inbox;
use crate::program::Program;
use crate::server::Server;

/// A store with both of its sides.
pub(crate) trait Both: InboxStore + OpsStore {}

impl<S: InboxStore + OpsStore> Both for S {}

/// How the page is served, and of which store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// axum, and a file.
    Axum,
    /// actix, and memory.
    Actix,
    /// axum, and a database, whose time is that of its server.
    Postgres,
    /// The command, beside a file.
    Program,
}

/// A store with data, and a server of its page.
pub(crate) struct Fixture {
    pub(crate) kind: Kind,
    store: Arc<dyn Both>,
    served: Served,
    runtime: Runtime,
    folder: TempDir,
}

enum Served {
    Framework(Server),
    Program(Program),
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Axum, Self::Actix, Self::Postgres, Self::Program];
}

impl Fixture {
    /// Serves a store with the data of a function.
    pub(crate) fn new(kind: Kind, fill: impl AsyncFnOnce(&Inbox<'_>)) -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = TempDir::new().unwrap();
        let clock = SteppingClock::starting_at(START);
        let store: Arc<dyn Both> = match kind {
            Kind::Actix => Arc::new(MemoryInbox::new(Arc::new(clock.clone()))),
            Kind::Postgres => Arc::new(runtime.block_on(database().connect()).unwrap()),
            Kind::Axum | Kind::Program => {
                let file = SqliteStore::builder(folder.path().join(FILE));
                Arc::new(file.with_clock(Arc::new(clock.clone())).open().unwrap())
            }
        };
        runtime.block_on(fill(&Inbox { store: &*store, clock: &clock }));
        let time = if kind == Kind::Postgres { now() } else { clock.now() };
        let consoles = || consoles(&store, time);
        let served = match kind {
            Kind::Program => Served::Program(Program::start(&folder.path().join(FILE), &[])),
            Kind::Actix => Served::Framework(Server::actix(consoles())),
            Kind::Axum | Kind::Postgres => {
                let nest = |router: Router, (path, console): (_, Console)| {
                    router.nest_service(path, console.router::<()>())
                };
                let router = consoles().into_iter().fold(Router::new(), nest);
                Served::Framework(Server::axum(runtime.handle(), router))
            }
        };
        Self { kind, store, served, runtime, folder }
    }

    /// Starts the command with options, beside the file of this fixture.
    pub(crate) fn program(&self, options: &[&str]) -> Program {
        Program::start(&self.folder.path().join(FILE), options)
    }

    /// Returns the page for an operator.
    pub(crate) fn operator(&self) -> Value {
        self.page("/ops/", "operator", "ada")
    }

    /// Returns the page at a path, for a role and a name. The command has one path, one role and one name.
    pub(crate) fn page(&self, mount: &str, role: &str, name: &str) -> Value {
        match &self.served {
            Served::Framework(server) => {
                json!({ "start": format!("http://{}{mount}", server.addr()), "headers": { "x-role": role, "x-name": name } })
            }
            Served::Program(program) => program.page(),
        }
    }

    /// Returns the audit log, the earliest entry first.
    pub(crate) fn log(&self) -> Vec<AuditEntry> {
        let mut log = self.block_on(self.store.audit(None, Page::first(1000))).unwrap();
        log.reverse();
        log
    }

    pub(crate) fn store(&self) -> &dyn OpsStore {
        &*self.store
    }

    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

/// Returns consoles by their paths. `/old` makes forms that `/ops` takes no longer, `/foreign` those of another key.
fn consoles(store: &Arc<dyn Both>, now: UnixTime) -> Vec<(&'static str, Console)> {
    let at = |now: UnixTime| {
        let store: Arc<dyn OpsStore> = store.clone();
        Console::new(store, policy).with_clock(now)
    };
    let key = Secret::new("a key that two of the consoles share").unwrap();
    let expired = UnixTime::from_secs(now.as_secs() - 2 * 3600 - 1);
    vec![
        ("/ops", at(now).with_form_key(&key).unwrap()),
        ("/old", at(expired).with_form_key(&key).unwrap()),
        ("/foreign", at(now)),
        ("/read-only", at(now).with_form_key(&key).unwrap().with_read_only()),
    ]
}

/// Reads role and name from headers, as a proxy would set them.
pub(crate) fn policy(head: &Parts) -> Result<Operator, Refusal> {
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let role = match header("x-role") {
        "operator" => Role::Operator,
        "viewer" => Role::Viewer,
        "viewer without bodies" => Role::ViewerWithoutBodies,
        _ => return Err(Refusal::forbidden()),
    };
    Operator::new(header("x-name"), role)
}

/// Returns the builder of a store in a database of its own, for slow machines, too.
fn database() -> PostgresStoreBuilder {
    let builder = PostgresStore::builder(&fresh_database());
    builder.with_acquire_timeout(PATIENCE).with_operation_timeout(PATIENCE)
}

const PATIENCE: Duration = Duration::from_secs(60);
const FILE: &str = "inbox.db";
/// 27 November 2026, 09:00 UTC.
pub(crate) const START: UnixTime = UnixTime::from_secs(1_795_770_000);
