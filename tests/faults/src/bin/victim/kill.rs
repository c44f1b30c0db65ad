use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{Signal, getpid, kill_process};

use crate::{number, variable};

/// Sees to it that the process kills itself, as `kill -9` does, when it comes to the point for the nth time.
pub(crate) fn arm() {
    let Some(point) = variable("KILL_AT") else { return };
    let (nth, times) = (number("KILL_NTH", 1), AtomicU64::new(0));
    fail::cfg_callback(point, move || {
        if times.fetch_add(1, Ordering::Relaxed) + 1 == nth {
            kill_process(getpid(), Signal::KILL).unwrap();
            // It comes when it comes: nothing happens here until then.
            loop {
                std::thread::park();
            }
        }
    })
    .unwrap();
}
