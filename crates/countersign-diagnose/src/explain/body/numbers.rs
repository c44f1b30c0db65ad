//! Numbers that were written again: `1.0` became `1`, `1e5` became `100000`, a large integer was rounded.

use std::collections::HashSet;
use std::ops::Range;

use super::json::Node;
use crate::explain::Cause;
use crate::explain::case::Bodies;

/// Tries all numbers in another form, the same for all.
pub(super) fn likely(body: &[u8]) -> Bodies<'_> {
    let numbers = Numbers::of(body);
    Box::new((0..SPELLINGS).filter_map(move |spelling| {
        numbers.written(body, |_, number| number.spelled(spelling)).map(|body| (vec![FORM], body))
    }))
}

/// Tries one or several numbers in another form, or an integer before it was rounded.
pub(super) fn rare(body: &[u8]) -> Bodies<'_> {
    let numbers = std::rc::Rc::new(Numbers::of(body));
    let count = numbers.0.len();
    let (one, some) = (std::rc::Rc::clone(&numbers), std::rc::Rc::clone(&numbers));
    let singles = (0..SPELLINGS).flat_map(move |spelling| {
        let numbers = std::rc::Rc::clone(&one);
        (0..count.min(MOST_NUMBERS)).filter_map(move |wanted| {
            numbers.written(body, |at, number| (at == wanted).then(|| number.spelled(spelling)).flatten())
        })
    });
    let subsets = if (3..=MOST_IN_SUBSETS).contains(&count) { 1_usize << count } else { 0 };
    let subsets = (0..DECIMALS).flat_map(move |spelling| {
        let numbers = std::rc::Rc::clone(&some);
        (1..subsets).filter_map(move |wanted| {
            numbers.written(body, |at, number| {
                (wanted >> at & 1 == 1).then(|| number.spelled(spelling)).flatten()
            })
        })
    });
    let forms = singles.chain(subsets).map(|body| (vec![FORM], body));
    let mut texts = HashSet::new();
    let rounded: Vec<String> = (numbers.0.iter())
        .map(|(range, _)| text(body, range).to_owned())
        .filter(|text| !originals(text).is_empty() && texts.insert(text.clone()))
        .take(MOST_ROUNDED)
        .collect();
    let rounded = rounded.into_iter().flat_map(move |rounded| {
        let numbers = std::rc::Rc::clone(&numbers);
        originals(&rounded).into_iter().filter_map(move |original| {
            let same = |range: &Range<usize>| text(body, range) == rounded;
            numbers.replaced(body, |at| {
                numbers.0.get(at).is_some_and(|(range, _)| same(range)).then(|| original.clone())
            })
        })
    });
    Box::new(forms.chain(rounded.map(|body| (vec![ROUNDED], body))))
}

/// The numbers of a JSON body, with their positions.
struct Numbers(Vec<(Range<usize>, Number)>);

impl Numbers {
    fn of(body: &[u8]) -> Self {
        let spans = Node::parse(body).map(|_| spans(body)).unwrap_or_default();
        let number = |range: Range<usize>| Number::parse(text(body, &range)).map(|number| (range, number));
        Self(spans.into_iter().filter_map(number).collect())
    }

    /// Returns the body with other texts for some of its numbers, or `None` if that changes nothing.
    fn written(&self, body: &[u8], other: impl Fn(usize, &Number) -> Option<String>) -> Option<Vec<u8>> {
        self.replaced(body, |at| self.0.get(at).and_then(|(_, number)| other(at, number)))
    }

    fn replaced(&self, body: &[u8], other: impl Fn(usize) -> Option<String>) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(body.len() + 16);
        let (mut end, mut changed) = (0, false);
        for (at, (range, _)) in self.0.iter().enumerate() {
            if let Some(other) = other(at) {
                changed |= text(body, range) != other;
                out.extend_from_slice(body.get(end..range.start)?);
                out.extend_from_slice(other.as_bytes());
                end = range.end;
            }
        }
        out.extend_from_slice(body.get(end..)?);
        changed.then_some(out)
    }
}

fn text<'b>(body: &'b [u8], range: &Range<usize>) -> &'b str {
    body.get(range.clone()).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}

/// Returns the positions of the numbers in text that is known to be JSON.
fn spans(body: &[u8]) -> Vec<Range<usize>> {
    let (mut spans, mut start, mut in_string, mut escaped) = (Vec::new(), None, false, false);
    for (at, byte) in body.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'-' | b'+' | b'.' | b'0'..=b'9' | b'e' | b'E' => {
                if start.is_none() && matches!(byte, b'-' | b'0'..=b'9') {
                    start = Some(at);
                }
            }
            _ => spans.extend(start.take().map(|start| start..at)),
        }
    }
    spans
}

/// A decimal number: its digits and its power of ten.
struct Number {
    negative: bool,
    digits: String,
    power: i64,
    decimals: usize,
    is_plain: bool,
}

impl Number {
    fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let power = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let all = format!("{whole}{fraction}");
        if all.len() > MOST_DIGITS || power.abs() > MOST_POWER {
            return None;
        }
        let digits = all.trim_start_matches('0').trim_end_matches('0');
        let zeros = i64::try_from(all.len() - all.trim_end_matches('0').len()).ok()?;
        let (digits, power) = if digits.is_empty() { ("0", 0) } else { (digits, power + zeros) };
        let is_plain = !rest.contains(['e', 'E']);
        Some(Self { negative, digits: digits.to_owned(), power, decimals: fraction.len(), is_plain })
    }

    /// Returns the number in one of the usual forms, if it has that form.
    fn spelled(&self, spelling: usize) -> Option<String> {
        let sign = if self.negative { "-" } else { "" };
        let plain = self.plain();
        let is_whole = !plain.contains('.');
        let text = match spelling {
            // At most two decimals, as in amounts of money.
            0 => is_whole.then(|| format!("{plain}.0")),
            1 => with_decimals(&plain, 2),
            2 => (!is_whole).then(|| format!("{plain}0")),
            3 => with_decimals(&plain, 1.max(self.decimals + 1)),
            4 => with_decimals(&plain, 3),
            5 => with_decimals(&plain, 4),
            6 => with_decimals(&plain, 6),
            7 => Some(plain),
            8 => (self.digits == "0" && !self.negative).then(|| "-0".to_owned()),
            9 => (self.digits == "0" && !self.negative).then(|| "-0.0".to_owned()),
            10 => self.digits.strip_prefix('0').map(|_| "0.0".to_owned()),
            other => self.scientific(other - PLAIN),
        };
        text.map(|text| format!("{sign}{text}"))
    }

    /// Writes the number without an exponent.
    fn plain(&self) -> String {
        let count = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or_default());
        match count.saturating_add(self.power) {
            _ if self.power >= 0 => format!("{}{}", self.digits, zeros(self.power)),
            point @ 1.. => {
                let (whole, fraction) = self
                    .digits
                    .split_at_checked(usize::try_from(point).unwrap_or_default())
                    .unwrap_or_default();
                format!("{whole}.{fraction}")
            }
            point => format!("0.{}{}", zeros(-point), self.digits),
        }
    }

    /// Writes the number with an exponent: `1e5`, `1E+05`, `1.0E5`. `None` for short numbers.
    fn scientific(&self, form: usize) -> Option<String> {
        let exponent = i64::try_from(self.digits.len()).ok()?.checked_add(self.power)?.checked_sub(1)?;
        if self.digits == "0" || self.is_plain && (-2..=1).contains(&exponent) {
            return None;
        }
        let (first, rest) = self.digits.split_at_checked(1)?;
        let (mantissa, exponent) = match form / EXPONENTS.len() {
            0 if rest.is_empty() => (first.to_owned(), exponent),
            0 => (format!("{first}.{rest}"), exponent),
            1 if rest.is_empty() => (format!("{first}.0"), exponent),
            2 if !rest.is_empty() => (self.digits.clone(), self.power),
            _ => return None,
        };
        let (letter, plus, width) = EXPONENTS.get(form % EXPONENTS.len())?;
        let sign = if exponent < 0 { "-" } else { plus };
        Some(format!("{mantissa}{letter}{sign}{:0width$}", exponent.unsigned_abs()))
    }
}

fn with_decimals(plain: &str, decimals: usize) -> Option<String> {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    (fraction.len() < decimals).then(|| format!("{whole}.{fraction:0<decimals$}"))
}

/// Returns the integers that round to this floating-point number, the nearest first; empty if it is exact.
fn originals(text: &str) -> Vec<String> {
    let is_integer = text.bytes().all(|byte| byte.is_ascii_digit()) || text.contains(['e', 'E']);
    let value = Some(text).filter(|_| is_integer).and_then(|text| text.parse::<f64>().ok());
    let Some(value) = value.filter(|value| (EXACT..MOST_ROUNDED_TO).contains(value)) else {
        return Vec::new();
    };
    // The range was checked above. Integers beyond 2^53 have no fraction.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked: a whole number below 2^64"
    )]
    let middle = value as u128;
    #[allow(clippy::cast_precision_loss, reason = "the loss is searched for")]
    let rounds = |number: &u128| *number as f64 == value;
    let around = (0..=MOST_DISTANCE).flat_map(|distance| {
        [Some(middle + distance), (distance > 0).then_some(middle.saturating_sub(distance))]
    });
    let texts = around.flatten().filter(rounds).map(|number| number.to_string());
    texts.filter(|other| other != text).collect()
}

/// The notations of exponents: JavaScript and Rust, Java, Go and Python, .NET.
static EXPONENTS: [(&str, &str, usize); 6] =
    [("e", "", 1), ("E", "", 1), ("e", "+", 1), ("E", "+", 1), ("e", "+", 2), ("E", "+", 2)];

/// The number of forms without an exponent.
const PLAIN: usize = 11;
/// The number of these forms with other decimals.
const DECIMALS: usize = 2;
const SPELLINGS: usize = PLAIN + 3 * EXPONENTS.len();
/// The number of numbers that are changed one at a time.
const MOST_NUMBERS: usize = 32;
/// The number of numbers of which all subsets are changed.
const MOST_IN_SUBSETS: usize = 7;
/// The number of integers that are reconstructed.
const MOST_ROUNDED: usize = 4;
/// The limit on the digits of a number.
const MOST_DIGITS: usize = 40;
const MOST_POWER: i64 = 40;
/// 2^53: up to this value every integer is a floating-point number.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// 2^64.
const MOST_ROUNDED_TO: f64 = 18_446_744_073_709_551_616.0;
/// Half the distance of two neighbours below 2^64.
const MOST_DISTANCE: u128 = 1024;

const FORM: Cause = Cause::new(
    "body_number_format",
    "numbers of the body were written in another form after it was signed, `1` for `1.0` or `100000` for `1e5`, and in \
     the form that was signed it verifies: verify the bytes as they were received, before anything parses them",
);
const ROUNDED: Cause = Cause::new(
    "body_number_rounded",
    "a large integer of the body was rounded to a floating-point number after it was signed, as JavaScript does, and \
     before that it verifies: verify the bytes as they were received, before anything parses them",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn all(body: &str) -> Vec<String> {
        let bodies = likely(body.as_bytes()).chain(rare(body.as_bytes()));
        bodies.map(|(_, body)| String::from_utf8(body).unwrap()).collect()
    }

    #[test]
    fn the_usual_forms_of_a_number_are_there() {
        for (now, signed) in [
            ("1", "1.0"),
            ("1", "1.00"),
            ("1.5", "1.50"),
            ("1.5", "1.500"),
            ("100000", "1e5"),
            ("100000", "1E5"),
            ("100000", "1e+05"),
            ("100000", "1.0E5"),
            ("123000", "1.23e5"),
            ("123000", "123e3"),
            ("0.00001", "1e-05"),
            ("0.00001", "1.0E-5"),
            ("1e-05", "0.00001"),
            ("1e+21", "1000000000000000000000"),
            ("-7", "-7.0"),
            ("0", "-0"),
            ("0", "0.0"),
            ("12345678901234567000", "12345678901234567890"),
            ("9007199254740992", "9007199254740993"),
            ("1.2345678901234567e+19", "12345678901234567890"),
        ] {
            let body = |number: &str| format!(r#"{{"a\"1":"2","n":{number}}}"#);
            assert!(all(&body(now)).contains(&body(signed)), "{now} {signed}");
        }
        assert!(all("[1,2]").contains(&"[1,2.0]".to_owned()));
        assert!(all("[1,2,3,4]").contains(&"[1.0,2,3.0,4]".to_owned()));
        assert_eq!(all(r#"{"a":"1"}"#), [""; 0]);
    }

    #[test]
    fn strings_and_words_hold_no_numbers() {
        let body = br#"{"1e5":true,"x":"-3","n":[-1.5e3,0]}"#;
        let texts: Vec<_> = spans(body).iter().map(|range| text(body, range).to_owned()).collect();
        assert_eq!(texts, ["-1.5e3", "0"]);
    }
}
