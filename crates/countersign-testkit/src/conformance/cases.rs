use std::time::Duration;

use countersign_inbox::{Claim, Fenced, UnsignedIds};

use super::driver::{Driver, StoreHarness, TICK, TTL, acquired, event, event_at, request, unsigned};

/// Checks with 64 threads, 50 times.
pub fn of_many_claims_at_once_exactly_one_is_acquired(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    for round in 0..ROUNDS {
        let claims = driver.race(&vec![event(&format!("evt_{round}"), "x"); THREADS]);
        assert_eq!(claims.len(), THREADS);
        let (won, lost): (Vec<_>, Vec<_>) =
            claims.into_iter().partition(|claim| matches!(claim, Claim::Acquired { .. }));
        assert_eq!(won.len(), 1, "round {round}");
        assert!(lost.iter().all(|claim| matches!(claim, Claim::InFlight { .. })), "round {round}");
    }
}

/// Checks that one of 64 claimers takes the lease over, with a higher token.
pub fn an_expired_lease_is_taken_over_once(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let event = event("evt", "x");
    let first = driver.acquire(&event);
    harness.advance(TTL - TICK);
    let in_flight = driver.claim(&event);
    assert!(
        matches!(in_flight, Claim::InFlight { retry_after, same_body: true } if retry_after > Duration::ZERO && retry_after <= TICK),
        "{in_flight:?}"
    );
    harness.advance(TICK * 2);
    let claims = driver.race(&vec![event; THREADS]);
    let won: Vec<_> =
        claims.into_iter().filter(|claim| matches!(claim, Claim::Acquired { .. })).map(acquired).collect();
    assert!(matches!(won.as_slice(), [second] if second.fence() > first.fence()), "{won:?}");
}

/// Checks that the lease lasts until it expires after the renewal.
pub fn a_renewed_lease_is_not_taken_over(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let event = event("evt", "x");
    let lease = driver.acquire(&event);
    harness.advance(TTL - TICK);
    let renewed = driver.renew(&lease);
    assert!(
        matches!(renewed, Fenced::Ok(renewed) if renewed.fence() == lease.fence() && renewed.expires_at() > lease.expires_at()),
        "{renewed:?}"
    );
    harness.advance(TTL - TICK);
    assert!(matches!(driver.claim(&event), Claim::InFlight { .. }));
    harness.advance(TICK * 2);
    driver.acquire(&event);
}

/// Checks that a slow holder can neither finish nor release the lease of another.
pub fn a_stale_finish_changes_nothing(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let event = event("evt", "x");
    let slow = driver.acquire(&event);
    harness.advance(TTL + TICK);
    let second = driver.acquire(&event);
    assert_eq!(driver.renew(&slow), Fenced::Stale);
    assert_eq!(driver.complete(&slow), Fenced::Stale);
    assert_eq!(driver.release(&slow), Fenced::Stale);
    assert!(matches!(driver.claim(&event), Claim::InFlight { .. }));
    assert_eq!(driver.complete(&second), Fenced::Ok(()));
    assert_eq!(driver.complete(&slow), Fenced::Stale);
    assert_eq!(driver.release(&slow), Fenced::Stale);
    assert_eq!(driver.claim(&event), Claim::Done { same_body: true });
}

/// Checks that a finish counts until the delivery is taken over: the store may have been unreachable for longer
/// than the lease.
pub fn a_finish_after_the_lease_counts(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    for (id, is_done) in [("done", true), ("free", false)] {
        let event = event(id, "x");
        let lease = driver.acquire(&event);
        harness.advance(TTL * 10);
        if is_done {
            assert_eq!(driver.complete(&lease), Fenced::Ok(()));
            assert_eq!(driver.claim(&event), Claim::Done { same_body: true });
        } else {
            assert_eq!(driver.release(&lease), Fenced::Ok(()));
            assert!(driver.acquire(&event).fence() > lease.fence());
        }
    }
    let signed = unsigned("guarded", "y", UnsignedIds::Reject);
    let lease = driver.acquire(&signed);
    harness.advance(TTL * 10);
    assert_eq!(driver.complete(&lease), Fenced::Ok(()));
    assert_eq!(driver.claim(&unsigned("forged", "y", UnsignedIds::Reject)), Claim::Replayed);
}

/// Checks this also after a release: a repeated token would let a stale finish pass.
pub fn fencing_tokens_only_grow(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let event = event("evt", "x");
    let mut last = driver.acquire(&event);
    for _ in 0..3 {
        assert_eq!(driver.release(&last), Fenced::Ok(()));
        assert_eq!(driver.release(&last), Fenced::Stale);
        let next = driver.acquire(&event);
        assert!(next.fence() > last.fence(), "{next:?} after {last:?}");
        assert_eq!(driver.complete(&last), Fenced::Stale);
        last = next;
    }
}

/// Checks the replies of a claim and of a finish.
pub fn a_lost_reply_is_given_again(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    for policy in [UnsignedIds::Off, UnsignedIds::Reject] {
        let body = format!("{policy:?}");
        let attempt = request(&unsigned(&body, &body, policy));
        let lease = acquired(driver.ask(&attempt));
        harness.advance(TICK);
        assert_eq!(driver.ask(&attempt), Claim::Acquired { lease, is_suspect: false });
        assert!(matches!(driver.claim(&attempt.identity), Claim::InFlight { .. }));
        assert_eq!(driver.complete(&lease), Fenced::Ok(()));
        assert_eq!(driver.complete(&lease), Fenced::Ok(()));
        assert_eq!(driver.ask(&attempt), Claim::Done { same_body: true });
    }
}

/// Checks duplicates before the claim, during handling, after a failure, and after success.
pub fn a_duplicate_is_answered_with_the_state_of_the_first(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let event = event("evt", "x");
    let lease = driver.acquire(&event);
    assert!(matches!(driver.claim(&event), Claim::InFlight { same_body: true, .. }));
    assert_eq!(driver.release(&lease), Fenced::Ok(()));
    let lease = driver.acquire(&event);
    assert!(matches!(driver.claim(&event), Claim::InFlight { .. }));
    assert_eq!(driver.complete(&lease), Fenced::Ok(()));
    assert_eq!(driver.claim(&event), Claim::Done { same_body: true });
    harness.advance(TTL * 2);
    assert_eq!(driver.claim(&event), Claim::Done { same_body: true });
}

/// Checks that one id at two endpoints and of two tenants is four events.
pub fn keys_are_independent(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    for tenant in [None, Some("acme"), Some("other")] {
        for endpoint in ["orders", "refunds"] {
            let lease = driver.acquire(&event_at(tenant, endpoint, "evt", "x"));
            assert_eq!(driver.complete(&lease), Fenced::Ok(()));
        }
    }
    assert_eq!(driver.claim(&event_at(Some("acme"), "orders", "evt", "x")), Claim::Done { same_body: true });
}

/// Checks ids of 2,800 digits, of a mebibyte, with U+0000 or multi-byte characters, and with a common prefix.
pub fn ids_of_any_length_are_claimed_and_remembered(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let alike = "x".repeat(3000);
    let ids = [
        "f".repeat(2800),
        "e".repeat(1 << 20),
        format!("{alike}1"),
        format!("{alike}2"),
        "\0\u{1f600}".repeat(600),
    ];
    for id in &ids {
        let event = event(id, "x");
        let lease = driver.acquire(&event);
        assert_eq!(driver.complete(&lease), Fenced::Ok(()));
        assert_eq!(driver.claim(&event), Claim::Done { same_body: true });
    }
}

/// Checks that they are duplicates nevertheless: providers render events anew.
pub fn other_bytes_under_one_id_are_seen(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let lease = driver.acquire(&event("evt", "x"));
    assert!(matches!(driver.claim(&event("evt", "y")), Claim::InFlight { same_body: false, .. }));
    assert_eq!(driver.complete(&lease), Fenced::Ok(()));
    assert_eq!(driver.claim(&event("evt", "y")), Claim::Done { same_body: false });
    assert_eq!(driver.claim(&event("evt", "x")), Claim::Done { same_body: true });
}

/// Checks the policy `Warn`; without a policy such bytes are ordinary.
pub fn known_bytes_under_another_id_warn(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    for (policy, suspect) in [(UnsignedIds::Off, false), (UnsignedIds::Warn, true)] {
        let body = format!("{policy:?}");
        let first = driver.acquire(&unsigned(&format!("{body} 1"), &body, policy));
        let during = driver.claim(&unsigned(&format!("{body} 2"), &body, policy));
        assert!(
            matches!(during, Claim::Acquired { is_suspect, .. } if is_suspect == suspect),
            "{policy:?}: {during:?}"
        );
        assert_eq!(driver.complete(&first), Fenced::Ok(()));
        let after = driver.claim(&unsigned(&format!("{body} 3"), &body, policy));
        assert!(
            matches!(after, Claim::Acquired { is_suspect, .. } if is_suspect == suspect),
            "{policy:?}: {after:?}"
        );
        assert_eq!(driver.complete(&acquired(after)), Fenced::Ok(()));
    }
}

/// Checks that the sender is asked to retry while the first delivery is handled, because that may fail.
pub fn known_bytes_under_another_id_are_rejected(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let [genuine, forged] = ["genuine", "forged"].map(|id| unsigned(id, "x", UnsignedIds::Reject));
    let lease = driver.acquire(&genuine);
    assert!(matches!(driver.claim(&forged), Claim::InFlight { .. }));
    assert_eq!(driver.complete(&lease), Fenced::Ok(()));
    assert_eq!(driver.claim(&forged), Claim::Replayed);
    assert_eq!(driver.claim(&genuine), Claim::Done { same_body: true });
    driver.acquire(&unsigned("another", "y", UnsignedIds::Reject));
}

/// Checks that the abused id stays available for an event, and that bytes whose handling failed or stopped can come
/// again.
pub fn a_rejected_or_failed_replay_leaves_no_trace(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let lease = driver.acquire(&unsigned("a", "x", UnsignedIds::Reject));
    assert_eq!(driver.complete(&lease), Fenced::Ok(()));
    assert_eq!(driver.claim(&unsigned("b", "x", UnsignedIds::Reject)), Claim::Replayed);
    let lease = driver.acquire(&unsigned("b", "y", UnsignedIds::Reject));
    assert_eq!(driver.release(&lease), Fenced::Ok(()));
    let stopped = driver.acquire(&unsigned("c", "y", UnsignedIds::Reject));
    harness.advance(TTL - TICK);
    assert!(matches!(driver.renew(&stopped), Fenced::Ok(_)));
    harness.advance(TTL - TICK);
    assert!(matches!(driver.claim(&unsigned("d", "y", UnsignedIds::Reject)), Claim::InFlight { .. }));
    harness.advance(TICK * 2);
    let last = driver.acquire(&unsigned("d", "y", UnsignedIds::Reject));
    assert_eq!(driver.complete(&last), Fenced::Ok(()));
    assert_eq!(driver.claim(&unsigned("e", "y", UnsignedIds::Reject)), Claim::Replayed);
}

/// Checks with 64 ids for the same signed bytes.
pub fn of_many_replays_at_once_one_is_handled(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    for round in 0..ROUNDS / 5 {
        let body = format!("body {round}");
        let copies: Vec<_> =
            (0..THREADS).map(|id| unsigned(&format!("{round} {id}"), &body, UnsignedIds::Reject)).collect();
        let claims = driver.race(&copies);
        assert_eq!(claims.len(), THREADS);
        let won = claims.iter().filter(|claim| matches!(claim, Claim::Acquired { .. })).count();
        assert_eq!(won, 1, "round {round}");
    }
}

/// Checks that they are forgotten afterwards.
pub fn what_is_handled_is_remembered_for_the_retention(harness: &impl StoreHarness) {
    let driver = Driver(harness);
    let [handled, running] = ["handled", "running"].map(|id| event(id, "x"));
    assert_eq!(driver.complete(&driver.acquire(&handled)), Fenced::Ok(()));
    let retention = harness.store().retention();
    harness.advance(retention.saturating_sub(TTL));
    assert_eq!(driver.claim(&handled), Claim::Done { same_body: true });
    let held = driver.acquire(&running);
    harness.advance(TTL * 2);
    let again = driver.acquire(&handled);
    // Entries in flight are never forgotten, whatever their age.
    harness.advance(retention * 2);
    assert_eq!(driver.complete(&held), Fenced::Ok(()));
    assert_eq!(driver.claim(&running), Claim::Done { same_body: true });
    assert_eq!(driver.complete(&again), Fenced::Ok(()));
}

const THREADS: usize = 64;
const ROUNDS: usize = 50;
