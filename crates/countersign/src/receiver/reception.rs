use std::fmt;

use bytes::Bytes;

use super::detour::{Arrival, Detour};
#[cfg(feature = "diagnose")]
use super::evidence::{Evidence, MOST_BYTES};
use super::public_url::refused;
use super::tenant::ResolveFuture;
use super::{Halt, Receiver, Rejection, Request, ResolveError};
use crate::delivery::Delivery;
use crate::error::ErrorKind;
use crate::head::{Head, Headers};
use crate::secret::SecretSet;
use crate::verifier::Intake;

/// A request on its way through a [`Receiver`]: fed by an adapter, chunk by chunk.
pub struct Reception {
    share: Share,
    /// None: the head was refused, but the body may be a handshake.
    intake: Option<Intake>,
    /// Where it may be a handshake.
    detour: Option<Box<Detour>>,
    #[cfg(feature = "diagnose")]
    evidence: Option<Box<Evidence>>,
}

/// What a request has taken from its receiver's budget; given back when it is dropped.
#[derive(Debug)]
struct Share {
    receiver: Receiver,
    bytes: usize,
}

impl Receiver {
    /// Looks up the secrets of the tenant, where a resolver is set. To be awaited before [`begin`](Self::begin).
    pub fn lookup(&self, request: impl FnOnce() -> Request) -> Option<ResolveFuture> {
        self.options().tenants.as_ref().map(|tenants| tenants.secrets(request()))
    }

    /// Judges the head of a request. `target` is path and query as they were received; `tenant` is what
    /// [`lookup`](Self::lookup) resolved to.
    ///
    /// # Errors
    ///
    /// [`Halt`]: a rejection, or a handshake, to be answered without reading the body.
    pub fn begin<H: Headers>(
        &self,
        method: &str,
        target: &str,
        headers: &H,
        tenant: Option<Result<Option<SecretSet>, ResolveError>>,
    ) -> Result<Reception, Halt> {
        let options = self.options();
        #[cfg(feature = "diagnose")]
        let secrets = match &tenant {
            Some(Ok(secrets)) if options.diagnosing.is_some() => secrets.clone(),
            _ => None,
        };
        let own;
        let verifier = match tenant {
            None => &options.verifier,
            Some(Ok(Some(secrets))) => {
                own = options
                    .verifier
                    .with_secrets(&secrets)
                    .map_err(|error| self.refuse(Rejection::bad_secrets(error)))?;
                &own
            }
            Some(Ok(None)) => return Err(self.refuse(ErrorKind::UnknownTenant).into()),
            Some(Err(error)) => return Err(self.refuse(Rejection::unavailable(error)).into()),
        };
        let public_url = options.public_url.as_ref();
        let url = public_url
            .filter(|_| options.desk.is_some() || verifier.needs_url())
            .map(|public_url| public_url.of(target, headers));
        let mut head = Head::new(headers).with_method(method).with_target(target);
        if let Some(Ok(url)) = &url
            && verifier.needs_url()
        {
            head = head.with_url(url);
        }
        let now = options.clock.now();
        let detour = match &options.desk {
            None => None,
            Some(desk) => {
                let arrival = Arrival { verifier, method, target, headers, url: url.as_ref(), now };
                arrival.enter(desk).map_err(|halt| self.halt(halt))?
            }
        };
        let (intake, detour) = match verifier.begin(&head, now) {
            Ok(intake) => (Some(intake), detour),
            Err(error) => (None, Some(self.turn_away(refused(error, url.as_ref()), detour)?)),
        };
        Ok(Reception {
            share: Share { receiver: self.clone(), bytes: 0 },
            intake,
            detour,
            #[cfg(feature = "diagnose")]
            evidence: options.diagnosing.as_ref().map(|diagnosing| Evidence::of(diagnosing, &head, secrets)),
        })
    }

    /// What its head does not verify may still be a handshake.
    #[cold]
    fn turn_away(&self, error: Rejection, detour: Option<Box<Detour>>) -> Result<Box<Detour>, Halt> {
        match detour {
            None => Err(self.refuse(error).into()),
            Some(detour) => detour.turned_away(error).map_err(|rejection| self.refuse(rejection).into()),
        }
    }

    /// As the provider wants it.
    #[cold]
    pub(super) fn refuse(&self, error: impl Into<Rejection>) -> Rejection {
        error.into().in_style(&self.options().verifier.provider().responses)
    }

    #[cold]
    fn halt(&self, halt: Halt) -> Halt {
        match halt {
            Halt::Rejected(rejection) => Halt::Rejected(self.refuse(rejection)),
            other => other,
        }
    }
}

impl Reception {
    /// Takes the next bytes of the body.
    ///
    /// # Errors
    ///
    /// [`Rejection`]: too large, or the budget is spent.
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        let bytes = chunk.len();
        let Self { share, intake, detour, .. } = self;
        // The limit first: a body that is too large is the sender's fault, a spent budget is not.
        match (&*intake, &mut *detour) {
            (Some(intake), _) => intake.check_room(bytes).map_err(|error| share.receiver.refuse(error))?,
            (None, detour) => {
                let room = detour.as_mut().map_or(Ok(()), |detour| detour.check_room(bytes));
                room.map_err(|rejection| share.receiver.refuse(rejection))?;
            }
        }
        if !share.receiver.options().budget.take(bytes) {
            return Err(share.receiver.refuse(ErrorKind::BudgetSpent));
        }
        share.bytes += bytes;
        match (intake, detour) {
            (Some(intake), _) => intake.push(chunk).map_err(|error| share.receiver.refuse(error)),
            (None, Some(detour)) => {
                detour.keep(chunk);
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }

    /// Looks up the keys that the provider publishes, where a source is set. To be awaited when the body is complete, and
    /// before [`finish`](Self::finish).
    pub fn lookup_keys(&self) -> Option<ResolveFuture> {
        let source = self.share.receiver.options().keys.as_ref()?;
        Some(source.keys(self.intake.as_ref()?.key_id()))
    }

    /// Goes on with what [`lookup_keys`](Self::lookup_keys) resolved to.
    ///
    /// # Errors
    ///
    /// [`Rejection`]: there is no such key, or it could not be looked up now.
    pub fn with_keys(self, keys: Result<Option<SecretSet>, ResolveError>) -> Result<Self, Rejection> {
        let Self { share, intake, mut detour, .. } = self;
        let keys = match keys {
            Ok(Some(keys)) => keys,
            Ok(None) => return Err(share.receiver.refuse(ErrorKind::NoMatchingPublicKey)),
            Err(error) => return Err(share.receiver.refuse(Rejection::unavailable(error))),
        };
        let detoured = detour.as_mut().map_or(Ok(()), |detour| detour.set_secrets(&keys));
        let intake = detoured.and_then(|()| intake.map(|intake| intake.with_secrets(&keys)).transpose());
        match intake {
            // Keys that the provider publishes are not what somebody has stored in a wrong way.
            Ok(intake) => Ok(Self {
                share,
                intake,
                detour,
                #[cfg(feature = "diagnose")]
                evidence: None,
            }),
            Err(error) => Err(share.receiver.refuse(Rejection::bad_secrets(error))),
        }
    }

    /// Decides, when the body is complete.
    ///
    /// # Errors
    ///
    /// [`Halt`]: the delivery is not genuine or not acceptable, or it is a handshake.
    pub fn finish(self) -> Result<Delivery, Halt> {
        #[cfg(feature = "diagnose")]
        if self.evidence.is_some() {
            return self.finish_with_evidence();
        }
        let Self { share, intake, mut detour, .. } = self;
        let receiver = &share.receiver;
        let now = receiver.options().clock.now();
        let verdict = match intake {
            Some(intake) => {
                if let Some(detour) = &mut detour {
                    detour.look_into(intake.body());
                }
                intake.finish(now).map_err(Rejection::from)
            }
            None => {
                Err(detour.as_mut().map_or(ErrorKind::MissingSignature.into(), |detour| detour.complete()))
            }
        };
        match (verdict, detour) {
            (Ok(delivery), None) => Ok(delivery),
            (Err(rejection), None) => Err(receiver.refuse(rejection).into()),
            (verdict, Some(detour)) => detour.settle(verdict, now).map_err(|halt| receiver.halt(halt)),
        }
    }
}

#[cfg(feature = "diagnose")]
impl Reception {
    #[cold]
    fn finish_with_evidence(mut self) -> Result<Delivery, Halt> {
        let now = self.share.receiver.options().clock.now();
        let body = self.intake.as_ref().and_then(|intake| intake.copy_up_to(MOST_BYTES));
        let evidence = self.evidence.take().and_then(|evidence| evidence.with_body(body, now));
        self.finish().map_err(|halt| match halt {
            Halt::Rejected(rejection) => Halt::Rejected(rejection.with_evidence(evidence)),
            other => other,
        })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.receiver.options().budget.give_back(self.bytes);
    }
}

impl fmt::Debug for Reception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reception")
            .field("provider", &self.share.receiver.provider())
            .field("bytes", &self.share.bytes)
            .finish_non_exhaustive()
    }
}
