//! Handles requests that may be handshakes. Ordinary requests do not run this code.

use std::sync::Arc;

use bytes::Bytes;

use super::handshake_answerer::{Candidate, HandshakeAnswerer, HandshakeContext};
use super::incoming::IncomingHead;
use super::{EarlyResponse, Rejection, RequestHead};
use crate::delivery::Delivery;
use crate::error::{ConfigError, ErrorKind};
use crate::handshake::View;
use crate::head::Headers;
use crate::secret::SecretSet;
use crate::time::UnixTime;
use crate::verifier::{Buffer, Growth, Verifier};

/// The head of a request at a receiver that answers handshakes.
pub(super) struct CandidateRequest<'a, H> {
    pub(super) verifier: &'a Verifier,
    pub(super) head: &'a IncomingHead<'a, H>,
    /// Whether the tenant does not exist: no secret is stored for it.
    pub(super) is_unknown: bool,
    /// Whether the secrets were looked up for a tenant.
    pub(super) looks_secrets_up: bool,
}

/// A request that may be a handshake, while its body arrives.
pub(super) struct PendingHandshake {
    answerer: Arc<HandshakeAnswerer>,
    verifier: Verifier,
    candidates: Vec<Candidate>,
    /// The reason for rejecting the head, if it was rejected.
    refused: Option<Rejection>,
    /// The body received after such a head.
    kept: Buffer,
    url: Option<String>,
    request: Option<RequestHead>,
    began: UnixTime,
    is_unknown: bool,
    looks_secrets_up: bool,
}

impl<H: Headers> CandidateRequest<'_, H> {
    /// Finds the handshakes that the request may be. Returns `None` if there are none.
    #[inline(never)]
    pub(super) fn enter(&self, answerer: &Arc<HandshakeAnswerer>) -> Option<Box<PendingHandshake>> {
        let IncomingHead { method, target, headers, ref url, now } = *self.head;
        let url = url.as_ref().and_then(|url| url.as_deref().ok()).map(without_query);
        let view = View::new(&answerer.steps, method, target, headers);
        let mut candidates = answerer.recognise(&view, &context(self.verifier, url.as_deref(), None, now));
        let brings_secret = candidates.iter().any(|candidate| candidate.brings_secret && candidate.wanted);
        // Drop candidates that would not be answered, but keep secret-issuing ones: they are reported in the log.
        candidates.retain(|candidate| {
            candidate.signed || !candidate.waits_for_body || candidate.wanted || candidate.brings_secret
        });
        if candidates.is_empty() {
            return None;
        }
        Some(Box::new(PendingHandshake {
            answerer: Arc::clone(answerer),
            verifier: self.verifier.clone(),
            candidates,
            refused: None,
            kept: Buffer::default(),
            url,
            request: brings_secret.then(|| RequestHead::of(method, target, headers)),
            began: now,
            is_unknown: self.is_unknown,
            looks_secrets_up: self.looks_secrets_up,
        }))
    }
}

impl PendingHandshake {
    /// Changes the keys of the request.
    pub(super) fn set_secrets(&mut self, secrets: &SecretSet) -> Result<(), ConfigError> {
        self.verifier = self.verifier.with_secrets(secrets)?;
        Ok(())
    }

    /// Continues after the head was rejected: answers handshakes that need no body, and reads the body only if a
    /// handshake in it would be answered.
    pub(super) fn turned_away(mut self: Box<Self>, rejection: Rejection) -> Result<Box<Self>, EarlyResponse> {
        let unsigned = || self.candidates.iter().filter(|candidate| !candidate.signed);
        let mut at_once = unsigned().filter(|candidate| !candidate.waits_for_body);
        if let Some(candidate) = at_once.clone().find(|candidate| candidate.wanted) {
            return Err(self.answerer.settle(candidate, &[], &self.context(self.began, false)));
        }
        if unsigned().any(|candidate| candidate.wanted) {
            self.refused = Some(rejection);
            return Ok(self);
        }
        let unanswered = at_once.next().and_then(|candidate| self.answerer.name(candidate));
        Err(rejection.with_unanswered(unanswered).into())
    }

    /// Continues after the body was read and its keys could not be found: the request may still be a handshake.
    pub(super) fn turned_away_late(&mut self, rejection: Rejection, body: Bytes) {
        self.refused = Some(rejection);
        self.kept.push(body, 0, Vec::new);
    }

    /// Returns whether an unsigned handshake would be answered.
    pub(super) fn wants_unsigned(&self) -> bool {
        self.candidates.iter().any(|candidate| !candidate.signed && candidate.wanted)
    }

    /// Checks that `bytes` more may be read after a head that was rejected.
    pub(super) fn check_room(&mut self, bytes: usize) -> Result<(), Rejection> {
        let limit = self.verifier.body_limit().min(LONGEST);
        // No handshake is that long: the rejection of the head stands.
        if bytes > limit.saturating_sub(self.kept.len()) { Err(self.refused()) } else { Ok(()) }
    }

    /// Returns the memory needed to keep `bytes` more.
    pub(super) fn growth(&self, bytes: usize) -> Growth {
        self.kept.growth(bytes, 0)
    }

    pub(super) fn keep(&mut self, chunk: Bytes) {
        self.kept.push(chunk, 0, Vec::new);
    }

    /// Returns the memory, in bytes, for the values of a handshake in a body of this length, or in the body that was
    /// kept.
    pub(super) fn working_bytes(&self, len: usize) -> usize {
        2 * len.max(self.kept.len()).min(LONGEST)
    }

    /// Returns the error and the body of a request whose head was rejected, if it is not a handshake.
    #[cold]
    pub(super) fn complete(&mut self) -> (Rejection, Bytes) {
        let (body, _) = std::mem::take(&mut self.kept).finish();
        (self.refused(), body)
    }

    fn refused(&mut self) -> Rejection {
        self.refused.take().unwrap_or_else(|| ErrorKind::MissingSignature.into())
    }

    /// Answers the request if it is a handshake. A verified request is a handshake only if the signature covers the
    /// values that identify it; every other verified request is a delivery. An unverified request may be an unsigned
    /// handshake.
    #[inline(never)]
    pub(super) fn settle(
        self: Box<Self>,
        verified: Result<Delivery, (Rejection, Bytes)>,
        now: UnixTime,
    ) -> Result<Delivery, EarlyResponse> {
        let answerer = &self.answerer;
        match verified {
            Ok(delivery) => {
                let is_it = |candidate: &&Candidate| {
                    candidate.is_covered && candidate.wanted && answerer.is_in(candidate, delivery.body())
                };
                match self.candidates.iter().find(is_it) {
                    Some(candidate) => {
                        Err(answerer.settle(candidate, delivery.body(), &self.context(now, true)))
                    }
                    None => Ok(delivery),
                }
            }
            Err((rejection, body)) => {
                let is_it = |candidate: &&Candidate| {
                    !candidate.signed
                        && (!candidate.waits_for_body || body.len() <= LONGEST)
                        && answerer.is_in(candidate, &body)
                };
                let found = || self.candidates.iter().filter(is_it);
                match found().find(|candidate| candidate.wanted) {
                    Some(candidate) => Err(answerer.settle(candidate, &body, &self.context(now, false))),
                    None => {
                        let unanswered = found().next().and_then(|candidate| answerer.name(candidate));
                        Err(rejection.with_unanswered(unanswered).into())
                    }
                }
            }
        }
    }

    fn context(&self, now: UnixTime, verified: bool) -> HandshakeContext<'_> {
        let context = context(&self.verifier, self.url.as_deref(), self.request.as_ref(), now);
        HandshakeContext {
            verified,
            is_unknown: self.is_unknown,
            looks_secrets_up: self.looks_secrets_up,
            ..context
        }
    }
}

fn context<'a>(
    verifier: &'a Verifier,
    url: Option<&'a str>,
    request: Option<&'a RequestHead>,
    now: UnixTime,
) -> HandshakeContext<'a> {
    HandshakeContext {
        provider: &verifier.provider().slug,
        key: verifier.signing_key(now),
        knows_secret: verifier.has_keys(),
        url,
        request,
        now,
        verified: false,
        is_unknown: false,
        looks_secrets_up: false,
    }
}

pub(super) fn without_query(url: &str) -> String {
    url.split_once('?').map_or(url, |(before, _)| before).to_owned()
}

/// The limit on the body of an unsigned handshake that is read although its head was rejected. The largest one, of
/// Event Grid, has 1 KiB.
const LONGEST: usize = 64 << 10;
