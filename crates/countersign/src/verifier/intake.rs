use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use smallvec::SmallVec;

use super::begin::{check_items, judge};
use super::body::{missing, render_body, scalar};
use super::buffer::Buffer;
use super::grammar::Items;
use super::render::Rendered;
use super::{Core, Source};
use crate::delivery::{Delivery, Picked};
use crate::error::VerifyError;
use crate::inline::Inline;
use crate::mac::{Expected, Key, Mac};
use crate::time::UnixTime;

/// Signatures as lines: one of most schemes fits.
pub(super) type Lines = SmallVec<[u8; 128]>;

/// A request whose head was accepted and whose body is arriving.
///
/// Bytes beyond the limit are refused as they come. A body that arrives in one piece is hashed at the end; one that
/// arrives in several is hashed while it arrives.
pub struct Intake {
    pub(super) core: Arc<Core>,
    /// Empty where the signature is in the body.
    pub(super) signatures: Lines,
    pub(super) signature_count: usize,
    pub(super) before: Rendered,
    /// What else may stand before the body: the URL with another port.
    pub(super) instead: Option<Box<Rendered>>,
    pub(super) after: Option<Box<Rendered>>,
    pub(super) id: Option<Inline>,
    pub(super) event_type: Option<Inline>,
    pub(super) timestamp: Option<UnixTime>,
    pub(super) announced: usize,
    pub(super) now: UnixTime,
    pub(super) body: Buffer,
}

impl Intake {
    pub(super) fn new(core: Arc<Core>, now: UnixTime) -> Self {
        Self {
            core,
            signatures: Lines::new(),
            signature_count: 0,
            before: Rendered::new(),
            instead: None,
            after: None,
            id: None,
            event_type: None,
            timestamp: None,
            announced: 0,
            now,
            body: Buffer::Empty,
        }
    }

    /// Takes the next bytes of the body.
    ///
    /// # Errors
    ///
    /// [`VerifyError::PayloadTooLarge`]: the body is longer than the limit. Nothing of the chunk was kept.
    pub fn push(&mut self, chunk: impl Into<Bytes>) -> Result<(), VerifyError> {
        let chunk = chunk.into();
        self.check_room(chunk.len())?;
        let (core, before, now) = (&self.core, &self.before, self.now);
        self.body.push(chunk, self.announced, || {
            if !core.plan.streams {
                return Vec::new();
            }
            core.keys.active(now).map(|(_, key)| started(key, before)).collect()
        });
        Ok(())
    }

    /// The number of bytes taken so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// Whether no bytes were taken so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Decides, when the body is complete. `now` is the time that the delivery is received at, and what a timestamp
    /// in the body is held against.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]: no key makes any of the signatures, or what has to be in the body is not.
    pub fn finish(mut self, now: UnixTime) -> Result<Delivery, VerifyError> {
        let (body, running) = std::mem::replace(&mut self.body, Buffer::Empty).finish();
        self.decide(body, running, now)
    }

    /// Whether so many bytes more are within the limit.
    pub(crate) fn check_room(&self, bytes: usize) -> Result<(), VerifyError> {
        let limit = self.core.limits.body_bytes;
        if bytes > limit.saturating_sub(self.len()) {
            Err(VerifyError::PayloadTooLarge { limit })
        } else {
            Ok(())
        }
    }

    /// Decides over a whole body, parts of which may have been computed already.
    pub(super) fn decide(
        &mut self,
        body: Bytes,
        running: Vec<Mac>,
        now: UnixTime,
    ) -> Result<Delivery, VerifyError> {
        if self.core.plan.signature.is_in_body() {
            self.read_signatures_in(&body)?;
        }
        let content = &self.core.plan.content;
        let derived = if self.core.plan.streams { None } else { Some(render_body(&content.body, &body)?) };
        let signed = if content.body.is_empty() { &[] } else { derived.as_deref().unwrap_or(&body) };
        let key = self.matching_key(signed, &running)?;
        let (timestamp, picked) = self.read_body(&body, now)?;
        Ok(Delivery {
            core: Arc::clone(&self.core),
            key,
            id: self.id.take(),
            event_type: self.event_type.take(),
            timestamp,
            received_at: now,
            body,
            picked,
        })
    }

    /// One computation per key, compared with every signature.
    fn matching_key(&self, signed: &[u8], running: &[Mac]) -> Result<usize, VerifyError> {
        let mut tried = 0;
        for (index, key) in self.core.keys.active(self.now) {
            let expected = match running.get(tried) {
                Some(mac) => {
                    let mut mac = mac.clone();
                    self.after.iter().for_each(|after| after.absorb_into(&mut mac, key));
                    key.expected(mac)
                }
                None => self.sign(key, &self.before, signed),
            };
            tried += 1;
            if self.is_any(&expected) {
                return Ok(index);
            }
            if let Some(instead) = &self.instead
                && self.is_any(&self.sign(key, instead, signed))
            {
                return Ok(index);
            }
        }
        Err(VerifyError::SignatureMismatch { keys: tried })
    }

    fn sign<'k>(&self, key: &'k Key, before: &Rendered, signed: &[u8]) -> Expected<'k> {
        let [a, b, c] = before.pieces(key);
        match &self.after {
            None if b.is_empty() => key.sign(&[a, signed]),
            None => key.sign(&[a, b, c, signed]),
            Some(after) => {
                let [d, e, f] = after.pieces(key);
                key.sign(&[a, b, c, signed, d, e, f])
            }
        }
    }

    fn is_any(&self, expected: &Expected<'_>) -> bool {
        match self.signature_count {
            1 => expected.matches(&self.signatures),
            _ => self.signatures.split(|byte| *byte == b'\n').any(|signature| expected.matches(signature)),
        }
    }

    fn read_signatures_in(&mut self, body: &[u8]) -> Result<(), VerifyError> {
        let core = Arc::clone(&self.core);
        let field = scalar(&core.plan.signature, body).ok_or(VerifyError::MissingSignature)?;
        let field = Some(field.as_str(body))
            .filter(|field| !field.is_empty())
            .ok_or(VerifyError::MissingSignature)?;
        let mut items = Items::default();
        core.plan.grammar.parse(field.as_bytes(), None, &mut items)?;
        check_items(&items, &core.limits)?;
        self.keep(&items);
        Ok(())
    }

    /// A timestamp that lives in the body is read from the verified bytes, with id and type in the same pass.
    fn read_body(
        &self,
        body: &Bytes,
        now: UnixTime,
    ) -> Result<(Option<UnixTime>, OnceLock<Box<Picked>>), VerifyError> {
        let plan = &*self.core.plan;
        match (&plan.provider.scheme.timestamp, &plan.timestamp) {
            (Some(field), Some(source)) if !plan.dated_by_head => {
                let (picked, text) = Picked::with(plan, body, Some(source));
                let text = text.filter(|text| !text.as_str(body).is_empty());
                let text = text.ok_or_else(|| missing(source, body, VerifyError::MissingTimestamp))?;
                let timestamp = judge(field, text.as_str(body).as_bytes(), now)?;
                Ok((Some(timestamp), OnceLock::from(Box::new(picked))))
            }
            _ => Ok((self.timestamp, OnceLock::new())),
        }
    }
}

impl Source {
    pub(crate) const fn is_in_body(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Form(_))
    }

    pub(crate) const fn is_in_signature(&self) -> bool {
        matches!(self, Self::SignatureItem(_) | Self::SignatureIndex(_))
    }
}

fn started(key: &Key, before: &Rendered) -> Mac {
    let mut mac = key.start();
    before.absorb_into(&mut mac, key);
    mac
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake")
            .field("provider", &self.core.plan.provider.slug)
            .field("bytes", &self.len())
            .finish()
    }
}
