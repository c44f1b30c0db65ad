//! Corrects the text of the secret: changes that happened where it was stored.

use countersign::scheme::KeyFormat;

use super::Cause;
use super::case::{Guess, Stored};
use super::code::{from_base64, from_percent, to_base64};

/// Returns the texts that may have been intended.
pub(super) fn texts(text: &str) -> impl Iterator<Item = Spelling> + use<> {
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

/// Undoes or makes one mistake in a text.
type Spell = fn(&str) -> Vec<String>;

/// A secret in another notation.
pub(super) struct Spelling {
    pub(super) causes: Vec<Cause>,
    pub(super) secret: Stored,
    pub(super) format: Option<KeyFormat>,
}

impl Spelling {
    pub(super) fn after(mut self, other: &Self) -> Self {
        self.causes.splice(0..0, other.causes.iter().cloned());
        self
    }

    pub(super) fn guess<'g>(self, name: &str) -> Guess<'g> {
        let Self { causes, secret, format } = self;
        let secret = secret.named(name);
        Guess::several(causes, move |case| {
            case.secrets = vec![secret.clone()];
            if let Some(format) = &format {
                case.provider_mut().scheme.key = format.clone();
            }
        })
    }
}

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
        "the secret has an additional Base64 encoding, as Kubernetes shows secrets: decode it once",
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
        "secret_prefix_case",
        "the prefix in front of the secret is stored in another case than the provider has it in: store the secret as the \
         provider shows it",
        |text| {
            let written = |prefix: &&&str| {
                text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            };
            let rest = |prefix: &&str| Some(format!("{prefix}{}", text.get(prefix.len()..)?));
            KEY_PREFIXES.iter().filter(written).filter_map(rest).collect()
        },
    ),
    (
        "secret_case",
        "the secret is stored in another case than the provider has it in: store it as the provider shows it",
        |text| vec![text.to_lowercase(), text.to_uppercase()],
    ),
    (
        "secret_characters",
        "the secret is stored with characters that an editor or a chat put in place of plain ones, such as long dashes, curly \
         quotes or invisible spaces: copy it again from where the provider shows it",
        |text| {
            let plain = |char: char| match char {
                '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
                '\u{2018}' | '\u{2019}' => Some('\''),
                '\u{201c}' | '\u{201d}' => Some('"'),
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
                other => Some(other),
            };
            vec![text.chars().filter_map(plain).collect::<String>().trim().to_owned()]
        },
    ),
    (
        "secret_escaped",
        "the secret is stored with characters escaped as for a shell or Compose, `\\$` or `$$` for `$`, and without that the \
         request verifies: store it as the provider shows it",
        |text| vec![text.replace('\\', ""), text.replace("$$", "$"), text.replace("%%", "%")],
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

/// Prefixes of secrets, over all providers.
static KEY_PREFIXES: [&str; 4] = ["whsec_", "v1,whsec_", "whsk_", "sk_"];
/// Prefixes that belong to a header, or to the notation of a number.
static OTHER_PREFIXES: [&str; 4] = ["sha256=", "Bearer ", "0x", "0X"];
