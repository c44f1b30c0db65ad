use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::ConfigError;
use crate::scheme::{Text, text};

/// The form of the text that an answer contains an HMAC of, as a restricted regular expression:
/// `^[a-f0-9]{20,32}$`.
///
/// | written | matches |
/// |---|---|
/// | `^` at the start, `$` at the end | the whole text: both are required |
/// | `a` `-` `\.` | that character; punctuation that has a meaning here is escaped with `\` |
/// | `[A-Za-z0-9_-]` | one character of the set; `-` stands first or last, or in a range |
/// | `{20}` `{20,32}` `?` | the number of repetitions of the character or set before it |
///
/// `*`, `+`, `.`, `|`, groups and classes such as `\w` are not supported, so that the longest match and all of its
/// characters are known at start-up. A match has at most 1024 characters, all of them visible ASCII, and does not
/// begin with `{`, `[`, `<` or `"`, with which JSON and XML begin.
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = r"^\^.+\$$", "examples" = ["^[a-f0-9]{20,32}$"]))
)]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Pattern(Text);

/// A compiled pattern.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Matcher {
    atoms: Vec<Atom>,
    longest: usize,
}

/// A set of characters, and its number of repetitions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Atom {
    set: Set,
    least: usize,
    most: usize,
}

/// A set of ASCII characters, one bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Set(u128);

impl Pattern {
    /// Creates a pattern from a literal.
    #[must_use]
    pub const fn new(pattern: &'static str) -> Self {
        Self(text(pattern))
    }

    /// Returns the text of the pattern.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the pattern.
    pub(super) fn compile(&self, field: &str) -> Result<Matcher, ConfigError> {
        let wrong = |problem: &str| ConfigError::new(field, format!("{:?} {problem}", &*self.0));
        let inner = self.0.strip_prefix('^').and_then(|rest| rest.strip_suffix('$'));
        let inner = inner.filter(|inner| !inner.ends_with('\\')).ok_or_else(|| {
            wrong("does not match the whole text: write `^` at its start and `$` at its end")
        })?;
        let atoms = parse(inner).map_err(wrong)?;
        let sum = |of: fn(&Atom) -> usize| atoms.iter().map(of).fold(0, usize::saturating_add);
        let (least, longest) = (sum(|atom| atom.least), sum(|atom| atom.most));
        if least == 0 {
            return Err(wrong("matches empty text: require at least one character"));
        }
        if longest > LONGEST {
            return Err(wrong("matches more than 1024 characters: write smaller numbers into its braces"));
        }
        let matcher = Matcher { atoms, longest };
        if matcher.begins().0 & OPENERS.0 != 0 {
            return Err(wrong(
                "may begin with `{`, `[`, `<` or `\"`, and so match a delivery: take these out of its first character",
            ));
        }
        Ok(matcher)
    }
}

impl Matcher {
    /// Returns the length of the longest matching text.
    pub(crate) const fn longest(&self) -> usize {
        self.longest
    }

    /// Returns whether the whole text matches. The cost is at most the length of the text times the number of atoms.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        if text.len() > self.longest {
            return false;
        }
        // The numbers of characters that the atoms so far can have matched.
        let mut ends = vec![false; text.len() + 1];
        if let Some(start) = ends.first_mut() {
            *start = true;
        }
        for atom in &self.atoms {
            let mut next = vec![false; text.len() + 1];
            for (start, _) in ends.iter().enumerate().filter(|(_, reached)| **reached) {
                let rest = text.get(start..).unwrap_or_default();
                let run = rest.iter().take(atom.most).take_while(|byte| atom.set.has(**byte)).count();
                let reached = next.get_mut(start + atom.least..=start + run);
                reached.into_iter().flatten().for_each(|end| *end = true);
            }
            ends = next;
        }
        ends.last() == Some(&true)
    }

    /// Returns all characters that a match can begin with.
    fn begins(&self) -> Set {
        let optional = self.atoms.iter().take_while(|atom| atom.least == 0).count();
        let first = self.atoms.iter().take(optional + 1);
        first.fold(Set::default(), |all, atom| Set(all.0 | atom.set.0))
    }
}

impl Set {
    const fn of(byte: u8) -> Self {
        Self(1 << byte)
    }

    const fn has(self, byte: u8) -> bool {
        byte < 128 && self.0 & (1 << byte) != 0
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Parses the atoms between `^` and `$`.
fn parse(pattern: &str) -> Result<Vec<Atom>, &'static str> {
    let mut rest = pattern;
    let mut atoms = Vec::new();
    while !rest.is_empty() {
        let (set, after) = match rest.strip_prefix('[') {
            Some(set) => set_of(set)?,
            None => character(rest, MEANINGFUL).map(|(byte, after)| (Set::of(byte), after))?,
        };
        let (least, most, after) = times(after)?;
        atoms.push(Atom { set, least, most });
        rest = after;
    }
    Ok(atoms)
}

/// Parses a set up to its closing bracket, and returns the rest.
fn set_of(text: &str) -> Result<(Set, &str), &'static str> {
    let mut set = Set::default();
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return if set == Set::default() { Err("has an empty set") } else { Ok((set, after)) };
        }
        let (from, after) = character(rest, "[]^")?;
        let range = after.strip_prefix('-').filter(|after| !after.starts_with(']'));
        let (to, after) = match range {
            Some(after) => character(after, "[]^")?,
            None => (from, after),
        };
        if from > to {
            return Err("has a range that ends before it begins");
        }
        (from..=to).for_each(|byte| set.0 |= Set::of(byte).0);
        rest = after;
    }
}

/// Parses one character. A special character must be escaped.
fn character<'t>(text: &'t str, meaningful: &str) -> Result<(u8, &'t str), &'static str> {
    let escaped = text.strip_prefix('\\');
    let mut rest = escaped.unwrap_or(text).chars();
    let next = rest.next().ok_or("has a set that is not closed")?;
    let byte = u8::try_from(next).ok().filter(u8::is_ascii_graphic);
    let byte = byte.ok_or("has a character that is not visible ASCII")?;
    match escaped {
        Some(_) if byte.is_ascii_alphanumeric() => Err("escapes a letter or a digit: write the set out"),
        None if meaningful.contains(next) => {
            Err("uses unsupported syntax: supported are sets, characters, `{n}`, `{n,m}` and `?`")
        }
        _ => Ok((byte, rest.as_str())),
    }
}

/// Parses the number of repetitions of the preceding element.
fn times(text: &str) -> Result<(usize, usize, &str), &'static str> {
    if let Some(after) = text.strip_prefix('?') {
        return Ok((0, 1, after));
    }
    let Some(inner) = text.strip_prefix('{') else { return Ok((1, 1, text)) };
    let (numbers, after) = inner.split_once('}').ok_or("has a brace that is not closed")?;
    let (least, most) = numbers.split_once(',').unwrap_or((numbers, numbers));
    let number = |text: &str| text.parse::<u16>().map(usize::from);
    match (number(least), number(most)) {
        (Ok(least), Ok(most)) if least <= most && most > 0 => Ok((least, most, after)),
        _ => Err("has braces without a lower and an upper bound: expected `{n,m}`"),
    }
}

/// Special characters outside sets.
const MEANINGFUL: &str = r"[](){}^$.*+?|\";
/// Characters with which JSON and XML begin.
const OPENERS: Set = Set(Set::of(b'{').0 | Set::of(b'[').0 | Set::of(b'<').0 | Set::of(b'"').0);
/// The largest number of characters of a match, which is the limit of a value in an answer.
const LONGEST: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &'static str, text: &str) -> bool {
        Pattern::new(pattern).compile("challenge").unwrap().matches(text.as_bytes())
    }

    #[test]
    fn the_whole_text_is_matched() {
        let braintree = "^[a-f0-9]{20,32}$";
        assert!(matches(braintree, "20f9f8ed05f77439fe955c977e4c8a53"));
        for text in
            ["", "20f9f8ed05f77439fe9", "20f9f8ed05f77439fe955c977e4c8a530", "20f9f8ed05f77439fe955C97"]
        {
            assert!(!matches(braintree, text), "{text}");
        }
        assert!(!matches(braintree, "20f9f8ed05f77439fe955c97\n"), "no line break passes the end");
    }

    #[test]
    fn numbers_of_characters_are_tried_in_all_ways() {
        let pattern = "^a{1,3}[ab]{2}c?$";
        for text in ["aaa", "aab", "aaaaa", "aaabbc", "abac"] {
            assert!(matches(pattern, text), "{text}");
        }
        for text in ["aa", "aaaaaa", "abbb", "aabcc"] {
            assert!(!matches(pattern, text), "{text}");
        }
    }

    #[test]
    fn punctuation_is_escaped_and_sets_hold_it() {
        assert!(matches(r"^a\.b-c$", "a.b-c") && !matches(r"^a\.b-c$", "axb-c"));
        assert!(matches(r"^[+/=_.~-]{6}$", "+/=_.~") && matches(r"^[a\]\-]{3}$", "]-a"));
    }

    #[test]
    fn what_could_match_a_delivery_or_cannot_be_bounded_is_refused() {
        for pattern in [
            "",
            "abc",
            "^abc",
            "abc$",
            "^a$|^b$",
            "^$",
            "^a?$",
            "^a*$",
            "^a+$",
            "^a{1,}$",
            "^a{2,1}$",
            "^.{3}$",
            "^(a)$",
            r"^\w{3}$",
            r"^abc\$",
            "^[^a]$",
            "^[$",
            "^[]$",
            "^[z-a]$",
            "^a{0}$",
            "^ba{0}$",
            "^[a-z]{1,1025}$",
            "^[a-z]{1,600}[a-z]{1,600}$",
            "^é$",
            "^[ -~]{1,9}$",
            r"^[!-~]{1,9}$",
            r"^x?\{a$",
            "^[a{]?[{b]$",
            r"^\[a\]$",
            "^<a$",
        ] {
            assert_eq!(
                Pattern::new(pattern).compile("challenge").unwrap_err().field(),
                "challenge",
                "{pattern}"
            );
        }
    }

    #[test]
    fn the_longest_match_is_known() {
        let longest = |pattern| Pattern::new(pattern).compile("challenge").unwrap().longest();
        assert_eq!((longest("^[a-f0-9]{20,32}$"), longest("^ab?c{3}$")), (32, 5));
        assert_eq!(longest("^[a-z]{1,1024}$"), 1024, "the limit is the most that is accepted");
    }

    #[test]
    fn what_is_no_ascii_is_in_no_set() {
        let pattern = Pattern::new("^[!#-;=-Z_-z|}~]$").compile("challenge").unwrap();
        for byte in 0x80..=0xff {
            assert!(!pattern.matches(&[byte]), "{byte}");
        }
    }
}
