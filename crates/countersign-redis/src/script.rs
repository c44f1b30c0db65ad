//! The scripts that run inside the server: one per operation, so that each is atomic.
//!
//! A delivery is a hash: `s` its state (`R` running, `D` done, `F` failed), `l` the fencing token, `o` the token of
//! the attempt, `u` the expiry of the lease or the time of completion, in ms by the server's clock, `b` the mark of
//! its body, `g` the signed bytes that it holds. The guard of signed bytes is a string: the key of the delivery
//! that has them.
//!
//! A key lives for the retention after its last change, a running one longer by its lease. A script finds other
//! deliveries and guards by the names in these fields, all in the hash slot of its first key.

use redis::Script;

/// All scripts.
#[derive(Clone)]
pub(crate) struct Scripts {
    pub(crate) claim: Script,
    pub(crate) renew: Script,
    pub(crate) complete: Script,
    pub(crate) release: Script,
}

impl Scripts {
    /// Creates the scripts for a server with or without script flags (7.0). A server with flags finishes deliveries
    /// in progress even if its memory is full, and only refuses claims.
    pub(crate) fn new(has_flags: bool, is_clock_moved: bool) -> Self {
        let clock = if is_clock_moved { MOVED_CLOCK } else { "" };
        let script =
            |flags, text: &str| Script::new(&format!("{flags}{}", text.replace("-- clock\n", clock)));
        let flags = if has_flags { "#!lua flags=allow-oom\n" } else { "" };
        Self {
            claim: script("", CLAIM),
            renew: script(flags, include_str!("script/renew.lua")),
            complete: script(flags, include_str!("script/complete.lua")),
            release: script(flags, include_str!("script/release.lua")),
        }
    }
}

pub(crate) const CLAIM: &str = include_str!("script/claim.lua");

/// The adjustment of the clock, incremented by `RedisStore::advance`.
const MOVED_CLOCK: &str = "now = now + (redis.call('GET', string.sub(KEYS[1], 1, -65) .. 'clock') or 0)\n";
