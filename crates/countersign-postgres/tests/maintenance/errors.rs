//! Numbers of failed attempts by their kind, most of which are added to the table of kinds later.

use std::collections::BTreeMap;

use countersign_inbox::{AttemptNote, EventId, Fenced, Finish, InboxStore, OpsStore};
use sqlx::query;

use crate::common::{Machines, wait};
use crate::support::{accept, claim};

/// Another process has ended an attempt with the same error, and its transaction is not committed.
#[test]
fn failed_attempts_of_one_kind_do_not_wait_for_each_other() {
    let machines = Machines::new();
    let store = machines.first();
    let count = || wait(store.errors(None, 10)).unwrap().iter().map(|kind| kind.count).collect::<Vec<_>>();
    let fail = |id| {
        accept(&machines, id);
        let leased = claim(&machines);
        wait(store.finish(&leased.lease, &Finish::Dead { error: "no bank".to_owned() }, AttemptNote::NONE))
    };
    assert_eq!(fail("first").unwrap(), Fenced::Ok(()));
    machines.execute("SELECT countersign.fold_errors()");
    let mut open = wait(machines.second().pool().begin()).unwrap();
    let counted = "SELECT countersign.count_error(source, event_type, failure, pattern, 1, now(), example)
                   FROM countersign.error_patterns(NULL, 1)";
    wait(query(counted).execute(&mut *open)).unwrap();
    assert_eq!(fail("second").unwrap(), Fenced::Ok(()));
    // Without what is not committed.
    machines.execute("SELECT countersign.fold_errors()");
    assert_eq!(count(), [2]);
    wait(open.commit()).unwrap();
    assert_eq!(count(), [3]);
    machines.execute("SELECT countersign.fold_errors()");
    assert_eq!(count(), [3]);
}

/// Attempts that end, attempts that are purged, and numbers that are added to the table of kinds, in any order.
#[test]
fn numbers_of_errors_are_right_whenever_they_are_added_up() {
    let machines = Machines::new();
    let mut kinds = BTreeMap::<_, (u64, u64)>::new();
    let mut state = 1_u64;
    for nth in 1..=STEPS {
        // The constants of MMIX; its upper bits are the random ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let draw = |shift: u32, choices: u64| (state >> shift) % choices;
        let (source, pattern) = (["a", "b"][draw(60, 2) as usize], ["x", "y", "z"][draw(50, 3) as usize]);
        let number = 1 + draw(40, 4);
        let kind = kinds.entry((source, pattern)).or_default();
        let call = match draw(30, 4) {
            0 | 1 => {
                *kind = (kind.0 + number, nth);
                let at = format!("timestamptz '2026-01-01 00:00:00Z' + {nth} * interval '1 s'");
                format!("count_error('{source}', '', '', '{pattern}', {number}, {at}, {nth})")
            }
            2 => {
                let number = kind.0.min(number);
                kind.0 -= number;
                format!("uncount_error('{source}', '', '', '{pattern}', {number})")
            }
            _ => "fold_errors()".to_owned(),
        };
        machines.execute(&format!("SELECT countersign.{call}"));
        for wanted in [None, Some("a")] {
            let mut expected: Vec<_> = kinds
                .iter()
                .filter(|((of, _), (count, _))| *count > 0 && wanted.is_none_or(|wanted| wanted == *of))
                .map(|((source, pattern), (count, last))| (*last, *source, *pattern, *count))
                .collect();
            expected.sort_unstable_by(|one, other| other.cmp(one));
            expected.truncate(3);
            let errors = wait(machines.first().errors(wanted, 3)).unwrap();
            let found: Vec<_> = errors
                .iter()
                .map(|of| {
                    let last = of.example.map_or(0, EventId::get);
                    (u64::try_from(last).unwrap(), &*of.source, &*of.pattern, of.count)
                })
                .collect();
            assert_eq!(found, expected, "step {nth}: {call}");
        }
    }
}

const STEPS: u64 = 150;
