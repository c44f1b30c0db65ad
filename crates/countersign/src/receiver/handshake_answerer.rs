//! Recognises and answers handshakes. Shared by `Receiver` and `HandshakeResponder`.

use std::sync::Arc;

use super::handshake_state::{HandshakeCounters, IssueClaim, IssuedMemory, LookupLimit};
use super::rejection::Refusal;
use super::{
    EarlyResponse, HandshakeCount, HandshakePolicy, HandshakeResponse, IssuedSecret, Rejection, RequestHead,
    ResolveError,
};
use crate::handshake::{AnswerInputs, Step, Steps, Trust, Values, View};
use crate::mac::Key;
use crate::scheme::Text;
use crate::secret::Secret;
use crate::time::UnixTime;

/// The handshakes of a provider, with the policy and the state for answering them.
#[derive(Clone, Debug)]
pub(super) struct HandshakeAnswerer {
    pub(super) steps: Arc<Steps>,
    policy: HandshakePolicy,
    counters: Arc<[HandshakeCounters]>,
    issued: IssuedMemory,
    lookups: LookupLimit,
}

/// A handshake that a request may be.
#[derive(Debug)]
pub(super) struct Candidate {
    step: usize,
    values: Values,
    /// The endpoint's policy allows an answer.
    pub(super) wanted: bool,
    /// The handshake is answered only if the request was verified.
    pub(super) signed: bool,
    /// The handshake is answered if the request was verified. Other verified requests are deliveries.
    pub(super) is_covered: bool,
    pub(super) waits_for_body: bool,
    pub(super) brings_secret: bool,
}

/// The context of a handshake.
pub(super) struct HandshakeContext<'a> {
    pub(super) provider: &'a str,
    /// The signing key.
    pub(super) key: Option<&'a Key>,
    /// Whether there is any key, whether or not it is in its period of use.
    pub(super) knows_secret: bool,
    /// The public URL, without its query.
    pub(super) url: Option<&'a str>,
    /// The head of the request, needed by handshakes that issue a secret.
    pub(super) request: Option<&'a RequestHead>,
    pub(super) now: UnixTime,
    /// Whether the request was verified.
    pub(super) verified: bool,
    /// Whether the tenant does not exist.
    pub(super) is_unknown: bool,
    /// Whether the secrets are looked up per request, so that an issued one is found by the next look-up.
    pub(super) looks_secrets_up: bool,
}

impl HandshakeAnswerer {
    pub(super) fn new(steps: Arc<Steps>) -> Self {
        let counters = steps.iter().map(|_| HandshakeCounters::default()).collect();
        Self {
            steps,
            policy: HandshakePolicy::default(),
            counters,
            issued: IssuedMemory::default(),
            lookups: LookupLimit::default(),
        }
    }

    pub(super) fn set_policy(&mut self, policy: HandshakePolicy) {
        self.policy = policy;
    }

    /// Allows a further issued secret.
    pub(super) fn reset_issued(&self) {
        self.issued.reset();
    }

    pub(super) fn counts(&self) -> Vec<HandshakeCount> {
        let count = |(step, counters): (&Step, &HandshakeCounters)| counters.of(step.handshake.name.clone());
        self.steps.iter().zip(&*self.counters).map(count).collect()
    }

    pub(super) fn name(&self, candidate: &Candidate) -> Option<Text> {
        self.steps.get(candidate.step).map(|step| step.handshake.name.clone())
    }

    /// Returns the handshakes that a request may be, by its head.
    pub(super) fn recognise(&self, view: &View<'_>, context: &HandshakeContext<'_>) -> Vec<Candidate> {
        let inputs = self.inputs(context);
        let candidate = |(index, step): (usize, &Step)| {
            let values = view.recognise(step)?;
            Some(Candidate {
                step: index,
                values,
                wanted: self.policy.wants(step) && step.is_possible(&inputs),
                signed: step.handshake.trust == Trust::Signed,
                is_covered: step.is_signed,
                waits_for_body: step.waits_for_body,
                brings_secret: matches!(step.handshake.trust, Trust::IssuesSecret(_)),
            })
        };
        self.steps.iter().enumerate().filter_map(candidate).collect()
    }

    /// Returns whether the request may be any handshake, by its head.
    pub(super) fn may_be_handshake(&self, view: &View<'_>) -> bool {
        self.steps.iter().any(|step| view.recognise(step).is_some())
    }

    /// Returns whether the request may be a handshake that is answered with the secret of its tenant, or that issues
    /// one.
    ///
    /// # Errors
    ///
    /// [`ResolveError`] if it may be one that issues a secret, which any request can claim to be, and the limit on
    /// such requests is reached.
    pub(super) fn needs_secrets(&self, view: &View<'_>, now: UnixTime) -> Result<bool, ResolveError> {
        let wanted = self.steps.iter().filter(|step| self.policy.wants(step) && step.needs_secrets());
        let is_issuing = |step: &Step| matches!(step.handshake.trust, Trust::IssuesSecret(_));
        let found: Vec<bool> = wanted.filter(|step| view.recognise(step).is_some()).map(is_issuing).collect();
        if found.is_empty() || found.contains(&false) || self.lookups.take(now) {
            return Ok(!found.is_empty());
        }
        Err(ResolveError::new("more handshakes that bring a secret than the limit of a minute"))
    }

    /// Returns whether the candidate is this handshake, now that the body is complete.
    pub(super) fn is_in(&self, candidate: &Candidate, body: &[u8]) -> bool {
        self.steps.get(candidate.step).is_some_and(|step| step.is_in(body, &candidate.values))
    }

    /// Answers the handshake, or refuses to.
    pub(super) fn settle(
        &self,
        candidate: &Candidate,
        body: &[u8],
        context: &HandshakeContext<'_>,
    ) -> EarlyResponse {
        let (Some(step), Some(counters)) =
            (self.steps.get(candidate.step), self.counters.get(candidate.step))
        else {
            return EarlyResponse::Rejected(crate::error::ErrorKind::MalformedHandshake.into());
        };
        let answered = self.trusted(step, candidate, body, context).and_then(|issued| {
            let response =
                step.render(&candidate.values, body, &self.inputs(context)).map_err(Refusal::Answer)?;
            Ok((issued, HandshakeResponse::new(step.handshake.name.clone(), response)))
        });
        match answered {
            Err(refusal) => {
                counters.refused();
                EarlyResponse::Rejected(rejection(step, refusal))
            }
            Ok((None, handshaken)) => {
                counters.answered(context.now);
                EarlyResponse::Handshake(handshaken)
            }
            Ok((Some(issued), handshaken)) => self.store(candidate.step, issued, handshaken, context),
        }
    }

    /// Returns whether the trust condition of the handshake is met; and the secret, if it issues one that must be
    /// stored.
    fn trusted(
        &self,
        step: &Step,
        candidate: &Candidate,
        body: &[u8],
        context: &HandshakeContext<'_>,
    ) -> Result<Option<IssuedSecret>, Refusal> {
        let trust = &step.handshake.trust;
        let value = trust.place().and_then(|place| candidate.values.get(place, body)).unwrap_or_default();
        match trust {
            Trust::VerifyToken(_) if !self.policy.has_verify_token(&value) => Err(Refusal::WrongVerifyToken),
            Trust::Origin(_) if !self.policy.allows(&value) => Err(Refusal::Origin),
            Trust::IssuesSecret(_) => {
                if context.is_unknown {
                    return Err(Refusal::UnknownTenant);
                }
                if context.knows_secret && !context.verified && !self.policy.replaces {
                    return Err(Refusal::SecretIsKnown);
                }
                let secret = Secret::new(value.into_owned()).map_err(|_| Refusal::BadSecret)?;
                Ok(Some(IssuedSecret {
                    provider: context.provider.to_owned(),
                    handshake: step.handshake.name.clone().into_owned(),
                    request: context.request.cloned().unwrap_or_default(),
                    secret,
                }))
            }
            _ => Ok(None),
        }
    }

    fn store(
        &self,
        index: usize,
        issued: IssuedSecret,
        handshaken: HandshakeResponse,
        context: &HandshakeContext<'_>,
    ) -> EarlyResponse {
        let Some(sink) = &self.policy.sink else { return EarlyResponse::Handshake(handshaken) };
        let Ok(claim) = self.claim(context) else { return self.refuse(index, Refusal::SecretWasIssued) };
        let (stored, answerer, now) = (sink.store(issued), self.clone(), context.now);
        EarlyResponse::Pending(Box::pin(async move {
            let result = stored.await;
            let (Some(step), Some(counters)) = (answerer.steps.get(index), answerer.counters.get(index))
            else {
                return Ok(handshaken);
            };
            match result {
                Ok(()) => {
                    if let Some(claim) = claim {
                        claim.stored();
                    }
                    counters.answered(now);
                    Ok(handshaken)
                }
                Err(error) => {
                    counters.refused();
                    Err(rejection(step, Refusal::Sink(error)))
                }
            }
        }))
    }

    /// Claims the right to store a secret, if no other state shows whether it is the first.
    fn claim(&self, context: &HandshakeContext<'_>) -> Result<Option<IssueClaim>, ()> {
        if context.looks_secrets_up {
            return Ok(None);
        }
        let may_replace = self.policy.replaces || context.verified;
        self.issued.claim(may_replace).map(Some).ok_or(())
    }

    fn refuse(&self, index: usize, refusal: Refusal) -> EarlyResponse {
        let (Some(step), Some(counters)) = (self.steps.get(index), self.counters.get(index)) else {
            return EarlyResponse::Rejected(crate::error::ErrorKind::MalformedHandshake.into());
        };
        counters.refused();
        EarlyResponse::Rejected(rejection(step, refusal))
    }

    fn inputs<'s>(&'s self, context: &HandshakeContext<'s>) -> AnswerInputs<'s> {
        AnswerInputs {
            key: context.key,
            tokens: &self.policy.tokens,
            url: context.url,
            settings: &self.policy.settings,
        }
    }
}

fn rejection(step: &Step, refusal: Refusal) -> Rejection {
    Rejection::refused(step.handshake.name.clone(), step.refused, refusal)
}
