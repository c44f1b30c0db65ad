//! A test of events that another thread logs first. It is alone, because interest is cached for the whole process.

use std::thread;

use countersign_test_logs::Logs;

#[test]
fn an_event_that_a_thread_without_subscriber_logs_first_is_collected() {
    let log = || tracing::info!("it happened");
    let logs = Logs::collect();
    assert!(thread::spawn(log).join().is_ok());
    log();
    assert_eq!(logs.with("it happened").len(), 1, "{}", logs.text());
}
