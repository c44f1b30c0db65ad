//! Groups providers by their kind of signature, for the overview.

use std::collections::BTreeMap;
use std::fmt;

use countersign::Provider;
use countersign::scheme::{Algorithm, Location};

/// A kind of signature.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Family {
    StandardWebhooks,
    DatedHmac,
    BodyHmac,
    UrlHmac,
    OtherHmac,
    PublicKey,
    Jwt,
    Hash,
    Token,
}

impl Family {
    pub(crate) fn of(provider: &Provider) -> Self {
        let scheme = &provider.scheme;
        let content = scheme.content.as_str();
        match scheme.algorithm {
            Algorithm::Token | Algorithm::Basic => Self::Token,
            algorithm if algorithm.takes_secret_in_content() => Self::Hash,
            algorithm if algorithm.is_asymmetric() => Self::PublicKey,
            algorithm if is_jwt(algorithm) => Self::Jwt,
            Algorithm::HmacSha256 if content == "{id}.{timestamp}.{body}" => Self::StandardWebhooks,
            _ if content.contains("{url") || content.contains("{target") => Self::UrlHmac,
            _ if content == "{body}" => Self::BodyHmac,
            _ if signs_its_time(provider, content) => Self::DatedHmac,
            _ => Self::OtherHmac,
        }
    }
}

/// Returns a line with the number of declarations of each family that has any.
pub(crate) fn families(declarations: &[&Provider], line: impl Fn(Family, usize) -> String) -> String {
    let mut counts = BTreeMap::<_, usize>::new();
    for provider in declarations {
        *counts.entry(Family::of(provider)).or_default() += 1;
    }
    counts.into_iter().map(|(family, count)| line(family, count)).collect()
}

/// Returns whether the algorithm is that of a JWT. The JSON of a declaration contains the documented names of
/// algorithms, including those behind features.
fn is_jwt(algorithm: Algorithm) -> bool {
    serde_json::to_value(algorithm).is_ok_and(|name| name == "jwt")
}

fn signs_its_time(provider: &Provider, content: &str) -> bool {
    content.contains("{timestamp}")
        || provider.scheme.timestamp.as_ref().is_some_and(|field| match &field.at {
            Location::Header(names) => content.contains(&format!("{{header:{names}}}")),
            _ => false,
        })
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StandardWebhooks => "HMAC of id, timestamp and body: Standard Webhooks and its like",
            Self::DatedHmac => "HMAC of timestamp and body",
            Self::BodyHmac => "HMAC of the body",
            Self::UrlHmac => "HMAC of the URL and more",
            Self::OtherHmac => "HMAC of parts of the request",
            Self::PublicKey => "Public keys: Ed25519, ECDSA, RSA",
            Self::Jwt => "JSON Web Tokens",
            Self::Hash => "Hash over a secret and the body",
            Self::Token => "Tokens and HTTP Basic: nothing is signed",
        })
    }
}
