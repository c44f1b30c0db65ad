//! Signatures that are a plain hash, with the secret before or after the content or without it, and HMACs without a
//! key.

use bytes::Bytes;
use countersign::UnixTime;
use countersign::scheme::{Algorithm, Encoding, Template};

use super::Cause;
use super::case::{Case, Guess, Guesses, Stored};
use super::verification::signed_bytes;

/// Tries hashes of the signed content.
pub(super) fn rare(case: &Case, now: UnixTime) -> Guesses<'_> {
    let scheme = &case.provider.scheme;
    let is_shared = scheme.algorithm.covers_content() && !scheme.algorithm.is_asymmetric();
    if !is_shared
        || !matches!(
            scheme.signature.encoding,
            Encoding::Hex | Encoding::Base64 | Encoding::Base64Url | Encoding::Base64UrlUnpadded
        )
    {
        return Box::new(std::iter::empty());
    }
    Box::new(plain(case, now).chain(with_secret(case)).chain(without_key()))
}

/// Tries the hash of the body or of the signed content, alone. The first byte takes the place of the secret, the rest
/// that of the body.
fn plain(case: &Case, now: UnixTime) -> impl Iterator<Item = Guess<'_>> {
    let body = Some(case.body.clone()).filter(|_| case.signs_body());
    let is_body = case.provider.scheme.content.as_str() == "{body}";
    let content = Some(case).filter(|_| !is_body).and_then(|case| signed_bytes(case, now)).map(Bytes::from);
    let all = [(body, "body"), (content, "signed content")];
    all.into_iter().filter_map(|(bytes, what)| Some((bytes?, what))).flat_map(|(bytes, what)| {
        let first = bytes.first().filter(|byte| byte.is_ascii()).map(|byte| char::from(*byte).to_string());
        first.into_iter().flat_map(move |first| {
            let bytes = bytes.clone();
            HASHES.iter().map(move |(algorithm, name)| {
                let sentence = format!(
                    "the signature is the plain {name} of the {what}, without the secret, so every sender can make it: \
                     let the sender sign with the algorithm of the declaration, under the secret"
                );
                let (first, rest) = (Stored::new("none", first.as_str()), bytes.slice(1..));
                Guess::new(Cause::owned("plain_hash", sentence), move |case| {
                    case.body = rest.clone();
                    case.secrets = vec![first.clone()];
                    hashed(case, *algorithm, "{secret}{body}");
                })
            })
        })
    })
}

/// Tries the hash of the secret and the signed content or the body, in either order.
fn with_secret(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let content = case.provider.scheme.content.as_str();
    let has_secret = content.contains("{secret}");
    let body = Some("{body}").filter(|body| *body != content && case.signs_body());
    let contents = [(Some(content).filter(|_| !has_secret), "content"), (body, "body")];
    let contents = contents.into_iter().filter_map(|(content, what)| Some((content?.to_owned(), what)));
    contents.flat_map(|(content, what)| {
        let orders = [
            (format!("{{secret}}{content}"), format!("secret and {what}")),
            (format!("{content}{{secret}}"), format!("{what} and secret")),
        ];
        orders.into_iter().flat_map(|(content, order)| {
            HASHES.iter().map(move |(algorithm, name)| {
                let sentence = format!(
                    "the signature is the {name} of {order}, and no HMAC: let the sender make an HMAC, or declare the \
                     algorithm and `{{secret}}` in the content"
                );
                let content = content.clone();
                Guess::new(Cause::owned("plain_hash_with_secret", sentence), move |case| {
                    hashed(case, *algorithm, &content);
                })
            })
        })
    })
}

/// Tries an HMAC under the empty key, which equals that under one zero byte, and under words for a missing value
/// such as `null`.
fn without_key<'g>() -> impl Iterator<Item = Guess<'g>> {
    NO_KEYS.iter().map(|key| {
        let cause = Cause::new(
            "secret_missing_at_sender",
            "the request is signed with an empty secret, or with the word that a language has for a missing one, so \
             every sender can make the signature: set the secret where the sender reads it",
        );
        let key = Stored::new("none", *key);
        Guess::new(cause, move |case| {
            case.secrets = vec![key.clone()];
            case.provider_mut().scheme.key = countersign::scheme::KeyFormat::UTF8;
        })
    })
}

fn hashed(case: &mut Case, algorithm: Algorithm, content: &str) {
    // The content of its handshakes must fit its own scheme.
    case.provider_mut().handshakes = std::borrow::Cow::Borrowed(&[]);
    let scheme = &mut case.provider_mut().scheme;
    scheme.algorithm = algorithm;
    scheme.key = countersign::scheme::KeyFormat::UTF8;
    scheme.content = Template::from(content.to_owned());
    scheme.optional_start = false;
    // The body is replaced, so nothing is read from it.
    scheme.timestamp = scheme.timestamp.take().filter(|field| !field.at.is_in_body());
}

static HASHES: [(Algorithm, &str); 5] = [
    (Algorithm::Sha256, "SHA-256"),
    (Algorithm::Sha1, "SHA-1"),
    (Algorithm::Md5, "MD5"),
    (Algorithm::Sha512, "SHA-512"),
    (Algorithm::Sha384, "SHA-384"),
];
static NO_KEYS: [&str; 6] = ["\0", "undefined", "null", "None", "nil", "[object Object]"];
