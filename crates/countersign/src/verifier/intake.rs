use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use smallvec::SmallVec;

use super::buffer::{Buffer, Growth};
use super::check_head::HeadFields;
use super::decide::decide;
use super::decision::{CheckedHead, date};
use super::signed_parts::SignedParts;
use crate::compiled::{VerifierInner, scalar};
use crate::delivery::Delivery;
use crate::error::{ConfigError, VerifyError};
use crate::secret::SecretSet;
use crate::short_string::ShortString;
use crate::time::UnixTime;

/// A request with an accepted head, whose body is arriving.
///
/// Bytes beyond the limit are rejected on arrival. A body that arrives in one piece is hashed at the end, one that
/// arrives in several pieces while it arrives.
pub struct Intake {
    inner: Arc<VerifierInner>,
    /// One per line: a header contains no line breaks.
    signatures: SmallVec<[u8; 128]>,
    signed_parts: SignedParts,
    id: Option<ShortString>,
    event_type: Option<ShortString>,
    timestamp: Option<UnixTime>,
    announced: usize,
    began: UnixTime,
    body: Buffer,
}

impl Intake {
    pub(super) fn new(
        inner: Arc<VerifierInner>,
        fields: &HeadFields<'_>,
        signed_parts: SignedParts,
        announced: usize,
        began: UnixTime,
    ) -> Self {
        // One allocation of the right size, if any.
        let bytes = fields.signatures.iter().map(|signature| signature.len() + 1).sum();
        let mut signatures = SmallVec::with_capacity(bytes);
        for signature in &fields.signatures {
            if !signatures.is_empty() {
                signatures.push(b'\n');
            }
            signatures.extend_from_slice(signature);
        }
        Self {
            inner,
            signatures,
            signed_parts,
            id: fields.id.map(ShortString::ascii),
            event_type: fields.event_type.map(ShortString::ascii),
            timestamp: fields.timestamp,
            announced,
            began,
            body: Buffer::Empty,
        }
    }

    /// Adds the next bytes of the body.
    ///
    /// # Errors
    ///
    /// [`VerifyError::PayloadTooLarge`] if the body exceeds the limit. The chunk is then discarded.
    pub fn push(&mut self, chunk: impl Into<Bytes>) -> Result<(), VerifyError> {
        let chunk = chunk.into();
        self.check_room(chunk.len())?;
        self.push_within_limit(chunk);
        Ok(())
    }

    /// Adds the next bytes of the body, whose length was checked.
    pub(crate) fn push_within_limit(&mut self, chunk: Bytes) {
        let (inner, before, began) = (&self.inner, &self.signed_parts.prefix, self.began);
        self.body.push(chunk, self.announced, || {
            // Public keys verify the same hash. With many shared keys the length decides how many are tried.
            let is_asymmetric = inner.compiled.provider.scheme.algorithm.is_asymmetric();
            let many = || inner.keys.active(began).nth(inner.compiled.tries.most).is_some();
            if !inner.compiled.hashes_early || !is_asymmetric && many() {
                return Vec::new();
            }
            let different = if is_asymmetric { 1 } else { usize::MAX };
            let started = inner.keys.active(began).take(different).map(|(_, key)| {
                let mut mac = key.start();
                before.absorb_into(&mut mac, key);
                mac
            });
            started.collect()
        });
    }

    /// Adds the next bytes of the body if they are few, fit into the memory that is already reserved, and are within the
    /// limit. Returns whether they were added.
    #[inline]
    pub(crate) fn push_reserved(&mut self, chunk: &[u8]) -> bool {
        chunk.len() < Growth::COUNTED
            && self.check_room(chunk.len()).is_ok()
            && self.body.push_reserved(chunk)
    }

    /// Returns the number of bytes received so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// Returns whether no bytes were received so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the name of the signing key that the request gives, for providers that publish several keys. Call it
    /// when the body is complete, because the name may be in the body. It is unverified until the signature is.
    #[must_use]
    pub fn key_id(&self) -> Option<String> {
        #[cfg(feature = "jwt")]
        if let Some(rules) = &self.inner.compiled.provider.scheme.jwt {
            return super::jwt::kid(&self.inner.compiled, rules, &self.signatures, self.body.contiguous());
        }
        let named = self.signed_parts.deferred().and_then(|head| head.key_id.clone());
        named.or_else(|| {
            let source = self.inner.compiled.key_id.as_ref()?;
            let body = self.body.contiguous();
            scalar(source, body).map(|found| found.as_str(body).to_owned())
        })
    }

    /// Changes the keys of the request.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if a secret does not fit this provider.
    pub fn with_secrets(mut self, secrets: &SecretSet) -> Result<Self, ConfigError> {
        self.set_secrets(secrets)?;
        Ok(self)
    }

    pub(crate) fn set_secrets(&mut self, secrets: &SecretSet) -> Result<(), ConfigError> {
        self.inner = Arc::new(self.inner.with_secrets(secrets)?);
        self.body.forget_running();
        Ok(())
    }

    /// Decides on the request. Call it when the body is complete. `now` is the time of reception, with which a
    /// timestamp in the body is compared.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] if no key produces any of the signatures, or the body lacks required fields.
    pub fn finish(self, now: UnixTime) -> Result<Delivery, VerifyError> {
        self.finish_or_return_body(now).map_err(|(error, _)| error)
    }

    /// Finishes the verification. Returns the body with an error, for the verifier that is tried next.
    pub(crate) fn finish_or_return_body(self, now: UnixTime) -> Result<Delivery, (VerifyError, Bytes)> {
        let Self { inner, signatures, signed_parts, id, event_type, timestamp, began, body, .. } = self;
        let (body, running) = body.finish();
        let signatures: SmallVec<[&[u8]; 2]> = signatures.split(|byte| *byte == b'\n').collect();
        let checked_head =
            CheckedHead { signatures: &signatures, signed_parts: &signed_parts, timestamp, began };
        match decide(&inner, &checked_head, &body, &running, now) {
            Ok(decision) => Ok(decision.deliver(inner, id, event_type, body, now).keeping(&signed_parts)),
            Err(error) => Err((error, body)),
        }
    }

    /// Returns whether a sender can change the id or the type, or leave it out.
    pub(crate) fn leaves_open(&self) -> bool {
        self.inner.compiled.leaves_open()
    }

    /// Returns the delivery that a request with this body would be if a signature were right. Nothing is verified: it is
    /// for comparisons alone.
    pub(crate) fn unverified(self, body: Bytes, now: UnixTime) -> Option<Delivery> {
        let Self { inner, signed_parts, id, event_type, timestamp, began, .. } = self;
        let checked_head = CheckedHead { signatures: &[], signed_parts: &signed_parts, timestamp, began };
        let decision = date(&inner, &checked_head, 0, &body, now).ok()?;
        Some(decision.deliver(inner, id, event_type, body, now).keeping(&signed_parts))
    }

    /// Returns the bytes received so far, for another verifier.
    pub(crate) fn into_body(self) -> Bytes {
        self.body.finish().0
    }

    /// Returns a copy of the bytes received so far.
    pub(crate) fn copy(&self) -> Bytes {
        self.body.copy()
    }

    /// Returns the memory needed to keep `bytes` more.
    #[inline]
    pub(crate) fn growth(&self, bytes: usize) -> Growth {
        self.body.growth(bytes, self.announced)
    }

    /// Returns the largest amount of memory, in bytes, that the decision needs in addition to a body of this length.
    pub(crate) fn working_bytes(&self, len: usize) -> usize {
        let head = self.signed_parts.prefix.len + self.signed_parts.suffix().map_or(0, |after| after.len);
        self.inner.compiled.memory.deciding(len, self.signatures.len(), head)
    }

    /// Checks that `bytes` more are within the limit.
    pub(crate) fn check_room(&self, bytes: usize) -> Result<(), VerifyError> {
        self.inner.check_size(bytes, self.len())
    }
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake")
            .field("provider", &self.inner.compiled.provider.slug)
            .field("bytes", &self.len())
            .finish()
    }
}

#[allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
#[cfg(feature = "full")]
#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;
    use crate::providers::NETLIFY;
    use crate::{Head, Provider, Verifier};

    /// The memory per item of a parsed body, in bytes.
    const ITEM: usize = 96;

    fn declared(algorithm: &str, content: &str, at: &str, more: &str) -> Provider {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = '{algorithm}'\n\
             content = '{content}'\nsignature = {{ at = '{at}', encoding = 'hex' }}\n{more}"
        );
        Provider::from_toml(&toml).unwrap()
    }

    /// The bytes beside a body of this length.
    fn working(provider: Provider, len: usize) -> usize {
        let headers = HeaderMap::from_iter([
            (http::HeaderName::from_static("x-signature"), http::HeaderValue::from_static("00")),
            (http::HeaderName::from_static("x-a"), http::HeaderValue::from_static("a")),
            (http::HeaderName::from_static("x-b"), http::HeaderValue::from_static("b")),
            (
                http::HeaderName::from_static("x-webhook-signature"),
                http::HeaderValue::from_static("e30.e30.AQI"),
            ),
        ]);
        let verifier = Verifier::keyless(provider).unwrap();
        let intake = verifier.begin(&Head::new(&headers), UnixTime::from_secs(0));
        intake.unwrap_or_else(|error| panic!("{error}")).working_bytes(len)
    }

    #[test]
    fn the_memory_beside_a_body_follows_from_what_is_made_of_it() {
        let (hmac, header) = ("hmac-sha256", "header:x-signature");
        let digest =
            |of: &str| format!("checks = [{{ at = 'header:x-b', equals = '{of}', digest = 'sha256-hex' }}]");
        for (algorithm, content, at, more, copies) in [
            (hmac, "{body}", header, "", 0),
            (hmac, "{header:x-a}", header, "", 0),
            (hmac, "{body}", header, "final_newline = true", 1),
            ("ed25519", "{body}", header, "", 2),
            (hmac, "{json:/a}", header, "", 3),
            (hmac, "{body:sha256}", header, "", 3),
            (hmac, "{header:x-a}", "json:/sig", "", 3),
            (hmac, "{body:json-string}", header, "", 6),
            (hmac, "{body:json-string}", header, "final_newline = true", 7),
            (hmac, "{json:/a}", "json:/sig", "for_each = '/items/*'", 3),
            // A value that is compared with the body is written beside it, and a digest of the body is not.
            (hmac, "{header:x-a}", header, "checks = [{ at = 'header:x-b', equals = '{header:x-a}' }]", 0),
            (hmac, "{header:x-a}", header, "checks = [{ at = 'header:x-b', equals = '{body}' }]", 2),
            (hmac, "{header:x-a}", header, &digest("{body}"), 0),
            (hmac, "{header:x-a}", header, &digest("{json:/a}"), 2),
            (hmac, "{header:x-a}", header, "checks = [{ at = 'json:/b', equals = '{header:x-a}' }]", 2),
        ] {
            let provider = declared(algorithm, content, at, more);
            let items = if copies < 3 { 0 } else { 5 * ITEM };
            let head = usize::from(content == "{header:x-a}");
            assert_eq!(
                working(provider, 10),
                copies * (10 + head) + items,
                "{algorithm} {content} {at} {more}"
            );
        }
        assert!(working(NETLIFY.clone(), 10) >= 30, "a JWT is taken apart");
    }

    /// A longer chunk is memory of its own while it is copied, which the budget counts first.
    #[test]
    fn small_chunks_go_into_reserved_memory_up_to_the_limit() {
        let provider = declared("hmac-sha256", "{body}", "header:x-signature", "");
        let name = http::HeaderName::from_static("x-signature");
        let headers = HeaderMap::from_iter([(name, http::HeaderValue::from_static("00"))]);
        for (limit, len, is_added) in [
            (1 << 20, 1, true),
            (1 << 20, Growth::COUNTED - 1, true),
            (1 << 20, Growth::COUNTED, false),
            (1 << 20, Growth::COUNTED + 1, false),
            (20_100, 99, true),
            (20_100, 100, false),
        ] {
            let verifier = Verifier::keyless(provider.clone()).unwrap().with_body_limit(limit);
            let mut intake = verifier.begin(&Head::new(&headers), UnixTime::from_secs(0)).unwrap();
            for chunk in [10_000, 10_000, 1] {
                intake.push(vec![b' '; chunk]).unwrap();
            }
            assert_eq!(intake.push_reserved(&vec![b' '; len]), is_added, "{limit} {len}");
            assert_eq!(intake.len(), 20_001 + if is_added { len } else { 0 }, "{limit} {len}");
        }
    }

    /// With more shared keys than a long body is tried with, its length decides how many hash it.
    #[test]
    fn a_body_is_hashed_while_it_arrives_with_as_many_keys_as_it_is_tried_with() {
        let provider = declared("hmac-sha256", "{body}", "header:x-signature", "");
        let name = http::HeaderName::from_static("x-signature");
        let headers = HeaderMap::from_iter([(name, http::HeaderValue::from_static("00"))]);
        let hashed = |keys: usize| {
            let secret = |n: usize| crate::Secret::new(format!("secret {n}")).unwrap();
            let set =
                (1..keys).fold(crate::SecretSet::new(secret(0)), |set, n| set.with(n.to_string(), secret(n)));
            let verifier = Verifier::new(provider.clone(), set).unwrap();
            let mut intake = verifier.begin(&Head::new(&headers), UnixTime::from_secs(0)).unwrap();
            intake.push(vec![b' '; 10]).unwrap();
            crate::work::taken();
            intake.push(vec![b' '; 1 << 16]).unwrap();
            crate::work::taken() >> 16
        };
        assert_eq!([1, 12, 13, 100].map(hashed), [1, 12, 0, 0]);
    }

    #[test]
    fn the_items_of_a_body_are_as_many_as_its_limit() {
        let limits = "limits = { json_values = 4, form_fields = 3 }";
        let header = "header:x-signature";
        let of_json = |len| working(declared("hmac-sha256", "{json:/a}", header, limits), len);
        let of_form = |len| working(declared("hmac-sha256", "{form:a}", header, limits), len);
        assert_eq!(
            [4, 8, 9, 100].map(of_json),
            [12 + 2 * ITEM, 24 + 4 * ITEM, 27 + 4 * ITEM, 300 + 4 * ITEM]
        );
        assert_eq!(
            [4, 6, 7, 100].map(of_form),
            [12 + 2 * ITEM, 18 + 3 * ITEM, 21 + 3 * ITEM, 300 + 3 * ITEM]
        );
    }
}
