//! Finds a provider by user input.

use countersign::{Provider, providers};

use crate::error::CliError;

/// Returns the provider with this slug or alias.
pub(crate) fn find(slug: &str) -> Result<&'static Provider, CliError> {
    providers::find(slug).ok_or_else(|| {
        let near = near(slug);
        let cure = if near.is_empty() {
            "`countersign providers` lists them, and `--scheme` reads a declaration of your own".to_owned()
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        CliError::Usage(format!("no provider has the slug {slug:?}: {cure}"))
    })
}

/// Returns similar slugs, the nearest first.
fn near(slug: &str) -> Vec<String> {
    let slug = slug.to_lowercase();
    let mut found: Vec<_> = providers::all()
        .map(|provider| (likeness(&slug, provider), provider))
        .filter(|(likeness, _)| *likeness > LIKE)
        .collect();
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    found.into_iter().map(|(_, provider)| format!("`{}`", provider.slug)).take(3).collect()
}

fn likeness(slug: &str, provider: &Provider) -> f64 {
    let name = provider.name.to_lowercase();
    let likeness = strsim::jaro_winkler(slug, &provider.slug).max(strsim::jaro_winkler(slug, &name));
    // A part of the slug counts as much as a typing error.
    if slug.len() >= 3 && provider.slug.contains(slug) { likeness.max(LIKE + 0.1) } else { likeness }
}

/// The similarity below which two words are unrelated.
const LIKE: f64 = 0.8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        for (typed, meant) in [
            ("strip", "stripe"),
            ("githup", "github-sha256"),
            ("Twilio", "twilio-form"),
            ("preflx", "preflix"),
        ] {
            assert_eq!(near(typed).first(), Some(&format!("`{meant}`")), "{typed}");
        }
        assert!(near("zzz").is_empty());
    }
}
