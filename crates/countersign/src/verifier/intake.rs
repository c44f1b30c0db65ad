use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use smallvec::SmallVec;

use super::Core;
use super::body::scalar;
use super::buffer::Buffer;
use super::decide::{Claim, decide};
use super::judge::Judged;
use super::render::Around;
use crate::delivery::Delivery;
use crate::error::{ConfigError, VerifyError};
use crate::inline::Inline;
use crate::secret::SecretSet;
use crate::time::UnixTime;

/// A request whose head was accepted and whose body is arriving.
///
/// Bytes beyond the limit are refused as they come. A body that arrives in one piece is hashed at the end; one that
/// arrives in several is hashed while it arrives.
pub struct Intake {
    core: Arc<Core>,
    /// One a line: a header has no line breaks of its own.
    signatures: SmallVec<[u8; 128]>,
    around: Around,
    id: Option<Inline>,
    event_type: Option<Inline>,
    timestamp: Option<UnixTime>,
    announced: usize,
    began: UnixTime,
    body: Buffer,
}

impl Intake {
    pub(super) fn new(
        core: Arc<Core>,
        judged: &Judged<'_>,
        around: Around,
        announced: usize,
        began: UnixTime,
    ) -> Self {
        let mut signatures = SmallVec::new();
        for signature in &judged.signatures {
            if !signatures.is_empty() {
                signatures.push(b'\n');
            }
            signatures.extend_from_slice(signature);
        }
        Self {
            core,
            signatures,
            around,
            id: judged.id.map(Inline::ascii),
            event_type: judged.event_type.map(Inline::ascii),
            timestamp: judged.timestamp,
            announced,
            began,
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
        let (core, before, began) = (&self.core, &self.around.before, self.began);
        self.body.push(chunk, self.announced, || {
            if !core.plan.hashes_early {
                return Vec::new();
            }
            let started = core.keys.active(began).map(|(_, key)| {
                let mut mac = key.start();
                before.absorb_into(&mut mac, key);
                mac
            });
            started.collect()
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

    /// Which key the request says that it was signed with, where the provider publishes several: to be asked when the
    /// body is complete, because that is where it may be. It is nothing but a claim until the signature holds.
    #[must_use]
    pub fn key_id(&self) -> Option<String> {
        #[cfg(feature = "jwt")]
        if let Some(rules) = &self.core.plan.provider.scheme.token {
            return super::token::kid(&self.core.plan, rules, &self.signatures, self.body.contiguous());
        }
        let named = self.around.head().and_then(|head| head.key_id.clone());
        named.or_else(|| {
            let source = self.core.plan.key_id.as_ref()?;
            let body = self.body.contiguous();
            scalar(source, body).map(|found| found.as_str(body).to_owned())
        })
    }

    /// The same request under other keys.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when a secret is not one of this provider's.
    pub fn with_secrets(mut self, secrets: &SecretSet) -> Result<Self, ConfigError> {
        self.set_secrets(secrets)?;
        Ok(self)
    }

    pub(crate) fn set_secrets(&mut self, secrets: &SecretSet) -> Result<(), ConfigError> {
        self.core = Arc::new(self.core.with_secrets(secrets)?);
        self.body.forget_running();
        Ok(())
    }

    /// Decides, when the body is complete. `now` is the time that the delivery is received at, and what a timestamp
    /// in the body is held against.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]: no key makes any of the signatures, or what has to be in the body is not.
    pub fn finish(self, now: UnixTime) -> Result<Delivery, VerifyError> {
        self.finish_or_return_body(now).map_err(|(error, _)| error)
    }

    /// Finishes the verification, and returns the body with an error, for a verifier that is tried next.
    pub(crate) fn finish_or_return_body(self, now: UnixTime) -> Result<Delivery, (VerifyError, Bytes)> {
        let Self { core, signatures, around, id, event_type, timestamp, began, body, .. } = self;
        let (body, running) = body.finish();
        let signatures: SmallVec<[&[u8]; 2]> = signatures.split(|byte| *byte == b'\n').collect();
        let claim = Claim { signatures: &signatures, around: &around, timestamp, began };
        match decide(&core, &claim, &body, &running, now) {
            Ok(verdict) => Ok(verdict.deliver(core, id, event_type, body, now).keeping(&around)),
            Err(error) => Err((error, body)),
        }
    }

    /// The bytes taken so far, for another verifier.
    pub(crate) fn into_body(self) -> Bytes {
        self.body.finish().0
    }

    /// The bytes taken so far, if they are not more than these.
    #[cfg(feature = "diagnose")]
    pub(crate) fn copy_up_to(&self, most: usize) -> Option<bytes::Bytes> {
        (self.len() <= most).then(|| self.body.copy())
    }

    /// Returns how many bytes of memory it takes to keep so many bytes more.
    #[inline]
    pub(crate) fn growth(&self, bytes: usize) -> usize {
        self.body.growth(bytes, self.announced)
    }

    /// Returns how many bytes of memory the decision over a body of this length takes besides it, at most.
    pub(crate) fn working_bytes(&self, len: usize) -> usize {
        let copies = self.core.plan.copies;
        // A body that is taken apart has a structure for each item, and two bytes or more make one.
        let limits = &self.core.limits;
        let most = if self.core.plan.signs_form { limits.form_fields } else { limits.json_values };
        let items = if copies < 3 { 0 } else { most.min(len / 2) };
        copies.saturating_mul(len).saturating_add(items.saturating_mul(ITEM))
    }

    /// Whether so many bytes more are within the limit.
    pub(crate) fn check_room(&self, bytes: usize) -> Result<(), VerifyError> {
        self.core.check_size(bytes, self.len())
    }
}

/// The memory for an item of a body that is taken apart.
const ITEM: usize = 96;

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake")
            .field("provider", &self.core.plan.provider.slug)
            .field("bytes", &self.len())
            .finish()
    }
}
