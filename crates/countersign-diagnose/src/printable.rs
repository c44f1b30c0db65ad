//! Texts of unverified senders, for people.

use std::ops::RangeInclusive;

/// Returns text for people that controls neither a terminal nor the direction of the text around it, and that hides nothing: controls and
/// invisible characters are escapes. Letters of all scripts, accents and emoji stay as they are.
///
/// ```
/// use countersign_diagnose::printable;
///
/// assert_eq!(printable("Zürich, 東京, नमस्ते ❤️"), "Zürich, 東京, नमस्ते ❤️");
/// assert_eq!(printable("a\u{202e}b\u{1b}[2J\n"), r"a\u{202e}b\u{1b}[2J\n");
/// ```
#[must_use]
pub fn printable(text: &str) -> String {
    escaped(text, |letter, shown| {
        if letter.is_control() {
            shown.extend(letter.escape_debug());
        } else {
            shown.extend(letter.escape_unicode());
        }
    })
}

/// Returns the same JSON, in which texts of unverified senders control no terminal and hide nothing, as in [`printable`]: controls and
/// invisible characters are escapes of four hex digits behind `\u`. Programs read the same texts.
///
/// ```
/// use countersign_diagnose::printable_json;
///
/// let json = "{\"name\": \"Zürich\u{202e}\u{9b}2J\"}";
/// assert_eq!(printable_json(json), r#"{"name": "Zürich\u202e\u009b2J"}"#);
/// ```
#[must_use]
pub fn printable_json(json: &str) -> String {
    escaped(json, |letter, shown| match letter {
        // White space between the texts. Within one, JSON has escapes for controls of ASCII.
        '\t' | '\n' | '\r' => shown.push(letter),
        _ => {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        }
    })
}

/// Returns text in which controls and invisible characters are escapes.
fn escaped(text: &str, escape: impl Fn(char, &mut String)) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut before = None;
    for letter in text.chars() {
        let is_shown = is_shown(letter, before);
        if is_shown {
            shown.push(letter);
        } else {
            escape(letter, &mut shown);
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
        // Spaces of French and of East Asian texts, which stand alone between letters.
        None if matches!(letter, '\u{a0}' | '\u{202f}' | '\u{3000}') => false,
        _ => !letter.is_control() && !INVISIBLE.iter().any(|range| range.contains(&letter)),
    }
}

/// The characters that choose a form of the letter before them.
const VARIANTS: [RangeInclusive<char>; 2] = ['\u{fe00}'..='\u{fe0f}', '\u{e0100}'..='\u{e01ef}'];
/// The characters that have no glyph or change the direction of text: `Default_Ignorable_Code_Point` and `Bidi_Control` of
/// <https://www.unicode.org/Public/17.0.0/ucd/DerivedCoreProperties.txt> and `PropList.txt`, separators of lines and
/// paragraphs, controls of annotations, and blanks that are read as a space or as nothing.
const INVISIBLE: [RangeInclusive<char>; 19] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{2000}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{205f}'..='\u{206f}',
    '\u{2800}'..='\u{2800}',
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
            assert_eq!(printable(text), text);
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
                assert_eq!(printable(&text), format!("{before}{}{behind}", escape(letter)));
            }
        }
        for (text, expected) in [
            ("ad\u{200d}min", "ad\\u{200d}min"),
            ("\u{200d}a", "\\u{200d}a"),
            ("a\u{fe0f}", "a\\u{fe0f}"),
            ("\u{a0}a\u{3000}\u{202f}b", "\\u{a0}a\u{3000}\\u{202f}b"),
            ("\u{2003}a\u{2800}", "\\u{2003}a\\u{2800}"),
            ("❤\u{fe0f}\u{fe0f}", "❤\u{fe0f}\\u{fe0f}"),
            ("❤\u{e0141}\u{e0142}", "❤\u{e0141}\\u{e0142}"),
            ("क\u{200d}\u{200d}", "क\u{200d}\\u{200d}"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        let text = "\u{7f}\u{9b}\u{202e}\u{2028}\u{e0041}a\u{200d} ❤\u{fe0f} נ \u{1b}";
        let json = serde_json::to_string_pretty(&[text]).unwrap_or_default();
        let shown = printable_json(&json);
        assert_eq!(
            shown,
            "[\n  \"\\u007f\\u009b\\u202e\\u2028\\udb40\\udc41a\\u200d ❤\u{fe0f} נ \\u001b\"\n]"
        );
        assert_eq!(serde_json::from_str::<[String; 1]>(&shown).ok(), Some([text.to_owned()]));
    }
}
