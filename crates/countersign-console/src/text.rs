//! Values as people read them. Everything that comes from outside is made printable here, and escaped by the templates.

use std::ops::RangeInclusive;
use std::time::Duration;

use countersign::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Returns text that controls neither the direction of the text around it nor anything else, and that hides nothing: controls and
/// invisible characters are escapes. Letters of all scripts, accents and emoji stay as they are.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut before = None;
    for letter in text.chars() {
        let is_shown = is_shown(letter, before);
        if is_shown {
            shown.push(letter);
        } else if letter.is_control() {
            shown.extend(letter.escape_debug());
        } else {
            shown.extend(letter.escape_unicode());
        }
        // Behind an escape, an invisible character would have no letter.
        before = Some(letter).filter(|letter| is_shown && !letter.is_whitespace());
    }
    shown
}

/// Returns whether a character is shown behind another one. Persian, Indic scripts and emoji join and choose forms of letters by invisible
/// characters: these stay behind such a letter, and once, because a row of them hides data.
fn is_shown(letter: char, before: Option<char>) -> bool {
    let is_joiner = |letter: char| matches!(letter, '\u{200c}' | '\u{200d}');
    let is_variant = |letter: char| VARIANTS.iter().any(|range| range.contains(&letter));
    match before {
        Some(before) if is_joiner(letter) => !before.is_ascii() && !is_joiner(before) && !before.is_control(),
        Some(before) if is_variant(letter) => {
            // A digit with one is the key of a telephone.
            let is_base = !before.is_ascii() || matches!(before, '0'..='9' | '#' | '*');
            is_base && !is_joiner(before) && !is_variant(before) && !before.is_control()
        }
        _ => !letter.is_control() && !INVISIBLE.iter().any(|range| range.contains(&letter)),
    }
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
    let line = |line: &str| line.split('\t').map(shown).collect::<Vec<_>>().join("\t");
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

/// The characters that choose a form of the letter before them.
const VARIANTS: [RangeInclusive<char>; 2] = ['\u{fe00}'..='\u{fe0f}', '\u{e0100}'..='\u{e01ef}'];
/// The characters that have no glyph or change the direction of text: `Default_Ignorable_Code_Point` and `Bidi_Control` of
/// <https://www.unicode.org/Public/17.0.0/ucd/DerivedCoreProperties.txt> and `PropList.txt`, separators of lines and
/// paragraphs, and controls of annotations.
const INVISIBLE: [RangeInclusive<char>; 18] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{13430}'..='\u{1343f}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_printable_is_escaped() {
        assert_eq!(shown("a\u{202e}b\u{0}\n<i>'\"\\"), "a\\u{202e}b\\0\\n<i>'\"\\");
        assert_eq!(block("a\r\n\tb\u{1b}[2J\n"), "a\n\tb\\u{1b}[2J\n");
        assert_eq!(shown("\u{202e}\u{200d}\u{a0}\u{fe0f}"), "\\u{202e}\\u{200d}\u{a0}\\u{fe0f}");
        assert_eq!((cut("abc", 3), cut("abcd", 3)), ("abc".to_owned(), "abc…".to_owned()));
    }

    #[test]
    fn text_of_every_script_is_shown_as_it_is() {
        for text in [
            "नमस्ते ❤️",
            "क्‍ष",
            "สวัสดีชาวโลก",
            "e\u{301}te\u{301} (decomposed)",
            "می‌خواهم",
            "שָׁלוֹם",
            "👩‍👩‍👧 ❤️‍🔥 1️⃣ 🇩🇪",
            "葛\u{e0100}城",
            "Zürich – «ok» 10\u{a0}€",
        ] {
            assert_eq!(shown(text), text);
            assert_eq!(block(&format!("{text}\n\t{text}")), format!("{text}\n\t{text}"));
        }
    }

    #[test]
    fn what_turns_or_hides_text_is_escaped() {
        let escape = |letter: char| match letter {
            '\r' => "\\r".to_owned(),
            '\n' => "\\n".to_owned(),
            other => other.escape_unicode().to_string(),
        };
        let bidi =
            "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        let hidden = "\u{ad}\u{200b}\u{2060}\u{feff}\u{3164}\u{2028}\u{2029}\u{e0041}\u{7f}\u{85}\u{1b}\r\n";
        for letter in bidi.chars().chain(hidden.chars()) {
            for (before, behind) in [("", ""), ("a", "b"), ("א", "ב"), ("❤", "🔥")] {
                let text = format!("{before}{letter}{behind}");
                assert_eq!(shown(&text), format!("{before}{}{behind}", escape(letter)));
            }
        }
        for (text, expected) in [
            ("ad\u{200d}min", "ad\\u{200d}min"),
            ("\u{200d}a", "\\u{200d}a"),
            ("a\u{fe0f}", "a\\u{fe0f}"),
            ("❤\u{fe0f}\u{fe0f}", "❤\u{fe0f}\\u{fe0f}"),
            ("❤\u{e0141}\u{e0142}", "❤\u{e0141}\\u{e0142}"),
            ("क\u{200d}\u{200d}", "क\u{200d}\\u{200d}"),
        ] {
            assert_eq!(shown(text), expected);
        }
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
