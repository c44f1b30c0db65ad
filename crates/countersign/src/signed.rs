//! The bytes of a delivery that its signature covers, for digests that only the signer can influence.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::compiled::{CompiledScheme, Source, render_body, render_items};
use crate::delivery::{Delivery, Surroundings};
use crate::time::UnixTime;
use crate::verifier::{Intake, Rendered, SignedParts};

/// The bytes that the signature of a [`Delivery`] covers.
///
/// Without the key nothing of it can be changed, unlike the request itself: neither the order of form fields that
/// are signed in order, nor the boundary between a URL and a body that are joined without a separator.
#[derive(Clone)]
pub struct SignedContent<'d> {
    surroundings: Option<&'d Surroundings>,
    body: Cow<'d, [u8]>,
    timestamp: Option<UnixTime>,
}

impl SignedContent<'_> {
    /// Returns the part of the body that is signed, in its signed form: the body itself for most schemes, the
    /// ordered fields for schemes that sign a form.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the timestamp, if it is signed.
    #[must_use]
    pub const fn timestamp(&self) -> Option<UnixTime> {
        self.timestamp
    }

    /// Returns whether more is signed than the [body](Self::body) and the timestamp.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.surroundings.is_some()
    }

    /// Returns all pieces in the order in which they are signed. The boundaries between pieces carry no meaning:
    /// bytes that move from one piece to the next do not change the content. A URL that is signed with or without
    /// its port, or the slash at its end, counts without it.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let before = self.surroundings.map(|surroundings| surroundings.before.as_slice());
        let after = self.surroundings.and_then(|surroundings| surroundings.after.as_deref());
        [before, Some(self.body()), after].into_iter().flatten()
    }
}

impl std::fmt::Debug for SignedContent<'_> {
    /// Omits the bytes, which may contain anything.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedContent").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl Delivery {
    /// Returns the signed bytes, or `None` if they do not tell deliveries apart: tokens and HTTP Basic cover
    /// nothing, and a scheme may cover nothing but the URL and the time.
    #[must_use]
    pub fn signed_content(&self) -> Option<SignedContent<'_>> {
        let compiled = &*self.inner.compiled;
        let signs_body = compiled.signs.body || !compiled.body.is_empty();
        let body = if signs_body { signed_body(compiled, &self.body) } else { Cow::Borrowed([].as_slice()) };
        let surroundings = self.surroundings.as_ref();
        let timestamp = self.timestamp.filter(|_| compiled.signs.timestamp);
        (signs_body || compiled.content.has_own_value()).then_some(SignedContent {
            surroundings,
            body,
            timestamp,
        })
    }

    /// Returns the bytes that the fallback declaration signs of the request, if the request has a signature for that, too,
    /// and that leaves the id or the type open where this declaration signs the id.
    ///
    /// Without the signature of this declaration the request would be a delivery of the fallback with any other id. What
    /// remembers these bytes recognises it.
    #[must_use]
    pub fn signed_content_in_fallback(&self) -> Option<SignedContent<'_>> {
        self.in_fallback.as_ref()?.signed_content()
    }

    /// Keeps the request as the fallback declaration reads it, if that leaves open what this one signs.
    pub(crate) fn with_fallback(mut self, fallback: Intake, now: UnixTime) -> Self {
        if self.inner.compiled.signs.id && fallback.leaves_open() {
            self.in_fallback = fallback.unverified(self.body.clone(), now).map(Box::new);
        }
        self
    }

    /// Returns the bytes that tell a delivery without an id from others: the [body](Self::body) in its signed form,
    /// or the body as it was received if the signature covers only parts of it, or leaves out a type in it.
    #[must_use]
    pub fn distinctive_body(&self) -> Cow<'_, [u8]> {
        let compiled = &*self.inner.compiled;
        // Events of another type are other events, which may have the same signed parts.
        let leaves_type =
            compiled.event_type.as_ref().is_some_and(Source::is_in_body) && !compiled.signs.event_type;
        if compiled.content.is_partial() || leaves_type {
            Cow::Borrowed(&self.body)
        } else {
            signed_body(compiled, &self.body)
        }
    }

    /// Keeps the signed bytes around the body if they are needed to tell deliveries apart.
    #[inline]
    pub(crate) fn keeping(mut self, signed_parts: &SignedParts) -> Self {
        if self.inner.compiled.keeps_around {
            self.surroundings = Some(surroundings(signed_parts));
        }
        self
    }

    /// Returns whether a request without its id could be the same delivery: the declaration reads the id from an
    /// unsigned place, or the signature verifies with and without it.
    #[must_use]
    pub fn can_lose_id(&self) -> bool {
        let compiled = &*self.inner.compiled;
        compiled.id.as_ref().is_some_and(|id| !compiled.signs.id || id.is_in_head())
    }

    /// Returns whether a request without its type could be the same delivery: the declaration reads the type from an
    /// unsigned place, or the signature verifies with and without it.
    #[must_use]
    pub fn can_lose_type(&self) -> bool {
        let compiled = &*self.inner.compiled;
        compiled
            .event_type
            .as_ref()
            .is_some_and(|event_type| !compiled.signs.event_type || event_type.is_in_head())
    }
}

/// Keeps the signed bytes.
#[cold]
fn surroundings(signed_parts: &SignedParts) -> Surroundings {
    let (before, instead) = (signed_parts.prefix.as_bytes(), signed_parts.alternative_prefix());
    // The signature may hold for either, and the sender chooses the URL of the request.
    let shorter = instead.as_deref().map(Rendered::as_bytes).filter(|instead| instead.len() < before.len());
    Surroundings {
        before: SmallVec::from_slice(shorter.unwrap_or(before)),
        after: signed_parts.suffix().map(|after| after.as_bytes().into()),
    }
}

/// Returns the body in its signed form. A part of it that is the only signed one stands for the whole body if the
/// rest can be changed.
fn signed_body<'b>(compiled: &CompiledScheme, body: &'b [u8]) -> Cow<'b, [u8]> {
    if matches!(compiled.signature, Source::Body) {
        // An ECDSA signature has a twin that can be made without the key.
        return Cow::Borrowed(body.rsplitn(2, |byte| *byte == b'.').last().unwrap_or(body));
    }
    if compiled.streams && compiled.for_each.is_none() {
        let without = body.strip_suffix(b"\n").filter(|_| compiled.provider.scheme.final_newline);
        return Cow::Borrowed(without.unwrap_or(body));
    }
    let rules = compiled.body_rules();
    let rendered = match &compiled.for_each {
        Some(path) => render_items(rules, &compiled.body, path, body),
        None => render_body(rules, &compiled.body, &[], body),
    };
    let Ok(mut rendered) = rendered else { return Cow::Borrowed(body) };
    // The signature may hold with and without the final newline.
    if compiled.provider.scheme.final_newline && rendered.ends_with(b"\n") {
        rendered.pop();
    }
    Cow::Owned(rendered)
}
