use std::borrow::Cow;
use std::sync::Arc;

use countersign::{Provider, SecretSet, UnixTime};

use super::case::{Case, Stored};
use super::engine::{Effort, Engine};
use super::verification::signature_holds;
use super::{Captured, Diagnosis};

/// Explains why a request does not verify under these secrets. See [`Diagnoser`] for secrets that are not valid
/// [`Secret`]s, and for those of other endpoints.
///
/// [`Secret`]: countersign::Secret
#[must_use]
pub fn diagnose(provider: &Provider, secrets: &SecretSet, captured: &Captured, now: UnixTime) -> Diagnosis {
    Diagnoser::new(provider.clone()).with_secrets(secrets).diagnose(captured, now)
}

/// Finds the reason why requests do not verify. See the [crate](crate) for an example.
#[derive(Clone, Debug)]
#[must_use]
pub struct Diagnoser {
    provider: Arc<Provider>,
    secrets: Vec<Stored>,
    others: Vec<Stored>,
    effort: Effort,
}

impl Diagnoser {
    /// Creates a diagnoser for requests that are expected to come from this provider.
    pub fn new(provider: impl Into<Cow<'static, Provider>>) -> Self {
        Self {
            provider: Arc::new(provider.into().into_owned()),
            secrets: Vec::new(),
            others: Vec::new(),
            effort: Effort::default(),
        }
    }

    /// Adds these secrets.
    pub fn with_secrets(mut self, secrets: &SecretSet) -> Self {
        self.secrets.extend(Stored::all_of(secrets));
        self
    }

    /// Adds a secret as it is stored, without validation: [`Secret`](countersign::Secret) refuses white space at an end,
    /// which may be the mistake.
    pub fn with_stored_secret(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.secrets.push(Stored::new(name, text));
        self
    }

    /// Adds a secret of something else: the test mode, another endpoint, another provider. The diagnosis names it if
    /// it matches.
    pub fn with_other_secret(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.others.push(Stored::new(name, text));
        self
    }

    /// Sets the limit on the cost.
    pub const fn with_effort(mut self, effort: Effort) -> Self {
        self.effort = effort;
        self
    }

    /// Returns a diagnoser for other secrets, those of a tenant.
    pub(crate) fn for_secrets(&self, secrets: &SecretSet) -> Self {
        Self { secrets: Vec::new(), ..self.clone() }.with_secrets(secrets)
    }

    /// Explains why the request is rejected at this time.
    #[must_use]
    pub fn diagnose(&self, captured: &Captured, now: UnixTime) -> Diagnosis {
        let case = Case::new(Arc::clone(&self.provider), self.secrets.clone(), captured);
        Engine::new(case, &self.others, self.effort, now).run()
    }

    /// Returns whether the signature verifies under one of the secrets, whatever the timestamp is.
    pub(crate) fn holds(&self, captured: &Captured, now: UnixTime) -> bool {
        let case = |stored: &Stored| Case::new(Arc::clone(&self.provider), vec![stored.clone()], captured);
        self.secrets.iter().any(|stored| signature_holds(&case(stored), now).is_some())
    }
}
