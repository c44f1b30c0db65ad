//! Compares the times of a JWT with the clock of the receiver.

use serde_json::Value;

use crate::error::VerifyError;
use crate::scheme::{JwtRules, Location, TIMES, TimestampField};
use crate::time::{Tolerance, UnixTime, Window};
use crate::verifier::checks::texts;

/// Checks `exp`, `nbf` and `iat`, and the claim that is the timestamp, which is returned.
pub(super) fn check_times(
    rules: &JwtRules,
    field: Option<&TimestampField>,
    claims: &Value,
    now: UnixTime,
) -> Result<Option<UnixTime>, VerifyError> {
    let leeway = field.map_or(Tolerance::seconds(JwtRules::LEEWAY_SECS), |field| field.tolerance);
    for name in TIMES {
        let time = match claims.get(name) {
            None | Some(Value::Null) if rules.requires(name) => return Err(missing(name)),
            None | Some(Value::Null) => continue,
            Some(value) => numeric_date(value).ok_or(NO_NUMBER)?,
        };
        match (name, leeway.window(time, now)) {
            ("exp", Window::TooOld { age, tolerance }) => {
                return Err(VerifyError::TimestampTooOld { age, tolerance });
            }
            ("nbf" | "iat", Window::TooNew { ahead, tolerance }) => {
                return Err(VerifyError::TimestampTooNew { ahead, tolerance });
            }
            _ => {}
        }
    }
    check_age(rules, leeway, claims, now)?;
    let Some(TimestampField { at: Location::Claim(name), format, tolerance, optional }) = field else {
        return Ok(None);
    };
    let time = match claims.get(&**name) {
        None | Some(Value::Null) if *optional => return Ok(None),
        None | Some(Value::Null) => return Err(missing(name)),
        Some(value) if TIMES.contains(&&**name) => return Ok(numeric_date(value)),
        Some(value) => format.parse(&texts(value).concat())?,
    };
    match tolerance.window(time, now) {
        Window::Inside => Ok(Some(time)),
        Window::TooOld { age, tolerance } => Err(VerifyError::TimestampTooOld { age, tolerance }),
        Window::TooNew { ahead, tolerance } => Err(VerifyError::TimestampTooNew { ahead, tolerance }),
    }
}

fn check_age(rules: &JwtRules, leeway: Tolerance, claims: &Value, now: UnixTime) -> Result<(), VerifyError> {
    let (Some(most), Some(leeway)) = (rules.max_age_secs, leeway.past()) else { return Ok(()) };
    let issued = claims.get("iat").and_then(numeric_date).ok_or_else(|| missing("iat"))?;
    match Tolerance::seconds(most.saturating_add(leeway)).window(issued, now) {
        Window::TooOld { age, tolerance } => Err(VerifyError::TimestampTooOld { age, tolerance }),
        _ => Ok(()),
    }
}

/// Returns the error about an absent claim of a JWT whose signature is verified.
#[cold]
fn missing(claim: &str) -> VerifyError {
    VerifyError::MissingTimestamp { at: format!("claim {claim}").into() }
}

/// Parses seconds with an optional fraction (RFC 7519, section 2).
fn numeric_date(value: &Value) -> Option<UnixTime> {
    let number = value.as_number()?;
    match number.as_i64() {
        Some(secs) => Some(UnixTime::from_secs(secs)),
        // The conversion saturates.
        #[allow(
            clippy::cast_possible_truncation,
            reason = "no genuine JWT has a date beyond the range of a clock"
        )]
        None => Some(UnixTime::from_millis((number.as_f64()? * 1000.0) as i64)),
    }
}

const NO_NUMBER: VerifyError =
    VerifyError::MalformedTimestamp { reason: "a time of the JWT is not a number" };

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::ErrorKind;
    use crate::scheme::TimestampFormat;

    const NOW: i64 = 1_700_000_000;

    fn checked(rules: &JwtRules, field: &TimestampField, claims: &Value) -> Result<Option<i64>, ErrorKind> {
        let checked = check_times(rules, Some(field), claims, UnixTime::from_secs(NOW));
        checked.map(|time| time.map(UnixTime::as_secs)).map_err(|error| error.kind())
    }

    fn issued(tolerance: Tolerance) -> TimestampField {
        TimestampField {
            optional: true,
            ..TimestampField::new(Location::claim("iat"), TimestampFormat::Seconds, tolerance)
        }
    }

    #[test]
    fn leeway_is_for_both_ends_of_a_jwt() {
        let (rules, field) = (JwtRules::new("HS256"), issued(Tolerance::between(5, 3)));
        for (claims, verdict) in [
            (json!({}), Ok(None)),
            (json!({"exp": NOW - 5, "nbf": NOW + 3, "iat": NOW + 3}), Ok(Some(NOW + 3))),
            (json!({"exp": NOW - 6}), Err(ErrorKind::TimestampTooOld)),
            (json!({"nbf": NOW + 4}), Err(ErrorKind::TimestampTooNew)),
            (json!({"iat": NOW + 4}), Err(ErrorKind::TimestampTooNew)),
            (json!({"iat": 0, "exp": i64::MAX, "nbf": i64::MIN}), Ok(Some(0))),
            (json!({"exp": i64::MIN}), Err(ErrorKind::TimestampTooOld)),
            (json!({"nbf": u64::MAX}), Err(ErrorKind::TimestampTooNew)),
            (json!({"nbf": 1e300}), Err(ErrorKind::TimestampTooNew)),
            (json!({"iat": NOW as f64 + 0.5}), Ok(Some(NOW))),
            (json!({"exp": "1700000000"}), Err(ErrorKind::MalformedTimestamp)),
            (json!({"iat": [NOW]}), Err(ErrorKind::MalformedTimestamp)),
        ] {
            assert_eq!(checked(&rules, &field, &claims), verdict, "{claims}");
        }
    }

    #[test]
    fn times_that_are_required_have_to_be_there() {
        let rules = JwtRules::new("HS256").with_required("exp|nbf");
        let field = issued(Tolerance::seconds(0));
        let both = json!({"exp": NOW, "nbf": NOW});
        assert_eq!(checked(&rules, &field, &both), Ok(None));
        for claims in [json!({"exp": NOW}), json!({"nbf": NOW}), json!({"exp": null, "nbf": NOW})] {
            assert_eq!(checked(&rules, &field, &claims), Err(ErrorKind::MissingTimestamp), "{claims}");
        }
        let dated = TimestampField { optional: false, ..field };
        assert_eq!(checked(&rules, &dated, &both), Err(ErrorKind::MissingTimestamp));
    }

    #[test]
    fn the_age_is_bounded_by_iat() {
        let (rules, field) = (JwtRules::new("ES256").with_max_age(300), issued(Tolerance::seconds(10)));
        for (age, verdict) in [(0, Ok(Some(NOW))), (310, Ok(Some(NOW - 310)))] {
            assert_eq!(checked(&rules, &field, &json!({"iat": NOW - age})), verdict);
        }
        assert_eq!(checked(&rules, &field, &json!({"iat": NOW - 311})), Err(ErrorKind::TimestampTooOld));
        assert_eq!(checked(&rules, &field, &json!({"exp": NOW + 60})), Err(ErrorKind::MissingTimestamp));
        let endless = JwtRules { max_age_secs: Some(u64::MAX), ..rules };
        assert_eq!(checked(&endless, &field, &json!({"iat": i64::MIN})).map(|_| ()), Ok(()));
    }

    #[test]
    fn another_claim_is_held_against_the_tolerance_itself() {
        let rules = JwtRules::new("RS256");
        let field =
            TimestampField::new(Location::claim("ts"), TimestampFormat::Seconds, Tolerance::seconds(300));
        for (offset, verdict) in [
            (-300, Ok(Some(NOW - 300))),
            (-301, Err(ErrorKind::TimestampTooOld)),
            (301, Err(ErrorKind::TimestampTooNew)),
        ] {
            assert_eq!(checked(&rules, &field, &json!({"ts": NOW + offset})), verdict);
        }
        assert_eq!(checked(&rules, &field, &json!({})), Err(ErrorKind::MissingTimestamp));
        assert_eq!(checked(&rules, &field, &json!({"ts": {}})), Err(ErrorKind::MalformedTimestamp));
    }
}
