use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use countersign::{Clock, UnixTime};
use countersign_console::{Console, Operator, Refusal, Role};
use countersign_inbox::{
    Accepted, AttemptNote, ClaimDue, DeliveryCounts, EventId, Fenced, Finish, InboxStore, Increment,
    OpsStore, RejectionSample,
};
use countersign_postgres::PostgresStore;
use countersign_sqlite::SqliteStore;
use countersign_test_servers::{execute, fresh_database};
use countersign_testkit::MemoryInbox;
use countersign_testkit::conformance::inbox::sample_event;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use scraper::{Html, Selector};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// A store with both of its sides.
pub(crate) trait Both: InboxStore + OpsStore {}

impl<S: InboxStore + OpsStore> Both for S {}

/// A console of a store.
pub(crate) struct Fixture {
    pub(crate) name: &'static str,
    pub(crate) store: Arc<dyn Both>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) console: Console,
    folder: Option<TempDir>,
}

/// A clock that stands still.
pub(crate) struct ManualClock {
    millis: AtomicI64,
    /// The database that has the same time.
    database: Option<String>,
}

impl ManualClock {
    fn new(database: Option<String>) -> Arc<Self> {
        let clock = Self { millis: AtomicI64::new(1_700_000_000_000), database };
        clock.set_database();
        Arc::new(clock)
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.millis.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
        self.set_database();
    }

    fn set_database(&self) {
        let Some(url) = &self.database else { return };
        let millis = self.millis.load(Ordering::Relaxed);
        let function = format!(
            "CREATE OR REPLACE FUNCTION countersign.now_() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
             AS $$ SELECT timestamptz 'epoch' + {millis} * interval '1 ms' $$"
        );
        execute(url, &function);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.millis.load(Ordering::Relaxed))
    }
}

struct Shared(Arc<ManualClock>);

impl Clock for Shared {
    fn now(&self) -> UnixTime {
        self.0.now()
    }
}

impl Fixture {
    /// Creates a fixture over each kind of store.
    pub(crate) fn all() -> [Self; 3] {
        let [in_memory, in_file] = Self::local();
        let (server, clock) = postgres();
        [in_memory, in_file, Self::over("postgres", Arc::new(server), clock, None)]
    }

    /// Creates a fixture over each kind of store that needs no server.
    pub(crate) fn local() -> [Self; 2] {
        let clock = ManualClock::new(None);
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(FILE);
        let file = SqliteStore::builder(path).with_clock(clock.clone()).open().unwrap();
        [Self::in_memory(), Self::over("sqlite", Arc::new(file), clock, Some(folder))]
    }

    /// Creates a fixture over a store in memory, for what does not depend on the store.
    pub(crate) fn in_memory() -> Self {
        let clock = ManualClock::new(None);
        Self::over("memory", Arc::new(MemoryInbox::new(clock.clone())), clock, None)
    }

    fn over(
        name: &'static str,
        store: Arc<dyn Both>,
        clock: Arc<ManualClock>,
        folder: Option<TempDir>,
    ) -> Self {
        let console = Console::new(store.clone(), policy).with_clock(Shared(clock.clone()));
        Self { name, store, clock, console, folder }
    }

    /// Returns the path of the file of a store that has one.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().join(FILE)
    }

    /// Replaces the console.
    pub(crate) fn with(self, change: impl FnOnce(Console) -> Console) -> Self {
        Self { console: change(self.console), ..self }
    }

    pub(crate) async fn get(&self, role: &str, target: &str) -> Page {
        self.send(Method::GET, role, target, String::new()).await
    }

    pub(crate) async fn post(&self, role: &str, target: &str, form: &[(String, String)]) -> Page {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        self.send(Method::POST, role, target, body.finish()).await
    }

    async fn send(&self, method: Method, role: &str, target: &str, body: String) -> Page {
        let request = Request::builder().method(method).uri(target).header("x-role", role).body(()).unwrap();
        let head = request.into_parts().0;
        self.respond(target, &head, body.into()).await
    }

    pub(crate) async fn respond(&self, target: &str, head: &Parts, body: Bytes) -> Page {
        let path = target.split('?').next().unwrap().to_owned();
        let response = self.console.respond(&path, head, async { Some(body) }).await;
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Page { path, status: parts.status, headers: parts.headers, text }
    }

    /// Stores an event of Preflix, with these texts in its fields.
    pub(crate) async fn receive(&self, source: &str, id: &str, body: &str) -> EventId {
        let mut event = sample_event(source, id, body.to_owned());
        event.head.headers.insert("user-agent", "Preflix/1".parse().unwrap());
        event.head.headers.insert("x-preflix-signature", "sha256=5161".parse().unwrap());
        event.head.target = "/hooks?token=hunter2".to_owned();
        match self.store.accept(event).await.unwrap() {
            Accepted::New { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    /// Ends attempts at so many events of an endpoint, the oldest first.
    pub(crate) async fn end(&self, source: &str, count: usize, finish: &Finish) {
        let due = ClaimDue::new(source, "worker-1", count, Duration::from_secs(30));
        let claimed = self.store.claim_due(&due).await.unwrap();
        assert_eq!(claimed.len(), count);
        for leased in claimed {
            let note = AttemptNote::NONE.with_code(502);
            let finished = self.store.finish(&leased.lease, finish, note).await.unwrap();
            assert_eq!(finished, Fenced::Ok(()));
        }
    }

    pub(crate) async fn kill(&self, source: &str, count: usize, error: &str) {
        self.end(source, count, &Finish::Dead { error: error.to_owned() }).await;
    }

    /// Adds statistics and a rejected request of an endpoint.
    pub(crate) async fn count(&self, source: &str, text: &str) {
        let mut increment = Increment::new(source);
        increment.counts =
            DeliveryCounts { accepted: 5, attempts: 4, done: 3, dead: 1, ..DeliveryCounts::default() };
        increment.keys.insert("current".to_owned(), 5);
        increment.time_to_done.record(Duration::from_millis(40));
        increment.rejections.counts.insert((text.to_owned(), text.to_owned()), 2);
        increment.rejections.samples.push(RejectionSample::new(text, text, format!("POST {text}")));
        self.store.add_statistics(&[increment]).await.unwrap();
    }
}

/// Creates a store in a database of its own, and its clock.
fn postgres() -> (PostgresStore, Arc<ManualClock>) {
    let url = fresh_database();
    // In another thread: a test has a runtime already.
    let builder = || {
        let builder = PostgresStore::builder(&url).with_max_connections(4);
        builder.with_acquire_timeout(PATIENCE).with_operation_timeout(PATIENCE)
    };
    let connected = || RUNTIME.block_on(builder().connect()).unwrap();
    let store = thread::scope(|scope| scope.spawn(connected).join().unwrap());
    // The database has the function that tells the time now.
    let clock = ManualClock::new(Some(url));
    (store, clock)
}

/// Reads the role from a header, as a proxy would set it.
fn policy(head: &Parts) -> Result<Operator, Refusal> {
    let role = match head.headers.get("x-role").map(|role| role.as_bytes()) {
        Some(b"operator") => Role::Operator,
        Some(b"viewer") => Role::Viewer,
        Some(b"blind") => Role::ViewerWithoutBodies,
        Some(b"unknown") => return Err(Refusal::challenge("Basic realm=\"webhooks\"".parse().unwrap())),
        _ => return Err(Refusal::forbidden()),
    };
    Operator::new("ada", role)
}

/// A response.
pub(crate) struct Page {
    /// The path of the request, below the mount.
    pub(crate) path: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn html(&self) -> Html {
        assert_eq!(self.status, StatusCode::OK, "{}: {}", self.path, self.text);
        Html::parse_document(&self.text)
    }

    /// Returns the text that people see, with single spaces.
    pub(crate) fn seen(&self) -> String {
        let html = Html::parse_document(&self.text);
        let main = html.select(&selector("main")).next().expect("a page has a main part");
        main.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Returns the values of an attribute of the elements that match.
    pub(crate) fn all(&self, css: &str, attribute: &str) -> Vec<String> {
        let html = self.html();
        let selector = selector(css);
        let found = html.select(&selector).filter_map(|of| of.attr(attribute));
        found.map(str::to_owned).collect()
    }

    /// Returns the targets of links, resolved against this page.
    pub(crate) fn links(&self) -> Vec<String> {
        self.all("a[href]", "href").iter().filter_map(|href| resolved(&self.path, href)).collect()
    }

    /// Returns the target of a redirect.
    pub(crate) fn location(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        resolved(&self.path, self.headers["location"].to_str().unwrap()).unwrap()
    }

    pub(crate) fn parsed(&self) -> Html {
        Html::parse_document(&self.text)
    }

    /// Returns address and fields of the form that posts, as a browser sends it with its last button.
    pub(crate) fn form(&self) -> (String, Vec<(String, String)>) {
        assert_eq!(self.status, StatusCode::OK, "{}: {}", self.path, self.text);
        self.again()
    }

    /// Returns the same of a form that was refused.
    pub(crate) fn again(&self) -> (String, Vec<(String, String)>) {
        let html = self.parsed();
        let form = html.select(&selector("main form[method=post]")).next().expect("a form that posts");
        let mut fields = Vec::new();
        for input in form.select(&selector("input:not([type=checkbox])")) {
            fields
                .push((input.attr("name").unwrap().to_owned(), input.attr("value").unwrap_or("").to_owned()));
        }
        for select in form.select(&selector("select")) {
            let chosen = select.select(&selector("option[selected]")).next().unwrap();
            let value = chosen.attr("value").map_or_else(|| chosen.text().collect(), str::to_owned);
            fields.push((select.attr("name").unwrap().to_owned(), value));
        }
        for button in form.select(&selector("button[name]")) {
            fields.push((button.attr("name").unwrap().to_owned(), button.attr("value").unwrap().to_owned()));
        }
        (resolved(&self.path, form.attr("action").unwrap()).unwrap(), fields)
    }
}

/// Sets a field of a form.
pub(crate) fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
}

pub(crate) fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

/// Resolves a relative link. `None` for a fragment, and for the page of a provider.
fn resolved(base: &str, href: &str) -> Option<String> {
    if href.starts_with('#') || href.starts_with("https://") {
        return None;
    }
    let (path, query) = href.split_once('?').map_or((href, None), |(path, query)| (path, Some(query)));
    assert!(!path.starts_with('/') && !path.contains(':'), "{href} is not relative");
    let mut folders: Vec<_> = base.split('/').collect();
    folders.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                folders.pop();
                assert!(!folders.is_empty(), "{href} on {base} leaves the console");
            }
            name => folders.push(name),
        }
    }
    let path = folders.join("/");
    Some(query.map_or_else(|| path.clone(), |query| format!("{path}?{query}")))
}

pub(crate) const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const FILE: &str = "inbox.db";
/// Long enough for a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Drives the connections with which stores were opened.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());
