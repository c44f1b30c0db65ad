use bytes::Bytes;

use super::explainer::RejectedCapture;
use super::pending_handshake::{CandidateRequest, PendingHandshake};
use super::share::Share;
use super::verifiers::{Begun, refused};
use super::{EarlyResponse, KeysFuture, Receiver, Rejection, ResolveError};
use crate::delivery::Delivery;
use crate::error::{ErrorKind, VerifyError};
use crate::head::Headers;
use crate::secret::SecretSet;
use crate::time::UnixTime;
use crate::verifier::Intake;

/// A request whose head was checked, while its body arrives.
pub(crate) struct Reception {
    share: Share,
    /// `None` if the head was rejected, but the fallback accepts it or the body may be a handshake.
    intake: Option<Intake>,
    /// The intake of the fallback, if it accepts the head. Holds the body only if the primary one rejected the head.
    fallback: Option<Box<Intake>>,
    /// Present if the request may be a handshake.
    handshake: Option<Box<PendingHandshake>>,
    /// Whether the tenant has no secrets, so that no request verifies.
    is_unknown: bool,
    /// The rejection by the primary scheme, if only the fallback continues.
    failed: Option<Rejection>,
    /// The number of small chunks so far.
    small: u32,
    capture: Option<Box<RejectedCapture>>,
}

/// The sizes in bytes below which a chunk is small, and the largest number of such chunks per request. Each costs a
/// few nanoseconds however small it is: a body of 1 MiB in chunks of one byte would cost as much as hashing 10 MiB.
const SMALL: usize = 64;
const MOST_SMALL: u32 = 1 << 17;

impl Receiver {
    /// Checks the head of a request. `tenant` is the result of looking it up; without it, a receiver with a
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

impl Reception {
    pub(super) fn new(
        share: Share,
        begun: Begun,
        handshake: Option<Box<PendingHandshake>>,
        is_unknown: bool,
    ) -> Self {
        Self {
            share,
            intake: begun.primary,
            fallback: begun.fallback,
            handshake,
            is_unknown,
            failed: None,
            small: 0,
            capture: None,
        }
    }

    pub(super) fn with_capture(self, capture: Option<Box<RejectedCapture>>) -> Self {
        Self { capture, ..self }
    }

    /// Adds the next bytes of the body.
    pub(crate) fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        let bytes = chunk.len();
        if bytes < SMALL {
            self.small += 1;
            if self.small > MOST_SMALL {
                let reason = "arrives in more small pieces than the limit";
                return Err(self.share.receiver().refuse(VerifyError::MalformedBody { reason }));
            }
        }
        if bytes == 0 {
            return Ok(());
        }
        let Self { share, intake, fallback, handshake, .. } = self;
        match (intake.as_mut().or(fallback.as_deref_mut()), handshake) {
            (Some(intake), _) => {
                // The budget counts reserved memory already.
                if intake.push_reserved(&chunk) {
                    return Ok(());
                }
                // Check the limit before the budget: a body that is too large is the sender's fault, a used-up budget
                // is not.
                intake.check_room(bytes).map_err(|error| share.receiver().refuse(error))?;
                share.grow(intake.growth(bytes), || intake.push_within_limit(chunk))
            }
            (None, Some(handshake)) => {
                handshake.check_room(bytes).map_err(|rejection| share.receiver().refuse(rejection))?;
                share.grow(handshake.growth(bytes), || handshake.keep(chunk))
            }
            (None, None) => Ok(()),
        }
    }

    /// Looks up the published keys, if a source is set. Await this when the body is complete, before
    /// [`finish`](Self::finish).
    pub(super) fn lookup_keys(&self) -> Option<KeysFuture> {
        let source = self.share.receiver().options().keys.as_ref().filter(|_| !self.is_unknown)?;
        Some(source.keys(self.intake.as_ref()?.key_id()))
    }

    /// Continues with the result of [`lookup_keys`](Self::lookup_keys).
    pub(super) fn with_keys(
        mut self,
        keys: Result<Option<SecretSet>, ResolveError>,
    ) -> Result<Self, Rejection> {
        // An explanation looks for mistakes in configured secrets; published keys are not configured.
        self.capture = None;
        let found = match keys {
            Ok(Some(keys)) => self.set_keys(&keys),
            Ok(None) => Err(ErrorKind::NoMatchingPublicKey.into()),
            Err(error) => Err(Rejection::unavailable(error)),
        };
        match (found, &mut self.fallback) {
            (Ok(()), _) => Ok(self),
            (Err(rejection), None) => match (&mut self.handshake, self.intake.take()) {
                // Without its keys it cannot be verified, but it may be an unsigned handshake.
                (Some(handshake), Some(intake)) if handshake.wants_unsigned() => {
                    handshake.turned_away_late(rejection, intake.into_body());
                    Ok(self)
                }
                _ => Err(self.share.receiver().refuse(rejection)),
            },
            (Err(rejection), Some(fallback)) => {
                if let Some(intake) = self.intake.take() {
                    let pushed = fallback.push(intake.into_body());
                    pushed.map_err(|error| self.share.receiver().refuse(error))?;
                }
                self.failed = Some(rejection);
                Ok(self)
            }
        }
    }

    fn set_keys(&mut self, keys: &SecretSet) -> Result<(), Rejection> {
        if let Some(handshake) = &mut self.handshake {
            handshake.set_secrets(keys).map_err(Rejection::bad_secrets)?;
        }
        if let Some(intake) = &mut self.intake {
            intake.set_secrets(keys).map_err(Rejection::bad_secrets)?;
        }
        Ok(())
    }

    /// Decides on the request. Call this when the body is complete.
    pub(crate) fn finish(self) -> Result<Delivery, EarlyResponse> {
        if self.capture.is_some() {
            return self.finish_with_capture();
        }
        let Self { mut share, intake, fallback, mut handshake, is_unknown, failed, .. } = self;
        let intakes = || [intake.as_ref(), fallback.as_deref()].into_iter().flatten();
        let len = intakes().map(Intake::len).max().unwrap_or_default();
        let deciding = intakes().map(|intake| intake.working_bytes(len)).max().unwrap_or_default();
        share.take(deciding + handshake.as_deref().map_or(0, |handshake| handshake.working_bytes(len)))?;
        let receiver = share.receiver();
        let now = receiver.options().clock.now();
        let verified = match (intake, fallback) {
            (Some(intake), None) => finish_one(intake, now),
            (Some(intake), Some(fallback)) => finish_both(intake, *fallback, now),
            (None, Some(fallback)) => {
                finish_one(*fallback, now).map_err(|(error, body)| (failed.unwrap_or(error), body))
            }
            (None, None) => Err(match &mut handshake {
                Some(handshake) => handshake.complete(),
                None => (ErrorKind::MissingSignature.into(), Bytes::new()),
            }),
        };
        let verified = if is_unknown { Err(of_unknown_tenant(receiver, verified)) } else { verified };
        let delivery = match (verified, handshake) {
            (Ok(delivery), None) => delivery,
            (Err((rejection, _)), None) => return Err(receiver.refuse(rejection).into()),
            (verified, Some(handshake)) => {
                handshake.settle(verified, now).map_err(|response| receiver.styled(response))?
            }
        };
        let counted = delivery.count_content(&receiver.options().budget);
        counted.ok_or_else(|| receiver.refuse(ErrorKind::BudgetSpent).into())
    }
}

impl Reception {
    #[cold]
    fn finish_with_capture(mut self) -> Result<Delivery, EarlyResponse> {
        let now = self.share.receiver().options().clock.now();
        let budget = self.share.receiver().options().budget.clone();
        let capture = self.capture.take().zip(self.intake.as_ref());
        let capture = capture.and_then(|(capture, intake)| capture.with_body(intake, &budget, now));
        self.finish().map_err(|response| match response {
            EarlyResponse::Rejected(rejection) => EarlyResponse::Rejected(rejection.with_capture(capture)),
            other => other,
        })
    }
}

/// The delivery, or the rejection with the body.
type Verified = Result<Delivery, (Rejection, Bytes)>;

fn finish_one(intake: Intake, now: UnixTime) -> Verified {
    intake.finish_or_return_body(now).map_err(|(error, body)| (error.into(), body))
}

/// Verifies with the primary declaration and, if that fails, with the fallback. The body is held once.
#[cold]
fn finish_both(primary: Intake, mut fallback: Intake, now: UnixTime) -> Verified {
    let (error, body) = match primary.finish_or_return_body(now) {
        Ok(delivery) => return Ok(delivery.with_fallback(fallback, now)),
        Err(refused) => refused,
    };
    match fallback.push(body) {
        Ok(()) => fallback.finish_or_return_body(now).map_err(|(_, body)| (error.into(), body)),
        Err(_) => Err((error.into(), Bytes::new())),
    }
}

/// Returns the rejection of a request without keys as that of a wrong signature. Only the log names the unknown
/// tenant.
#[cold]
fn of_unknown_tenant(receiver: &Receiver, verified: Verified) -> (Rejection, Bytes) {
    match verified {
        Err((rejection, body)) if !rejection.is_about_keys() => (rejection, body),
        Err((_, body)) => (receiver.unknown_tenant(), body),
        Ok(delivery) => (receiver.unknown_tenant(), delivery.body().clone()),
    }
}
