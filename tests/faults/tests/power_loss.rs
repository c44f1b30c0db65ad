//! The power fails between any two writes, and any part of the unsynced writes is lost.

#![cfg(target_os = "linux")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "the end of a test")]

use std::thread;

use countersign_faults::{Disk, Recording};

#[test]
fn whenever_the_power_fails_everything_that_was_acknowledged_is_there() {
    let recording = Recording::of(240);
    thread::scope(|scope| {
        for half in 0..2 {
            let recording = &recording;
            scope.spawn(move || {
                for number in (half..LOSSES).step_by(2) {
                    let point = number * recording.points() / LOSSES;
                    let lost = recording.lose_power(point, Disk::Honest, number as u64);
                    lost.recover().unwrap_or_else(|error| panic!("{number}, at {point}: {error}"));
                }
            });
        }
    });
    let all = recording.lose_power(recording.points() - 1, Disk::Honest, 0);
    assert_eq!((all.acknowledged.len(), all.recover()), (240, Ok(())));
}

/// The test finds a disk that ignores syncs.
#[test]
fn a_disk_whose_syncs_do_nothing_loses_what_was_acknowledged() {
    let recording = Recording::of(60);
    let point = recording.points() - 1;
    let lost = (0..10).filter(|seed| recording.lose_power(point, Disk::Lying, *seed).recover().is_err());
    assert!(lost.count() >= 3);
}

const LOSSES: usize = 120;
