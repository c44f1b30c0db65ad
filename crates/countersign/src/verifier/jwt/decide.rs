use std::borrow::Cow;
use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;

use super::parse::CompactJwt;
use super::times;
use crate::compiled::{BodyFields, CompiledScheme, Source, VerifierInner, challenges, render_body, scalar};
use crate::error::VerifyError;
use crate::json::Scalar;
use crate::mac::SignedJwt;
use crate::scheme::JwtRules;
use crate::swar::is_visible;
use crate::time::UnixTime;
use crate::verifier::checks::texts;
use crate::verifier::decision::{CheckedHead, Decision, check_all, date, field_in};
use crate::verifier::rendered::Rendered;

pub(in crate::verifier) fn decide(
    inner: &VerifierInner,
    checked_head: &CheckedHead<'_>,
    body: &[u8],
    rules: &JwtRules,
    now: UnixTime,
) -> Result<Decision, VerifyError> {
    let compiled = &*inner.compiled;
    let is_in_body = compiled.signature.is_in_body();
    let member = match &compiled.signature {
        Source::Json(_) => Some(field_in(inner, body)?),
        _ => None,
    };
    let text = match &member {
        Some(member) => member.as_bytes(),
        None if is_in_body => body,
        None => checked_head.signatures.first().copied().unwrap_or_default(),
    };
    if text.is_empty() {
        return Err(compiled.looked_for.missing_signature());
    }
    let jwt = CompactJwt::parse(text, rules.detached)?;
    let (algorithm, signature) = (jwt.algorithm()?, jwt.signature()?);
    let instead = checked_head.signed_parts.alternative_prefix();
    let readings = 1 + usize::from(instead.is_some());
    let key_of = |before: &Rendered| {
        let message = jwt.message(&payload(compiled, checked_head, before, body)?);
        let signed = SignedJwt {
            algorithm,
            kid: jwt.kid(),
            message: &message,
            signature: &signature,
            certificates: if rules.certificates.is_some() { jwt.certificates() } else { Vec::new() },
            readings,
        };
        let key = inner.keys.jwts().matching(&signed, checked_head.began)?;
        challenges::refuse(compiled, &[signed.message]).map(|()| key)
    };
    let key = match (key_of(&checked_head.signed_parts.prefix), instead) {
        (Err(error @ VerifyError::SignatureMismatch { .. }), Some(instead)) => {
            key_of(&instead).map_err(|_| error)?
        }
        (decided, _) => decided?,
    };

    let (mut claims, payload) = jwt.claims()?;
    if let (Some(deferred), Value::Object(claims)) = (checked_head.signed_parts.deferred(), &mut claims) {
        let stand_ins = deferred.stand_ins.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
        claims.extend(stand_ins);
    }
    let dated = times::check_times(rules, compiled.provider.scheme.timestamp.as_ref(), &claims, now)?;
    // The checks read the JWT's payload if the JWT is in the body.
    let said = if is_in_body { &payload } else { body };
    check_all(compiled, checked_head, said, Some(&claims))?;
    let decision = match &compiled.timestamp {
        Some(Source::Claim(_)) | None => Decision { key, timestamp: dated, body_fields: OnceLock::new() },
        Some(_) => date(inner, checked_head, key, said, now)?,
    };
    let body_fields = body_fields(inner, &claims, said)?;
    let payload = is_in_body.then(|| Bytes::copy_from_slice(said));
    let payload = body_fields.payload.clone().or(payload);
    Ok(Decision { body_fields: OnceLock::from(Box::new(BodyFields { payload, ..body_fields })), ..decision })
}

/// Returns the payload of a detached JWT: the content of the scheme with this prefix, or the body.
fn payload<'b>(
    compiled: &CompiledScheme,
    checked_head: &CheckedHead<'_>,
    before: &Rendered,
    body: &'b [u8],
) -> Result<Cow<'b, [u8]>, VerifyError> {
    if compiled.content.is_empty() {
        return Ok(Cow::Borrowed(body));
    }
    let rendered = if compiled.signs_raw_body {
        Cow::Borrowed(body)
    } else {
        Cow::Owned(render_body(compiled.body_rules(), &compiled.body, b"", body)?)
    };
    let after = checked_head.signed_parts.suffix().map(|after| after.as_bytes()).unwrap_or_default();
    Ok(Cow::Owned([before.as_bytes(), &rendered, after].concat()))
}

/// Returns the key that the JWT names. It is unverified until the signature is.
pub(in crate::verifier) fn kid(
    compiled: &CompiledScheme,
    rules: &JwtRules,
    field: &[u8],
    body: &[u8],
) -> Option<String> {
    let member = scalar(&compiled.signature, body).map(|found| found.as_str(body).to_owned());
    let text = match (&compiled.signature, &member) {
        (Source::Body, _) => body,
        (Source::Json(_), member) => member.as_ref()?.as_bytes(),
        _ => field,
    };
    let jwt = CompactJwt::parse(text, rules.detached).ok()?;
    jwt.kid().filter(|kid| is_visible(kid.as_bytes())).map(str::to_owned)
}

/// Returns id and type from any place except a header.
fn body_fields(inner: &VerifierInner, claims: &Value, said: &[u8]) -> Result<BodyFields, VerifyError> {
    let compiled = &*inner.compiled;
    let found = inner.look_up(said, None).0;
    // Looked up separately: the offsets may not be those of the received body.
    let own = |found: Option<Scalar>| found.map(|found| Scalar::Text(found.as_str(said).to_owned()));
    let id = match claim(compiled.id.as_ref(), claims) {
        Some(id) => Some(id.ok_or_else(|| compiled.looked_for.missing_id())?),
        None => own(found.id),
    };
    let event_type = match claim(compiled.event_type.as_ref(), claims) {
        Some(event_type) => event_type,
        None => own(found.event_type),
    };
    Ok(BodyFields { id, event_type, ..found })
}

/// Returns the value of a claim, if the source is a claim: visible ASCII, as for a header.
fn claim(source: Option<&Source>, claims: &Value) -> Option<Option<Scalar>> {
    let Some(Source::Claim(name)) = source else { return None };
    let text = claims.get(name).and_then(|value| texts(value).into_iter().next());
    let text = text.filter(|text| is_visible(text)).and_then(|text| String::from_utf8(text).ok());
    Some(text.filter(|text| !text.is_empty()).map(Scalar::Text))
}
