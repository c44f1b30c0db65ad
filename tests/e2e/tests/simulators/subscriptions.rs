//! The example that subscribes at Proxiant.

use countersign_testkit::simulators::{Proxiant, SimulatorOptions};
use countersign_tests::programs::binary;

const EXAMPLE: &str = "example-proxiant-subscriptions";

#[test]
fn the_example_makes_the_round_trip_with_a_simulation_of_its_own() {
    let ran = binary(EXAMPLE, EXAMPLE).output().unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    check(&said);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_makes_the_round_trip_with_the_api_that_is_named() {
    let proxiant = Proxiant::start_with(SimulatorOptions::new()).await.unwrap();
    let mut program = binary(EXAMPLE, EXAMPLE);
    program.env("PROXIANT_API", proxiant.base_url()).env("PROXIANT_API_KEY", proxiant.api_key());
    let ran = tokio::task::spawn_blocking(move || program.output()).await.unwrap().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    check(&String::from_utf8(ran.stdout).unwrap());
    let attempts = proxiant.attempts();
    assert!(attempts.iter().all(|attempt| attempt.event_type == "webhook.test" && attempt.number == 1));
}

fn check(said: &str) {
    let starts: Vec<_> = said.lines().filter(|line| !line.starts_with(' ')).collect();
    let expected = [
        "before: 0",
        "created sub_1",
        "received webhook.test evt_",
        "subscribed: 1",
        "deleted sub_1",
        "after: 0",
    ];
    assert_eq!(starts.len(), expected.len(), "{said}");
    for (line, start) in starts.iter().zip(expected) {
        assert!(line.starts_with(start), "{said}");
    }
}
