//! Prints requests: lines on standard output and standard error.

use std::io;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::exchange::{Exchange, Forwarding, Verdict};
use super::line::{At, Line, Pretty, RejectedLine};
#[cfg(feature = "tui")]
use super::tui::Screen;
use crate::explain::Explanation;
use crate::output::{BAD, GOOD, UNSURE, print_line, print_text, stderr};

/// The output of the command.
pub(super) enum Output {
    Lines(Lines),
    #[cfg(feature = "tui")]
    Screen(Screen),
}

/// Lines of text or JSON.
pub(super) struct Lines {
    pretty: bool,
    /// Whether requests have more than a verdict: an app, or a file.
    detailed: bool,
    /// Takes the error when standard output is closed.
    failed: mpsc::Sender<io::Error>,
}

impl Lines {
    pub(super) const fn new(pretty: bool, detailed: bool, failed: mpsc::Sender<io::Error>) -> Self {
        Self { pretty, detailed, failed }
    }
}

impl Output {
    /// Takes an accepted delivery, before it is forwarded.
    #[cfg_attr(
        not(feature = "tui"),
        expect(unused_variables, reason = "a line is printed with the result of the forwarding")
    )]
    pub(super) fn arrived(&self, exchange: &Arc<Exchange>) {
        match self {
            Self::Lines(_) => {}
            #[cfg(feature = "tui")]
            Self::Screen(screen) => screen.arrived(exchange),
        }
    }

    /// Takes a request that is no delivery: rejected, or a handshake. Its explanation follows.
    pub(super) fn refused(&self, exchange: &Exchange) {
        match self {
            Self::Lines(lines) => lines.refused(exchange),
            #[cfg(feature = "tui")]
            Self::Screen(_) => {}
        }
    }

    /// Takes such a request with its explanation, or without one if there is none.
    pub(super) fn explained(&self, exchange: &Exchange, explanation: Option<&Explanation>) {
        match self {
            Self::Lines(lines) => lines.explained(exchange, explanation),
            #[cfg(feature = "tui")]
            Self::Screen(screen) => screen.refused(exchange, explanation),
        }
    }

    /// Takes a delivery that is in the queue.
    pub(super) fn queued(&self, exchange: &Exchange, forwarding: &Forwarding) {
        match self {
            Self::Lines(_) => stderr!("{} {forwarding}", At(exchange)),
            #[cfg(feature = "tui")]
            Self::Screen(screen) => screen.forwarded(exchange, forwarding),
        }
    }

    /// Takes a delivery with the result of its forwarding. Returns whether it could be shown.
    pub(super) fn settled(&self, exchange: &Exchange, forwarding: &Forwarding) -> bool {
        match self {
            Self::Lines(lines) => lines.settled(exchange, forwarding),
            #[cfg(feature = "tui")]
            Self::Screen(screen) => {
                screen.forwarded(exchange, forwarding);
                true
            }
        }
    }

    /// Takes a message about the command itself.
    pub(super) fn note(&self, note: &str) {
        match self {
            Self::Lines(_) => stderr!("{UNSURE}note{UNSURE:#}: {note}"),
            #[cfg(feature = "tui")]
            Self::Screen(screen) => screen.note(note.to_owned()),
        }
    }

    /// Takes a request to another path: most likely an error in the provider's settings.
    pub(super) fn elsewhere(&self, method: &http::Method, path: &str, endpoint: &str) {
        let request = format!("{method} {path}: the endpoint is {endpoint}");
        match self {
            Self::Lines(_) => stderr!("{BAD}not found{BAD:#}: {request}"),
            #[cfg(feature = "tui")]
            Self::Screen(screen) => screen.note(format!("not found: {request}")),
        }
    }
}

impl Lines {
    fn refused(&self, exchange: &Exchange) {
        let at = if self.pretty && self.detailed { format!("{} ", At(exchange)) } else { String::new() };
        match &exchange.verdict {
            Verdict::Rejected { kind, cause } => {
                let cause = cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
                stderr!("{at}{BAD}rejected{BAD:#}: {kind}{cause}");
            }
            Verdict::Handshake(name) if self.detailed => stderr!("{at}{GOOD}handshake{GOOD:#}: {name}"),
            Verdict::Handshake(_) | Verdict::Accepted(_) => {}
        }
    }

    fn explained(&self, exchange: &Exchange, explanation: Option<&Explanation>) {
        if let Verdict::Rejected { kind, .. } = &exchange.verdict
            && !self.pretty
            && self.detailed
        {
            let line = serde_json::to_vec(&RejectedLine::new(exchange, kind.as_str(), explanation));
            self.keep_error(line.map_err(io::Error::from).and_then(print_line));
        }
        if let Some(explanation) = explanation {
            stderr!("{explanation}");
        }
    }

    fn settled(&self, exchange: &Exchange, forwarding: &Forwarding) -> bool {
        let Some(delivery) = exchange.delivery() else { return true };
        let printed = if self.pretty {
            print_text(&format_args!("{}\n", Pretty { exchange, delivery, forwarding }))
        } else {
            let line = serde_json::to_vec(&Line::new(exchange, delivery, forwarding));
            line.map_err(io::Error::from).and_then(print_line)
        };
        self.keep_error(printed)
    }

    fn keep_error(&self, printed: io::Result<()>) -> bool {
        // The first error ends the command; further ones add nothing.
        printed.map_err(|error| self.failed.try_send(error)).is_ok()
    }
}
