//! What runs inside the server: one script for each operation, so that each is atomic.
//!
//! A delivery is a hash: `s` its state (`R` running, `D` done, `F` failed), `l` the fencing token, `o` the token of the
//! attempt, `u` when the lease ends or the delivery was done, in ms by the server's clock, `b` the mark of its body, `g`
//! the signed bytes that it holds. What guards signed bytes is a string: the key of the delivery that has them.
//!
//! A key lives for the retention from its last change, a running one for its lease longer. A script finds the other
//! deliveries and guards that it needs by the names in there, all in the hash slot of its first key.

use redis::Script;

/// One of each.
#[derive(Clone)]
pub(crate) struct Scripts {
    pub(crate) claim: Script,
    pub(crate) renew: Script,
    pub(crate) complete: Script,
    pub(crate) release: Script,
}

impl Scripts {
    /// For a server that knows flags of scripts (7.0), or not. By such a server, what is in flight is finished even when
    /// its memory is full; only claims are refused.
    pub(crate) fn new(has_flags: bool, is_clock_moved: bool) -> Self {
        let clock = if is_clock_moved { MOVED_CLOCK } else { "" };
        let script =
            |flags, text: &str| Script::new(&format!("{flags}{}", text.replace("-- clock\n", clock)));
        let flags = if has_flags { "#!lua flags=allow-oom\n" } else { "" };
        Self {
            claim: script("", CLAIM),
            renew: script(flags, include_str!("renew.lua")),
            complete: script(flags, include_str!("complete.lua")),
            release: script(flags, include_str!("release.lua")),
        }
    }
}

pub(crate) const CLAIM: &str = include_str!("claim.lua");

/// `RedisStore::advance` counts it up.
const MOVED_CLOCK: &str = "now = now + (redis.call('GET', string.sub(KEYS[1], 1, -65) .. 'clock') or 0)\n";
