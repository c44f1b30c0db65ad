//! Mistakes with the secret: how it is stored, how it becomes a key, and whether it is the right one.

use super::Cause;
use super::case::{Case, Guess, Guesses, Stored};
use super::code::{from_base64, from_percent, to_base64};
use crate::scheme::{KeyEncoding, KeyFormat, Text};
use crate::secret::{Secret, Validity};

/// One mistake with one of the secrets, or another one.
pub(super) fn likely<'g>(case: &'g Case, others: &'g [Stored]) -> Guesses<'g> {
    let secrets = case.secrets.iter().take(MOST_SECRETS);
    let texts = secrets.clone().flat_map(|stored| texts(stored.text()).map(|text| text.guess(&stored.name)));
    let keys = secrets.flat_map(|stored| keys(case, stored.text()).map(|key| key.guess(&stored.name)));
    let other = others.iter().take(MOST_OTHERS).map(|stored| {
        let cause = Cause::owned(
            "other_secret",
            format!("the request is signed with another secret, `{}`: configure that one here", stored.name),
        );
        Guess::new(cause, move |case| case.secrets = vec![stored.clone()])
    });
    Box::new(invalid(case).chain(keys).chain(texts).chain(other))
}

/// A mistake with a secret that is another one, or two mistakes with one.
pub(super) fn rare<'g>(case: &'g Case, others: &'g [Stored]) -> Guesses<'g> {
    let secrets = case.secrets.iter().take(MOST_SECRETS);
    let twice = secrets.flat_map(move |stored| {
        texts(stored.text()).flat_map(move |text| {
            let keys: Vec<_> = keys(case, text.secret.text()).collect();
            keys.into_iter().map(move |key| key.after(&text).guess(&stored.name))
        })
    });
    let other = others.iter().take(MOST_OTHERS).flat_map(move |stored| {
        let cause = Cause::owned(
            "other_secret",
            format!("the request is signed with another secret, `{}`", stored.name),
        );
        texts(stored.text()).chain(keys(case, stored.text())).map(move |mut spelling| {
            spelling.causes.insert(0, cause.clone());
            spelling.guess(&stored.name)
        })
    });
    let secrets = case.secrets.iter().take(MOST_SECRETS);
    let unusual = secrets.flat_map(|stored| unusual(stored.text()).map(|text| text.guess(&stored.name)));
    Box::new(unusual.chain(twice).chain(other))
}

/// The key as a digest of the secret, or as a part of it.
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
    // A digest in bytes stands in hexadecimal here.
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

/// The digests of a secret as texts.
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

/// Secrets that are listed, and not used as they are.
fn invalid(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let refused = |stored: &Stored| Secret::new(stored.text()).is_err();
    let bounded = |stored: &Stored| stored.valid.not_before.or(stored.valid.not_after).is_some();
    case.secrets.iter().filter(move |stored| refused(stored) || bounded(stored)).map(move |stored| {
        let cause = if refused(stored) {
            Cause::new(
                "secret_white_space",
                "the provider signs with the white space at the end of the secret: enter it there again, without",
            )
        } else {
            Cause::owned(
                "secret_not_valid_now",
                format!("the request is signed with the secret `{}`, which is not valid at this time: \
                         the rotation ended too early, or has not begun", stored.name),
            )
        };
        let stored = Stored { valid: Validity::default(), ..stored.clone() };
        Guess::new(cause, move |case| case.secrets = vec![stored.clone()])
    })
}

/// A secret written in another way.
struct Spelling {
    causes: Vec<Cause>,
    secret: Stored,
    format: Option<KeyFormat>,
}

impl Spelling {
    fn after(mut self, other: &Self) -> Self {
        self.causes.splice(0..0, other.causes.iter().cloned());
        self
    }

    fn guess<'g>(self, name: &str) -> Guess<'g> {
        let Self { causes, mut secret, format } = self;
        name.clone_into(&mut secret.name);
        Guess::several(causes, move |case| {
            case.secrets = vec![secret.clone()];
            if let Some(format) = &format {
                case.provider_mut().scheme.key = format.clone();
            }
        })
    }
}

/// The text of the secret as it might be meant.
fn texts(text: &str) -> impl Iterator<Item = Spelling> + use<> {
    let spellings: Vec<_> = TEXTS
        .iter()
        .flat_map(|(code, sentence, spell)| {
            let found = spell(text).into_iter().filter(|other| !other.trim().is_empty() && other != text);
            found.map(|other| Spelling {
                causes: vec![Cause::new(code, sentence)],
                secret: Stored::new("", other),
                format: None,
            })
        })
        .collect();
    spellings.into_iter()
}

/// The key that the secret might stand for.
fn keys(case: &Case, text: &str) -> impl Iterator<Item = Spelling> + use<> {
    let declared = &case.provider.scheme.key;
    let prefix = if declared.prefix.is_empty() { "whsec_" } else { &declared.prefix };
    let format = |prefix: &str, encoding| KeyFormat {
        prefix: Text::Owned(prefix.to_owned()),
        encoding,
        unprefixed: None,
        ..declared.clone()
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
    // Where text is declared, what differs is the text.
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

/// What a text might have been, before somebody or something changed it.
type Spell = fn(&str) -> Vec<String>;

static TEXTS: &[(&str, &str, Spell)] = &[
    (
        "secret_trailing_newline",
        "the secret is stored with a line break at its end, and without it the request verifies: \
         store it with `printf %s`, which writes none",
        |text| {
            let escaped = ["\\r\\n", "\\n"].iter().find_map(|end| text.strip_suffix(end));
            vec![escaped.unwrap_or(text.trim_end_matches(['\n', '\r'])).to_owned()]
        },
    ),
    (
        "secret_white_space",
        "the secret is stored with white space around it, and without it the request verifies: store it again",
        |text| vec![text.trim().to_owned(), text.split_whitespace().collect()],
    ),
    (
        "secret_quoted",
        "the secret is stored with quotes around it, and without them the request verifies: \
         remove them where it is stored",
        |text| {
            let text = text.trim();
            QUOTES
                .iter()
                .filter_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
                .map(str::to_owned)
                .collect()
        },
    ),
    (
        "secret_prefix_kept",
        "the prefix in front of the secret is not part of it: remove it where it is stored",
        |text| {
            let prefixes = KEY_PREFIXES.iter().chain(&OTHER_PREFIXES);
            prefixes.filter_map(|prefix| text.strip_prefix(prefix)).map(str::to_owned).collect()
        },
    ),
    (
        "secret_prefix_stripped",
        "the prefix in front of the secret is part of it, and was removed: store the secret as the provider shows it",
        |text| KEY_PREFIXES.iter().map(|prefix| format!("{prefix}{text}")).collect(),
    ),
    (
        "secret_with_name",
        "the secret is stored with the name of its variable in front: store what stands behind the `=` only",
        |text| {
            let name =
                |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let line = text.trim().trim_start_matches("export ");
            let value = line.split_once('=').filter(|(before, _)| name(before)).map(|(_, value)| value);
            value
                .iter()
                .flat_map(|value| [(*value).to_owned(), value.trim_matches(['"', '\'']).to_owned()])
                .collect()
        },
    ),
    (
        "secret_bom",
        "the secret is stored with a byte order mark in front, and without it the request verifies: \
         store it as UTF-8 without BOM",
        |text| vec![text.trim_start_matches('\u{feff}').trim().to_owned()],
    ),
    (
        "secret_percent_encoded",
        "the secret is stored percent-encoded, as it stands in a URL: decode it once",
        |text| from_percent(text).into_iter().collect(),
    ),
    (
        "secret_encoded_twice",
        "the secret is stored in Base64 once more, as Kubernetes shows secrets: decode it once",
        |text| {
            let decoded = from_base64(text.trim()).and_then(|bytes| String::from_utf8(bytes).ok());
            decoded.iter().flat_map(|text| [text.clone(), text.trim().to_owned()]).collect()
        },
    ),
    (
        "secret_decoded",
        "the secret was decoded, and the provider takes it as it is shown: store it as the provider shows it",
        |text| vec![to_base64(text.as_bytes()), const_hex::encode(text)],
    ),
    (
        "secret_case",
        "the secret is stored in another case than the provider has it in: store it as the provider shows it",
        |text| vec![text.to_lowercase(), text.to_uppercase()],
    ),
    (
        "secret_trailing_newline",
        "the provider signs with a line break at the end of the secret: enter it there again, without",
        |text| vec![format!("{text}\n"), format!("{text}\r\n")],
    ),
    (
        "secret_white_space",
        "the provider signs with white space around the secret: enter it there again, without",
        |text| vec![format!("{text} "), format!(" {text}"), format!("{text}\t")],
    ),
    (
        "secret_quoted",
        "the provider signs with quotes around the secret: enter it there again, without",
        |text| vec![format!("\"{text}\""), format!("'{text}'")],
    ),
];

static QUOTES: [(char, char); 5] = [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('<', '>')];

/// What secrets begin with, at one provider or another.
static KEY_PREFIXES: [&str; 4] = ["whsec_", "v1,whsec_", "whsk_", "sk_"];
/// What stands in front of them elsewhere.
static OTHER_PREFIXES: [&str; 2] = ["sha256=", "Bearer "];

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
/// More are not looked at: a rotation has two.
const MOST_SECRETS: usize = 8;
const MOST_OTHERS: usize = 32;
