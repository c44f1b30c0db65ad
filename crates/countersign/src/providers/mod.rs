//! The catalogue: one declaration per provider, with its source and its quirks.

use crate::provider::Provider;

pub mod aws_sns;
mod composed;
pub mod github;
pub mod preflix;
pub mod printprice;
pub mod proxiant;
mod published_keys;
pub mod redpin;
pub mod shopify;
pub mod slack;
pub mod standard_webhooks;
pub mod stripe;
pub mod svix;
pub mod twilio;

pub use aws_sns::PROVIDER as AWS_SNS;
pub use composed::*;
pub use published_keys::*;

/// All declarations: the founding four first, then by slug.
pub fn all() -> impl Iterator<Item = &'static Provider> {
    ALL.iter().chain(composed::FAMILY).chain(published_keys::FAMILY).copied()
}

/// The declaration with this slug.
#[must_use]
pub fn find(slug: &str) -> Option<&'static Provider> {
    all().find(|provider| provider.slug == slug)
}

static ALL: &[&Provider] = &[
    &preflix::PROVIDER,
    &redpin::PROVIDER,
    &printprice::PROVIDER,
    &proxiant::PROVIDER,
    &github::PROVIDER,
    &shopify::PROVIDER,
    &slack::PROVIDER,
    &standard_webhooks::PROVIDER,
    &stripe::PROVIDER,
    &svix::PROVIDER,
    &twilio::PROVIDER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declaration_is_sound_and_says_where_its_facts_come_from() {
        for provider in all() {
            provider.check().unwrap_or_else(|error| panic!("{}: {error}", provider.slug));
            assert!(!provider.doc.is_empty() && !provider.name.is_empty(), "{}", provider.slug);
        }
    }

    #[test]
    fn slugs_are_unique() {
        for provider in all() {
            assert!(std::ptr::eq(find(&provider.slug).unwrap(), provider), "{}", provider.slug);
        }
    }

    #[test]
    fn every_declaration_survives_json() {
        for provider in all() {
            let json = serde_json::to_string(provider).unwrap();
            assert_eq!(&Provider::from_json(&json).unwrap(), provider);
        }
    }
}
