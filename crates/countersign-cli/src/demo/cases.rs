//! The requests of the demo, and the expected responses.

use super::answer::Answer;
use super::founders::Founder;
use super::mount::{NEW_KEY, OLD_KEY};

/// A request, and its expected response.
pub(super) struct Case {
    pub(super) sent: &'static str,
    pub(super) twist: Twist,
    ending: Ending,
}

/// The change made to a genuine delivery.
#[derive(Clone, Copy)]
pub(super) enum Twist {
    Nothing,
    TamperedBody,
    TamperedSignature,
    Stale,
    Future,
    WrongSecret,
    OldSecret,
    NoSignature,
    Oversize,
    UnknownType,
    WrongShape,
}

/// The expected end of a request.
enum Ending {
    /// The handler runs.
    Handled { key: &'static str },
    /// The handler runs, with an event type that the catalogue does not have.
    HandledUnknown,
    /// The request is rejected.
    Rejected(u16, &'static str),
}

pub(super) static CASES: [Case; 11] = [
    Case { sent: "valid", twist: Twist::Nothing, ending: Ending::Handled { key: NEW_KEY } },
    Case {
        sent: "tampered body",
        twist: Twist::TamperedBody,
        ending: Ending::Rejected(401, "signature_mismatch"),
    },
    Case {
        sent: "tampered signature",
        twist: Twist::TamperedSignature,
        ending: Ending::Rejected(401, "signature_mismatch"),
    },
    Case { sent: "stale", twist: Twist::Stale, ending: Ending::Rejected(401, "timestamp_too_old") },
    Case {
        sent: "from the future",
        twist: Twist::Future,
        ending: Ending::Rejected(401, "timestamp_too_new"),
    },
    Case {
        sent: "wrong secret",
        twist: Twist::WrongSecret,
        ending: Ending::Rejected(401, "signature_mismatch"),
    },
    Case { sent: "second secret", twist: Twist::OldSecret, ending: Ending::Handled { key: OLD_KEY } },
    Case {
        sent: "no signature",
        twist: Twist::NoSignature,
        ending: Ending::Rejected(400, "missing_signature"),
    },
    Case { sent: "oversize", twist: Twist::Oversize, ending: Ending::Rejected(413, "payload_too_large") },
    Case { sent: "unknown event type", twist: Twist::UnknownType, ending: Ending::HandledUnknown },
    Case { sent: "wrong shape", twist: Twist::WrongShape, ending: Ending::Rejected(422, "decode_failed") },
];

impl Case {
    pub(super) fn expected(&self, founder: &Founder) -> Answer {
        match self.ending {
            Ending::Handled { key } => Answer::handled(founder.variant, key),
            Ending::HandledUnknown => Answer::handled("Unknown", NEW_KEY),
            Ending::Rejected(status, kind) => Answer::rejected(status, kind),
        }
    }
}
