//! The situations, each a sequence of deliveries.

use std::time::Duration;

use countersign_inbox::inline::{DeduplicatorBuilder, MissingId};
use countersign_tests::inline::{ANONYMOUS, Does, InjectedError, Op};
use http::{Response, StatusCode};

/// A sequence of deliveries.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) configure: fn(DeduplicatorBuilder) -> DeduplicatorBuilder,
    /// The actions of the handler, by run.
    pub(super) plan: &'static [Does],
    pub(super) steps: &'static [Step],
}

#[derive(Clone, Copy)]
pub(super) enum Step {
    /// A delivery by its id, and its response.
    Send(&'static str, Expected),
    /// A delivery with another body.
    SendOther(&'static str, Expected),
    /// A delivery whose handler keeps running.
    Begin(&'static str),
    /// The running handler ends, and the delivery is answered.
    End(Expected),
    Meet(Op, InjectedError, usize),
    GoDown,
    Heal,
    /// All background tasks have ended.
    Settle,
    /// The number of started runs of the handler.
    Runs(usize),
}

use Step::{Begin, End, GoDown, Heal, Meet, Runs, Send, SendOther, Settle};

pub(super) type Expected = (u16, Option<&'static str>, Option<u64>);

pub(super) const OK: Expected = (200, None, None);
pub(super) const DONE: Expected = (200, Some("done"), None);
const FAILED: Expected = (500, None, None);
const LATER: Expected = (503, None, Some(5));

pub(super) const CASES: &[Case] = &[
    Case {
        name: "new: the handler runs, and its 2xx is relayed; after that, the answer to duplicates says so",
        configure: |builder| builder,
        plan: &[Does::Answer(202)],
        steps: &[
            Send("a", (202, None, None)),
            Send("a", DONE),
            SendOther("a", DONE),
            Runs(1),
            Send("b", OK),
            Runs(2),
        ],
    },
    Case {
        name: "a duplicate of what is being handled comes again",
        configure: |builder| builder,
        plan: &[Does::Wait(200)],
        steps: &[Begin("a"), Send("a", LATER), SendOther("a", LATER), End(OK), Send("a", DONE), Runs(1)],
    },
    Case {
        name: "no later than the end of the lease",
        configure: |builder| builder.with_lease(Duration::from_millis(1500)),
        plan: &[Does::Wait(200)],
        steps: &[Begin("a"), Send("a", (503, None, Some(2))), End(OK)],
    },
    Case {
        name: "or when the handler asked for it",
        configure: |builder| builder.with_retry_after(Duration::from_secs(20)),
        plan: &[Does::Wait(200)],
        steps: &[Begin("a"), Send("a", (503, None, Some(20))), End(OK)],
    },
    Case {
        name: "what failed is handled again, whatever it said",
        configure: |builder| builder,
        plan: &[
            Does::Answer(500),
            Does::Answer(503),
            Does::Answer(599),
            Does::Answer(400),
            Does::Answer(409),
            Does::Answer(302),
            Does::Answer(304),
        ],
        steps: &[
            Send("a", FAILED),
            Send("a", (503, None, None)),
            Send("a", (599, None, None)),
            // Providers would not retry after the handler's own status.
            Send("a", FAILED),
            Send("a", FAILED),
            Send("a", FAILED),
            Send("a", FAILED),
            Send("a", OK),
            Send("a", DONE),
            Runs(8),
        ],
    },
    Case {
        name: "a 4xx that is permanent is relayed, and not handled again",
        configure: |builder| builder.with_permanent_statuses([StatusCode::UNPROCESSABLE_ENTITY]),
        plan: &[Does::Answer(400), Does::Answer(422)],
        steps: &[Send("a", FAILED), Send("a", (422, None, None)), Send("a", DONE), Runs(2)],
    },
    Case {
        name: "data that does not fit is answered with 422, and handled again",
        configure: |builder| builder,
        plan: &[Does::Answer(422), Does::Answer(422)],
        steps: &[
            Send("a", (422, None, None)),
            Send("a", (422, None, None)),
            Send("a", OK),
            Send("a", DONE),
            Runs(3),
        ],
    },
    Case {
        name: "a panic is a failure",
        configure: |builder| builder,
        plan: &[Does::Panic, Does::WaitAndPanic],
        steps: &[
            Send("a", FAILED),
            Begin("a"),
            Send("a", LATER),
            End(FAILED),
            Send("a", OK),
            Send("a", DONE),
            Runs(3),
        ],
    },
    Case {
        name: "while the store is down or full nothing is handled, and nothing is lost",
        configure: |builder| builder,
        plan: &[],
        steps: &[
            GoDown,
            Send("a", LATER),
            Heal,
            Meet(Op::Claim, InjectedError::Full, 1),
            Send("a", LATER),
            Meet(Op::Claim, InjectedError::Hang, 1),
            Send("a", LATER),
            Runs(0),
            Send("a", OK),
            Send("a", DONE),
            GoDown,
            // It was handled, but the outcome is unknown.
            Send("a", LATER),
            Runs(1),
        ],
    },
    Case {
        name: "a reply that is lost once is asked for again",
        configure: |builder| builder,
        plan: &[Does::Answer(500)],
        steps: &[
            Meet(Op::Claim, InjectedError::Lose, 1),
            Meet(Op::Release, InjectedError::Lose, 1),
            Send("a", FAILED),
            Meet(Op::Complete, InjectedError::Lose, 1),
            Send("a", OK),
            Settle,
            Send("a", DONE),
            Runs(2),
        ],
    },
    Case {
        name: "a success that the store cannot keep is a success, and is stored later",
        configure: |builder| builder,
        plan: &[],
        steps: &[
            Meet(Op::Complete, InjectedError::Fail, 4),
            Send("a", OK),
            Send("a", LATER),
            Settle,
            Send("a", DONE),
            Runs(1),
        ],
    },
    Case {
        name: "without an id every delivery is new",
        configure: |builder| builder,
        plan: &[Does::Answer(200), Does::Answer(404), Does::Panic],
        steps: &[
            Send(ANONYMOUS, OK),
            Send(ANONYMOUS, FAILED),
            Send(ANONYMOUS, FAILED),
            Send(ANONYMOUS, OK),
            Runs(4),
        ],
    },
    Case {
        name: "unless it is rejected",
        configure: |builder| builder.with_missing_id(MissingId::Reject),
        plan: &[],
        steps: &[Send(ANONYMOUS, (400, None, None)), Send("a", OK), Runs(1)],
    },
    Case {
        name: "a duplicate can wait for a success",
        configure: |builder| builder.with_coalesce_wait(Duration::from_secs(3)),
        plan: &[Does::Wait(200)],
        // The handler does not continue: the wait ends first.
        steps: &[Begin("a"), Send("a", LATER), End(OK), Send("a", DONE), Runs(1)],
    },
    Case {
        name: "duplicates are answered as the provider wants it",
        configure: |builder| {
            let accepted = Response::builder().status(StatusCode::ACCEPTED).body("ok".into()).unwrap();
            builder.with_duplicate_response(accepted)
        },
        plan: &[],
        steps: &[Send("a", OK), Send("a", (202, Some("done"), None)), Runs(1)],
    },
];
