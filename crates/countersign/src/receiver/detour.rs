//! The way of requests that may be handshakes. Others never see this code.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::desk::{Candidate, Desk, Scene};
use super::{Halt, Rejection, Request};
use crate::delivery::Delivery;
use crate::error::{ConfigError, ErrorKind, VerifyError};
use crate::handshake::View;
use crate::head::{Head, Headers};
use crate::scheme::Text;
use crate::secret::SecretSet;
use crate::time::UnixTime;
use crate::verifier::{Intake, Verifier};

/// The head of a request, at a receiver that answers handshakes.
pub(super) struct Arrival<'a, H> {
    pub(super) verifier: &'a Verifier,
    pub(super) method: &'a str,
    pub(super) target: &'a str,
    pub(super) headers: &'a H,
    pub(super) origin: Option<&'a str>,
    pub(super) now: UnixTime,
}

/// How it goes on.
#[allow(
    clippy::large_enum_variant,
    reason = "the large one is that of nearly every request, and is not moved"
)]
pub(super) enum Way {
    /// It is no handshake.
    Straight(Intake),
    /// It may be one.
    Detour(Box<Detour>),
}

impl Way {
    /// The request, as far as it was accepted.
    pub(super) fn intake(&self) -> Option<&Intake> {
        match self {
            Self::Straight(intake) => Some(intake),
            Self::Detour(detour) => detour.intake.as_ref().ok(),
        }
    }

    /// The same request under other keys.
    pub(super) fn with_secrets(self, secrets: &SecretSet) -> Result<Self, ConfigError> {
        Ok(match self {
            Self::Straight(intake) => Self::Straight(intake.with_secrets(secrets)?),
            Self::Detour(mut detour) => {
                detour.verifier = detour.verifier.with_secrets(secrets)?;
                detour.intake = match detour.intake {
                    Ok(intake) => Ok(intake.with_secrets(secrets)?),
                    refused => refused,
                };
                Self::Detour(detour)
            }
        })
    }
}

/// A request that may be a handshake, while its body arrives.
#[derive(Debug)]
pub(super) struct Detour {
    desk: Arc<Desk>,
    verifier: Verifier,
    candidates: Vec<Candidate>,
    /// Why it is refused, if it is no handshake.
    intake: Result<Intake, Rejection>,
    /// The body, where an unsigned handshake may be in it.
    kept: Option<Vec<Bytes>>,
    kept_bytes: usize,
    url: Option<String>,
    request: Option<Request>,
    unanswered: Option<Text>,
}

impl<H: Headers> Arrival<'_, H> {
    /// Answers what needs no body, and prepares for the rest.
    pub(super) fn enter(&self, desk: &Arc<Desk>, head: &Head<'_, H>) -> Result<Way, Halt> {
        let url = self.origin.map(|origin| without_query(origin, self.target));
        let view = View::new(&desk.steps, self.method, self.target, self.headers);
        let mut scene = scene(self.verifier, url.as_deref(), None, self.now);
        let mut candidates = desk.recognise(&view, &scene);
        let request = candidates
            .iter()
            .any(|candidate| candidate.brings_secret && candidate.wanted)
            .then(|| Request::of(self.target, self.headers));
        scene.request = request.as_ref();
        let at_once = |candidate: &&Candidate| !candidate.signed && !candidate.waits_for_body;
        if let Some(candidate) = candidates.iter().filter(at_once).find(|candidate| candidate.wanted) {
            return Err(desk.settle(candidate, &[], &scene));
        }
        let unanswered = candidates.iter().find(at_once).and_then(|candidate| desk.name(candidate));
        candidates.retain(|candidate| !at_once(&candidate));

        let intake = self.verifier.begin(head, self.now).map_err(Rejection::from);
        let by_body = |candidate: &Candidate| !candidate.signed && candidate.wanted;
        match intake {
            Ok(intake) if candidates.is_empty() && unanswered.is_none() => Ok(Way::Straight(intake)),
            Err(rejection) if !candidates.iter().any(by_body) => {
                Err(rejection.with_unanswered(unanswered).into())
            }
            intake => Ok(Way::Detour(Box::new(Detour {
                desk: Arc::clone(desk),
                verifier: self.verifier.clone(),
                kept: candidates.iter().any(|candidate| !candidate.signed).then(Vec::new),
                kept_bytes: 0,
                candidates,
                intake,
                url,
                request,
                unanswered,
            }))),
        }
    }
}

impl Detour {
    /// Whether so many bytes more are within the limit.
    pub(super) fn check_room(&mut self, bytes: usize) -> Result<(), Rejection> {
        let limit = self.verifier.body_limit();
        match &mut self.intake {
            Ok(intake) if self.kept.is_none() => Ok(intake.check_room(bytes)?),
            Ok(_) if bytes > limit.saturating_sub(self.kept_bytes) => {
                Err(VerifyError::PayloadTooLarge { limit }.into())
            }
            // No handshake is that long: it is what its head was.
            Err(rejection) if bytes > limit.min(LONGEST).saturating_sub(self.kept_bytes) => {
                Err(std::mem::replace(rejection, ErrorKind::MissingSignature.into()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        match (&mut self.kept, &mut self.intake) {
            (Some(kept), _) => {
                self.kept_bytes += chunk.len();
                kept.push(chunk);
                Ok(())
            }
            (None, Ok(intake)) => Ok(intake.push(chunk)?),
            (None, Err(_)) => Ok(()),
        }
    }

    /// Decides, when the body is complete.
    pub(super) fn finish(self, now: UnixTime) -> Result<Delivery, Halt> {
        let Self { desk, verifier, candidates, intake, kept, url, request, unanswered, .. } = self;
        let body = kept.map(joined);
        let mut scene = scene(&verifier, url.as_deref(), request.as_ref(), now);
        let verdict = intake.and_then(|mut intake| {
            if let Some(body) = &body {
                intake.push(body.clone())?;
            }
            Ok(intake.finish(now)?)
        });
        scene.verified = verdict.is_ok();
        let body = body.as_ref().or(verdict.as_ref().ok().map(Delivery::body));
        let is_it = |candidate: &&Candidate| {
            (scene.verified || !candidate.signed) && body.is_some_and(|body| desk.is_in(candidate, body))
        };
        let found = || candidates.iter().filter(is_it);
        if let (Some(candidate), Some(body)) = (found().find(|candidate| candidate.wanted), body) {
            return Err(desk.settle(candidate, body, &scene));
        }
        let unanswered = unanswered.or_else(|| desk.name(found().next()?));
        verdict.map_err(|rejection| rejection.with_unanswered(unanswered).into())
    }
}

fn scene<'a>(
    verifier: &'a Verifier,
    url: Option<&'a str>,
    request: Option<&'a Request>,
    now: UnixTime,
) -> Scene<'a> {
    Scene {
        provider: &verifier.provider().slug,
        key: verifier.signing_key(now),
        knows_secret: verifier.has_keys(),
        url,
        request,
        now,
        verified: false,
    }
}

pub(super) fn without_query(origin: &str, target: &str) -> String {
    let (path, _) = target.split_once('?').unwrap_or((target, ""));
    format!("{origin}{path}")
}

fn joined(chunks: Vec<Bytes>) -> Bytes {
    match <[Bytes; 1]>::try_from(chunks) {
        Ok([body]) => body,
        Err(chunks) => {
            let mut body = BytesMut::with_capacity(chunks.iter().map(Bytes::len).sum());
            chunks.iter().for_each(|chunk| body.extend_from_slice(chunk));
            body.freeze()
        }
    }
}

/// Bytes of an unsigned handshake whose body is read though its head was refused. The largest, of Event Grid, has 1 KiB.
const LONGEST: usize = 64 << 10;
