use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use countersign::providers::proxiant;
use countersign::{Delivery, Event, EventCatalog, Field};
use countersign_inbox::{Backoff, Context, Endpoint, Inbox, InboxStore};
use serde::Deserialize;

use crate::{Config, Effect, Effects};

/// The fields of `job.served` that this program uses. Data of another shape becomes a dead letter.
#[derive(Deserialize, EventCatalog)]
#[event("job.served")]
struct JobServed {
    job: Option<Job>,
}

#[derive(Deserialize)]
struct Job {
    job_number: Option<String>,
}

/// Starts the inbox: a typed handler for one event type, and one for all others.
///
/// # Errors
///
/// An error if the file of the effects cannot be opened, or a setting is invalid.
pub fn inbox(config: &Config, store: Arc<dyn InboxStore>) -> Result<Inbox, Box<dyn Error>> {
    let effects = Effects::open(&config.effects).map_err(|error| format!("EFFECTS: {error}"))?;
    let work = Arc::new(Work {
        effects,
        takes: config.handler,
        fail_first: config.fail_first,
        max_attempts: config.max_attempts,
    });
    // Events are told apart by their id, or by their body if they have none.
    let endpoint = Endpoint::new(config.endpoint(), config.receiver.clone()).with_body_as_id();
    // The type is one of Proxiant's.
    let endpoint = if config.provider.slug == proxiant::PROVIDER.slug {
        endpoint.on_with(Arc::clone(&work), served)
    } else {
        endpoint
    };
    let inbox = Inbox::builder(store)
        .with_endpoint(endpoint.otherwise_with(work, anything))
        .with_lease(config.lease)
        .with_max_attempts(config.max_attempts)
        .with_backoff(Backoff::new(config.backoff, config.backoff.max(LONGEST_PAUSE)))
        // Refuses a store that would lose acknowledged events, or forget them too early.
        .start();
    Ok(inbox.map_err(|error| format!("{}: {error}", variable_of(error.field())))?)
}

/// Returns the variable that sets this option.
fn variable_of(field: &str) -> &str {
    match field {
        "lease" => "LEASE_MS",
        "max_attempts" => "MAX_ATTEMPTS",
        field if field.starts_with("backoff.") => "BACKOFF_MS",
        field => field,
    }
}

async fn served(work: Arc<Work>, event: Event<JobServed>, context: Context) -> Result<(), Box<dyn Error>> {
    if let Some(job_number) = event.data.job.and_then(|job| job.job_number) {
        tracing::info!(job_number, attempt = context.attempt(), "served");
    }
    work.run(&event.delivery, &context).await
}

async fn anything(work: Arc<Work>, delivery: Delivery, context: Context) -> Result<(), Box<dyn Error>> {
    work.run(&delivery, &context).await
}

/// The work on an event. An error is retried.
struct Work {
    effects: Effects,
    takes: Duration,
    fail_first: u32,
    max_attempts: u32,
}

impl Work {
    async fn run(&self, delivery: &Delivery, context: &Context) -> Result<(), Box<dyn Error>> {
        tokio::time::sleep(self.takes).await;
        // A replay starts over with the first attempt, after all those that failed.
        let before = if context.is_replayed() { self.max_attempts } else { 0 };
        if context.attempt().saturating_add(before) <= self.fail_first {
            return Err(format!("attempt {} fails, as FAIL_FIRST wants it", context.attempt()).into());
        }
        let effect = Effect {
            id: delivery.id().map_or_else(|| context.idempotency_key(), |id| id.as_str().to_owned()),
            event_type: delivery.event_type().map(Field::as_str).map(str::to_owned),
            attempt: context.attempt(),
            replayed: context.is_replayed(),
        };
        // Checked right before the effect: after a suspension of the process, another worker may have the event.
        if !context.has_lease() {
            return Err("the lease is lost: nothing was done".into());
        }
        Ok(self.effects.append(effect).await?)
    }
}

const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
