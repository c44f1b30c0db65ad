//! Tokens as a provider would make them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::SigningRequest;
use crate::error::VerifyError;
use crate::mac::SigningKey;
use crate::scheme::{TimestampField, TokenRules, Unit};
use crate::time::UnixTime;
use crate::verifier::{Plan, Source, Values};

/// A token with the claims that a verifier looks at: `iat`, `nbf` and `exp`, id, type and timestamp, and all that is
/// checked. A token that is the body says what the body of the request says, too.
pub(super) fn make(
    plan: &Plan,
    rules: &TokenRules,
    key: &SigningKey,
    request: &SigningRequest,
    values: &Values<'_, '_>,
) -> Result<String, VerifyError> {
    let mut claims = match &plan.signature {
        Source::Body | Source::Json(_) => serde_json::from_slice(&request.body).map_err(|_| {
            VerifyError::MalformedBody { reason: "is no JSON object, and has to be one in a token" }
        })?,
        _ => Map::new(),
    };
    let mut header = Map::from_iter([("alg".to_owned(), json!(key.algorithm()))]);
    if rules.detached {
        header.insert("b64".to_owned(), json!(false));
        header.insert("crit".to_owned(), json!(["b64"]));
    } else {
        header.insert("typ".to_owned(), json!("JWT"));
        let secs = request.time.as_secs();
        for (name, time) in [("iat", secs), ("nbf", secs), ("exp", secs.saturating_add(LIFETIME_SECS))] {
            claims.insert(name.to_owned(), json!(time));
        }
    }
    if let Some(Source::Claim(name)) = &plan.id {
        let id = request.id.as_deref().or_else(|| claims.get(name)?.as_str());
        let id = id.ok_or(VerifyError::MissingId)?.to_owned();
        claims.insert(name.clone(), json!(id));
    }
    if let (Some(Source::Claim(name)), Some(event_type)) = (&plan.event_type, &request.event_type) {
        claims.insert(name.clone(), json!(event_type));
    }
    if let (Some(Source::Claim(name)), Some(field)) = (&plan.timestamp, &plan.provider.scheme.timestamp) {
        claims.insert(name.clone(), stamp(field, request.time));
    }
    for check in &plan.checks {
        if let Some((name, value)) = check.claim(values, &request.body)? {
            claims.insert(name.to_owned(), json!(value));
        }
    }
    Ok(compact(rules, key, header, claims, &request.body))
}

fn compact(
    rules: &TokenRules,
    key: &SigningKey,
    mut header: Map<String, Value>,
    claims: Map<String, Value>,
    body: &[u8],
) -> String {
    let encode = |part: Map<String, Value>| URL_SAFE_NO_PAD.encode(Value::Object(part).to_string());
    if rules.detached {
        header.extend(claims);
        let header = encode(header);
        let signature = key.sign(&[header.as_bytes(), b".", body].concat());
        return format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature));
    }
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// A number, unless the unit is text.
fn stamp(field: &TimestampField, time: UnixTime) -> Value {
    match field.unit {
        Unit::Seconds | Unit::Either => json!(time.as_secs()),
        Unit::Milliseconds => json!(time.as_millis()),
        unit => json!(unit.render(time)),
    }
}

/// How long a token lives.
const LIFETIME_SECS: i64 = 60;
