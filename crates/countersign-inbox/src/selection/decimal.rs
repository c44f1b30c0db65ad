use std::cmp::Ordering;
use std::fmt;

/// A decimal number of JSON, compared without rounding: `0.1`, `1e-1` and `0.10` are equal, and so are no two numbers that
/// `f64` cannot tell apart.
///
/// Its value is `0.DIGITS × 10^exponent`. Exponents beyond those of `i64` count as its bounds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Decimal {
    is_negative: bool,
    exponent: i64,
    /// Without zeros at either end; empty for zero.
    digits: Vec<u8>,
}

impl Decimal {
    /// Parses a number as [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-6) writes it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        if !is_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        let digits = without_zeros(digits.get(leading..).unwrap_or_default());
        if digits.is_empty() {
            return Some(Self { is_negative: false, exponent: 0, digits: Vec::new() });
        }
        let point = i64::try_from(whole.len()).ok()?.checked_sub(i64::try_from(leading).ok()?)?;
        Some(Self { is_negative, exponent: exponent.saturating_add(point), digits: digits.to_vec() })
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        // Zero has no digits, and is below all others.
        let is_zero = |number: &Self| number.digits.is_empty();
        let by_zero = is_zero(other).cmp(&is_zero(self));
        by_zero.then(self.exponent.cmp(&other.exponent)).then_with(|| self.digits.cmp(&other.digits))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (is_negative, _) if is_negative => Ordering::Less,
            _ => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    /// Writes the number in one form, whatever its text was: without an exponent where that is short.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits: String = self.digits.iter().copied().map(char::from).collect();
        let sign = if self.is_negative { "-" } else { "" };
        let point = usize::try_from(self.exponent).ok().filter(|point| *point <= MOST_DIGITS);
        match point {
            _ if digits.is_empty() => f.write_str("0"),
            Some(point) if point >= digits.len() => write!(f, "{sign}{digits:0<point$}"),
            Some(point) if point > 0 => {
                let (whole, fraction) = digits.split_at(point);
                write!(f, "{sign}{whole}.{fraction}")
            }
            _ => match self.exponent {
                0 => write!(f, "{sign}0.{digits}"),
                exponent => write!(f, "{sign}0.{digits}e{exponent}"),
            },
        }
    }
}

/// Returns the digits without zeros at their end.
fn without_zeros(digits: &[u8]) -> &[u8] {
    let end = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    digits.get(..end).unwrap_or_default()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn exponent_of(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => (1, text),
    };
    let add = |value: i64, digit: u8| value.saturating_mul(10).saturating_add(sign * i64::from(digit - b'0'));
    is_digits(digits).then(|| digits.bytes().fold(0, add))
}

/// The digits before the point of the largest number that is written without an exponent.
const MOST_DIGITS: usize = 40;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn numbers_are_in_the_order_of_their_values() {
        let ascending: [&[&str]; 13] = [
            &["-1e99999999999999999999"],
            &["-1e3", "-1000.0"],
            &["-999.9999999999999999999999999999"],
            &["-1e-99999999999999999999"],
            &["0", "-0", "0.000", "0e9", "-0.0E-3"],
            &["1e-400"],
            &["0.1", "1e-1", "0.10", "10.0E-2"],
            &["0.1000000000000000000001"],
            &["9", "9.0"],
            &["10", "1e1", "1E+1", "0.01e3"],
            &["9007199254740992"],
            &["9007199254740993", "9007199254740.993e3"],
            &["1e400"],
        ];
        let values: Vec<(usize, Decimal)> = (0..)
            .zip(ascending)
            .flat_map(|(rank, texts)| texts.iter().map(move |text| (rank, number(text))))
            .collect();
        for (left, a) in &values {
            for (right, b) in &values {
                assert_eq!(a.cmp(b), left.cmp(right), "{a:?} {b:?}");
                assert_eq!(a == b, left == right, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "", "-", "+1", "01", "-00", "1.", ".5", "1e", "1e+", "1e1.5", "0x1", "1_0", " 1", "NaN",
            "\u{661}",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn integers_compare_as_integers(a in any::<i128>(), b in -1000..1000_i128, zeros in 0..5_usize) {
            let text = |value: i128| format!("{value}.{:0zeros$}e0", 0);
            let (a, c) = (a / 2, a / 2 + b);
            prop_assert_eq!(number(&text(a)).cmp(&number(&c.to_string())), a.cmp(&c));
        }

        /// A number that serde_json reads is a number, and no other text.
        #[test]
        fn numbers_are_those_of_json(text in "-?[0-9]{0,3}(\\.[0-9]{0,3})?([eE][+-]?[0-9]{0,2})?") {
            prop_assert_eq!(Decimal::parse(&text).is_some(), serde_json::from_str::<f64>(&text).is_ok());
        }
    }
}
