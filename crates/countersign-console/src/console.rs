use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countersign::{Clock, ConfigError, Secret, SystemClock};
use countersign_inbox::{AlertRules, InboxBuilder, OpsStore};
use http::request::Parts;
use http::{HeaderName, Method, Response};

use crate::fields::Fields;
use crate::pages;
use crate::policy::{AnyPolicy, Operator, Policy};
use crate::problem::Problem;
use crate::response;
use crate::route::{self, Route};
use crate::seal::Seal;
use crate::stops::Stops;
use crate::visit::{Visit, problem_page};

/// The operations page of a store. Clones share everything.
///
/// Serve it with `Console::router` (feature `axum`), `Console::scope` (feature `actix`), or [`respond`](Self::respond) in
/// any other framework.
#[derive(Clone)]
pub struct Console {
    store: Arc<dyn OpsStore>,
    policy: Arc<dyn AnyPolicy>,
    clock: Arc<dyn Clock>,
    seal: Seal,
    stops: Stops,
    is_read_only: bool,
    rules: AlertRules,
    max_backlog_age: Duration,
    logout: Option<Arc<str>>,
}

impl Console {
    /// The largest form, in bytes: 64 KiB. Larger ones are refused with 413.
    pub const MAX_FORM_BYTES: usize = 64 << 10;

    /// Creates a console of a store. The policy decides who sees and does what: there is no default, because a page without
    /// one would be open to everyone.
    #[must_use]
    pub fn new(store: Arc<dyn OpsStore>, policy: impl Policy) -> Self {
        Self {
            store,
            policy: Arc::new(policy),
            clock: Arc::new(SystemClock),
            seal: Seal::random(),
            stops: Stops::default(),
            is_read_only: false,
            rules: AlertRules::default(),
            max_backlog_age: InboxBuilder::MAX_BACKLOG_AGE,
            logout: None,
        }
    }

    /// Removes replay, discard, purge, pause and resume, and changes of limits and circuits, for all roles. Revealing a request stays possible, and adds its entry
    /// to the audit log.
    #[must_use]
    pub fn with_read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// Sets the key of the tokens in forms. By default each console makes a random one when it is created: set a key if several
    /// processes serve the console behind one address, because a form of one would be refused by the others.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for a key of less than 32 bytes, which is the length of the MAC: an attacker who guesses it forges forms. Make one with
    /// `openssl rand -hex 32`.
    pub fn with_form_key(mut self, key: &Secret) -> Result<Self, ConfigError> {
        let key = key.expose_secret().as_bytes();
        if key.len() < LEAST_KEY {
            let problem = format!(
                "has {} bytes, and needs {LEAST_KEY}: make one with `openssl rand -hex 32`",
                key.len()
            );
            return Err(ConfigError::new("form_key", problem));
        }
        self.seal = Seal::with_key(key);
        Ok(self)
    }

    /// Sets the thresholds above which an endpoint is failing or silent. The defaults are those of the alerts of an inbox: set here
    /// what you set at [`InboxBuilder::with_alert_rules`](InboxBuilder::with_alert_rules).
    #[must_use]
    pub fn with_alert_rules(mut self, rules: AlertRules) -> Self {
        self.rules = rules;
        self
    }

    /// Sets the age of the oldest due event above which an endpoint is failing. The default is 5 minutes, as at
    /// [`InboxBuilder::with_max_backlog_age`](InboxBuilder::with_max_backlog_age).
    #[must_use]
    pub const fn with_max_backlog_age(mut self, age: Duration) -> Self {
        self.max_backlog_age = age;
        self
    }

    /// Shows a button on each page that sends a form without fields to this path, which is relative to that of the mount: `logout` is
    /// `/ops/logout` if the page is at `/ops`. Serve it before the page, and end the session there. The content security policy of the page
    /// allows addresses of its own origin only.
    #[must_use]
    pub fn with_logout(mut self, path: impl Into<Arc<str>>) -> Self {
        self.logout = Some(path.into());
        self
    }

    /// Sets the clock for the age of forms, which are valid for 2 hours. The default is that of the system.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Returns the methods and the paths of all pages and forms, below the path at which the console is mounted: `GET` and `events/{id}`, where
    /// `{id}` is the number of an event. For the rules of a proxy, and for tests of other ways to the same operations.
    pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
        route::all()
    }

    /// Responds to a request. `path` is the part of the path behind that at which the console is mounted, such as
    /// `/events/7`; it is empty for the path of the mount itself, which is redirected to the same path with a slash. Pages link
    /// to each other by relative paths.
    ///
    /// `body` reads the body of a form: `None` if it is larger than [`MAX_FORM_BYTES`](Self::MAX_FORM_BYTES). It is polled after the
    /// policy has authorised the request, and for forms only, so that nothing is read without authorisation. It has no timeout:
    /// that of the server applies.
    pub async fn respond<B>(&self, path: &str, head: &Parts, body: B) -> Response<Bytes>
    where
        B: Future<Output = Option<Bytes>>,
    {
        let operator = match self.policy.ask(head).await {
            Ok(operator) => operator,
            Err(refusal) => return refusal.into_response(),
        };
        if path.is_empty() {
            let last = head.uri.path().rsplit('/').next().unwrap_or_default();
            let query = head.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            return response::moved(&format!("./{last}/{query}"));
        }
        let mut visit = self.visit(operator, path, head);
        match visit_page(&mut visit, path, head, body).await {
            Ok(response) => response,
            Err(problem) => problem_page(&visit, problem),
        }
    }

    fn visit(&self, operator: Operator, path: &str, head: &Parts) -> Visit<'_> {
        let query = head.uri.query().unwrap_or_default().to_owned();
        Visit {
            store: &*self.store,
            seal: &self.seal,
            stops: &self.stops,
            now: self.clock.now(),
            is_read_only: self.is_read_only,
            rules: &self.rules,
            max_backlog_age: self.max_backlog_age,
            logout: self.logout.as_deref(),
            operator,
            path: path.to_owned(),
            root: route::root(path),
            fields: Fields::parse(query.as_bytes()),
            query,
        }
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("is_read_only", &self.is_read_only).finish_non_exhaustive()
    }
}

async fn visit_page<B>(
    visit: &mut Visit<'_>,
    path: &str,
    head: &Parts,
    body: B,
) -> Result<Response<Bytes>, Problem>
where
    B: Future<Output = Option<Bytes>>,
{
    let route = Route::find(&head.method, path)?;
    if head.method == Method::POST {
        expect_same_origin(head)?;
        let form = body.await.filter(|form| form.len() <= Console::MAX_FORM_BYTES);
        visit.fields = Fields::of_form(&form.ok_or_else(Problem::too_large)?);
    }
    match route {
        Route::Overview => pages::overview(visit).await,
        Route::Subscriptions => pages::subscriptions(visit).await,
        Route::Events => pages::events(visit).await,
        Route::Event(id) => pages::event(visit, id).await,
        Route::Reveal(id) => pages::reveal(visit, id).await,
        Route::Choose(id) => pages::choose(visit, id).await,
        Route::Compare(id) => pages::compare(visit, id).await,
        Route::Errors => pages::errors(visit).await,
        Route::Attempts => pages::attempts(visit).await,
        Route::DeadLetters => pages::dead_letters(visit).await,
        Route::Audit => pages::audit(visit).await,
        Route::Rejections => pages::rejections(visit).await,
        Route::Providers => pages::providers(visit),
        Route::Confirm => pages::confirm(visit).await,
        Route::Change => pages::change(visit).await,
        Route::Changed => pages::changed(visit).await,
        Route::GoOn => {
            expect_same_origin(head)?;
            pages::go_on(visit).await
        }
        Route::GoOnByForm => pages::go_on_by_form(visit).await,
        Route::ConfirmPause => pages::confirm_pause(visit).await,
        Route::Pause => pages::pause(visit).await,
        Route::Controls => pages::controls(visit).await,
        Route::ConfirmControl => pages::confirm_control(visit).await,
        Route::Control => pages::control(visit).await,
        Route::Style => Ok(response::css()),
        Route::Icon => Ok(response::icon()),
    }
}

/// Refuses a form that a page of another site has sent, as far as the browser says so. The token is what decides: browsers
/// send no `Origin` with forms of pages without referrers.
fn expect_same_origin(head: &Parts) -> Result<(), Problem> {
    match head.headers.get(SEC_FETCH_SITE).map(|site| site.as_bytes()) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Problem::stale_form()),
    }
}

/// As long as the MAC.
const LEAST_KEY: usize = 32;
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
