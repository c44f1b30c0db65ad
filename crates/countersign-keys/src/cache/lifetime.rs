use std::time::Duration;

use countersign::UnixTime;
use http::HeaderMap;
use http::header::{AGE, CACHE_CONTROL};

/// Returns how long an answer is fresh according to its headers, within bounds: short enough that a withdrawn key
/// is gone within a day, long enough to limit the number of fetches.
pub(crate) fn fresh_for(headers: &HeaderMap) -> Duration {
    let directives = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let directives: Vec<_> = directives.flat_map(|value| value.split(',')).map(str::trim).collect();
    if directives.iter().any(|word| is(word, "no-store") || is(word, "no-cache")) {
        return SHORTEST;
    }
    let max_age = directives.iter().find_map(|directive| {
        let (name, seconds) = directive.split_once('=')?;
        let seconds = is(name.trim(), "max-age").then(|| seconds.trim().trim_matches('"'))?;
        seconds.parse().ok()
    });
    let Some(max_age) = max_age else { return DEFAULT };
    let age = headers.get(AGE).and_then(|age| age.to_str().ok()?.trim().parse().ok()).unwrap_or(0);
    Duration::from_secs(u64::saturating_sub(max_age, age)).clamp(SHORTEST, LONGEST)
}

/// Returns the distance between two points in time. If a clock was set back, a future time is as old as it is
/// ahead.
pub(super) const fn apart(one: UnixTime, other: UnixTime) -> Duration {
    Duration::from_millis(one.as_millis().abs_diff(other.as_millis()))
}

fn is(word: &str, other: &str) -> bool {
    word.eq_ignore_ascii_case(other)
}

const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// The lifetime without headers.
const DEFAULT: Duration = Duration::from_secs(60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(headers: &[(&'static str, &'static str)]) -> u64 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        fresh_for(&map).as_secs()
    }

    #[test]
    fn the_sender_decides_within_bounds() {
        for (value, expected) in [
            ("max-age=600", 600),
            ("public, Max-Age=86400, s-maxage=1, stale-if-error=604800", 86_400),
            ("max-age=\"120\"", 120),
            ("max-age=0", 60),
            ("max-age=59", 60),
            ("max-age=31536000", 86_400),
            ("max-age=99999999999999999999", 3600),
            ("max-age=-1", 3600),
            ("public", 3600),
            ("no-cache", 60),
            ("no-store, max-age=600", 60),
        ] {
            assert_eq!(seconds(&[("cache-control", value)]), expected, "{value}");
        }
        assert_eq!(seconds(&[]), 3600);
    }

    #[test]
    fn time_in_other_caches_counts() {
        assert_eq!(seconds(&[("cache-control", "max-age=600"), ("age", "100")]), 500);
        assert_eq!(seconds(&[("cache-control", "max-age=600"), ("age", "9999")]), 60);
        assert_eq!(
            seconds(&[("cache-control", "public"), ("cache-control", "max-age=600"), ("age", "x")]),
            600
        );
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_younger() {
        let (early, late) = (UnixTime::from_secs(100), UnixTime::from_secs(400));
        assert_eq!(apart(early, late), apart(late, early));
        assert_eq!(
            apart(UnixTime::from_millis(i64::MIN), UnixTime::from_millis(i64::MAX)).as_millis(),
            u64::MAX.into()
        );
    }
}
