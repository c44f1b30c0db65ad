use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countersign::{Clock, SystemClock};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use tokio::time::sleep;

use super::exchange::{Exchange, Forwarding};
use super::glob::Glob;
use super::output::Output;
use super::queue::Queue;
use crate::destination::{Answer, Outgoing, RawClient, SendError, end_to_end};
use crate::resign::Resigner;

/// Sends accepted deliveries on to the app. While the app is down they wait in a queue in memory, and are sent in the order of
/// their arrival.
pub(super) struct Forwarder {
    pub(super) client: RawClient,
    /// The patterns of types; empty for all.
    pub(super) events: Vec<Glob>,
    pub(super) resigner: Option<Resigner>,
    /// The scheme of the public URL.
    pub(super) proto: HeaderValue,
    pub(super) queue: Queue<Arc<Exchange>>,
}

impl Forwarder {
    /// Creates the queue of deliveries for an app that is down.
    pub(super) const fn queue() -> Queue<Arc<Exchange>> {
        Queue::new(MOST_JOBS, MOST_BYTES)
    }

    /// Sends a delivery, or adds it to the queue. Returns the response of the app, if there is one.
    pub(super) async fn forward(&self, exchange: &Arc<Exchange>) -> (Forwarding, Option<Answer>) {
        if !self.wants(exchange) {
            return (Forwarding::Skipped, None);
        }
        let reason = if self.queue.is_empty() {
            match self.send(exchange).await {
                Ok(answer) => return (Forwarding::from(&answer), Some(answer)),
                Err(SendError::Down(reason) | SendError::Closed(reason)) => reason,
                Err(error) => return (Forwarding::from(&error), None),
            }
        } else {
            "others wait".to_owned()
        };
        let size = HEAD_BYTES + exchange.body.as_ref().map_or(0, Bytes::len);
        let forwarding = match self.queue.push(Arc::clone(exchange), size) {
            Some(waiting) => Forwarding::Queued { reason, waiting },
            None => Forwarding::Dropped("the app is down, and the queue is full"),
        };
        (forwarding, None)
    }

    /// Sends the deliveries of the queue, one after the other. Retries while the app is down.
    pub(super) async fn work(&self, output: &Output) {
        let (mut pause, mut closed) = (FIRST_PAUSE, 0);
        loop {
            let exchange = self.queue.first().await;
            let forwarding = match self.send(&exchange).await {
                Ok(answer) => Forwarding::from(&answer),
                Err(SendError::Closed(_)) if closed == MOST_CLOSED => {
                    Forwarding::Dropped("the app closes the connection each time")
                }
                Err(error @ (SendError::Down(_) | SendError::Closed(_))) => {
                    closed += u32::from(matches!(error, SendError::Closed(_)));
                    tokio::select! {
                        () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                        // The provider is alive: the app may be, too.
                        () = self.queue.grown() => {}
                    }
                    continue;
                }
                Err(error) => Forwarding::from(&error),
            };
            (pause, closed) = (FIRST_PAUSE, 0);
            self.queue.pop();
            output.settled(&exchange, &forwarding);
        }
    }

    /// Sends a delivery to the app, signed anew if that was asked for.
    pub(super) async fn send(&self, exchange: &Exchange) -> Result<Answer, SendError> {
        let mut outgoing = Outgoing {
            method: exchange.method.clone(),
            query: exchange.target.split_once('?').map(|(_, query)| query.to_owned()),
            headers: end_to_end(&exchange.headers),
            body: exchange.body.clone().unwrap_or_default(),
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

    /// Adds who asked for what: after the values of a proxy in front, or instead of them if there is none.
    fn add_origin(&self, headers: &mut HeaderMap, exchange: &Exchange) {
        let before = headers.get(&FORWARDED_FOR).and_then(|value| value.to_str().ok());
        let peer = exchange.peer.to_canonical().to_string();
        let all = before.map_or_else(|| peer.clone(), |before| format!("{before}, {peer}"));
        headers.extend(HeaderValue::from_str(&all).ok().map(|all| (FORWARDED_FOR, all)));
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

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The bounds of the queue: an hour of a busy endpoint, and what a laptop does not miss.
const MOST_JOBS: usize = 1000;
const MOST_BYTES: usize = 64 << 20;
/// More than the headers of most requests have.
const HEAD_BYTES: usize = 4 << 10;

/// The pauses between attempts: an app restarts within seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The attempts of a delivery from the queue that an app may close the connection of: one that makes it crash must not keep the
/// others waiting.
const MOST_CLOSED: u32 = 3;
