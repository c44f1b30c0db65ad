//! The time since the machine was started, which does not depend on what its clock is set to.

use countersign::{Clock, SystemClock};

/// The time since the machine was started, suspensions included.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Uptime {
    /// Identifies the start of the machine; 0 if it is unknown.
    pub(crate) boot: i64,
    /// In milliseconds.
    pub(crate) millis: i64,
    /// The system clock minus the uptime, in milliseconds: it changes if the clock is set.
    pub(crate) booted_at: i64,
}

/// The time between two runs, by the uptime.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Between {
    /// The time that has passed, in milliseconds.
    pub(crate) passed: i64,
    /// By how much the system clock was set, in milliseconds.
    pub(crate) set_by: i64,
}

impl Uptime {
    /// Reads the uptime. It is unknown on systems other than Linux.
    pub(crate) fn now() -> Self {
        let known = boot().zip(since_boot());
        known.map_or(Self::default(), |(boot, millis)| Self {
            boot,
            millis,
            booted_at: SystemClock.now().as_millis().saturating_sub(millis),
        })
    }

    /// Compares with the uptime in an earlier run, if the machine was not started in between.
    pub(crate) fn since(self, earlier: Self) -> Option<Between> {
        let passed = self.millis.saturating_sub(earlier.millis);
        let is_same = self.boot != 0 && self.boot == earlier.boot && passed >= 0;
        is_same.then(|| Between { passed, set_by: self.booted_at.saturating_sub(earlier.booted_at) })
    }
}

/// Returns a number from the identifier of this start of the machine.
#[cfg(target_os = "linux")]
fn boot() -> Option<i64> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).take(15).collect();
    i64::from_str_radix(&digits, 16).ok()
}

/// Returns the uptime in milliseconds, if it is known.
#[cfg(target_os = "linux")]
pub(crate) fn since_boot() -> Option<i64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Some(time.tv_sec.saturating_mul(1000).saturating_add(time.tv_nsec / 1_000_000))
}

#[cfg(not(target_os = "linux"))]
fn boot() -> Option<i64> {
    None
}

/// Not available on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn since_boot() -> Option<i64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_are_compared_if_the_machine_was_not_started_in_between() {
        let at = |boot, millis, booted_at| Uptime { boot, millis, booted_at };
        let earlier = at(7, 1000, 5000);
        assert_eq!(at(7, 1500, 5000).since(earlier), Some(Between { passed: 500, set_by: 0 }));
        assert_eq!(at(7, 1500, 4000).since(earlier), Some(Between { passed: 500, set_by: -1000 }));
        assert_eq!(at(8, 1500, 5000).since(earlier), None);
        assert_eq!(at(7, 500, 5000).since(earlier), None, "of another container");
        assert_eq!(at(0, 1500, 5000).since(at(0, 1000, 5000)), None);
        let earlier = Uptime::now();
        assert_eq!(Uptime::now().since(earlier).is_some(), cfg!(target_os = "linux"));
    }
}
