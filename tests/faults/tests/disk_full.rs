//! Tests of full disks: no unstored event is acknowledged, and the inbox continues when there is room.

#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "the end of a test")]

mod common;

use common::Place;
use countersign_faults::{Answer, Provider, SECRET, SmallDisk, Victim};

#[test]
fn a_disk_that_is_full_takes_nothing_until_there_is_room_and_loses_nothing() {
    goes_on(&SmallDisk::new());
}

#[test]
fn a_file_that_may_not_grow_takes_nothing_until_it_may_and_loses_nothing() {
    goes_on(&SmallDisk::limited());
}

fn goes_on(disk: &SmallDisk) {
    let place = Place::on(disk.path());
    let (provider, mut victim) = (Provider::new(SECRET), disk.start(&place.setup()));
    let mut ids = Vec::new();
    // Until even a small event does not fit.
    let mut refused = 0;
    while refused < REFUSED {
        assert!(ids.len() < 20_000, "it never ends");
        let more: Vec<_> = (ids.len()..ids.len() + 16).map(|at| format!("evt_{at}")).collect();
        for answer in provider.send_all(&victim.url(), &more) {
            match answer {
                Answer::Status(200, None) => {}
                Answer::Status(503, None) => refused += 1,
                answer => panic!("{answer:?}"),
            }
        }
        ids.extend(more);
    }
    let acknowledged = provider.acknowledged().len();
    assert_eq!(ids.len() - acknowledged, refused);
    assert!(acknowledged > 16, "{acknowledged}");

    disk.make_room(&victim);
    provider.deliver(&victim.url(), &ids);
    victim.finish();
    victim.stop();
    place.assert_handled(&provider);
    let mut victim = Victim::start(&place.setup());
    for answer in provider.send_all(&victim.url(), &ids[..16]) {
        assert_eq!(answer, Answer::Status(200, Some("done".to_owned())));
    }
    assert_eq!(victim.unfinished(), Some(0));
    victim.stop();
}

/// Handled events free room, too, so it is full more than once.
const REFUSED: usize = 64;
