//! The way of requests that may be handshakes. Others never see this code.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::begin::RequestHead;
use super::desk::{Candidate, Desk, Scene};
use super::{Halt, Rejection, Request};
use crate::delivery::Delivery;
use crate::error::{ConfigError, ErrorKind};
use crate::handshake::View;
use crate::head::Headers;
use crate::scheme::Text;
use crate::secret::SecretSet;
use crate::time::UnixTime;
use crate::verifier::Verifier;

/// The head of a request, at a receiver that answers handshakes.
pub(super) struct Arrival<'a, H> {
    pub(super) verifier: &'a Verifier,
    pub(super) head: &'a RequestHead<'a, H>,
    /// Whether the tenant is one that does not exist: no secret is taken for it.
    pub(super) is_unknown: bool,
}

/// A request that may be a handshake, while its body arrives.
#[derive(Debug)]
pub(super) struct Detour {
    desk: Arc<Desk>,
    verifier: Verifier,
    candidates: Vec<Candidate>,
    /// Why its head was refused, where that was so.
    refused: Option<Rejection>,
    /// The body after such a head.
    kept: Vec<Bytes>,
    kept_bytes: usize,
    /// The body of what is an unsigned handshake.
    found: Option<Bytes>,
    url: Option<String>,
    request: Option<Request>,
    unanswered: Option<Text>,
    is_unknown: bool,
}

impl<H: Headers> Arrival<'_, H> {
    /// Answers what needs no body, and prepares for the rest. `None`: it is no handshake.
    #[inline(never)]
    pub(super) fn enter(&self, desk: &Arc<Desk>) -> Result<Option<Box<Detour>>, Halt> {
        let RequestHead { method, target, headers, ref url, now } = *self.head;
        let url = url.as_ref().and_then(|url| url.as_deref().ok()).map(without_query);
        let view = View::new(&desk.steps, method, target, headers);
        let mut scene = scene(self.verifier, url.as_deref(), None, now);
        scene.is_unknown = self.is_unknown;
        let mut candidates = desk.recognise(&view, &scene);
        let request = candidates
            .iter()
            .any(|candidate| candidate.brings_secret && candidate.wanted)
            .then(|| Request::of(method, target, headers));
        scene.request = request.as_ref();
        let at_once = |candidate: &&Candidate| !candidate.signed && !candidate.waits_for_body;
        if let Some(candidate) = candidates.iter().filter(at_once).find(|candidate| candidate.wanted) {
            return Err(desk.settle(candidate, &[], &scene));
        }
        let unanswered = candidates.iter().find(at_once).and_then(|candidate| desk.name(candidate));
        // Of those in the body, nobody looks for one that would not be answered; but a secret that nobody keeps is told.
        candidates.retain(|candidate| {
            candidate.signed || candidate.waits_for_body && (candidate.wanted || candidate.brings_secret)
        });
        if candidates.is_empty() && unanswered.is_none() {
            return Ok(None);
        }
        Ok(Some(Box::new(Detour {
            desk: Arc::clone(desk),
            verifier: self.verifier.clone(),
            candidates,
            refused: None,
            kept: Vec::new(),
            kept_bytes: 0,
            found: None,
            url,
            request,
            unanswered,
            is_unknown: self.is_unknown,
        })))
    }
}

impl Detour {
    /// The same request under other keys.
    pub(super) fn set_secrets(&mut self, secrets: &SecretSet) -> Result<(), ConfigError> {
        self.verifier = self.verifier.with_secrets(secrets)?;
        Ok(())
    }

    /// The head was refused: the body is read only where a handshake in it would be answered.
    pub(super) fn turned_away(mut self: Box<Self>, rejection: Rejection) -> Result<Box<Self>, Rejection> {
        if self.candidates.iter().any(|candidate| !candidate.signed && candidate.wanted) {
            self.refused = Some(rejection);
            Ok(self)
        } else {
            Err(rejection.with_unanswered(self.unanswered))
        }
    }

    /// Whether so many bytes more are read after a head that was refused.
    pub(super) fn check_room(&mut self, bytes: usize) -> Result<(), Rejection> {
        let limit = self.verifier.body_limit().min(LONGEST);
        // No handshake is that long: it is what its head was.
        if bytes > limit.saturating_sub(self.kept_bytes) { Err(self.refused()) } else { Ok(()) }
    }

    pub(super) fn keep(&mut self, chunk: Bytes) {
        self.kept_bytes += chunk.len();
        self.kept.push(chunk);
    }

    /// The body after a head that was refused is complete: what it is, if it is no handshake.
    #[cold]
    pub(super) fn complete(&mut self) -> Rejection {
        let body = joined(std::mem::take(&mut self.kept));
        self.look_into(&body);
        self.refused()
    }

    fn refused(&mut self) -> Rejection {
        self.refused.take().unwrap_or_else(|| ErrorKind::MissingSignature.into())
    }

    /// Looks for a handshake that need not be verified, while the body is there.
    #[inline(never)]
    pub(super) fn look_into(&mut self, body: &[u8]) {
        let mut unsigned = self.candidates.iter().filter(|candidate| !candidate.signed);
        if unsigned.any(|candidate| self.desk.is_in(candidate, body)) {
            self.found = Some(Bytes::copy_from_slice(body));
        }
    }

    /// Answers, if it is a handshake.
    #[inline(never)]
    pub(super) fn settle(
        self: Box<Self>,
        verdict: Result<Delivery, Rejection>,
        now: UnixTime,
    ) -> Result<Delivery, Halt> {
        let Self { desk, verifier, candidates, found, url, request, unanswered, is_unknown, .. } = *self;
        let mut scene = scene(&verifier, url.as_deref(), request.as_ref(), now);
        scene.is_unknown = is_unknown;
        scene.verified = verdict.is_ok();
        let body = verdict.as_ref().map_or(found.as_ref(), |delivery| Some(delivery.body()));
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
        is_unknown: false,
    }
}

pub(super) fn without_query(url: &str) -> String {
    url.split_once('?').map_or(url, |(before, _)| before).to_owned()
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
