use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::begin::{Field, judge};
use super::body::{missing, render_body};
use super::buffer::Buffer;
use super::{Plan, Rendered, Source};
use crate::delivery::{Delivery, Picked};
use crate::error::VerifyError;
use crate::inline::Inline;
use crate::mac::{Key, KeyRing, Mac};
use crate::scheme::Limits;
use crate::time::UnixTime;

/// A request whose head was accepted and whose body is arriving.
///
/// Bytes beyond the limit are refused as they come. A body that arrives in one piece is hashed at the end; one that
/// arrives in several is hashed while it arrives.
pub struct Intake {
    pub(super) plan: Arc<Plan>,
    pub(super) keys: Arc<KeyRing>,
    /// Empty where the signature is in the body.
    pub(super) signature: Field,
    pub(super) before: Rendered,
    /// What else may stand before the body: the URL with another port.
    pub(super) instead: Option<Rendered>,
    pub(super) after: Rendered,
    pub(super) id: Option<Inline>,
    pub(super) event_type: Option<Inline>,
    pub(super) timestamp: Option<UnixTime>,
    pub(super) limits: Limits,
    pub(super) announced: usize,
    pub(super) now: UnixTime,
    pub(super) body: Buffer,
}

impl Intake {
    /// Takes the next bytes of the body.
    ///
    /// # Errors
    ///
    /// [`VerifyError::PayloadTooLarge`]: the body is longer than the limit. Nothing of the chunk was kept.
    pub fn push(&mut self, chunk: impl Into<Bytes>) -> Result<(), VerifyError> {
        let chunk = chunk.into();
        self.check_room(chunk.len())?;
        let (plan, keys, before, now) = (&self.plan, &self.keys, &self.before, self.now);
        self.body.push(chunk, self.announced, || {
            if !plan.content.streams() {
                return Vec::new();
            }
            keys.active(now).map(|(_, key)| started(key, before)).collect()
        });
        Ok(())
    }

    /// Whether so many bytes more are within the limit.
    pub(crate) fn check_room(&self, bytes: usize) -> Result<(), VerifyError> {
        let limit = self.limits.body_bytes;
        if bytes > limit.saturating_sub(self.len()) {
            Err(VerifyError::PayloadTooLarge { limit })
        } else {
            Ok(())
        }
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

    /// The number of bytes that `Content-Length` announced; 0 if it announced nothing.
    #[must_use]
    pub const fn announced(&self) -> usize {
        self.announced
    }

    /// Decides, when the body is complete. `now` is the time that the delivery is received at, and what a timestamp
    /// in the body is held against.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]: no key makes any of the signatures, or what has to be in the body is not.
    pub fn finish(mut self, now: UnixTime) -> Result<Delivery, VerifyError> {
        let (body, running) = std::mem::replace(&mut self.body, Buffer::Empty).finish();
        let plan = &*self.plan;
        if plan.signature.is_in_body() {
            self.signature =
                plan.signature.text_in_body(&body).ok_or(VerifyError::MissingSignature)?.as_bytes().into();
            plan.check_signatures(&self.signature, true, self.limits.signatures)?;
        }
        let derived =
            if plan.content.streams() { None } else { Some(render_body(&plan.content.body, &body)?) };
        let signed = derived.as_deref().unwrap_or(&body);
        let key = self.matching_key(signed, running)?;
        let (timestamp, picked) = self.read_body(&body, now)?;
        Ok(Delivery {
            plan: self.plan,
            keys: self.keys,
            key,
            id: self.id,
            event_type: self.event_type,
            timestamp,
            received_at: now,
            body,
            picked,
        })
    }

    /// One computation per key, compared with every signature.
    fn matching_key(&self, signed: &[u8], running: Vec<Mac>) -> Result<usize, VerifyError> {
        let covers_body = !self.plan.content.body.is_empty();
        let mut running = running.into_iter();
        let mut tried = 0;
        for (index, key) in self.keys.active(self.now) {
            tried += 1;
            let variants = self.instead.iter().map(|before| (None, before));
            for (mac, before) in std::iter::once((running.next(), &self.before)).chain(variants) {
                let mut mac = mac.unwrap_or_else(|| {
                    let mut mac = started(key, before);
                    if covers_body {
                        mac.update(signed);
                    }
                    mac
                });
                self.after.absorb_into(&mut mac, key);
                let expected = key.expected(mac);
                let matches = |signature| expected.matches(signature);
                if self.plan.grammar.signatures(&self.signature).any(matches) {
                    return Ok(index);
                }
            }
        }
        Err(VerifyError::SignatureMismatch { keys: tried })
    }

    /// A timestamp that lives in the body is read from the verified bytes, with id and type in the same pass.
    fn read_body(
        &self,
        body: &Bytes,
        now: UnixTime,
    ) -> Result<(Option<UnixTime>, OnceLock<Picked>), VerifyError> {
        let plan = &*self.plan;
        let (Some(field), Some(source)) = (&plan.provider.scheme.timestamp, &plan.timestamp) else {
            return Ok((None, OnceLock::new()));
        };
        if !source.is_in_body() {
            return Ok((self.timestamp, OnceLock::new()));
        }
        let (picked, text) = Picked::with(plan, body, Some(source));
        let text = text.filter(|text| !text.as_str(body).is_empty());
        let text = text.ok_or_else(|| missing(source, body, VerifyError::MissingTimestamp))?;
        let timestamp = judge(field, text.as_str(body).as_bytes(), now)?;
        Ok((Some(timestamp), OnceLock::from(picked)))
    }
}

impl Source {
    /// The text of a value that is in the body.
    fn text_in_body(&self, body: &[u8]) -> Option<String> {
        let text = super::body::scalar(self, body)?.as_str(body).to_owned();
        (!text.is_empty()).then_some(text)
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
            .field("provider", &self.plan.provider.slug)
            .field("bytes", &self.len())
            .finish()
    }
}
