//! Makes JWTs as a provider does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName};
use serde_json::{Map, Value, json};

use super::draft::put;
use super::field::field;
use super::request::SigningRequest;
use crate::compiled::{CompiledScheme, Source, render_body};
use crate::error::VerifyError;
use crate::mac::SigningKey;
use crate::scheme::{JwtRules, TimestampField, TimestampFormat};
use crate::time::UnixTime;
use crate::verifier::{Rendered, Values};

/// Makes a JWT with the claims that a verifier examines: `iat`, `nbf` and `exp`, id, type and timestamp, and the
/// checked values. A JWT that is the whole body also holds the members of the request's body; a detached JWT
/// has its claims in its header.
pub(super) fn make(
    compiled: &CompiledScheme,
    (key, rules): (&SigningKey, &JwtRules),
    request: &SigningRequest,
    values: &Values<'_, '_>,
    headers: &HeaderMap,
) -> Result<String, VerifyError> {
    let header = header(key, rules);
    let claims = claims(compiled, rules, request, values)?;
    if !rules.detached {
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
        return Ok(format!("{message}.{signature}"));
    }
    let list = compiled.content.claimed_list().map(|claim| {
        let names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        (claim.to_owned(), json!(names.join(",")))
    });
    // TrueLayer's Python library writes the header in this order: the checked values, then the list.
    let header = encode_all(header.into_iter().chain(claims).chain(list));
    let mut payload = payload(compiled, &header, request, values, headers)?;
    if !rules.unencoded {
        payload = URL_SAFE_NO_PAD.encode(payload).into_bytes();
    }
    let signature = key.sign(&[header.as_bytes(), b".", &payload].concat());
    Ok(format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn header(key: &SigningKey, rules: &JwtRules) -> Map<String, Value> {
    let mut header = Map::from_iter([("alg".to_owned(), json!(key.algorithm()))]);
    if let Some(kid) = key.kid() {
        header.insert("kid".to_owned(), json!(kid));
    }
    if !key.certificates().is_empty() {
        header.insert("x5c".to_owned(), json!(key.certificates()));
    }
    if rules.detached && rules.unencoded {
        header.insert("b64".to_owned(), json!(false));
        header.insert("crit".to_owned(), json!(["b64"]));
    } else if !rules.detached {
        header.insert("typ".to_owned(), json!("JWT"));
    }
    header
}

fn claims(
    compiled: &CompiledScheme,
    rules: &JwtRules,
    request: &SigningRequest,
    values: &Values<'_, '_>,
) -> Result<Map<String, Value>, VerifyError> {
    let mut claims = match &compiled.signature {
        Source::Body | Source::Json(_) => serde_json::from_slice(&request.body).map_err(|_| {
            VerifyError::MalformedBody { reason: "is not a JSON object, which a JWT requires" }
        })?,
        _ => Map::new(),
    };
    if !rules.detached {
        let secs = request.time.as_secs();
        for (name, time) in [("iat", secs), ("nbf", secs), ("exp", secs.saturating_add(LIFETIME_SECS))] {
            claims.insert(name.to_owned(), json!(time));
        }
    }
    if let Some(Source::Claim(name)) = &compiled.id {
        let id = request.id.as_deref().or_else(|| claims.get(name)?.as_str());
        let id = id.ok_or_else(|| compiled.looked_for.missing_id())?.to_owned();
        claims.insert(name.clone(), json!(id));
    }
    if let (Some(Source::Claim(name)), Some(event_type)) = (&compiled.event_type, &request.event_type) {
        claims.insert(name.clone(), json!(event_type));
    }
    if let (Some(Source::Claim(name)), Some(field)) =
        (&compiled.timestamp, &compiled.provider.scheme.timestamp)
    {
        claims.insert(name.clone(), stamp(field, request.time));
    }
    for check in &compiled.checks {
        if let Some((name, value)) = check.claim(values, &request.body)? {
            claims.insert(name.to_owned(), json!(value));
        }
    }
    Ok(claims)
}

/// Returns the payload of a detached JWT: the content of the scheme, or the body.
fn payload(
    compiled: &CompiledScheme,
    header: &str,
    request: &SigningRequest,
    values: &Values<'_, '_>,
    headers: &HeaderMap,
) -> Result<Vec<u8>, VerifyError> {
    if compiled.content.is_empty() {
        return Ok(request.body.to_vec());
    }
    // The headers that the JWT lists are read from the JWT.
    let mut headers = headers.clone();
    put(
        &mut headers,
        Some(&compiled.signature),
        &field(&compiled.provider.scheme, &format!("{header}.."), "", "", None),
    )?;
    let values = Values { header_values: &compiled.header_index.collect(&headers), ..*values };
    let (mut before, mut after) = (Rendered::new(), Rendered::new());
    before.render(&compiled.before, &values)?;
    after.render(&compiled.after, &values)?;
    let body = render_body(compiled.body_rules(), &compiled.body, before.as_bytes(), &request.body)?;
    Ok([before.as_bytes(), &body, after.as_bytes()].concat())
}

fn encode(part: Map<String, Value>) -> String {
    URL_SAFE_NO_PAD.encode(Value::Object(part).to_string())
}

/// Encodes an object with its members in this order.
fn encode_all(members: impl Iterator<Item = (String, Value)>) -> String {
    let members: Vec<_> = members.map(|(name, value)| format!("{}:{value}", Value::from(name))).collect();
    URL_SAFE_NO_PAD.encode(format!("{{{}}}", members.join(",")))
}

/// Returns the timestamp as a number, or as text for units that are text.
fn stamp(field: &TimestampField, time: UnixTime) -> Value {
    match field.format {
        TimestampFormat::Seconds | TimestampFormat::Either => json!(time.as_secs()),
        TimestampFormat::Milliseconds => json!(time.as_millis()),
        format => json!(format.render(time)),
    }
}

/// The lifetime of a JWT, in seconds.
const LIFETIME_SECS: i64 = 60;
