use countersign::scheme::KeyFormat;

use super::Cause;
use super::case::{Guess, Stored};

/// A secret in another notation.
pub(super) struct Spelling {
    pub(super) causes: Vec<Cause>,
    pub(super) secret: Stored,
    pub(super) format: Option<KeyFormat>,
}

impl Spelling {
    pub(super) fn after(mut self, other: &Self) -> Self {
        self.causes.splice(0..0, other.causes.iter().cloned());
        self
    }

    pub(super) fn guess<'g>(self, name: &str) -> Guess<'g> {
        let Self { causes, secret, format } = self;
        let secret = secret.named(name);
        Guess::several(causes, move |case| {
            case.secrets = vec![secret.clone()];
            if let Some(format) = &format {
                case.provider_mut().scheme.key = format.clone();
            }
        })
    }
}
