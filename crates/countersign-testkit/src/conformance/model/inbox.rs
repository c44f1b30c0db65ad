use countersign_inbox::{Change, ClaimDue, Filter};

use self::pair::Pair;
use self::step::{Step, steps};
use super::check::check;
use crate::conformance::inbox::harness::InboxHarness;

mod history;
mod look;
mod pair;
mod same;
mod step;

/// Runs random histories of deliveries, workers, operators, crashes and time, each on a new inbox. After each step
/// the store must answer like the reference, and at the end every acknowledged event must be handled.
pub fn inbox_model<B: InboxHarness>(harness: impl Fn() -> B) {
    check(steps(), |steps| run(&harness(), steps));
}

fn run(harness: &impl InboxHarness, steps: &[Step]) {
    let mut pair = Pair::new(harness);
    for step in steps {
        take(&mut pair, step);
        pair.assert_same_events();
        pair.assert_same_stats();
    }
    pair.assert_same();
    pair.drain();
}

fn take(pair: &mut Pair<'_, impl InboxHarness>, step: &Step) {
    match step {
        Step::Accept(sketch) => pair.accept(sketch.event()),
        Step::Claim { source, max, ttl, only, isolation, pause, is_exclusive, instance } => {
            let mut request = ClaimDue::new(*source, "worker", *max, *ttl);
            (request.isolation, request.isolated_pause) = (*isolation, *pause);
            (request.is_exclusive, request.instance) = (*is_exclusive, *instance);
            pair.claim(&request, only.as_ref());
        }
        Step::Extend { leases, ttl } => pair.extend(leases, *ttl),
        Step::Finish { lease, finish, note } => pair.finish(lease, finish, *note),
        Step::Change { action, filter, limit, after, dry_run } => {
            let mut change = Change::new(*action, Filter::default(), "operator");
            (change.limit, change.dry_run) = (*limit, *dry_run);
            pair.change(change, filter, after.as_ref());
        }
        Step::Look { filter, after, limit } => pair.look(filter, after.as_ref(), *limit),
        Step::Advance(by) => pair.advance(*by),
        Step::Age { is_dead } => pair.age(*is_dead),
        Step::Resume(events) => pair.resume(events),
        Step::Replace(sketch) => pair.replace(&sketch.event()),
        Step::Pause(change) => pair.set_pause(change),
        Step::Sweep => pair.sweep(),
        Step::Crash => pair.crash(),
    }
}
