//! Signatures that are a plain hash, with the secret before or after the content or without it, and HMACs without a
//! key.

use countersign::scheme::{Algorithm, Encoding, Template};

use super::Cause;
use super::case::{Case, Guess, Guesses, Stored};

/// Tries hashes of the signed content.
pub(super) fn rare(case: &Case) -> Guesses<'_> {
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
    Box::new(plain(case).chain(with_secret(case)).chain(without_key()))
}

/// Tries the hash of the body alone. The first byte of the body takes the place of the secret, the rest that of the
/// content.
fn plain(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let first = case.body.first().filter(|byte| byte.is_ascii()).map(|byte| char::from(*byte).to_string());
    let first = first.filter(|_| case.signs_body());
    first.into_iter().flat_map(|first| {
        HASHES.iter().map(move |(algorithm, name)| {
            let sentence = format!(
                "the signature is the plain {name} of the body, without the secret, so every sender can make it: \
                 let the sender sign with the algorithm of the declaration, under the secret"
            );
            let first = Stored::new("none", first.as_str());
            Guess::new(Cause::owned("plain_hash", sentence), move |case| {
                case.body = case.body.slice(1.min(case.body.len())..);
                case.secrets = vec![first.clone()];
                hashed(case, *algorithm, "{secret}{body}");
            })
        })
    })
}

/// Tries the hash of the secret and the signed content, in either order.
fn with_secret(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let content = case.provider.scheme.content.as_str();
    let content = Some(content).filter(|content| !content.contains("{secret}")).map(str::to_owned);
    content.into_iter().flat_map(|content| {
        let orders = [(format!("{{secret}}{content}"), "secret and content"), (format!("{content}{{secret}}"), "content and secret")];
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

static HASHES: [(Algorithm, &str); 2] = [(Algorithm::Sha256, "SHA-256"), (Algorithm::Sha1, "SHA-1")];
static NO_KEYS: [&str; 6] = ["\0", "undefined", "null", "None", "nil", "[object Object]"];
