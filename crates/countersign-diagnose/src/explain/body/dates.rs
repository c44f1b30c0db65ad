//! Dates of RFC 3339 that were written again: `20Z` became `20.000Z` or `20+00:00`.

use crate::explain::Cause;
use crate::explain::case::Bodies;

/// Tries all dates in another form, the same for all.
pub(super) fn likely(body: &[u8]) -> Bodies<'_> {
    let Some(text) = std::str::from_utf8(body).ok().filter(|text| text.contains('T')) else {
        return Box::new(std::iter::empty());
    };
    let forms = FRACTIONS.iter().flat_map(|fraction| ZONES.iter().map(move |zone| (*fraction, *zone)));
    Box::new(forms.filter_map(move |(fraction, zone)| {
        let other = written(text, fraction, zone);
        (other != text).then(|| (vec![FORM], other.into_bytes()))
    }))
}

/// Returns the text with the fractions and zones of all dates in UTC replaced. `None` leaves them as they are.
fn written(text: &str, fraction: Option<&str>, zone: Option<&str>) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, date, after)) = next(rest) {
        let (second, own) = date.split_once('.').map_or((date, ""), |(second, own)| (second, own));
        let own_zone =
            ZONES.iter().flatten().find(|zone| after.starts_with(**zone)).copied().unwrap_or_default();
        out.push_str(before);
        out.push_str(second);
        let own = if own.is_empty() { String::new() } else { format!(".{own}") };
        // Digits that count are not dropped.
        let is_zero = own.bytes().all(|byte| matches!(byte, b'.' | b'0'));
        out.push_str(fraction.filter(|_| is_zero).unwrap_or(&own));
        out.push_str(zone.filter(|_| !own_zone.is_empty()).unwrap_or(own_zone));
        rest = after.get(own_zone.len()..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Finds the next date: the text before it, its date and time with the fraction, and the text from its zone on.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == b'T')?;
        from = at + 1;
        let Some(start) = at.checked_sub(10) else { continue };
        let is_date = bytes.get(start..at + 9).is_some_and(|date| {
            date.iter().zip(b"0000-00-00T00:00:00").all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                form => byte == form,
            })
        });
        if !is_date {
            continue;
        }
        let mut end = at + 9;
        if bytes.get(end) == Some(&b'.') {
            end += 1;
            end += bytes.get(end..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        }
        return Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?));
    }
}

static FRACTIONS: [Option<&str>; 5] = [None, Some(""), Some(".000"), Some(".000000"), Some(".0")];
static ZONES: [Option<&str>; 4] = [None, Some("Z"), Some("+00:00"), Some("+0000")];

const FORM: Cause = Cause::new(
    "body_date_format",
    "the dates of the body were written again in another form, as `20.000Z` for `20Z`, and in the form that was signed it \
     verifies: verify the bytes as they were received, before anything parses them",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_and_written() {
        let text = r#"{"a":"2023-11-14T22:13:20Z","T":"T","b":"2023-11-14T22:13:20.500Z"}"#;
        let written = |fraction, zone| written(text, fraction, zone);
        assert_eq!(written(None, None), text);
        assert_eq!(written(Some(".000"), None), text.replacen("20Z", "20.000Z", 1));
        assert_eq!(
            written(None, Some("+00:00")),
            text.replace("20Z", "20+00:00").replace("500Z", "500+00:00")
        );
        assert_eq!(super::written("2023-11-14T22:13:2", Some(".0"), None), "2023-11-14T22:13:2");
    }
}
