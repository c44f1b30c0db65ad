//! A provider for the examples, and access to their stores.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use countersign::providers::proxiant;
use countersign::{Secret, Signer, SigningRequest};
use countersign_inbox::{Change, Changed, EventState, Filter, OpsStore};
use countersign_postgres::PostgresStore;
use countersign_sqlite::SqliteStore;
use countersign_test_servers::fresh_database;
use countersign_tests::programs::{Example, post};
use countersign_tests::{now, rfc3339};
use tempfile::TempDir;

pub(crate) const EXAMPLES: [&str; 2] = ["example-inbox", "example-inbox-actix"];

/// An example, its store, and the file of its effects.
pub(crate) struct Setup {
    name: &'static str,
    store: String,
    folder: TempDir,
}

/// Runs a test with both examples and both stores.
pub(crate) fn each(test: impl Fn(&Setup)) {
    for name in EXAMPLES {
        test(&Setup::with_file(name));
        test(&Setup { store: fresh_database(), ..Setup::with_file(name) });
    }
}

impl Setup {
    pub(crate) fn with_file(name: &'static str) -> Self {
        let folder = TempDir::new().unwrap();
        let store = format!("sqlite:{}", folder.path().join("inbox.db").display());
        Self { name, store, folder }
    }

    pub(crate) fn start(&self, variables: &[(&str, &str)]) -> Example {
        self.try_start(variables).unwrap_or_else(|said| panic!("{}: {}: {said}", self.name, self.store))
    }

    pub(crate) fn try_start(&self, variables: &[(&str, &str)]) -> Result<Example, String> {
        let effects = self.folder.path().join("effects.jsonl");
        let own =
            [("PROXIANT_SECRET", SECRET), ("STORE", &self.store), ("EFFECTS", effects.to_str().unwrap())];
        Example::start(self.name, &[&own, variables].concat())
    }

    /// Returns the status of the response to an event.
    pub(crate) fn send(&self, example: &Example, id: &str, event_type: &str, data: &str) -> u64 {
        let at = now();
        let created_at = rfc3339(at);
        let body =
            format!(r#"{{"id":"{id}","event":"{event_type}","created_at":"{created_at}","data":{data}}}"#);
        let signer = Signer::new(&proxiant::PROVIDER, Secret::new(SECRET).unwrap()).unwrap();
        let signed = signer.sign(&SigningRequest::new(body.clone(), at)).unwrap();
        let headers = signed.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let (status, answer) = post(example.addr(), "/webhooks/proxiant", headers, body.as_bytes());
        assert!(answer.is_empty(), "{}: {}: {answer}", self.name, self.store);
        status
    }

    pub(crate) fn send_unsigned(&self, example: &Example) -> u64 {
        let forged = format!("sha256={}", "00".repeat(32));
        let headers = [("x-proxiant-signature", &*forged)];
        post(example.addr(), "/webhooks/proxiant", headers, br#"{"id":"x","event":"job.served"}"#).0
    }

    /// Waits for this many lines of effects and returns them.
    pub(crate) fn effects(&self, count: usize) -> Vec<String> {
        let path = self.folder.path().join("effects.jsonl");
        let mut lines = Vec::new();
        self.until("effects", || {
            let text = fs::read_to_string(&path).unwrap();
            lines = text.lines().map(str::to_owned).collect();
            lines.len() >= count
        });
        lines
    }

    /// Truncates the file. It is open for appending, and continues at its end.
    pub(crate) fn forget_effects(&self) {
        fs::File::options()
            .write(true)
            .truncate(true)
            .open(self.folder.path().join("effects.jsonl"))
            .unwrap();
    }

    /// Waits until there are this many events in the state.
    pub(crate) fn wait_for(&self, state: EventState, count: u64) {
        let mut filter = Filter::default();
        filter.state = Some(state);
        self.with_ops(|runtime, ops| {
            self.until(state.as_str(), || runtime.block_on(ops.count(&filter)).unwrap().number == count);
        });
    }

    /// Runs a change as an operator.
    pub(crate) fn change(&self, change: Change) -> Changed {
        self.with_ops(|runtime, ops| runtime.block_on(ops.change(&change)).unwrap())
    }

    fn with_ops<T>(&self, look: impl FnOnce(&tokio::runtime::Runtime, &dyn OpsStore) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        match self.store.strip_prefix("sqlite:") {
            Some(path) => look(&runtime, &SqliteStore::attach(path).unwrap()),
            None => {
                let builder = PostgresStore::builder(&self.store);
                let patient = builder.with_acquire_timeout(PATIENCE).with_operation_timeout(PATIENCE);
                look(&runtime, &runtime.block_on(patient.connect()).unwrap())
            }
        }
    }

    /// Waits until another process makes the condition true.
    pub(crate) fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < PATIENCE, "{}: {}: no {what}", self.name, self.store);
            thread::park_timeout(Duration::from_millis(5));
        }
    }
}

/// Returns status and body.
pub(crate) fn get(addr: &str, path: &str) -> (u64, String) {
    let mut stream = TcpStream::connect(addr).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    match stream.read_to_string(&mut answer) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => {}
    }
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

const SECRET: &str = "whsec_proxiant-secret";
/// The timeout, which is reached only on failures.
const PATIENCE: Duration = Duration::from_secs(60);
