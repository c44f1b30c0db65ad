//! Puts signatures into bodies.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::request::{SignedRequest, SigningRequest};
use super::signer::Signer;
use crate::compiled::Source;
use crate::error::VerifyError;

impl Signer {
    /// Signs a request and returns all of it: the headers, the URL with the query parameters of the scheme, and the
    /// body, with the signature if it belongs into the body.
    ///
    /// ```
    /// use countersign::{Secret, Signer, SigningRequest, UnixTime, providers};
    ///
    /// let signer = Signer::new(&providers::TWILIO_BODY_SHA256, Secret::new("auth token")?)?;
    /// let request = SigningRequest::new("{}", UnixTime::from_secs(1_700_000_000)).with_url("https://a.example/in");
    /// let signed = signer.sign_request(&request)?;
    /// assert!(signed.url.unwrap().starts_with("https://a.example/in?bodySHA256=44136fa3"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`VerifyError`], like [`sign`](Self::sign).
    pub fn sign_request(&self, request: &SigningRequest) -> Result<SignedRequest, VerifyError> {
        let (draft, _) = self.draft(request)?;
        if draft.lacks_url {
            return Err(VerifyError::MissingUrl);
        }
        let body = with_signature(self, request)?;
        let headers = draft.all_headers(&request.headers);
        Ok(SignedRequest { method: request.method.clone(), headers, url: draft.url, body })
    }
}

/// Returns the body with the signature in its place: a member, a field, or the whole body.
fn with_signature(signer: &Signer, request: &SigningRequest) -> Result<Bytes, VerifyError> {
    let source = match &signer.compiled.signature {
        Source::FirstOf { body, .. } => body.first(),
        source => Some(source),
    };
    match source {
        Some(Source::Body) => Ok(signer.signature(request)?.into()),
        Some(Source::Form(name)) => {
            let signature = signer.signature(request)?;
            let mut body = String::from_utf8_lossy(&request.body).into_owned();
            if !body.is_empty() {
                body.push('&');
            }
            let field: String = form_urlencoded::Serializer::new(body).append_pair(name, &signature).finish();
            Ok(field.into())
        }
        Some(Source::Json(path)) => in_json(signer, request, path),
        _ => Ok(request.body.clone()),
    }
}

fn in_json(signer: &Signer, request: &SigningRequest, path: &[String]) -> Result<Bytes, VerifyError> {
    if signer.compiled.provider.scheme.jwt.is_some() {
        // The body is the payload of the JWT.
        let mut document = Value::Object(Map::new());
        set(&mut document, path, signer.signature(request)?).ok_or(NO_OBJECT)?;
        return Ok(document.to_string().into());
    }
    let Some(each) = &signer.compiled.for_each else {
        let signature = signer.signature(request)?;
        if let Some(field) = signer.compiled.payload.as_ref().filter(|_| signer.compiled.signs_payload) {
            return in_payload(&request.body, field, path, signature);
        }
        return with_member(&request.body, path, signature);
    };
    let mut document: Value = serde_json::from_slice(&request.body).map_err(|_| NO_OBJECT)?;
    let mut error = None;
    for_each_item(&mut document, each, &mut |item| {
        let signed = SigningRequest { body: item.to_string().into(), ..request.clone() };
        let outcome =
            signer.signature(&signed).and_then(|signature| set(item, path, signature).ok_or(NO_OBJECT));
        if let Err(problem) = outcome {
            error.get_or_insert(problem);
        }
    });
    match error {
        Some(error) => Err(error),
        None => Ok(document.to_string().into()),
    }
}

/// Returns the body with the member set in the JSON of a form field.
fn in_payload(body: &[u8], field: &str, path: &[String], signature: String) -> Result<Bytes, VerifyError> {
    if body.starts_with(b"{") {
        return with_member(body, path, signature);
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(body) {
        if name == field {
            let json = with_member(value.as_bytes(), path, signature.clone())?;
            form.append_pair(&name, &String::from_utf8_lossy(&json));
        } else {
            form.append_pair(&name, &value);
        }
    }
    Ok(form.finish().into())
}

/// Returns the body with the member set. A new top-level member is appended to the text, so that the rest stays
/// unchanged.
fn with_member(body: &[u8], path: &[String], signature: String) -> Result<Bytes, VerifyError> {
    let mut document: Value = serde_json::from_slice(body).map_err(|_| NO_OBJECT)?;
    if let ([name], Some(members)) = (path, document.as_object())
        && !members.contains_key(name)
        && let Some(text) = body.trim_ascii_end().strip_suffix(b"}")
    {
        let comma = if members.is_empty() { "" } else { "," };
        let member = format!("{comma}{}:{}}}", Value::from(name.as_str()), Value::from(signature));
        return Ok([text, member.as_bytes()].concat().into());
    }
    set(&mut document, path, signature).ok_or(NO_OBJECT)?;
    Ok(document.to_string().into())
}

/// Sets the value at the path and creates the objects on the way.
fn set(document: &mut Value, path: &[String], signature: String) -> Option<()> {
    let mut place = document;
    for step in path {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        place = match place {
            Value::Object(members) => members.entry(step).or_insert(Value::Null),
            Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    *place = Value::from(signature);
    Some(())
}

/// Calls `sign` with each item at the path, where `*` stands for every item of an array. Calls it with the document
/// itself if the path matches nothing.
fn for_each_item(document: &mut Value, path: &[String], sign: &mut impl FnMut(&mut Value)) {
    let Some((step, rest)) = path.split_first() else { return sign(document) };
    let has_step = step == "*" || document.get(step).is_some();
    match document {
        Value::Array(items) if step == "*" => {
            for item in items {
                for_each_item(item, rest, sign);
            }
        }
        Value::Object(members) if has_step => {
            if let Some(inner) = members.get_mut(step) {
                for_each_item(inner, rest, sign);
            }
        }
        other => sign(other),
    }
}

const NO_OBJECT: VerifyError =
    VerifyError::MalformedBody { reason: "is not a JSON object, so the signature cannot be added" };
