use std::cmp::Reverse;

use countersign::{Confidence, Provider, providers};

use super::rarity::Rarity;
use super::score::score;
use crate::explain::Captured;

/// Returns the providers in the order in which the request matches them, best first; those that it does not match come
/// last.
pub(crate) fn ranked(
    providers: impl Iterator<Item = &'static Provider>,
    captured: &Captured,
) -> Vec<&'static Provider> {
    let rarity = Rarity::of(providers::all());
    let scored = providers.map(|provider| (score(provider, captured, &rarity), provider));
    let mut scored: Vec<_> = scored.collect();
    scored.sort_by_key(|(score, provider)| Reverse((*score, standing(provider))));
    scored.into_iter().map(|(_, provider)| provider).collect()
}

/// Returns the provider that the request matches best, and its score.
pub(crate) fn best(
    providers: impl Iterator<Item = &'static Provider>,
    captured: &Captured,
) -> Option<(u32, &'static Provider)> {
    let rarity = Rarity::of(providers::all());
    let scored = providers.filter_map(|provider| Some((score(provider, captured, &rarity)?, provider)));
    scored.min_by_key(|(score, provider)| Reverse((*score, standing(provider))))
}

/// The smallest score that requires a signature header of few providers.
pub(crate) const TELLING: u32 = 230;

/// Returns the rank among providers that a request matches equally: a scheme before those that use it, a fork before
/// the providers whose headers it sends as well, the declaration that has the general names of its provider before its
/// others, and facts from the provider before those from elsewhere.
pub(super) fn standing(provider: &Provider) -> (bool, usize, bool, bool) {
    let trusted = matches!(provider.confidence, Confidence::OfficialCode | Confidence::OfficialDocs);
    (provider.generic, provider.also_sends.len(), !provider.aliases.is_empty(), trusted)
}
