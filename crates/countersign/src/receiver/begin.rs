use std::borrow::Cow;
use std::future::ready;

use super::explainer::RejectedCapture;
use super::forwarded::NoUrl;
use super::pending_handshake::{CandidateRequest, IncomingHead, PendingHandshake};
use super::reception::{Begun, Reception};
use super::share::Share;
use super::{
    EarlyResponse, Incoming, KeysFuture, Received, Receiver, Rejection, RequestHead, ResolveError, Tenant,
};
use crate::error::{ErrorKind, VerifyError};
use crate::handshake::View;
use crate::head::Headers;
use crate::secret::SecretSet;
#[cfg(feature = "metrics")]
use crate::telemetry::Stopwatch;
use crate::verifier::Verifier;

/// The verifiers that check a request.
pub(super) struct Verifiers<'a> {
    primary: Cow<'a, Verifier>,
    fallback: Option<Cow<'a, Verifier>>,
}

impl Receiver {
    /// Looks up the tenant, if a resolver is set.
    ///
    /// The resolver is called only after the checks of the head that need no key: the parts that the signature needs
    /// are present and well-formed, the timestamp is within the tolerance, and the announced length within the
    /// limit. For other requests the future resolves at once to no secrets, and `begin` rejects them. Among unsigned
    /// requests, only those trigger a look-up that may be handshakes whose answer is derived from the tenant's
    /// secret, or that issue one; the latter at most 60 times a minute.
    ///
    /// The budget counts the head, and the copy for the resolver, while that runs.
    ///
    /// # Errors
    ///
    /// [`Rejection`] if the budget has no room for them.
    pub(super) fn lookup<I: Incoming>(&self, request: &I) -> Result<Option<KeysFuture>, Rejection> {
        let Some(tenants) = &self.options().tenants else { return Ok(None) };
        let (kept, passing) = self.size_of(request.target(), request.headers());
        let Some(mut held) = self.hold(2 * kept + passing) else {
            return Err(self.refuse(ErrorKind::BudgetSpent));
        };
        let request = request.to_head();
        let needs_secrets = self.needs_secrets(&request);
        held.give_back(passing);
        Ok(Some(match needs_secrets {
            Ok(true) => {
                let tenant = tenants.tenant(request);
                Box::pin(async move {
                    let tenant = tenant.await;
                    drop(held);
                    Ok(tenant?.map(Tenant::into_secrets))
                })
            }
            Ok(false) => Box::pin(ready(Ok(None))),
            Err(error) => Box::pin(ready(Err(error))),
        }))
    }

    fn needs_secrets(&self, request: &RequestHead) -> Result<bool, ResolveError> {
        let (method, target, headers) = (request.method().as_str(), request.target(), request.headers());
        let head = self.head(method, target, headers);
        if self.is_head_in_order(&head) {
            return Ok(true);
        }
        let Some(answerer) = &self.options().answerer else { return Ok(false) };
        answerer.needs_secrets(&View::new(&answerer.steps, method, target, headers), head.now)
    }

    /// Checks the head of a request. `tenant` is the result of [`lookup`](Self::lookup); without it, a receiver with a
    /// resolver of tenants rejects the request, and never uses the verifier's own secrets as a substitute.
    pub(crate) fn begin<H: Headers>(
        &self,
        method: &str,
        target: &str,
        headers: &H,
        tenant: Option<Result<Option<SecretSet>, ResolveError>>,
    ) -> Result<Reception, EarlyResponse> {
        let options = self.options();
        if tenant.is_none() && options.tenants.is_some() {
            // `Receiving` always looks the tenant up: the verifier's own secrets must never stand in for its.
            return Err(self.refuse(ErrorKind::SecretsUnavailable).into());
        }
        let is_unknown = matches!(tenant, Some(Ok(None)));
        let looks_secrets_up = tenant.is_some();
        let secrets = match &tenant {
            Some(Ok(secrets)) if options.explainer.is_some() => secrets.clone(),
            _ => None,
        };
        let verifiers = self.verifiers(tenant)?;
        let (kept, passing) = self.size_of(target, headers);
        let mut share = Share::of(self.clone());
        share.take(kept + passing)?;
        let head = self.head(method, target, headers);
        let handshake = match &options.answerer {
            None => None,
            Some(answerer) => {
                // A decoy must not answer handshakes.
                let keyless = is_unknown.then(|| options.verifier.without_keys());
                let verifier = keyless.as_ref().unwrap_or(&verifiers.primary);
                CandidateRequest { verifier, head: &head, is_unknown, looks_secrets_up }.enter(answerer)
            }
        };
        let (begun, handshake) = match verifiers.begin(&head) {
            Ok(begun) => (begun, handshake),
            Err(error) => {
                let rejection = refused(error, head.url.as_ref());
                (Begun { primary: None, fallback: None }, Some(self.turn_away(rejection, handshake)?))
            }
        };
        if is_unknown && handshake.is_none() && options.unknown_tenant.is_some() {
            return Err(self.unknown_tenant().into());
        }
        share.give_back(passing);
        // Without room for another copy of the head there is no explanation.
        let explainer = options.explainer.as_ref();
        let explainer = explainer.and_then(|explainer| Some((explainer, options.budget.count(kept)?)));
        let capture = explainer.map(|(explainer, counted)| {
            RejectedCapture::of(explainer, &head.of(&verifiers.primary), secrets, counted)
        });
        Ok(Reception::new(share, begun, handshake, is_unknown).with_capture(capture))
    }

    /// Checks a head without starting a request, for servers that answer `Expect: 100-continue` before their
    /// middleware runs. A head that may be a handshake passes, and no secret of a tenant is looked up. A rejection is counted and
    /// observed like that of a whole request, because none follows.
    ///
    /// # Errors
    ///
    /// [`Rejection`] if [`Receiving`](super::Receiving) would reject the head for the same reason.
    pub fn check_head<H: Headers>(&self, method: &str, target: &str, headers: &H) -> Result<(), Rejection> {
        #[cfg(feature = "metrics")]
        let mut stopwatch = Stopwatch::default();
        #[cfg(feature = "metrics")]
        stopwatch.start();
        let checked = self.decide_head(method, target, headers);
        #[cfg(feature = "metrics")]
        stopwatch.stop();
        let Err(rejection) = checked else { return Ok(()) };
        let received = Received::Rejected(rejection);
        self.options().observed(&received, &|| RequestHead::of(method, target, headers));
        #[cfg(feature = "metrics")]
        self.measure(&received, &stopwatch);
        match received {
            Received::Rejected(rejection) => Err(rejection),
            _ => Ok(()),
        }
    }

    fn decide_head<H: Headers>(&self, method: &str, target: &str, headers: &H) -> Result<(), Rejection> {
        let options = self.options();
        let (kept, passing) = self.size_of(target, headers);
        let Some(_held) = self.hold(kept + passing) else {
            return Err(self.refuse(ErrorKind::BudgetSpent));
        };
        let head = self.head(method, target, headers);
        let verifiers = Verifiers {
            primary: Cow::Borrowed(&options.verifier),
            fallback: options.fallback.as_ref().map(Cow::Borrowed),
        };
        let Err(error) = verifiers.begin(&head) else { return Ok(()) };
        if options.observes_only {
            return Ok(());
        }
        match &options.answerer {
            Some(answerer)
                if answerer.may_be_handshake(&View::new(&answerer.steps, method, target, headers)) =>
            {
                Ok(())
            }
            _ => Err(self.refuse(refused(error, head.url.as_ref()))),
        }
    }

    /// Returns whether the head passes every check that needs no key and no tenant.
    pub(super) fn is_head_in_order<H: Headers>(&self, head: &IncomingHead<'_, H>) -> bool {
        let options = self.options();
        let verifiers = [Some(&options.verifier), options.fallback.as_ref()];
        verifiers.into_iter().flatten().any(|verifier| verifier.begin(&head.of(verifier), head.now).is_ok())
    }

    pub(super) fn head<'a, H: Headers>(
        &self,
        method: &'a str,
        target: &'a str,
        headers: &'a H,
    ) -> IncomingHead<'a, H> {
        let options = self.options();
        let url = options.public_url.as_ref().filter(|_| options.answerer.is_some() || self.needs_url());
        IncomingHead {
            method,
            target,
            headers,
            url: url.map(|public_url| public_url.of(target, headers)),
            now: options.clock.now(),
        }
    }

    /// Returns whether one of the declarations signs the URL.
    pub(super) fn needs_url(&self) -> bool {
        let options = self.options();
        options.verifier.needs_url() || options.fallback.as_ref().is_some_and(Verifier::needs_url)
    }

    /// Returns the verifiers. An unknown tenant gets decoy keys: its requests fail like wrong signatures, and at the
    /// same point.
    fn verifiers(
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

    /// Handles a request whose head was rejected: it may still be a handshake.
    #[cold]
    fn turn_away(
        &self,
        error: Rejection,
        handshake: Option<Box<PendingHandshake>>,
    ) -> Result<Box<PendingHandshake>, EarlyResponse> {
        match handshake {
            None => Err(self.refuse(error).into()),
            Some(handshake) => handshake.turned_away(error).map_err(|response| self.styled(response)),
        }
    }
}

impl Verifiers<'_> {
    fn begin<H: Headers>(&self, head: &IncomingHead<'_, H>) -> Result<Begun, VerifyError> {
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
fn refused(error: VerifyError, url: Option<&Result<String, NoUrl>>) -> Rejection {
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
