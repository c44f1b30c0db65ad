//! Values as people read them. Everything that comes from outside is made printable here, and escaped by the templates.

use std::time::Duration;

use countersign::UnixTime;
use countersign_diagnose::printable;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Returns text that cannot control the text around it, and hides nothing: neither a space at an end.
pub(crate) fn shown(text: &str) -> String {
    let inner = text.trim_matches(' ');
    if inner.len() == text.len() {
        return printable(text);
    }
    let before = text.len() - text.trim_start_matches(' ').len();
    let behind = text.len() - before - inner.len();
    [SPACE.repeat(before), printable(inner), SPACE.repeat(behind)].concat()
}

/// Returns the beginning of text that may be long.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut beginning: String = text.chars().take(most).collect();
    if beginning.len() < text.len() {
        beginning.push('…');
    }
    shown(&beginning)
}

/// Returns text of several lines, with its line breaks and tabs.
pub(crate) fn block(text: &str) -> String {
    let line = |line: &str| line.split('\t').map(printable).collect::<Vec<_>>().join("\t");
    text.split('\n').map(|of| line(of.strip_suffix('\r').unwrap_or(of))).collect::<Vec<_>>().join("\n")
}

/// Returns a point in time with milliseconds, if there are any.
pub(crate) fn exact(at: UnixTime) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.as_millis()) * 1_000_000)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| at.as_secs().to_string())
}

/// Returns a point in time to the second.
pub(crate) fn second(at: UnixTime) -> String {
    exact(UnixTime::from_secs(at.as_secs()))
}

/// Returns a duration, to the second if it is long.
pub(crate) fn span(duration: Duration) -> String {
    let whole = if duration < Duration::from_secs(10) {
        Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    } else {
        Duration::from_secs(duration.as_secs())
    };
    humantime::format_duration(whole).to_string()
}

/// Returns a share, rounded down, so that 100 % is no failure at all.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", (share * 1000.0).floor() / 10.0)
}

/// Returns a number of bytes.
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        bytes if bytes < 10_240 => format!("{bytes} bytes"),
        bytes => format!("{} KiB", bytes / 1024),
    }
}

/// Returns a noun with its number.
pub(crate) fn events(count: u64) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}

const SPACE: &str = "\\u{20}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_differ_in_blanks_look_different() {
        for (text, expected) in [
            ("a  b", "a  b"),
            (" a b  ", "\\u{20}a b\\u{20}\\u{20}"),
            ("  ", "\\u{20}\\u{20}"),
            ("\u{2003}a\u{2800}", "\\u{2003}a\\u{2800}"),
            ("\u{a0}a\u{a0}\u{a0}b", "\\u{a0}a\u{a0}\\u{a0}b"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(block("  a \n"), "  a \n");
    }

    #[test]
    fn what_is_not_printable_is_escaped() {
        assert_eq!(shown("a\u{202e}b\u{0}\n<i>'\"\\"), "a\\u{202e}b\\0\\n<i>'\"\\");
        assert_eq!(block("a\r\n\tb\u{1b}[2J\n"), "a\n\tb\\u{1b}[2J\n");
        assert_eq!(shown("\u{202e}\u{200d}\u{a0}\u{fe0f}"), "\\u{202e}\\u{200d}\\u{a0}\\u{fe0f}");
        assert_eq!((cut("abc", 3), cut("abcd", 3)), ("abc".to_owned(), "abc…".to_owned()));
    }

    #[test]
    fn a_block_keeps_its_lines_and_tabs_and_the_text_of_every_script() {
        let text = "می‌خواهم\n\tनमस्ते ❤️\n葛\u{e0100}城";
        assert_eq!(block(text), text);
    }

    #[test]
    fn numbers_are_rounded_to_what_people_read() {
        assert_eq!(percent(0.9999), "99.9 %");
        assert_eq!([1, 2, 10_240].map(size), ["1 byte", "2 bytes", "10 KiB"]);
        let spans = [Duration::from_micros(1500), Duration::from_millis(65_400)].map(span);
        assert_eq!(spans, ["1ms", "1m 5s"]);
        assert_eq!(second(UnixTime::from_millis(1_700_000_000_123)), "2023-11-14T22:13:20Z");
        assert_eq!(exact(UnixTime::from_millis(1_700_000_000_123)), "2023-11-14T22:13:20.123Z");
    }
}
