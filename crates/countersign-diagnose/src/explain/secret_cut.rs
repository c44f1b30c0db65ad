//! Secrets that were cut: where they are stored, or at the sender.

use countersign::__private::inspect::keys;
use countersign::scheme::{Algorithm, KeyFormat};

use super::Cause;
use super::case::{Case, Guess, Guesses, Stored};

/// Tries the secret up to a character at which shells and files of variables cut it, and the padding of Base64.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    Box::new(secrets(case).flat_map(|stored| {
        let text = stored.text();
        let padded = ["=", "=="].map(|end| (PADDING, format!("{text}{end}")));
        let stripped = text.ends_with('=').then(|| (PADDING, text.trim_end_matches('=').to_owned()));
        let expanded = [expanded(text, false), expanded(text, true)].map(|text| (EXPANDED, text));
        let starts = STOPS
            .iter()
            .filter_map(|(stop, cause)| Some((cause.clone(), text.split_once(*stop)?.0.to_owned())));
        let all = expanded.into_iter().chain(starts).chain(padded).chain(stripped);
        let name = stored.name();
        let new = all.filter(move |(_, other)| other != text && !other.is_empty());
        new.map(move |(cause, other)| one(cause, name, other))
    }))
}

/// Tries a secret with one character more, and a beginning or an end of it that the sender may have.
pub(super) fn rare(case: &Case) -> Guesses<'_> {
    Box::new(secrets(case).flat_map(move |stored| {
        let text = stored.text();
        let ends = text.char_indices().map(|(at, _)| at).filter(|at| *at > 0).take(MOST_CUT);
        let cut = ends.flat_map(|at| [text.get(..at), text.get(at..)]).flatten().map(str::to_owned);
        let more = (' '..='~').flat_map(|char| [format!("{text}{char}"), format!("{char}{text}")]);
        let cut = several(case, CUT_AT_SENDER, stored.name(), cut.collect());
        let more = several(case, CUT, stored.name(), more.collect());
        token(case, stored).into_iter().chain(cut).chain(more)
    }))
}

/// Tries a secret with several characters more: the usual ones after `$` and `#`, and all that there can be few of.
pub(super) fn last(case: &Case) -> Guesses<'_> {
    Box::new(secrets(case).flat_map(move |stored| {
        let text = stored.text();
        let words = SIGNS.iter().flat_map(move |sign| {
            WORDS.iter().map(move |word| format!("{text}{sign}{word}")).collect::<Vec<_>>()
        });
        let alphabet = alphabet(text);
        let long = (2..=longest(alphabet.len()))
            .flat_map(move |length| endings(alphabet, length).map(move |end| format!("{text}{end}")));
        let short =
            endings(LETTERS, 2).flat_map(move |end| SHORT_SIGNS.map(|sign| format!("{text}{sign}{end}")));
        Chunks { texts: words.chain(long).chain(short) }
            .flat_map(move |chunk| several(case, CUT, stored.name(), chunk).collect::<Vec<_>>())
    }))
}

fn secrets(case: &Case) -> impl Iterator<Item = &Stored> {
    let scheme = &case.provider.scheme;
    let is_shared = !scheme.algorithm.is_asymmetric() && scheme.jwt.is_none();
    case.secrets.iter().filter(move |stored| is_shared && stored.text().len() <= LONGEST).take(MOST_SECRETS)
}

/// Tries the token of the request if it has the same beginning or end as the stored one.
fn token<'g>(case: &'g Case, stored: &'g Stored) -> Option<Guess<'g>> {
    let is_token = case.provider.scheme.algorithm == Algorithm::Token;
    let text = stored.text();
    let values = case
        .headers
        .values()
        .filter(|_| is_token && text.len() >= SHORTEST)
        .filter_map(|value| value.to_str().ok());
    let mut tokens =
        values.flat_map(|value| [value, value.split_once(' ').map_or(value, |(_, token)| token)]);
    let is_longer =
        |token: &&str| token.len() > text.len() && (token.starts_with(text) || token.ends_with(text));
    tokens.find(is_longer).map(|token| one(CUT, stored.name(), token.to_owned()))
}

fn one<'g>(cause: Cause, name: &str, text: String) -> Guess<'g> {
    let secret = Stored::new(name, text);
    Guess::new(cause, move |case| case.secrets = vec![secret.clone()])
}

/// Tries several texts at once. Those that are no keys are left out.
fn several<'g>(case: &Case, cause: Cause, name: &str, texts: Vec<String>) -> impl Iterator<Item = Guess<'g>> {
    let format = &case.provider.scheme.key;
    let keys = texts.iter().flat_map(|text| keys(format, text));
    let keys: Vec<_> = keys.map(|key| Stored::new(name, const_hex::encode(key))).collect();
    let guess = (!keys.is_empty()).then(|| {
        Guess::new(cause, move |case| {
            case.secrets.clone_from(&keys);
            case.provider_mut().scheme.key = KeyFormat::HEX;
        })
    });
    guess.into_iter()
}

/// Texts in groups that are tried at once.
struct Chunks<I> {
    texts: I,
}

impl<I: Iterator<Item = String>> Iterator for Chunks<I> {
    type Item = Vec<String>;

    fn next(&mut self) -> Option<Vec<String>> {
        let chunk: Vec<_> = self.texts.by_ref().take(AT_ONCE).collect();
        (!chunk.is_empty()).then_some(chunk)
    }
}

/// Returns all texts of this length.
fn endings(alphabet: &'static str, length: u32) -> impl Iterator<Item = String> {
    let letters = alphabet.len();
    let letter =
        move |number: usize| alphabet.as_bytes().get(number % letters).copied().map_or(' ', char::from);
    (0..letters.saturating_pow(length))
        .map(move |number| (0..length).map(|place| letter(number / letters.saturating_pow(place))).collect())
}

/// Returns the characters of which the rest of a secret may consist.
fn alphabet(text: &str) -> &'static str {
    let has_only = |alphabet: &&&str| text.bytes().all(|byte| alphabet.as_bytes().contains(&byte));
    ALPHABETS.iter().find(has_only).copied().unwrap_or(CHARACTERS)
}

/// Returns the largest number of characters that are tried.
const fn longest(letters: usize) -> u32 {
    match letters {
        ..=16 => 4,
        17..=40 => 3,
        _ => 2,
    }
}

/// Expands `$NAME`, `${NAME}` and `$1` as a shell does if there are no such variables.
fn expanded(text: &str, name_only: bool) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let name = match after.bytes().next() {
            Some(b'{') => after.find('}').map_or(0, |end| end + 1),
            Some(b'0'..=b'9' | b'$' | b'!' | b'@' | b'*' | b'#' | b'?' | b'-') if !name_only => 1,
            Some(first) if first.is_ascii_alphabetic() || first == b'_' => {
                after.bytes().take_while(is_name).count()
            }
            _ => 0,
        };
        if name == 0 {
            out.push('$');
        }
        rest = after.get(name..).unwrap_or_default();
    }
    out + rest
}

/// The characters at which a secret without quotes ends.
static STOPS: [(&str, Cause); 8] = [
    ("$", EXPANDED),
    ("#", COMMENT),
    (" #", COMMENT),
    (" ", WORD),
    (";", WORD),
    ("&", WORD),
    ("\\", WORD),
    ("\"", WORD),
];

/// The number of texts that are tried at once. A request is rendered and parsed once for all of them.
const AT_ONCE: usize = 64;
const MOST_SECRETS: usize = 2;
/// The length of secrets beyond which no characters are tried: those are keys of another kind.
const LONGEST: usize = 512;
/// The number of places at which a secret is cut.
const MOST_CUT: usize = 64;
/// The length of a token from which its beginning is not a coincidence.
const SHORTEST: usize = 4;

static ALPHABETS: [&str; 5] = ["0123456789", "0123456789abcdef", "0123456789ABCDEF", LETTERS, CHARACTERS];
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789-_.!";
const CHARACTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+/=-_.!@#$%^&*:";

static SIGNS: [&str; 8] = ["$", "#", "$$", " #", "${", "&", "!", ";"];
const SHORT_SIGNS: [&str; 2] = ["$", "#"];
/// Texts after a `$` or `#`, as secrets of people have them.
static WORDS: [&str; 40] = [
    "secret", "ecret", "Secret", "word", "key", "KEY", "HOME}", "HOME", "PATH", "USER", "SECRET", "VALUE",
    "VAR", "FOO", "foo", "bar", "baz", "abc", "abc123", "xyz", "def", "test", "tail", "rest", "end", "more",
    "part2", "hash", "tag", "comment", "suffix", "123", "1234", "12345", "123456", "2024", "2025", "2026",
    "1", "12",
];

const CUT: Cause = Cause::new(
    "secret_cut",
    "the secret is stored without its last or first characters, and with a few more of them the request verifies: a shell cuts a \
     secret at `$`, a file of variables at `#`, and a field or a selection at its end; store it again, as the provider shows it",
);
const CUT_AT_SENDER: Cause = Cause::new(
    "secret_cut",
    "the request is signed with a part of the secret, so it was cut where the sender reads it: at a limit on its length, or by a shell, \
     a file of variables or a selection; enter the whole secret there again",
);
const EXPANDED: Cause = Cause::new(
    "secret_cut",
    "the request is signed with the secret as a shell expands it, cut at `$` or without what stands behind it: write the secret in single \
     quotes where the sender reads it",
);
const COMMENT: Cause = Cause::new(
    "secret_cut",
    "the request is signed with the secret up to its `#`, where a file of variables begins a comment: write the secret in quotes where the \
     sender reads it",
);
const WORD: Cause = Cause::new(
    "secret_cut",
    "the request is signed with the secret up to a space, `;`, `&`, backslash or quote, where a shell cuts it: write the secret in single \
     quotes where the sender reads it",
);
const PADDING: Cause = Cause::new(
    "secret_cut",
    "the `=` at the end of the secret, the padding of its Base64, is lost on one side: store the secret as the provider shows it, and split \
     lines of variables at the first `=` only",
);
