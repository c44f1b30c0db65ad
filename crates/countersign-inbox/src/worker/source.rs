use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::receiver::Receiver;
use countersign::{ConfigError, Delivery, Event, EventCatalog, Placement, Provider};

use super::handler::Handler;
use super::route::{Route, Typed, Untyped};
use super::unhandled::Unhandled;
use super::verdict::{Death, Verdict};

/// A source of events with its handlers: the counterpart of an [`Endpoint`](crate::Endpoint) with the same name.
///
/// Stored requests are verified again before a handler receives them, by the same receiver as on arrival: only
/// verification creates a [`Delivery`].
///
/// ```
/// use countersign::providers::proxiant;
/// use countersign::{Delivery, Event, EventCatalog, Secret, Verifier};
/// use countersign_inbox::worker::{Context, Outcome, Source};
/// use serde::Deserialize;
///
/// #[derive(Deserialize, EventCatalog)]
/// #[event("job.served")]
/// struct JobServed {
///     job: Job,
/// }
///
/// #[derive(Deserialize)]
/// struct Job {
///     job_number: String,
/// }
///
/// async fn served(event: Event<JobServed>, context: Context) -> Result<(), std::io::Error> {
///     println!("{} was served, attempt {}", event.data.job.job_number, context.attempt());
///     Ok(())
/// }
///
/// let verifier = Verifier::new(&proxiant::PROVIDER, Secret::new("whsec_abc")?)?;
/// let source = Source::new("proxiant", verifier)
///     .on::<JobServed>(served)
///     .otherwise(|delivery: Delivery, _: Context| async move {
///         Outcome::skip(format_args!("{:?} is nothing to us", delivery.event_type()))
///     })
///     .with_concurrency(16);
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[must_use]
pub struct Source {
    pub(super) name: String,
    pub(super) receiver: Receiver,
    pub(super) routes: HashMap<&'static str, Arc<dyn Route>>,
    /// The handler of all other types. Without one, they are skipped.
    pub(super) otherwise: Option<Arc<dyn Route>>,
    unhandled: Unhandled,
    pub(super) concurrency: usize,
    pub(super) timeout: Duration,
    problem: Option<String>,
}

impl Source {
    /// Creates a source with the name of the endpoint that stores the events, and the receiver that verified them.
    /// By default 8 events are handled concurrently, with a timeout of 15 minutes each. Types without a handler are
    /// [skipped](super::Outcome::Skip).
    pub fn new(name: impl Into<String>, receiver: impl Into<Receiver>) -> Self {
        Self {
            name: name.into(),
            receiver: receiver.into(),
            routes: HashMap::new(),
            otherwise: None,
            unhandled: Unhandled::default(),
            concurrency: 8,
            timeout: Duration::from_secs(15 * 60),
            problem: None,
        }
    }

    /// Adds a handler for events of the types of `T`, which receives their data. Data of another shape makes the
    /// event a dead letter, with the path of the value that does not fit; so does a delivery without a type.
    /// [`WorkerBuilder::build`](super::WorkerBuilder::build) refuses a declaration that has no type at all.
    pub fn on<T: EventCatalog + Send + 'static>(mut self, handler: impl Handler<Event<T>>) -> Self {
        let route: Arc<dyn Route> = Arc::new(Typed::new(handler));
        if T::TAGS.is_empty() {
            self.problem
                .get_or_insert_with(|| "a catalogue without types has no events: use `otherwise`".into());
        }
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
        self
    }

    /// Sets the handler of all other events. Without typed handlers, it receives all deliveries, including those
    /// without a type.
    pub fn otherwise(mut self, handler: impl Handler<Delivery>) -> Self {
        self.otherwise = Some(Arc::new(Untyped(handler)));
        self
    }

    /// Sets the number of concurrent events in this process. The default is 8.
    pub fn with_concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// Sets the timeout of a handler, after which it is cancelled, shortly afterwards aborted, and the event
    /// retried. Without a timeout, hanging handlers would occupy all slots. The default is 15 minutes;
    /// [`Duration::MAX`] disables it.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the handler of events of this type.
    pub(super) fn route(&self, event_type: Option<&str>) -> Result<Arc<dyn Route>, Verdict> {
        let Some(event_type) = event_type else {
            return match &self.otherwise {
                Some(otherwise) if self.routes.is_empty() => Ok(Arc::clone(otherwise)),
                None if self.routes.is_empty() => {
                    Err(skip("no handler for deliveries without a type".into()))
                }
                _ => Err(untyped(self.receiver.declaration())),
            };
        };
        match self.routes.get(event_type).or(self.otherwise.as_ref()) {
            Some(route) => Ok(Arc::clone(route)),
            None => {
                self.unhandled.log(&self.name, event_type);
                Err(skip(format!("no handler for type `{event_type}`")))
            }
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let provider = self.receiver.declaration();
        let needs_type = !self.routes.is_empty() && provider.event.event_type.is_none();
        let problem = if needs_type {
            &without_type(provider)
        } else if self.name.is_empty() {
            "a source has a name: that of its endpoint"
        } else if self.concurrency == 0 {
            "a concurrency of 0 handles nothing"
        } else if self.timeout.is_zero() {
            "a timeout of 0 leaves handlers no time: `Duration::MAX` is no limit"
        } else if let Some(problem) = &self.problem {
            problem
        } else {
            return Ok(());
        };
        Err(ConfigError::new(format!("source.{}", self.name), problem))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut types: Vec<_> = self.routes.keys().collect();
        types.sort_unstable();
        f.debug_struct("Source")
            .field("name", &self.name)
            .field("types", &types)
            .field("concurrency", &self.concurrency)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Explains why handlers of types cannot run for a declaration without a type, and names the cure.
fn without_type(provider: &Provider) -> String {
    let slug = &provider.slug;
    let place = "`Provider::with_event_type(Location::json(\"/type\"))`";
    match provider.event.type_placement() {
        Placement::None { source } => format!(
            "`{slug}` sends no event type ({source}), so that handlers of types would never run: handle all deliveries \
             with `otherwise`; {place} is for a type that your own account adds"
        ),
        _ => format!(
            "the declaration of `{slug}` does not know where the event type is, so that handlers of types would never \
             run: look for it in a delivery and name its place with {place}, or handle all deliveries with `otherwise`"
        ),
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
    let error =
        format!("no event type at {at}: declare where it is, or handle all deliveries with `otherwise`");
    Verdict::Dead { why: Death::Decode, error }
}
