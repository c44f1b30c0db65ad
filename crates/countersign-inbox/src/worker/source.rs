use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::receiver::Receiver;
use countersign::{ConfigError, Delivery, Event, EventCatalog, Field};

use super::context::Context;
use super::handler::Handler;
use super::outcome::Outcome;
use super::route::{Route, Typed, Untyped};

/// Where events come from, and what handles them: the other side of an [`Endpoint`](crate::Endpoint) of the same name.
///
/// Stored requests are verified again before a handler sees them, by the same receiver as when they came: only that
/// makes a [`Delivery`].
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
    pub(super) otherwise: Arc<dyn Route>,
    pub(super) concurrency: usize,
    pub(super) timeout: Duration,
    problem: Option<String>,
}

impl Source {
    /// By the name of the endpoint that stores the events, with the receiver that verified them. Up to 8 events are
    /// handled at once, and each for 15 minutes at most. Types without a handler are [skipped](Outcome::Skip).
    pub fn new(name: impl Into<String>, receiver: impl Into<Receiver>) -> Self {
        Self {
            name: name.into(),
            receiver: receiver.into(),
            routes: HashMap::new(),
            otherwise: Arc::new(Untyped(skip)),
            concurrency: 8,
            timeout: Duration::from_secs(15 * 60),
            problem: None,
        }
    }

    /// Handles events of the types of `T`, and gets their data. Data of another shape is a dead letter, with the path of
    /// what does not fit.
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

    /// Handles everything else: other types, and deliveries without one.
    pub fn otherwise(mut self, handler: impl Handler<Delivery>) -> Self {
        self.otherwise = Arc::new(Untyped(handler));
        self
    }

    /// So many events at once, in this process. 8 by default.
    pub fn with_concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// How long a handler may take: then it is cancelled, a little later aborted, and the event tried again. Without a
    /// limit, handlers that hang would take all places in the end, and nothing would be handled any more. 15 minutes by
    /// default; [`Duration::MAX`] is no limit.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What handles events of this type.
    pub(super) fn route(&self, event_type: Option<&str>) -> &Arc<dyn Route> {
        event_type.and_then(|event_type| self.routes.get(event_type)).unwrap_or(&self.otherwise)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let problem = if self.name.is_empty() {
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

/// Acknowledged and recorded: a provider adds types whenever it likes.
async fn skip(delivery: Delivery, _: Context) -> Outcome {
    match delivery.event_type().map(Field::as_str) {
        Some(event_type) => Outcome::skip(format_args!("no handler for type `{event_type}`")),
        None => Outcome::skip("no handler for deliveries without a type"),
    }
}
