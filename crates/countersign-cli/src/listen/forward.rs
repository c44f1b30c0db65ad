use std::sync::Arc;
use std::time::Duration;

use countersign::{Clock, CloudEvent, Delivery, SystemClock};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tokio::time::sleep;

use super::cli::Form;
use super::exchange::{Exchange, Forwarding};
use super::glob::Glob;
use super::output::Output;
use super::queue::Queue;
use crate::destination::{Answer, Outgoing, RawClient, SendError, end_to_end};
use crate::resign::Resigner;

/// Sends accepted deliveries on to the app. While the app is down they wait in a queue in memory, and are sent in the order of
/// their arrival, except those at which the app closes the connection.
pub(super) struct Forwarder {
    pub(super) client: RawClient,
    /// The patterns of types; empty for all.
    pub(super) events: Vec<Glob>,
    pub(super) resigner: Option<Resigner>,
    pub(super) form: Form,
    /// The scheme of the public URL.
    pub(super) proto: HeaderValue,
    pub(super) queue: Queue<Job>,
}

/// A delivery that waits.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) exchange: Arc<Exchange>,
    /// The number of times that the app closed the connection at it.
    closed: u32,
    /// The number of deliveries that the app had answered when it did so first.
    answered: u64,
}

impl Forwarder {
    /// Creates the queue of deliveries for an app that is down.
    pub(super) const fn queue() -> Queue<Job> {
        Queue::new(MOST_JOBS, MOST_BYTES)
    }

    /// Sends a delivery, or adds it to the queue. Returns the response of the app, if there is one.
    pub(super) async fn forward(&self, exchange: &Arc<Exchange>) -> (Forwarding, Option<Answer>) {
        if !self.wants(exchange) {
            return (Forwarding::Skipped, None);
        }
        let place = self.queue.enter();
        let reason = if place.is_free {
            match self.send(exchange).await {
                Ok(answer) => return (Forwarding::from(&answer), Some(answer)),
                Err(SendError::Down(reason) | SendError::Closed(reason)) => reason,
                Err(error) => return (Forwarding::from(&error), None),
            }
        } else {
            "earlier deliveries wait".to_owned()
        };
        let job = Job { exchange: Arc::clone(exchange), closed: 0, answered: 0 };
        let forwarding = match place.wait(job, exchange.size()) {
            Some(waiting) => Forwarding::Queued { reason, waiting },
            None => Forwarding::Dropped("the app is down, and the queue is full"),
        };
        (forwarding, None)
    }

    /// Sends the deliveries of the queue, one after the other. Retries while the app is down.
    pub(super) async fn work(&self, output: &Output) {
        let (mut pause, mut answered) = (FIRST_PAUSE, 0);
        loop {
            let job = self.queue.first().await;
            let forwarding = match self.send(&job.exchange).await {
                Ok(answer) => {
                    answered += 1;
                    Forwarding::from(&answer)
                }
                Err(SendError::Closed(_)) if job.closed >= MOST_CLOSED && answered > job.answered => {
                    Forwarding::Dropped("the app closes the connection at this delivery each time")
                }
                Err(SendError::Closed(_)) => {
                    let answered = if job.closed == 0 { answered } else { job.answered };
                    let is_first_time = job.closed == 0;
                    self.queue.replace(Job { closed: job.closed + 1, answered, ..job });
                    // The app may restart. One at which it ends must not keep the others waiting.
                    if !is_first_time {
                        self.queue.postpone();
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    continue;
                }
                Err(SendError::Down(_)) => {
                    tokio::select! {
                        () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                        // A new delivery is a reason to try again at once.
                        () = self.queue.changed() => {}
                    }
                    continue;
                }
                Err(error) => Forwarding::from(&error),
            };
            pause = FIRST_PAUSE;
            self.queue.pop();
            output.settled(&job.exchange, &forwarding);
        }
    }

    /// Sends a delivery to the app, signed anew if that was asked for.
    pub(super) async fn send(&self, exchange: &Exchange) -> Result<Answer, SendError> {
        let mut outgoing = match exchange.delivery() {
            Some(delivery) if self.form == Form::Cloudevents => cloudevent(delivery)?,
            _ => received(exchange),
        };
        if let Some(resigner) = &self.resigner {
            outgoing =
                resigner.resign(outgoing, &self.client, SystemClock.now()).map_err(SendError::Malformed)?;
        }
        self.add_origin(&mut outgoing.headers, exchange);
        self.client.send(outgoing).await
    }

    fn wants(&self, exchange: &Exchange) -> bool {
        let event_type = exchange.event_type().unwrap_or_default();
        self.events.is_empty() || self.events.iter().any(|glob| glob.matches(event_type))
    }

    /// Adds `X-Forwarded-For`, and `-Host` and `-Proto` unless a proxy in front has set them.
    fn add_origin(&self, headers: &mut HeaderMap, exchange: &Exchange) {
        let before = headers.get_all(&FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok());
        let peer = exchange.peer.to_canonical().to_string();
        let all = before.chain([peer.as_str()]).collect::<Vec<_>>().join(", ");
        if let Ok(all) = HeaderValue::from_str(&all) {
            headers.insert(FORWARDED_FOR, all);
        }
        if let (Some(host), false) =
            (exchange.headers.get(header::HOST), headers.contains_key(&FORWARDED_HOST))
        {
            headers.insert(FORWARDED_HOST, host.clone());
        }
        if !headers.contains_key(&FORWARDED_PROTO) {
            headers.insert(FORWARDED_PROTO, self.proto.clone());
        }
    }
}

/// Returns the request as it came, without the headers of its connection.
fn received(exchange: &Exchange) -> Outgoing {
    Outgoing {
        method: exchange.method.clone(),
        query: exchange.target.split_once('?').map(|(_, query)| query.to_owned()),
        headers: end_to_end(&exchange.headers),
        body: exchange.body.clone().unwrap_or_default(),
    }
}

/// Returns the delivery as an event of CloudEvents in structured mode.
fn cloudevent(delivery: &Delivery) -> Result<Outgoing, SendError> {
    let event = serde_json::to_vec(&delivery.to_cloudevent());
    let body = event.map_err(|error| SendError::Malformed(error.to_string()))?.into();
    let content_type = (header::CONTENT_TYPE, HeaderValue::from_static(CloudEvent::CONTENT_TYPE));
    Ok(Outgoing { method: Method::POST, query: None, headers: HeaderMap::from_iter([content_type]), body })
}

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The bounds of the queue: the deliveries of a busy endpoint in an hour, and a small part of a computer's memory.
const MOST_JOBS: usize = 1000;
const MOST_BYTES: usize = 64 << 20;

/// The pauses between attempts: an app restarts within seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The number of times that the app may close the connection at a delivery while it answers others.
const MOST_CLOSED: u32 = 3;
