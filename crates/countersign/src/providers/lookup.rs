//! Finds declarations and handshakes in the catalogue.

use super::all::ALL;
use super::undeclared::HANDSHAKES;
use crate::handshake::Handshake;
use crate::provider::Provider;

/// Returns all declarations: the founding four first, then by slug.
pub fn all() -> impl Iterator<Item = &'static Provider> {
    ALL.iter().copied()
}

/// Returns the declaration with this slug or [alias](Provider::aliases).
#[must_use]
pub fn find(name: &str) -> Option<&'static Provider> {
    all().find(|provider| provider.slug == name || provider.aliases.iter().any(|alias| alias == name))
}

/// Returns the handshakes that are answered, with the slugs of their providers: those in declarations first.
pub fn all_handshakes() -> impl Iterator<Item = (&'static str, &'static [Handshake])> {
    let declared = all().map(|provider| (&*provider.slug, &*provider.handshakes));
    let answered = declared.filter(|(_, all)| all.iter().any(|handshake| handshake.answer.is_some()));
    answered.chain(HANDSHAKES.iter().copied())
}
