//! HMACs whose key and message are exchanged.

use countersign::__private::inspect::keys;
use countersign::UnixTime;
use countersign::scheme::{Algorithm, KeyFormat, Location, Template};

use super::Cause;
use super::case::{Case, Guess, Guesses, Stored};
use super::verification::signed_bytes;

/// Tries the signed content as the key, and the secret as the message.
pub(super) fn rare(case: &Case, now: UnixTime) -> Guesses<'_> {
    let scheme = &case.provider.scheme;
    let is_apart = matches!(scheme.signature.at, Location::Header(_) | Location::Query(_));
    let content =
        Some(case).filter(|_| is_apart && is_hmac(scheme.algorithm)).and_then(|case| signed_bytes(case, now));
    Box::new(content.into_iter().flat_map(move |content| {
        let key = Stored::new("signed content", const_hex::encode(content));
        case.secrets.iter().take(MOST_SECRETS).flat_map(move |stored| {
            let text = stored.text().as_bytes().to_vec();
            let keys = keys(&case.provider.scheme.key, stored.text());
            let mut messages: Vec<_> = keys.into_iter().chain([text]).collect();
            messages.dedup();
            let key = key.clone();
            messages.into_iter().map(move |message| {
                let key = key.clone();
                Guess::new(SWAPPED, move |case| {
                    case.secrets = vec![key.clone()];
                    case.body = message.clone().into();
                    let provider = case.provider_mut();
                    provider.handshakes = std::borrow::Cow::Borrowed(&[]);
                    provider.scheme.key = KeyFormat::HEX;
                    provider.scheme.content = Template::new("{body}");
                    provider.scheme.optional_start = false;
                    let stamp = provider.scheme.timestamp.take();
                    provider.scheme.timestamp = stamp.filter(|field| !field.at.is_in_body());
                })
            })
        })
    }))
}

const fn is_hmac(algorithm: Algorithm) -> bool {
    matches!(
        algorithm,
        Algorithm::HmacMd5
            | Algorithm::HmacSha1
            | Algorithm::HmacSha256
            | Algorithm::HmacSha384
            | Algorithm::HmacSha512
    )
}

const MOST_SECRETS: usize = 8;

const SWAPPED: Cause = Cause::new(
    "hmac_arguments_swapped",
    "the key and the message of the HMAC are swapped: the signed content was taken as the key, and the secret as the message; let the \
     sender give its function the arguments in the other order",
);
