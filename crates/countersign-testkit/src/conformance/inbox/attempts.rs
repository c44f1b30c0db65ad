use std::time::Duration;

use countersign_inbox::{
    Action, Attempt, AttemptNote, AttemptOutcome, Detail, EventState, FailureKind, Fenced, Filter, Finish,
    Leased, Reveal,
};

use super::driver::{
    InboxDriver, TICK, TTL, dead, in_state, keep, order, request, retry, single, skip, unverified,
};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Checks each outcome, success included, and every field of the row.
pub fn each_attempt_leaves_a_row(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let cases = [
        (Finish::Done, AttemptOutcome::Done, None),
        (skip(), AttemptOutcome::Skip, Some("no handler")),
        (retry(TTL), AttemptOutcome::Retry, Some("try again")),
        (keep(TTL), AttemptOutcome::Keep, Some("version 3 is unknown")),
        (dead(), AttemptOutcome::Dead, Some("no such account")),
        (Finish::GiveBack, AttemptOutcome::GiveBack, None),
        (unverified(), AttemptOutcome::Unverified, Some("signature_mismatch: add the old key")),
    ];
    for (nth, (finish, outcome, error)) in cases.into_iter().enumerate() {
        let id = driver.store(order(&nth.to_string()));
        harness.advance(TICK);
        let leased = single(driver.ask(&with(request(1), |claim| {
            (claim.only, claim.worker) = (Some(id), format!("worker-{nth}"));
        })));
        harness.advance(TICK);
        let note = AttemptNote::NONE.with_code(503).with_failure(FailureKind::Timeout);
        driver.end_with(&leased, &finish, note);
        let shown = driver.show(id);
        assert_eq!(shown.summary.code, Some(503), "{outcome}");
        let attempt = single(shown.attempts);
        assert_eq!((attempt.attempt, attempt.fence), (1, leased.lease.fence()), "{outcome}");
        assert_eq!((attempt.outcome, attempt.error.as_deref()), (outcome, error));
        assert_eq!((attempt.code, attempt.failure), (Some(503), Some(FailureKind::Timeout)), "{outcome}");
        assert_eq!(attempt.worker, Some(format!("worker-{nth}")));
        assert_eq!(attempt.replayed_by, None, "{outcome}");
        let took = attempt.duration();
        assert!(took.is_some_and(|took| took >= TICK && took < TICK * 2), "{outcome}: {took:?}");
        assert!(attempt.started_at.is_some_and(|at| at > shown.summary.stored_at), "{outcome}");
    }
}

/// Checks that the newest attempts are shown, and how many are not.
pub fn of_many_attempts_the_newest_are_shown(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    let mut fences = Vec::new();
    let mut fail = |times| {
        for _ in 0..times {
            let leased = driver.next();
            fences.push(leased.lease.fence());
            driver.end(&leased, &retry(Duration::ZERO));
        }
        let shown = driver.show(id);
        let found: Vec<_> = shown.attempts.iter().map(|of| of.fence).collect();
        assert!(found.is_sorted() && fences.ends_with(&found), "{found:?}");
        (found.len(), shown.earlier_attempts)
    };
    assert_eq!(fail(Detail::MOST_ATTEMPTS), (Detail::MOST_ATTEMPTS, 0));
    assert_eq!(fail(3), (Detail::MOST_ATTEMPTS, 3));
    let revealed = driver.wait(harness.ops().reveal(&Reveal::new(id, "ada")));
    let revealed: Detail = single(revealed.into_iter().collect());
    assert_eq!((revealed.attempts.len(), revealed.earlier_attempts), (Detail::MOST_ATTEMPTS, 3));
}

/// Checks the history of an event that is done twice, and whom its attempts are attributed to.
pub fn a_success_stays_in_the_history_after_a_replay(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.put("evt", EventState::Done);
    let replay = with(driver.of_one(Action::Replay, id), |change| {
        (change.filter.state, change.actor) = (Some(EventState::Done), "ada".to_owned());
    });
    assert_eq!(driver.change(&replay), [id]);
    driver.end(&driver.next(), &retry(Duration::ZERO));
    driver.end(&driver.next(), &Finish::Done);
    let second = with(replay, |change| change.actor = "grace".to_owned());
    assert_eq!(driver.change(&second), [id]);
    driver.end(&driver.next(), &Finish::Done);
    let history: Vec<_> = driver.show(id).attempts.into_iter().map(shown).collect();
    let by = |actor: &str| Some(actor.to_owned());
    let expected = [
        (1, AttemptOutcome::Done, None),
        (1, AttemptOutcome::Retry, by("ada")),
        (2, AttemptOutcome::Done, by("ada")),
        (1, AttemptOutcome::Done, by("grace")),
    ];
    assert_eq!(history, expected);
}

/// Checks that the provider is the actor.
pub fn a_duplicate_of_a_dead_letter_is_a_replay_by_its_provider(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.put("evt", EventState::Dead);
    driver.accept(order("evt"));
    driver.end(&driver.next(), &Finish::Done);
    let history: Vec<_> = driver.show(id).attempts.into_iter().map(shown).collect();
    let expected = [(1, AttemptOutcome::Dead, None), (1, AttemptOutcome::Done, Some("preflix".to_owned()))];
    assert_eq!(history, expected);
}

/// Checks that the row has the worker that lost the event, and ends with its lease.
pub fn an_attempt_that_was_lost_leaves_a_row(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    for instance in [7, 7, 8] {
        let leased = single(driver.ask(&with(request(1), |claim| {
            (claim.worker, claim.instance) = (format!("worker-{instance}"), instance);
        })));
        assert_eq!(leased.event.id, id);
        driver.start(&leased);
        harness.advance(TTL + TICK);
    }
    let last = driver.next();
    driver.end(&last, &Finish::Done);
    let attempts = driver.show(id).attempts;
    let shown: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt.attempt, attempt.outcome, attempt.worker.as_deref()))
        .collect();
    let lost = AttemptOutcome::Lost;
    let workers = [(1, lost, "worker-7"), (2, lost, "worker-7"), (3, lost, "worker-8")];
    let done = [(4, AttemptOutcome::Done, "worker")];
    let expected: Vec<_> = workers
        .into_iter()
        .chain(done)
        .map(|(attempt, outcome, worker)| (attempt, outcome, Some(worker)))
        .collect();
    assert_eq!(shown, expected);
    for attempt in attempts.iter().filter(|attempt| attempt.outcome == lost) {
        let took = attempt.duration();
        assert!(took.is_some_and(|took| took >= TTL - TICK && took < TTL + TICK), "{took:?}");
        assert_eq!((attempt.code, attempt.failure, &attempt.error), (None, None, &None));
    }
    let fences: Vec<_> = attempts.iter().map(|attempt| attempt.fence).collect();
    assert!(fences.is_sorted_by(|one, next| one < next), "{fences:?}");
}

/// Checks that only the row is left out, and only of a success.
pub fn a_success_above_the_rate_leaves_no_row(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let note = AttemptNote::NONE.with_code(200).unrecorded();
    for (nth, finish) in
        [Finish::Done, skip(), retry(TTL), dead(), Finish::GiveBack, unverified()].iter().enumerate()
    {
        let leased = driver.running(&nth.to_string());
        driver.end_with(&leased, finish, note);
        let shown = driver.show(leased.event.id);
        assert_eq!(shown.summary.code, Some(200), "{finish:?}");
        let is_success = matches!(finish, Finish::Done | Finish::Skip { .. });
        assert_eq!(shown.attempts.is_empty(), is_success, "{finish:?}");
    }
    assert_eq!(driver.ids(&in_state(EventState::Done)).len(), 2);
}

/// Checks that a repeated finish adds no second row, and that a stale one adds none.
pub fn a_finish_leaves_one_row(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let leased = driver.running("evt");
    let results = driver.race(|_| driver.finish(&leased.lease, &Finish::Done));
    assert!(results.iter().all(|result| *result == Fenced::Ok(())), "{results:?}");
    assert_eq!(driver.finish(&leased.lease, &dead()), Fenced::Stale);
    assert_eq!(driver.show(leased.event.id).attempts.len(), 1);
}

/// Checks that the code in lists is that of the latest attempt.
pub fn a_response_code_is_listed_until_the_next_attempt(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    let code = || single(driver.list(&Filter::ids([id]), countersign_inbox::Page::first(1))).code;
    let end = |leased: &Leased, note| driver.end_with(leased, &retry(Duration::ZERO), note);
    assert_eq!(code(), None);
    end(&driver.next(), AttemptNote::NONE.with_code(429));
    assert_eq!(code(), Some(429));
    let leased = driver.next();
    assert_eq!(code(), Some(429), "while the next one runs");
    end(&leased, AttemptNote::NONE);
    assert_eq!(code(), None);
    end(&driver.next(), AttemptNote::NONE.with_code(u16::MAX));
    assert_eq!(code(), Some(u16::MAX));
}

fn shown(of: Attempt) -> (u32, AttemptOutcome, Option<String>) {
    (of.attempt, of.outcome, of.replayed_by)
}
