use std::cmp::Reverse;
use std::fmt;

use countersign::{Provider, SecretSet, UnixTime, providers};

use super::rank::standing;
use super::rarity::Rarity;
use super::score::{score, score_without_signature, unsigned};
use crate::explain::{Captured, Diagnoser};

/// A provider that a request matches.
#[derive(Clone, Copy)]
pub struct Match {
    provider: &'static Provider,
    score: u32,
    verified: bool,
    unsigned: Option<&'static str>,
}

impl Match {
    /// Returns the provider.
    #[must_use]
    pub const fn provider(&self) -> &'static Provider {
        self.provider
    }

    /// Returns the score of the match: features that few providers share count more. Only meaningful for
    /// comparisons.
    #[must_use]
    pub const fn score(&self) -> u32 {
        self.score
    }

    /// Returns whether the signature verifies under one of the secrets, whatever its timestamp is.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        self.verified
    }

    /// Returns the reason for the missing signature, and the cure, if the request has none: it is of a kind that the
    /// provider sends without one ([`Provider::unsigned`]), or no secret is set at the provider.
    #[must_use]
    pub const fn unsigned(&self) -> Option<&'static str> {
        self.unsigned
    }
}

impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Match")
            .field("provider", &self.provider.slug)
            .field("score", &self.score)
            .field("verified", &self.verified)
            .field("unsigned", &self.unsigned)
            .finish()
    }
}

/// Returns the providers of the catalogue that the request matches, best first. Those for which it verifies under one
/// of the secrets come before all others. A request without a signature matches the provider that is known to send such
/// requests, as Amazon SNS its raw deliveries; otherwise those whose other headers it has.
///
/// ```
/// use countersign::{Secret, Signer, SigningRequest, UnixTime, providers};
/// use countersign_diagnose::{Captured, identify};
///
/// let now = UnixTime::from_secs(1_700_000_000);
/// let signer = Signer::new(&providers::SLACK, Secret::new("a secret")?)?;
/// let headers = signer.sign(&SigningRequest::new("{}", now))?;
/// let matches = identify(&Captured::new(headers, "{}"), None, now);
/// assert_eq!(matches[0].provider().slug, "slack");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn identify(captured: &Captured, secrets: Option<&SecretSet>, now: UnixTime) -> Vec<Match> {
    let rarity = Rarity::of(providers::all());
    let matched = |provider: &'static Provider| {
        let score = score(provider, captured, &rarity)?;
        let verified = secrets
            .is_some_and(|secrets| Diagnoser::new(provider).with_secrets(secrets).holds(captured, now));
        let unsigned = unsigned(provider, captured).filter(|_| !verified);
        Some(Match { provider, score, verified, unsigned })
    };
    let without_signature = |provider: &'static Provider| {
        let score = score_without_signature(provider, captured, &rarity)?;
        Some(Match { provider, score, verified: false, unsigned: Some(NO_SIGNATURE) })
    };
    let mut matches: Vec<_> = providers::all().filter_map(matched).collect();
    if matches.is_empty() {
        matches.extend(providers::all().filter_map(without_signature));
    }
    matches.sort_by_key(|matched| Reverse((matched.verified, matched.score, standing(matched.provider))));
    matches
}

const NO_SIGNATURE: &str = "other headers of the provider are there, and the signature is not, as when no secret is set for the \
                            webhook at the provider: set the secret there; if one is set, let no proxy remove the header";
