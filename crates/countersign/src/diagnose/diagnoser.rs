use std::borrow::Cow;
use std::sync::Arc;

use super::case::{Case, Stored};
use super::engine::{Engine, signature_holds};
use super::{Captured, Diagnosis};
use crate::provider::Provider;
use crate::secret::SecretSet;
use crate::time::UnixTime;

/// Finds out why requests do not verify. See the [module](self::super) for an example.
#[derive(Clone, Debug)]
#[must_use]
pub struct Diagnoser {
    provider: Arc<Provider>,
    secrets: Vec<Stored>,
    others: Vec<Stored>,
    effort: Effort,
}

/// How much one diagnosis may cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Effort {
    /// Verifications.
    pub guesses: usize,
    /// Bytes of bodies, over all verifications.
    pub bytes: u64,
}

impl Effort {
    /// The effort for interactive use: 16384 guesses, which is all of them for most requests, and 2 GiB, some seconds.
    pub const PATIENT: Self = Self { guesses: 16384, bytes: 2 << 30 };

    /// For a log line of a server: 512 guesses, which are single mistakes and some pairs, and 4 MiB, which together is
    /// a few milliseconds.
    pub const SHORT: Self = Self { guesses: 512, bytes: 4 << 20 };
}

impl Default for Effort {
    fn default() -> Self {
        Self::PATIENT
    }
}

impl Diagnoser {
    /// For requests that this provider is said to have sent.
    pub fn new(provider: impl Into<Cow<'static, Provider>>) -> Self {
        Self {
            provider: Arc::new(provider.into().into_owned()),
            secrets: Vec::new(),
            others: Vec::new(),
            effort: Effort::default(),
        }
    }

    /// Under these secrets.
    pub fn with_secrets(mut self, secrets: &SecretSet) -> Self {
        self.secrets.extend(secrets.iter().map(|named| Stored {
            name: named.name.clone(),
            secret: named.secret.clone(),
            valid: named.valid,
        }));
        self
    }

    /// Under this secret as it is stored, whatever is wrong with it: [`Secret`](crate::Secret) refuses white space at
    /// an end, and that may be the mistake.
    pub fn with_stored_secret(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.secrets.push(Stored::new(name, text));
        self
    }

    /// With a secret that belongs to something else: the test mode, another endpoint, another provider. It is named if
    /// it is the one that matches.
    pub fn with_other_secret(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.others.push(Stored::new(name, text));
        self
    }

    /// With another bound on the cost.
    pub const fn with_effort(mut self, effort: Effort) -> Self {
        self.effort = effort;
        self
    }

    /// The same for other secrets: those of a tenant.
    pub(crate) fn for_secrets(&self, secrets: &SecretSet) -> Self {
        Self { secrets: Vec::new(), ..self.clone() }.with_secrets(secrets)
    }

    /// Why the request is rejected at this time.
    #[must_use]
    pub fn diagnose(&self, captured: &Captured, now: UnixTime) -> Diagnosis {
        let case = Case::new(Arc::clone(&self.provider), self.secrets.clone(), captured);
        Engine::new(case, &self.others, self.effort, now).run()
    }

    /// Whether the signature holds under one of the secrets, whatever the timestamp is.
    pub(crate) fn holds(&self, captured: &Captured, now: UnixTime) -> bool {
        let case = |stored: &Stored| Case::new(Arc::clone(&self.provider), vec![stored.clone()], captured);
        self.secrets.iter().any(|stored| signature_holds(&case(stored), now).is_some())
    }
}
