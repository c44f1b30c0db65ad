use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{Signal, getpid, kill_process};

use crate::{number, variable};

/// Arranges that the process kills itself with SIGKILL when it reaches the point for the nth time.
pub(crate) fn arm() {
    let Some(point) = variable("KILL_AT") else { return };
    let (nth, times) = (number("KILL_NTH", 1), AtomicU64::new(0));
    fail::cfg_callback(point, move || {
        if times.fetch_add(1, Ordering::Relaxed) + 1 == nth {
            kill_process(getpid(), Signal::KILL).unwrap();
            // Waits for the signal.
            loop {
                std::thread::park();
            }
        }
    })
    .unwrap();
}
