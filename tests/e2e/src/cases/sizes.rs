//! Limits on the size of one body, and of all bodies together.

use countersign::receiver::{Budget, Receiver};
use http::header::CONTENT_LENGTH;

use crate::senders::SENDERS;
use crate::{Case, Expected, Request, Sender};

pub(super) fn cases() -> Vec<Case> {
    SENDERS.into_iter().flat_map(|sender| ROWS.iter().map(|row| row.case(sender))).collect()
}

/// A way to send a body, and a receiver whose limit exceeds the body by this much.
struct Row {
    what: &'static str,
    sent: fn(Request) -> Request,
    bound: fn(Receiver, usize) -> Receiver,
    more: isize,
    /// `None` if the body is accepted.
    refused: Option<Expected>,
}

impl Row {
    fn case(&self, sender: &'static Sender) -> Case {
        let request = (self.sent)(sender.genuine());
        let bytes = sender.genuine().bytes().len().checked_add_signed(self.more).unwrap();
        let expected = self.refused.unwrap_or_else(|| sender.handled());
        Case::new(self.what, sender, request, expected)
            .with_receiver(|receiver| (self.bound)(receiver, bytes))
    }
}

static ROWS: [Row; 11] = [
    Row { what: "exactly at the limit", sent: whole, bound: limit, more: 0, refused: None },
    Row { what: "exactly at the limit, in chunks", sent: chunked, bound: limit, more: 0, refused: None },
    Row { what: "beyond the limit", sent: whole, bound: limit, more: -1, refused: Some(TOO_LARGE) },
    Row {
        what: "beyond the limit by announcement",
        sent: Request::without_body,
        bound: limit,
        more: -1,
        refused: Some(TOO_LARGE),
    },
    Row {
        what: "beyond the limit, in chunks",
        sent: chunked,
        bound: limit,
        more: -1,
        refused: Some(TOO_LARGE),
    },
    Row {
        what: "beyond the limit, in one chunk of unknown length",
        sent: |request| request.in_chunks_of(usize::MAX),
        bound: limit,
        more: -1,
        refused: Some(TOO_LARGE),
    },
    Row {
        what: "beyond the limit and the range of numbers by announcement",
        sent: |request| request.with(CONTENT_LENGTH.as_str(), "18446744073709551616"),
        bound: limit,
        more: -1,
        refused: Some(TOO_LARGE),
    },
    Row {
        what: "the budget, with room for the head",
        sent: whole,
        bound: budget,
        more: 65_536,
        refused: None,
    },
    Row { what: "the budget, but for the head", sent: whole, bound: budget, more: 0, refused: Some(SPENT) },
    Row { what: "beyond the budget", sent: whole, bound: budget, more: -1, refused: Some(SPENT) },
    Row {
        what: "beyond the budget, in chunks",
        sent: chunked,
        bound: budget,
        more: -1,
        refused: Some(SPENT),
    },
];

fn whole(request: Request) -> Request {
    request
}

fn chunked(request: Request) -> Request {
    request.in_chunks_of(16)
}

fn limit(receiver: Receiver, bytes: usize) -> Receiver {
    receiver.to_builder().with_body_limit(bytes).build().unwrap()
}

fn budget(receiver: Receiver, bytes: usize) -> Receiver {
    receiver.to_builder().with_budget(Budget::new(bytes)).build().unwrap()
}

const TOO_LARGE: Expected = Expected::closed(413, "payload_too_large");
const SPENT: Expected = Expected::later("budget_spent");
