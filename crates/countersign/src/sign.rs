//! The same declarations run backwards: for tests, simulators and the command line.

#[cfg(feature = "jwt")]
mod token;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{ConfigError, VerifyError};
#[cfg(feature = "jwt")]
use crate::mac::SigningKey;
use crate::mac::{KeyRing, Role};
use crate::provider::Provider;
use crate::scheme::{FixedPart, Format, Location};
use crate::secret::SecretSet;
use crate::time::UnixTime;
#[cfg(feature = "message-signatures")]
use crate::verifier::message_signature;
use crate::verifier::{ListEnd, Plan, PlannedCheck, Rendered, Source, Values, render_body, splits};

/// Signs as a provider would. See [`Verifier`](crate::Verifier) for both sides in one example.
#[derive(Debug)]
pub struct Signer {
    plan: Plan,
    keys: KeyRing,
    /// Where the signature is a token.
    #[cfg(feature = "jwt")]
    token: Option<SigningKey>,
}

/// What is to be signed.
#[derive(Clone)]
#[must_use]
pub struct SigningRequest {
    body: Bytes,
    time: UnixTime,
    id: Option<String>,
    event_type: Option<String>,
    method: String,
    url: Option<String>,
    headers: HeaderMap,
}

impl fmt::Debug for SigningRequest {
    /// Shows names and sizes: a URL and the values of headers may hold secrets, a body may hold anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningRequest")
            .field("method", &self.method)
            .field("time", &self.time)
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl SigningRequest {
    /// A `POST` of `body`, sent at `time`.
    pub fn new(body: impl Into<Bytes>, time: UnixTime) -> Self {
        let body = body.into();
        Self {
            body,
            time,
            id: None,
            event_type: None,
            method: "POST".to_owned(),
            url: None,
            headers: HeaderMap::new(),
        }
    }

    /// With this delivery id, for providers that send it in a header.
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// With this event type, for providers that send it in a header.
    pub fn with_event_type(self, event_type: impl Into<String>) -> Self {
        Self { event_type: Some(event_type.into()), ..self }
    }

    /// With another method.
    pub fn with_method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// To this public URL, for providers that sign it.
    pub fn with_url(self, url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..self }
    }

    /// With another header that the provider signs.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }
}

impl Signer {
    /// A signer. The first secret signs: the private key, where the provider has a pair of keys. For tokens it is PEM.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the declaration is malformed, or a secret is not one of this provider's.
    pub fn new(
        provider: impl Into<Cow<'static, Provider>>,
        secrets: impl Into<SecretSet>,
    ) -> Result<Self, ConfigError> {
        let plan = Plan::new(provider.into())?;
        plan.check_complete()?;
        let (scheme, secrets) = (&plan.provider.scheme, secrets.into());
        #[cfg(feature = "jwt")]
        if let Some(rules) = &scheme.token {
            let first = secrets.iter().next();
            let token = first.map(|named| SigningKey::new(scheme, rules, &named.secret)).transpose()?;
            return Ok(Self { plan, keys: KeyRing::default(), token });
        }
        let keys = KeyRing::new(scheme, &secrets, Role::Signer)?;
        Ok(Self {
            plan,
            keys,
            #[cfg(feature = "jwt")]
            token: None,
        })
    }

    /// Whether a delivery id has to be given.
    #[must_use]
    pub fn needs_id(&self) -> bool {
        let is_rendered = self.plan.content.fixed().any(|part| *part == FixedPart::Id);
        (self.plan.signs.id || is_rendered)
            && matches!(self.plan.id, Some(Source::Headers(_) | Source::Claim(_)))
    }

    /// Whether the signature goes into the body, so that [`signature`](Self::signature) has to be put there; a token may be
    /// all of the body.
    #[must_use]
    pub const fn is_in_body(&self) -> bool {
        self.plan.signature.is_in_body()
    }

    /// The headers to send: id and type where they are headers, the timestamp, the signature.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] where something that is signed was not given, or could not be verified.
    pub fn sign(&self, request: &SigningRequest) -> Result<HeaderMap, VerifyError> {
        self.headers(request).map(|(headers, _)| headers)
    }

    /// The text of the signature field, for providers that send it in the body. What is signed of the body must not
    /// change when it is put there.
    ///
    /// # Errors
    ///
    /// [`VerifyError`], like [`sign`](Self::sign).
    pub fn signature(&self, request: &SigningRequest) -> Result<String, VerifyError> {
        self.headers(request).map(|(_, field)| field)
    }

    fn headers(&self, request: &SigningRequest) -> Result<(HeaderMap, String), VerifyError> {
        let plan = &self.plan;
        let scheme = &plan.provider.scheme;
        let stamp =
            scheme.timestamp.as_ref().map(|field| field.unit.render(request.time)).unwrap_or_default();
        let mut headers = HeaderMap::new();
        if let Some(id) = &request.id {
            put(&mut headers, plan.id.as_ref(), id)?;
        }
        if let Some(event_type) = &request.event_type {
            put(&mut headers, plan.event_type.as_ref(), event_type)?;
        }
        put(&mut headers, plan.timestamp.as_ref(), &stamp)?;
        for (name, value) in plan.checks.iter().filter_map(PlannedCheck::constant) {
            set(&mut headers, name, &value)?;
        }

        if let Some(id) = &request.id
            && splits(id.as_bytes(), &plan.id_end, &plan.id_start)
        {
            return Err(VerifyError::MalformedId { reason: "contains the separator of the signed content" });
        }
        #[cfg(feature = "message-signatures")]
        if let Some(message) = &plan.message {
            message.prepare(&mut headers, &request.headers, &request.body);
        }
        let mut signed_headers = request.headers.clone();
        signed_headers.extend(headers.clone());
        let list = self.list_item(&signed_headers);
        if let Some(list) = &list {
            put(&mut signed_headers, Some(&plan.signature), list)?;
        }
        let values = Values {
            plan,
            gathered: &plan.wanted.gather(&signed_headers),
            method: &request.method,
            id: request.id.as_deref().map(str::as_bytes),
            timestamp: Some(stamp.as_bytes()),
            url: request.url.as_deref(),
            target: None,
        };
        #[cfg(feature = "jwt")]
        if let (Some(key), Some(rules)) = (&self.token, &scheme.token) {
            let field = self.field(&token::make(plan, rules, key, request, &values)?, "", &stamp, None);
            put(&mut headers, Some(&plan.signature), &field)?;
            return Ok((headers, field));
        }
        #[cfg(feature = "message-signatures")]
        if let (Some(message), Some(key)) = (&plan.message, self.keys.iter().next()) {
            let signed = message_signature::sign(plan, message, key, &values, request.time)?;
            set(&mut headers, &HeaderName::from_static("signature-input"), &signed.input)?;
            set(&mut headers, &HeaderName::from_static("signature"), &signed.signature)?;
            return Ok((headers, signed.signature));
        }
        let (mut before, mut after) = (Rendered::new(), Rendered::new());
        before.render(&plan.before, &values)?;
        after.render(&plan.after, &values)?;
        if let Some(end) = ListEnd::of(&values)? {
            end.check(&request.body)?;
        }
        let body = render_body(plan, &plan.content.body, &request.body)?;
        let mut field = String::new();
        if let Some(key) = self.keys.iter().next() {
            let ([a, b, c], [d, e, f]) = (before.pieces(key), after.pieces(key));
            let signature = key.signature(&[a, b, c, &body, d, e, f]);
            field = self.field(&String::from_utf8_lossy(&signature), key.id(), &stamp, list.as_deref());
            put(&mut headers, Some(&plan.signature), &field)?;
        }
        Ok((headers, field))
    }

    /// The item of the signature field that lists the headers whose values are signed: all that are sent.
    fn list_item(&self, headers: &HeaderMap) -> Option<String> {
        let tag = self.plan.content.header_list()?;
        let Format::List { assign, .. } = &self.plan.provider.scheme.signature.format else { return None };
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        Some(format!("{tag}{assign}{}", names.join(" ")))
    }

    /// The signature field with one signature in it, behind the list of the signed headers where there is one.
    fn field(&self, signature: &str, key_id: &str, stamp: &str, list: Option<&str>) -> String {
        let scheme = &self.plan.provider.scheme;
        let first = |alternatives: &str| alternatives.split('|').next().unwrap_or_default().to_owned();
        match &scheme.signature.format {
            Format::Value { prefixes, required: true } => first(prefixes) + signature,
            Format::Value { .. } => signature.to_owned(),
            Format::List { separator, assign, tags, .. } => {
                let item = match &**tags {
                    "" => signature.to_owned(),
                    "{key}" => format!("{key_id}{assign}{signature}"),
                    // A quote that begins in what assigns ends behind the value.
                    tags if assign.ends_with('"') => first(tags) + assign + signature + "\"",
                    tags => first(tags) + assign + signature,
                };
                let between = between(separator);
                let item = match list {
                    Some(list) => format!("{list}{between}{item}"),
                    None => item,
                };
                match scheme.timestamp.as_ref().map(|field| &field.at) {
                    Some(Location::SignatureItem(tag)) => format!("{tag}{assign}{stamp}{between}{item}"),
                    Some(Location::SignatureIndex(_)) => format!("{stamp}{between}{item}"),
                    _ => item,
                }
            }
        }
    }
}

/// What is written between two items: the first separator that is no space, and a space if that is the next one.
fn between(separators: &str) -> String {
    let mut characters = separators.trim_start_matches(' ').chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(' ')) => format!("{first} "),
        (Some(first), _) => first.to_string(),
        (None, _) => " ".to_owned(),
    }
}

/// Sets the header, if a header is where the value belongs.
fn put(headers: &mut HeaderMap, source: Option<&Source>, value: &str) -> Result<(), VerifyError> {
    match source {
        Some(Source::Headers(names)) => names.first().map_or(Ok(()), |name| set(headers, name, value)),
        Some(Source::FirstOf { head, body_first: false, .. }) => put(headers, head.first(), value),
        _ => Ok(()),
    }
}

fn set(headers: &mut HeaderMap, name: &HeaderName, value: &str) -> Result<(), VerifyError> {
    let value = HeaderValue::from_str(value).map_err(|_| VerifyError::MalformedHeader {
        name: name.to_string(),
        reason: "is not visible ASCII",
    })?;
    // The first of numbered headers.
    let first = name.as_str().strip_suffix('*').and_then(|start| format!("{start}1").parse().ok());
    headers.insert(first.unwrap_or_else(|| name.clone()), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn a_space_is_written_only_behind_another_separator() {
        let written = [",", ", ", " ,", " ", ",; ", ";,"].map(between);
        assert_eq!(written, [",", ", ", ",", " ", ",", ";"]);
    }
}
