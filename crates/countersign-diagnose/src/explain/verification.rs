//! Verifies a guess as a receiver would.

use std::borrow::Cow;

use countersign::__private::inspect;
use countersign::{Delivery, Head, Provider, Tolerance, UnixTime, Verifier, VerifyError};
use http::HeaderMap;

use super::case::{Case, set_of};

/// Returns the delivery if the signature verifies, at any time and size.
pub(super) fn signature_holds(case: &Case, now: UnixTime) -> Option<Delivery> {
    let verifier = Verifier::new(Cow::Owned(timeless(case)), set_of(&case.secrets)?).ok()?;
    verify(&verifier, case, now).ok()
}

/// Returns the bytes that the signature of the request covers, at any time and size.
pub(super) fn signed_bytes(case: &Case, now: UnixTime) -> Option<Vec<u8>> {
    let verifier = Verifier::keyless(Cow::Owned(timeless(case))).ok()?;
    inspect::signed_bytes(&verifier, &head(case), &case.body, now).ok()
}

/// Returns the declaration without limits on time and size.
fn timeless(case: &Case) -> Provider {
    let mut provider = (*case.provider).clone();
    if let Some(field) = &mut provider.scheme.timestamp {
        field.tolerance = Tolerance::default().insecure_any_age().insecure_any_future();
    }
    if case.body.is_empty() {
        let timestamp = provider.scheme.timestamp.take();
        provider.scheme.timestamp = timestamp.filter(|field| !field.at.is_in_body());
    }
    provider.scheme.limits.body_bytes = usize::MAX;
    provider
}

/// Returns whether the signature verifies for another body as well. Content that does not cover the body is never
/// proposed.
pub(super) fn holds_for_another_body(case: &Case, now: UnixTime) -> bool {
    let longer = [&case.body[..], b"&x=1"].concat();
    signature_holds(&Case { body: longer.into(), ..case.clone() }, now).is_some()
}

pub(super) fn verify(verifier: &Verifier, case: &Case, now: UnixTime) -> Result<Delivery, VerifyError> {
    verifier.verify(&head(case), case.body.clone(), now)
}

fn head(case: &Case) -> Head<'_, HeaderMap> {
    let head = Head::new(&case.headers).with_method(&case.method);
    match &case.url {
        Some(url) => head.with_url(url),
        None => head,
    }
}
