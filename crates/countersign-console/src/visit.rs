//! A request of an operator.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{AlertRules, Observation, OpsStore, Precondition, Statistics, Window};
use http::{Response, StatusCode};

use askama::Template;
use bytes::Bytes;

use crate::fields::{Fields, query};
use crate::policy::{Operator, Role};
use crate::problem::Problem;
use crate::response;
use crate::seal::Seal;
use crate::stops::Stops;

/// The subject of a page: the operator, the store, and the fields of the query or of the form.
pub(crate) struct Visit<'c> {
    pub(crate) store: &'c dyn OpsStore,
    pub(crate) seal: &'c Seal,
    pub(crate) stops: &'c Stops,
    pub(crate) now: UnixTime,
    pub(crate) is_read_only: bool,
    pub(crate) rules: &'c AlertRules,
    pub(crate) max_backlog_age: Duration,
    /// The path of the logout, relative to that of the overview.
    pub(crate) logout: Option<&'c str>,
    pub(crate) operator: Operator,
    /// The path of the page, below that of the mount.
    pub(crate) path: String,
    /// The way from the page to the overview.
    pub(crate) root: String,
    /// The query, as it was sent.
    pub(crate) query: String,
    /// The fields of the query, or of the form of a `POST`.
    pub(crate) fields: Fields,
}

impl Visit<'_> {
    /// Returns whether the operator may change events and endpoints.
    pub(crate) fn may_change(&self) -> bool {
        !self.is_read_only && self.operator.role() >= Role::Operator
    }

    /// Checks that the operator may change events and endpoints.
    pub(crate) fn expect_change(&self) -> Result<(), Problem> {
        if self.is_read_only {
            return Err(Problem::read_only());
        }
        self.expect(Role::Operator)
    }

    pub(crate) fn expect(&self, role: Role) -> Result<(), Problem> {
        if self.operator.role() >= role { Ok(()) } else { Err(Problem::needs(role)) }
    }

    /// Returns the token for a form of this operator.
    pub(crate) fn token(&self) -> String {
        self.seal.form_token(self.operator.name(), self.now)
    }

    /// Checks that a form was made for this operator.
    pub(crate) fn expect_token(&self) -> Result<(), Problem> {
        let token = self.fields.text("token").unwrap_or_default();
        if self.seal.is_form_token(token, self.operator.name(), self.now) {
            Ok(())
        } else {
            Err(Problem::stale_form())
        }
    }

    /// Returns a field as it was sent, for a form that is shown again.
    pub(crate) fn typed(&self, name: &str) -> String {
        self.fields.exact(name).unwrap_or_default().to_owned()
    }

    /// Returns the reason that a form gives, for the audit log.
    pub(crate) fn reason(&self) -> Result<Option<String>, Problem> {
        let reason = self.fields.text("reason").map(str::to_owned);
        match &reason {
            Some(text) if text.chars().count() > LONGEST_REASON => {
                Err(Problem::invalid(format!("reason: at most {LONGEST_REASON} characters are kept.")))
            }
            _ => Ok(reason),
        }
    }

    /// Returns the condition that a form makes: that the state has the version that its page has shown.
    pub(crate) fn precondition(&self) -> Result<Precondition, Problem> {
        Ok(Precondition::unchanged(self.fields.parsed("version", "a number")?))
    }

    /// Returns the address of a page that says first what a change did. A seal shows that this console says it, of this page and now: the
    /// same line is not shown later, or elsewhere.
    pub(crate) fn noticed(&self, path: &str, text: &str) -> String {
        let page = path.trim_start_matches("./");
        let seal = self.seal.token(&[NOTICE, self.operator.name(), page, text], self.now);
        format!("{path}?{}", query([(NOTICE, text.to_owned()), (NOTICE_SEAL, seal)]))
    }

    fn notice(&self) -> Option<String> {
        let (text, seal) = (self.fields.exact(NOTICE)?, self.fields.text(NOTICE_SEAL)?);
        let texts = [NOTICE, self.operator.name(), self.path.trim_start_matches('/'), text];
        self.seal.is_token(seal, &texts, self.now, NOTICE_LIFETIME).then(|| crate::text::shown(text))
    }

    /// Returns the frame of a page.
    pub(crate) fn frame(&self, section: &'static str, title: impl Into<String>) -> Frame {
        Frame {
            root: self.root.clone(),
            section,
            title: title.into(),
            operator: crate::text::shown(self.operator.name()),
            role: self.operator.role(),
            is_read_only: self.is_read_only,
            may_change: self.may_change(),
            refresh: None,
            next: None,
            problem: None,
            notice: self.notice(),
            logout: self.logout.map(|path| format!("{}{path}", self.root)),
        }
    }

    /// Returns the seconds after which the page is loaded again, if that was asked for.
    pub(crate) fn refresh(&self) -> Result<Option<u32>, Problem> {
        let seconds = self.fields.parsed::<u32>("refresh", "a number of seconds")?;
        match seconds {
            Some(seconds) if !(2..=3600).contains(&seconds) => {
                Err(Problem::field("refresh", &seconds.to_string(), "a number of seconds from 2 to 3600"))
            }
            _ => Ok(seconds),
        }
    }

    /// Returns the window of time that the query asks for.
    pub(crate) fn window(&self, otherwise: Window) -> Result<Window, Problem> {
        Ok(self.fields.parsed("window", "a window: 1h, 24h and 7d are")?.unwrap_or(otherwise))
    }

    /// Returns the statistics of a window.
    pub(crate) async fn statistics(
        &self,
        observation: &Observation,
        window: Window,
    ) -> Result<Statistics, Problem> {
        Ok(match window {
            Window::Hour => observation.hour.clone(),
            Window::Week => observation.week.clone(),
            window => self.store.statistics(window).await?,
        })
    }
}

/// The parts that all pages share.
pub(crate) struct Frame {
    pub(crate) root: String,
    pub(crate) section: &'static str,
    pub(crate) title: String,
    pub(crate) operator: String,
    pub(crate) role: Role,
    pub(crate) is_read_only: bool,
    pub(crate) may_change: bool,
    pub(crate) refresh: Option<u32>,
    /// The address that is loaded then, if it is another one.
    pub(crate) next: Option<String>,
    /// The mistake in the form that the page shows again.
    pub(crate) problem: Option<String>,
    /// The result of the change before this page.
    pub(crate) notice: Option<String>,
    /// The address of the logout.
    pub(crate) logout: Option<String>,
}

impl Frame {
    /// Loads the page again after so many seconds.
    pub(crate) fn refreshed(mut self, refresh: Option<u32>) -> Self {
        self.refresh = refresh;
        self
    }

    /// Shows a form again, with what is wrong with it.
    pub(crate) fn refusing(mut self, problem: Option<&Problem>) -> Self {
        self.problem = problem.map(|problem| problem.text.clone());
        self
    }

    /// Loads another address then.
    pub(crate) fn going_on(mut self, next: Option<String>) -> Self {
        self.next = next;
        self
    }

    /// Returns the pages of the menu: path and name.
    pub(crate) const fn menu(&self) -> &'static [(&'static str, &'static str)] {
        &MENU
    }
}

/// Renders a page with a form that may be wrong.
pub(crate) fn form(problem: Option<&Problem>, template: &impl Template) -> Response<Bytes> {
    page(problem.map_or(StatusCode::OK, |problem| problem.status), template)
}

/// Renders a page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response<Bytes> {
    match template.render() {
        Ok(page) => response::html(status, page),
        // A string takes everything: templates have no filters that fail.
        Err(_) => response::html(StatusCode::INTERNAL_SERVER_ERROR, String::new()),
    }
}

/// Renders the page of a request that cannot be answered otherwise, with the reason.
pub(crate) fn problem_page(visit: &Visit<'_>, problem: Problem) -> Response<Bytes> {
    let Problem { status, title, text } = problem;
    page(status, &ProblemPage { frame: visit.frame("none", title), text })
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    text: String,
}

const MENU: [(&str, &str); 10] = [
    ("", "Overview"),
    ("subscriptions", "Subscriptions"),
    ("controls", "Limits and circuits"),
    ("events", "Events"),
    ("dead", "Dead letters"),
    ("errors", "Errors"),
    ("attempts", "Inline attempts"),
    ("rejections", "Rejections"),
    ("audit", "Audit log"),
    ("providers", "Providers"),
];
const NOTICE: &str = "notice";
const NOTICE_SEAL: &str = "notice_seal";
/// Long enough for a slow page.
const NOTICE_LIFETIME: Duration = Duration::from_secs(120);
/// In characters, as browsers count them in `maxlength`, or fewer.
const LONGEST_REASON: usize = 1000;
