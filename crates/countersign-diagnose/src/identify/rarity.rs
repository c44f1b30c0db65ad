use std::collections::{BTreeSet, HashMap};

use countersign::Provider;
use countersign::scheme::Location;

/// The number of providers per header: a header that few use is more significant.
pub(super) struct Rarity {
    providers: HashMap<String, u32>,
}

impl Rarity {
    pub(super) fn of<'p>(providers: impl Iterator<Item = &'p Provider>) -> Self {
        let mut counts = HashMap::new();
        for provider in providers {
            let names: BTreeSet<_> = locations(provider).flat_map(names).collect();
            for name in names {
                *counts.entry(name.to_owned()).or_default() += 1;
            }
        }
        Self { providers: counts }
    }

    /// Returns `most` for a header that one provider uses, half of it for one that two use, and so on.
    pub(super) fn weight(&self, name: &str, most: u32) -> u32 {
        most / self.providers.get(name).copied().unwrap_or(1).max(1)
    }
}

fn locations(provider: &Provider) -> impl Iterator<Item = &Location> {
    let (scheme, event) = (&provider.scheme, &provider.event);
    let stamp = scheme.timestamp.as_ref().map(|field| &field.at);
    std::iter::once(&scheme.signature.at).chain(stamp).chain(&event.id).chain(&event.event_type)
}

/// Returns the names of a header, or none for another place.
pub(super) fn names(at: &Location) -> impl Iterator<Item = &str> {
    let headers = at.alternatives().iter().filter_map(|place| match place {
        Location::Header(names) => Some(names.split(',').map(str::trim)),
        _ => None,
    });
    headers.flatten()
}
