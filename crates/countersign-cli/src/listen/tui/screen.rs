use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::super::exchange::{Exchange, Forwarding, Verdict};
use super::model::{Row, RowVerdict};
use super::update::Message;
use super::view::plain;
use crate::explain::Explanation;
use crate::output::{PrettyBody, exact, size};
use crate::verdict::Sentence;

/// The sender of what happens to the screen.
#[derive(Clone)]
pub(in crate::listen) struct Screen {
    pub(super) events: UnboundedSender<Event>,
}

/// A change of the screen, with the delivery that can be replayed from now on.
pub(in crate::listen) struct Event {
    pub(super) message: Message,
    pub(super) delivery: Option<Arc<Exchange>>,
}

impl Screen {
    pub(in crate::listen) fn new() -> (Self, UnboundedReceiver<Event>) {
        let (events, received) = unbounded_channel();
        (Self { events }, received)
    }

    pub(in crate::listen) fn arrived(&self, exchange: &Arc<Exchange>) {
        let message = Message::Arrived(Box::new(Row::of(exchange, None)));
        self.send(message, Some(Arc::clone(exchange)));
    }

    pub(in crate::listen) fn refused(&self, exchange: &Exchange, explanation: Option<&Explanation>) {
        self.send(Message::Arrived(Box::new(Row::of(exchange, explanation))), None);
    }

    pub(in crate::listen) fn forwarded(&self, exchange: &Exchange, forwarding: &Forwarding) {
        let (number, forwarding) = (exchange.number, forwarding.clone());
        self.send(Message::Forwarded { number, forwarding }, None);
    }

    pub(in crate::listen) fn note(&self, note: String) {
        self.send(Message::Note(note), None);
    }

    pub(super) fn send(&self, message: Message, delivery: Option<Arc<Exchange>>) {
        // The screen may be closed already: nothing is shown then.
        let _ = self.events.send(Event { message, delivery });
    }
}

impl Row {
    fn of(exchange: &Exchange, explanation: Option<&Explanation>) -> Self {
        let verdict = match &exchange.verdict {
            Verdict::Accepted(delivery) => RowVerdict::Accepted(plain(&Sentence(delivery).to_string())),
            Verdict::Rejected { kind, cause } => {
                let cause = cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
                let explanation = explanation.map(|explanation| plain(&explanation.to_string()));
                RowVerdict::Rejected { reason: format!("{kind}{cause}"), explanation }
            }
            Verdict::Handshake(name) => RowVerdict::Handshake(name.clone()),
        };
        let headers = exchange.headers.iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        Self {
            number: exchange.number,
            at: exact(exchange.received_at),
            method: exchange.method.to_string(),
            target: exchange.target.clone(),
            headers: headers.collect(),
            body: exchange.body.as_deref().map(lines).unwrap_or_default(),
            verdict,
            event_type: exchange.event_type().map(str::to_owned),
            id: exchange.delivery().and_then(|delivery| Some(delivery.id()?.as_str().to_owned())),
            forwarding: None,
            replays: Vec::new(),
            recorded: exchange.recorded.as_ref().map(|path| path.display().to_string()),
        }
    }
}

/// Returns the lines of a body. Those of a long one are its beginning: the screen keeps a thousand requests.
fn lines(body: &[u8]) -> Vec<String> {
    if body.len() > LONGEST_BODY {
        return vec![format!("{}: too long for the screen, --record writes it to a file", size(body.len()))];
    }
    let text = PrettyBody(body).to_string();
    let mut lines: Vec<_> = text.lines().take(MOST_LINES).map(plain).collect();
    if text.lines().nth(MOST_LINES).is_some() {
        lines.push("…".to_owned());
    }
    lines
}

/// In bytes.
const LONGEST_BODY: usize = 64 << 10;
const MOST_LINES: usize = 500;
