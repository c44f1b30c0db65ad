//! Mistakes with the secret: its stored text, its conversion into a key, and the wrong secret.

use countersign::Secret;
use countersign::scheme::{KeyEncoding, KeyFormat, Text};

use super::case::{Case, Guess, Guesses, Stored};
use super::code::to_base64;
use super::secret_text::{Spelling, texts};
use super::{Cause, basic, secret_cut};

/// Tries one mistake with one of the secrets, or another secret.
pub(super) fn likely<'g>(case: &'g Case, others: &'g [Stored]) -> Guesses<'g> {
    let secrets = case.secrets.iter().take(MOST_SECRETS);
    let texts = secrets.clone().flat_map(|stored| texts(stored.text()).map(|text| text.guess(stored.name())));
    let keys = secrets.flat_map(|stored| keys(case, stored.text()).map(|key| key.guess(stored.name())));
    let other = others.iter().take(MOST_OTHERS).map(|stored| {
        let cause = Cause::owned(
            "other_secret",
            format!(
                "the request is signed with another secret, `{}`: configure that one here",
                stored.name()
            ),
        );
        Guess::new(cause, move |case| case.secrets = vec![stored.clone()])
    });
    let basic = basic::likely(case);
    Box::new(basic.chain(invalid(case)).chain(keys).chain(texts).chain(other).chain(secret_cut::likely(case)))
}

/// Tries a mistake with another secret, or two mistakes with one.
pub(super) fn rare<'g>(case: &'g Case, others: &'g [Stored]) -> Guesses<'g> {
    let secrets = case.secrets.iter().take(MOST_SECRETS);
    let twice = secrets.flat_map(move |stored| {
        texts(stored.text()).flat_map(move |text| {
            let keys: Vec<_> = keys(case, text.secret.text()).collect();
            keys.into_iter().map(move |key| key.after(&text).guess(stored.name()))
        })
    });
    let other = others.iter().take(MOST_OTHERS).flat_map(move |stored| {
        let cause = Cause::owned(
            "other_secret",
            format!("the request is signed with another secret, `{}`", stored.name()),
        );
        texts(stored.text()).chain(keys(case, stored.text())).map(move |mut spelling| {
            spelling.causes.insert(0, cause.clone());
            spelling.guess(stored.name())
        })
    });
    let secrets = case.secrets.iter().take(MOST_SECRETS);
    let unusual = secrets.flat_map(|stored| unusual(stored.text()).map(|text| text.guess(stored.name())));
    Box::new(unusual.chain(secret_cut::rare(case)).chain(twice).chain(other))
}

/// Tries the key as a digest of the secret, or as a part of it.
fn unusual(text: &str) -> impl Iterator<Item = Spelling> + use<> {
    let text = text.trim();
    let digests = digests(text.as_bytes()).into_iter().map(|(name, key)| {
        let sentence = format!(
            "the key is the {name} digest of the secret, not the secret: store the digest here, or let the sender sign \
             with the secret itself"
        );
        (Cause::owned("secret_digest", sentence), key)
    });
    let parts = text
        .split([',', ';', ':', '|', ' ', '.'])
        .filter(|part| *part != text && part.len() >= SHORTEST_PART);
    let parts = parts.map(|part| (Cause::new("secret_part", PART), part.trim().to_owned()));
    let lines =
        text.contains("\\n").then(|| (Cause::new("secret_line_breaks", LINES), text.replace("\\n", "\n")));
    let spellings: Vec<_> = digests
        .chain(parts.take(MOST_PARTS))
        .chain(lines)
        .flat_map(|(cause, text)| {
            let spelling = |format| Spelling {
                causes: vec![cause.clone()],
                secret: Stored::new("", text.as_str()),
                format,
            };
            [spelling(None), spelling(Some(KeyFormat::UTF8))]
        })
        .collect();
    // A binary digest is written in hexadecimal here.
    let raw = self::digests(text.as_bytes())
        .into_iter()
        .filter(|(_, key)| key.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let raw = raw.map(|(name, key)| {
        let sentence = format!("the key is the {name} digest of the secret as bytes, not the secret: let the sender sign with the secret itself");
        Spelling {
            causes: vec![Cause::owned("secret_digest", sentence)],
            secret: Stored::new("", key),
            format: Some(KeyFormat::HEX),
        }
    });
    spellings.into_iter().chain(raw.collect::<Vec<_>>())
}

/// Returns the digests of a secret as texts.
fn digests(text: &[u8]) -> Vec<(&'static str, String)> {
    use sha2::Digest;
    let digests: [(_, Vec<u8>); 4] = [
        ("SHA-256", sha2::Sha256::digest(text).to_vec()),
        ("MD5", md5::Md5::digest(text).to_vec()),
        ("SHA-1", sha1::Sha1::digest(text).to_vec()),
        ("SHA-512", sha2::Sha512::digest(text).to_vec()),
    ];
    let texts = |(name, digest): (&'static str, Vec<u8>)| {
        let hex = const_hex::encode(&digest);
        [(name, hex.clone()), (name, to_base64(&digest)), (name, hex.to_uppercase())]
    };
    digests.into_iter().flat_map(texts).collect()
}

/// Tries the listed secrets that a verifier does not accept as they are.
fn invalid(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let refused = |stored: &Stored| Secret::new(stored.text()).is_err();
    case.secrets.iter().filter(move |stored| refused(stored) || stored.is_bounded()).map(move |stored| {
        let cause = if refused(stored) {
            Cause::new(
                "secret_white_space",
                "the provider signs with the white space at the end of the secret: enter it there again, without",
            )
        } else {
            Cause::owned(
                "secret_not_valid_now",
                format!("the request is signed with the secret `{}`, which is not valid at this time: \
                         the rotation ended too early, or has not begun", stored.name()),
            )
        };
        let stored = stored.unbounded();
        Guess::new(cause, move |case| case.secrets = vec![stored.clone()])
    })
}

/// Returns the keys that the secret might stand for.
fn keys(case: &Case, text: &str) -> impl Iterator<Item = Spelling> + use<> {
    let declared = &case.provider.scheme.key;
    let prefix = if declared.prefix.is_empty() { "whsec_" } else { &declared.prefix };
    let format = |prefix: &str, encoding| {
        let mut format = declared.clone();
        format.prefix = Text::Owned(prefix.to_owned());
        format.encoding = encoding;
        format.unprefixed = None;
        format
    };
    let rest = text.strip_prefix(prefix).unwrap_or(text);
    let standard = rest.replace('-', "+").replace('_', "/");
    let tries = [
        ("secret_as_text", AS_TEXT, text, format("", KeyEncoding::Utf8)),
        ("secret_as_text", AS_TEXT, text, format(prefix, KeyEncoding::Utf8)),
        ("secret_as_base64", AS_BASE64, text, format(prefix, KeyEncoding::Base64)),
        ("secret_as_base64url", AS_BASE64URL, standard.as_str(), format("", KeyEncoding::Base64)),
        ("secret_as_hex", AS_HEX, text, format(prefix, KeyEncoding::Hex)),
    ];
    // If the declared encoding is text, only formats with another text differ.
    let is_other = |format: &KeyFormat| {
        format.encoding != declared.encoding || declared.encoding != KeyEncoding::Utf8 && format != declared
    };
    let spellings: Vec<_> = tries
        .into_iter()
        .filter(|(_, _, _, format)| is_other(format))
        .map(|(code, sentence, other, format)| Spelling {
            causes: vec![Cause::new(code, sentence)],
            secret: Stored::new("", other),
            format: Some(format),
        })
        .collect();
    spellings.into_iter()
}

const AS_TEXT: &str = "the text of the secret is the key, nothing of it is decoded: \
    set `key` in the declaration to `utf8`, or take the secret that belongs to this scheme";
const AS_BASE64: &str = "the key is what the secret decodes to from Base64, not its text: \
    set `key` in the declaration to `base64`, or take the secret that belongs to this scheme";
const AS_BASE64URL: &str = "the key is what the secret decodes to from URL-safe Base64: \
    store the secret in standard Base64, with + for - and / for _";
const AS_HEX: &str = "the key is what the secret decodes to from hexadecimal, not its text: \
    set `key` in the declaration to `hex`, or take the secret that belongs to this scheme";

const PART: &str = "the key is one part of what is stored as the secret, which holds several, or a name in front: \
    store that part only, or each as a secret of its own";
const LINES: &str = "the line breaks of the secret are stored as `\\n`, and as line breaks the request verifies: \
    store the key with its lines, from a file for instance";

const SHORTEST_PART: usize = 6;
const MOST_PARTS: usize = 8;
/// The number of secrets that are tried: a rotation has two.
const MOST_SECRETS: usize = 8;
const MOST_OTHERS: usize = 32;
