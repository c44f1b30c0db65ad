use std::borrow::Cow;

use super::forwarded::NoUrl;
use super::incoming::IncomingHead;
use super::{Receiver, Rejection, ResolveError};
use crate::error::VerifyError;
use crate::head::Headers;
use crate::secret::SecretSet;
use crate::verifier::{Intake, Verifier};

/// The verifiers that check a request.
pub(super) struct Verifiers<'a> {
    pub(super) primary: Cow<'a, Verifier>,
    fallback: Option<Cow<'a, Verifier>>,
}

/// The result of each verifier for a head.
pub(super) struct Begun {
    pub(super) primary: Option<Intake>,
    pub(super) fallback: Option<Box<Intake>>,
}

impl Receiver {
    /// Returns the verifiers. An unknown tenant gets decoy keys: its requests fail like wrong signatures, and at the
    /// same point.
    pub(super) fn verifiers(
        &self,
        tenant: Option<Result<Option<SecretSet>, ResolveError>>,
    ) -> Result<Verifiers<'_>, Rejection> {
        let options = self.options();
        let (primary, fallback) = (&options.verifier, options.fallback.as_ref());
        match tenant {
            None => Ok(Verifiers { primary: Cow::Borrowed(primary), fallback: fallback.map(Cow::Borrowed) }),
            Some(Ok(None)) => {
                let decoys = options.decoys();
                let fallback = decoys.fallback.as_ref().map(Cow::Borrowed);
                Ok(Verifiers { primary: Cow::Borrowed(&decoys.primary), fallback })
            }
            Some(Ok(Some(secrets))) => {
                let under = |verifier: &Verifier| {
                    let verifier = verifier.with_secrets(&secrets);
                    let verifier = verifier.and_then(|verifier| {
                        self.check_shares_no_key(&verifier)?;
                        Ok(verifier)
                    });
                    verifier.map(Cow::Owned).map_err(|error| self.refuse(Rejection::bad_secrets(error)))
                };
                Ok(Verifiers { primary: under(primary)?, fallback: fallback.map(under).transpose()? })
            }
            Some(Err(error)) => Err(self.refuse(Rejection::unavailable(error))),
        }
    }

    /// Returns whether the head passes every check that needs no key and no tenant.
    pub(super) fn is_head_in_order<H: Headers>(&self, head: &IncomingHead<'_, H>) -> bool {
        let options = self.options();
        let verifiers = [Some(&options.verifier), options.fallback.as_ref()];
        verifiers.into_iter().flatten().any(|verifier| verifier.begin(&head.of(verifier), head.now).is_ok())
    }
}

impl Verifiers<'_> {
    /// Checks a head with each verifier. One that accepts it is sufficient.
    pub(super) fn begin<H: Headers>(&self, head: &IncomingHead<'_, H>) -> Result<Begun, VerifyError> {
        let primary = self.primary.begin(&head.of(&self.primary), head.now);
        let Some(verifier) = &self.fallback else {
            return primary.map(|intake| Begun { primary: Some(intake), fallback: None });
        };
        match (primary, verifier.begin(&head.of(verifier), head.now)) {
            (Ok(intake), other) => Ok(Begun { primary: Some(intake), fallback: other.ok().map(Box::new) }),
            (Err(_), Ok(intake)) => Ok(Begun { primary: None, fallback: Some(Box::new(intake)) }),
            (Err(error), Err(other)) => Err(nearer(error, other)),
        }
    }
}

/// Reports an unknown public URL only for requests whose head is otherwise in order.
#[cold]
pub(super) fn refused(error: VerifyError, url: Option<&Result<String, NoUrl>>) -> Rejection {
    match (error, url) {
        (VerifyError::MissingUrl, Some(Err(reason))) => Rejection::no_url(reason.clone()),
        (error, _) => error.into(),
    }
}

/// Returns the more informative of two errors: the one of the scheme whose signature was found in the request.
fn nearer(primary: VerifyError, fallback: VerifyError) -> VerifyError {
    if is_about_finding(&primary) && !is_about_finding(&fallback) { fallback } else { primary }
}

const fn is_about_finding(error: &VerifyError) -> bool {
    matches!(
        error,
        VerifyError::MissingSignature { .. }
            | VerifyError::MalformedSignature { .. }
            | VerifyError::UnrecognisedSignature { .. }
            | VerifyError::NoSignatureForExpectedVersion { .. }
    )
}
