use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::{ConfigError, Delivery, Event, EventCatalog, Field, Provider};

use crate::event::UnknownVersions;
use crate::handling::{
    CircuitBreaker, Context, Handler, RetryOptions, RetryPolicy, Route, Typed, Unhandled, Untyped, Verdict,
};
use crate::ops::RateLimit;
use crate::selection::{Selection, without_type};

/// The handlers of the events of a source, and how they run.
pub(crate) struct Handlers {
    routes: HashMap<&'static str, Arc<dyn Route>>,
    /// The handler of all other types. Without one, they are skipped.
    otherwise: Option<Arc<dyn Route>>,
    unhandled: Unhandled,
    /// Whether a catalogue has versions.
    has_versions: bool,
    pub(super) unknown_versions: UnknownVersions,
    pub(crate) concurrency: usize,
    pub(crate) timeout: Duration,
    pub(crate) retries: RetryOptions,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) circuit_breaker: Option<CircuitBreaker>,
    problem: Option<String>,
}

impl Default for Handlers {
    fn default() -> Self {
        Self {
            routes: HashMap::new(),
            otherwise: None,
            unhandled: Unhandled::default(),
            has_versions: false,
            unknown_versions: UnknownVersions::default(),
            concurrency: CONCURRENCY,
            timeout: TIMEOUT,
            retries: RetryOptions::default(),
            rate_limit: None,
            circuit_breaker: None,
            problem: None,
        }
    }
}

impl Handlers {
    pub(super) fn add<T: EventCatalog + Send + 'static>(&mut self, handler: impl Handler<Event<T>>) {
        let route: Arc<dyn Route> = Arc::new(Typed::new(handler));
        if T::TAGS.is_empty() {
            self.problem
                .get_or_insert_with(|| "a catalogue without types has no events: use `otherwise`".into());
        }
        self.has_versions |= !T::VERSIONS.is_empty();
        for tag in T::TAGS {
            match self.routes.entry(tag) {
                Entry::Vacant(place) => {
                    place.insert(route.clone());
                }
                Entry::Occupied(_) => {
                    self.problem.get_or_insert_with(|| format!("`{tag}` has two handlers: remove one"));
                }
            }
        }
    }

    pub(super) fn set_otherwise(&mut self, handler: impl Handler<Delivery>) {
        self.otherwise = Some(Arc::new(Untyped(handler)));
    }

    /// Returns whether no option was set.
    pub(super) fn is_default(&self) -> bool {
        let Self { unknown_versions, concurrency, timeout, retries, .. } = self;
        let options = (*unknown_versions, *concurrency, *timeout, *retries);
        self.routes.is_empty()
            && self.otherwise.is_none()
            && self.rate_limit.is_none()
            && self.circuit_breaker.is_none()
            && self.problem.is_none()
            && options == (UnknownVersions::default(), CONCURRENCY, TIMEOUT, RetryOptions::default())
    }

    /// Runs the handler of a delivery to this source.
    pub(crate) async fn run(&self, source: &str, delivery: Delivery, context: Context) -> Verdict {
        let verdict = match self.route(source, &delivery) {
            Ok(route) => route.run(delivery, context).await,
            Err(verdict) => verdict,
        };
        match verdict {
            Verdict::Keep { error } if self.unknown_versions == UnknownVersions::DeadLetter => {
                Verdict::of_unknown_version(error)
            }
            verdict => verdict,
        }
    }

    /// Returns the handler of a delivery.
    fn route(&self, source: &str, delivery: &Delivery) -> Result<Arc<dyn Route>, Verdict> {
        let Some(event_type) = delivery.event_type().map(Field::as_str) else {
            let provider = delivery.provider();
            if provider.event.event_type.is_some() || !self.routes.is_empty() {
                return Err(untyped(provider));
            }
            let skipped = || skip("no handler for deliveries without a type".into());
            return self.otherwise.clone().ok_or_else(skipped);
        };
        match self.routes.get(event_type).or(self.otherwise.as_ref()) {
            Some(route) => Ok(Arc::clone(route)),
            None => {
                self.unhandled.log(source, event_type);
                Err(skip(format!("no handler for type `{event_type}`")))
            }
        }
    }

    /// Checks that the events of this source can be handled.
    pub(super) fn check(
        &self,
        source: &str,
        provider: &Provider,
        selection: &Selection,
    ) -> Result<(), ConfigError> {
        Self::check_types([self].into_iter(), source, selection)?;
        if let Some((option, problem)) = self.retries.or(&RetryPolicy::default()).problem() {
            return Err(ConfigError::new(format!("endpoint.{source}.{option}"), problem));
        }
        let needs_type = !self.routes.is_empty() && provider.event.event_type.is_none();
        let problem = if needs_type {
            &without_type(
                provider,
                ", so that handlers of types would never run",
                "handle all deliveries with `otherwise`",
            )
        } else if self.has_versions && provider.event.version.is_none() {
            "a type of a handler has versions, and the declaration names no place for them: name it with \
             `Provider::with_event_version(\"/version\")`"
        } else if self.unknown_versions == UnknownVersions::Keep && !self.has_versions {
            "`with_unknown_versions(UnknownVersions::Keep)` keeps nothing, because no type of a handler has versions: name \
             them with `#[event(\"…\", version = 1)]`, or remove the option"
        } else if self.routes.is_empty() && self.otherwise.is_none() {
            "has no handlers: add one with `on` or `otherwise`, or start the inbox with `start_accepting` if another \
             process handles its events"
        } else if self.concurrency == 0 {
            "a concurrency of 0 handles nothing"
        } else if self.timeout.is_zero() {
            "a timeout of 0 leaves handlers no time: `Duration::MAX` is no limit"
        } else if let Some(problem) = self.rate_limit.and_then(|limit| limit.problem()) {
            problem
        } else if let Some(problem) = self.circuit_breaker.and_then(|breaker| breaker.problem()) {
            problem
        } else if let Some(problem) = &self.problem {
            problem
        } else {
            return Ok(());
        };
        Err(ConfigError::new(format!("endpoint.{source}"), problem))
    }

    /// Checks that each pattern of a list of types selects one that has a handler: others may be misspelt.
    pub(super) fn check_types<'h>(
        all: impl Iterator<Item = &'h Self> + Clone,
        source: &str,
        selection: &Selection,
    ) -> Result<(), ConfigError> {
        let handled = all.clone().flat_map(|handlers| handlers.routes.keys().copied());
        let handles_others = all.clone().any(|handlers| handlers.otherwise.is_some());
        match selection.without_handler(handled) {
            Some(pattern) if !handles_others => {
                let problem = format!(
                    "`{pattern}` selects no type that has a handler: is it misspelt? Add a handler with `on` or \
                     `otherwise`, or remove it"
                );
                Err(ConfigError::new(format!("endpoint.{source}.types"), problem))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut types: Vec<_> = self.routes.keys().collect();
        types.sort_unstable();
        f.debug_struct("Handlers")
            .field("types", &types)
            .field("has_otherwise", &self.otherwise.is_some())
            .field("concurrency", &self.concurrency)
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .field("rate_limit", &self.rate_limit)
            .field("circuit_breaker", &self.circuit_breaker)
            .finish_non_exhaustive()
    }
}

/// Returns the verdict of an event type without a handler. It is acknowledged and recorded, because providers add
/// types at any time.
const fn skip(reason: String) -> Verdict {
    Verdict::Skip { reason }
}

/// Returns the outcome of a delivery without an event type, if handlers need one.
fn untyped(provider: &Provider) -> Verdict {
    let at = provider.event.event_type.as_ref();
    let at = at.map_or_else(|| "the place that is declared".to_owned(), |at| format!("`{at}`"));
    let error = format!(
        "no event type at {at}: declare where it is, or `Provider::without_event_type` and handle all deliveries with \
         `otherwise`"
    );
    Verdict::undecodable(error)
}

const CONCURRENCY: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(15 * 60);
