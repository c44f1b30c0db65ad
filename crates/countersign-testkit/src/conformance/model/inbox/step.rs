use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    Action, AttemptNote, DeadDuplicates, Digest, EventState, FailureKind, Filter, Finish, Isolation,
    NewEvent, PauseChange, UnsignedIds, error_pattern,
};
use http::HeaderValue;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};

use super::super::manual_clock::{HALF, minutes};
use crate::conformance::driver::with;
use crate::conformance::inbox::driver::{identity, sample_event};

/// A step of a history.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Accept(Sketch),
    Claim {
        source: &'static str,
        max: usize,
        ttl: Duration,
        only: Option<Index>,
        isolation: Isolation,
        pause: Duration,
        is_exclusive: bool,
        instance: u32,
    },
    Extend {
        leases: Vec<Index>,
        ttl: Duration,
    },
    Finish {
        lease: Index,
        finish: Finish,
        note: AttemptNote,
    },
    Change {
        action: Action,
        filter: Sieve,
        limit: usize,
        after: Option<Index>,
        dry_run: bool,
    },
    Look {
        filter: Sieve,
        after: Option<Index>,
        limit: usize,
    },
    Advance(Duration),
    /// Advances the time until finished events may be forgotten.
    Age {
        is_dead: bool,
    },
    Resume(Vec<Index>),
    /// Replaces the request of an event by that of a delivery, if there is one with its key.
    Replace(Sketch),
    /// Pauses or resumes an endpoint.
    Pause(PauseChange),
    Sweep,
    Crash,
}

/// A delivery, one of few, so that there are duplicates.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    id: &'static str,
    source: &'static str,
    tenant: &'static str,
    body: &'static str,
    /// The time of receipt and a header, which differ between attempts of a provider.
    attempt: u16,
    policy: UnsignedIds,
    dead_duplicates: DeadDuplicates,
    ordering_key: Option<&'static str>,
}

/// A filter; ids are those of the model.
#[derive(Clone, Debug)]
pub(super) struct Sieve {
    pub(super) ids: Vec<Index>,
    pub(super) rest: Filter,
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let source = || select(&SOURCES[..]);
    let ttl = || (1u32..20).prop_map(|count| minutes(count) + HALF);
    let isolation = select(&[Isolation::Mixed, Isolation::Alone, Isolation::Without][..]);
    let pause = (0u32..3).prop_map(|count| minutes(count * 5));
    let claim = (
        (source(), 0usize..4, ttl(), weighted(0.2, any::<Index>())),
        (isolation, pause, weighted(0.2, Just(())), 0u32..3),
    );
    let change = (
        select(&[Action::Replay, Action::Discard, Action::Purge][..]),
        sieve(),
        prop_oneof![4 => Just(500), 1 => 0usize..3],
        weighted(0.2, any::<Index>()),
        weighted(0.2, Just(())),
    );
    let step = prop_oneof![
        8 => sketch().prop_map(Step::Accept),
        8 => claim.prop_map(|((source, max, ttl, only), (isolation, pause, exclusive, instance))| {
            let is_exclusive = exclusive.is_some();
            Step::Claim { source, max, ttl, only, isolation, pause, is_exclusive, instance }
        }),
        2 => (vec(any::<Index>(), 0..4), ttl()).prop_map(|(leases, ttl)| Step::Extend { leases, ttl }),
        8 => (any::<Index>(), finish(), note())
            .prop_map(|(lease, finish, note)| Step::Finish { lease, finish, note }),
        3 => change.prop_map(|(action, filter, limit, after, dry)| {
            Step::Change { action, filter, limit, after, dry_run: dry.is_some() }
        }),
        2 => (sieve(), weighted(0.3, any::<Index>()), 0usize..5)
            .prop_map(|(filter, after, limit)| Step::Look { filter, after, limit }),
        4 => (1u32..30).prop_map(|count| Step::Advance(minutes(count))),
        1 => any::<bool>().prop_map(|is_dead| Step::Age { is_dead }),
        1 => vec(any::<Index>(), 0..4).prop_map(Step::Resume),
        3 => sketch().prop_map(Step::Replace),
        2 => pause_change().prop_map(Step::Pause),
        1 => Just(Step::Sweep),
        1 => Just(Step::Crash),
    ];
    vec(step, 1..60)
}

fn pause_change() -> impl Strategy<Value = PauseChange> {
    let lasting = (1u32..20).prop_map(|count| Some(minutes(count) + HALF));
    let pause = prop_oneof![1 => Just(None), 2 => lasting].prop_map(Some);
    let change = prop_oneof![2 => pause, 1 => Just(None)];
    (select(&PAUSABLE[..]), change).prop_map(|(source, pause)| match pause {
        Some(Some(duration)) => PauseChange::pause(source, "operator").with_duration(duration),
        Some(None) => PauseChange::pause(source, "operator"),
        None => PauseChange::resume(source, "operator"),
    })
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let policy = select(&[UnsignedIds::Off, UnsignedIds::Warn, UnsignedIds::Reject][..]);
    let dead_duplicates = select(&[DeadDuplicates::Requeue, DeadDuplicates::Keep][..]);
    let request = (select(&BODIES[..]), 0u16..3);
    let names = (select(&IDS[..]), select(&SOURCES[..]), select(&TENANTS[..]), request);
    let ordering_key = weighted(0.7, select(&KEYS[..]));
    (names, policy, dead_duplicates, ordering_key).prop_map(
        |((id, source, tenant, (body, attempt)), policy, dead_duplicates, ordering_key)| Sketch {
            id,
            source,
            tenant,
            body,
            attempt,
            policy,
            dead_duplicates,
            ordering_key,
        },
    )
}

fn finish() -> impl Strategy<Value = Finish> {
    let error = || select(&ERRORS[..]).prop_map(str::to_owned);
    let day = 24 * 60_u32;
    let after = || {
        prop_oneof![
            2 => Just(Duration::ZERO),
            4 => (0u32..20).prop_map(|count| minutes(count) + HALF),
            // Beyond the horizon.
            1 => (8 * day..20 * day).prop_map(|count| minutes(count) + HALF),
        ]
    };
    prop_oneof![
        3 => Just(Finish::Done),
        1 => error().prop_map(|reason| Finish::Skip { reason }),
        3 => (after(), error()).prop_map(|(after, error)| Finish::Retry { after, error }),
        1 => (after(), error()).prop_map(|(after, error)| Finish::Keep { after, error }),
        2 => error().prop_map(|error| Finish::Dead { error }),
        1 => Just(Finish::GiveBack),
        2 => error().prop_map(|error| Finish::Unverified { error }),
    ]
}

fn note() -> impl Strategy<Value = AttemptNote> {
    let failure = weighted(0.5, select(&FailureKind::ALL[..]));
    let row = weighted(0.2, Just(()));
    (weighted(0.5, select(&[200, 503][..])), failure, row).prop_map(|(code, failure, unrecorded)| {
        with(AttemptNote::NONE, |note| {
            (note.code, note.failure, note.is_unrecorded) = (code, failure, unrecorded.is_some());
        })
    })
}

fn sieve() -> impl Strategy<Value = Sieve> {
    let text = |from: &'static [&'static str]| weighted(0.15, select(from).prop_map(str::to_owned));
    let age = || weighted(0.1, (0u32..40).prop_map(|count| minutes(count) + HALF));
    let texts =
        (text(&SOURCES), text(&TENANTS), text(&["audit.completed", "other"]), text(&IDS), text(&ERRORS));
    let ids = prop_oneof![4 => Just(Vec::new()), 1 => vec(any::<Index>(), 1..4)];
    let state = weighted(0.4, select(&EventState::ALL[..]));
    let pattern = weighted(0.1, select(&ERRORS[..]).prop_map(error_pattern));
    (ids, texts, state, age(), age(), weighted(0.1, 0u32..3), pattern).prop_map(
        |(ids, texts, state, older_than, newer_than, replays, pattern)| {
            let (source, tenant, event_type, external_id, error) = texts;
            Sieve {
                ids,
                rest: with(Filter::default(), |filter| {
                    filter.source = source;
                    filter.tenant = tenant;
                    filter.state = state;
                    filter.event_type = event_type;
                    filter.external_id = external_id;
                    filter.error = error;
                    filter.pattern = pattern;
                    filter.older_than = older_than;
                    filter.newer_than = newer_than;
                    filter.replays = replays;
                }),
            }
        },
    )
}

impl Sketch {
    pub(super) fn event(&self) -> NewEvent {
        let mut event = sample_event(self.source, self.id, self.body);
        event.identity = identity(self.tenant, self.source, self.id, self.body.as_bytes())
            .with_guard(Digest::of_signed(&[Some(self.body.as_bytes())]), self.policy);
        event.tenant = Some(self.tenant.to_owned()).filter(|tenant| !tenant.is_empty());
        event.head.headers.insert("x-attempt", HeaderValue::from(self.attempt));
        event.received_at = UnixTime::from_millis(1_700_000_000_000 + i64::from(self.attempt));
        event.dead_duplicates = self.dead_duplicates;
        event.ordering_key = self.ordering_key.map(str::to_owned);
        event
    }
}

pub(super) const SOURCES: [&str; 2] = ["orders", "orders/refunds"];
/// The names of pauses: a pause of `orders` holds for `orders/refunds`, too, and one of `order` for neither.
pub(super) const PAUSABLE: [&str; 3] = ["orders", "orders/refunds", "order"];
const IDS: [&str; 4] = ["evt_1", "evt_2", "evt_3", "evt_4"];
const TENANTS: [&str; 2] = ["", "acme"];
const KEYS: [&str; 2] = ["job 1", "job 2"];
const BODIES: [&str; 3] = ["", "{}", r#"{"a":1}"#];
const ERRORS: [&str; 3] = ["Timeout", "time", "no_such%account"];
