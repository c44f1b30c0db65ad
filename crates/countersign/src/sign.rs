//! Signs requests from the same declarations that verify them: for tests, simulators and the command line.

mod draft;
mod in_body;
mod request;
#[cfg(feature = "jwt")]
mod token;

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};

use crate::error::{ConfigError, VerifyError};
#[cfg(feature = "jwt")]
use crate::mac::SigningKey;
use crate::mac::{KeyRing, Role};
use crate::provider::Provider;
use crate::scheme::{FixedPart, Format, Location};
use crate::secret::SecretSet;
#[cfg(feature = "message-signatures")]
use crate::verifier::message_signature;
use crate::verifier::{ListEnd, Plan, Rendered, Source, Values, payload_of, render_body, splits};
#[cfg(feature = "message-signatures")]
use draft::set;
use draft::{Draft, put};

pub use request::{SignedRequest, SigningRequest};

/// Signs requests as a provider does. See [`Verifier`](crate::Verifier) for an example of both sides.
#[derive(Debug)]
pub struct Signer {
    plan: Plan,
    keys: KeyRing,
    /// The key for schemes whose signature is a token.
    #[cfg(feature = "jwt")]
    token: Option<SigningKey>,
}

impl Signer {
    /// Creates a signer that uses the first secret: the private key for providers with key pairs, in PEM for tokens.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the declaration is malformed, or a secret does not fit this provider.
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
            let token = first.map(|named| SigningKey::new(scheme, rules, named)).transpose()?;
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

    /// Returns whether a delivery id is required.
    #[must_use]
    pub fn needs_id(&self) -> bool {
        let is_rendered = self.plan.content.fixed().any(|part| *part == FixedPart::Id);
        (self.plan.signs.id || is_rendered)
            && matches!(self.plan.id, Some(Source::Headers(_) | Source::Claim(_)))
    }

    /// Returns whether the signature belongs into the body, so that the caller must put the result of
    /// [`signature`](Self::signature) there. A token may be the whole body.
    #[must_use]
    pub const fn is_in_body(&self) -> bool {
        self.plan.signature.is_in_body()
    }

    /// Returns the headers to send: id and type if they are headers, the timestamp, the values that the declaration
    /// checks, the signature.
    ///
    /// If values belong into the query or the signature belongs into the body, use
    /// [`sign_request`](Self::sign_request), which puts them there.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] if a signed value was not given, or the result could not be verified.
    pub fn sign(&self, request: &SigningRequest) -> Result<HeaderMap, VerifyError> {
        self.draft(request).map(|(draft, _)| draft.headers)
    }

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
        let body = in_body::with_signature(self, request)?;
        let headers = draft.all_headers(&request.headers);
        Ok(SignedRequest { method: request.method.clone(), headers, url: draft.url, body })
    }

    /// Returns the text of the signature field, for providers that send it in the body. Adding it must not change
    /// the signed part of the body.
    ///
    /// # Errors
    ///
    /// [`VerifyError`], like [`sign`](Self::sign).
    pub fn signature(&self, request: &SigningRequest) -> Result<String, VerifyError> {
        self.draft(request).map(|(_, field)| field)
    }

    fn draft(&self, request: &SigningRequest) -> Result<(Draft, String), VerifyError> {
        let plan = &self.plan;
        let scheme = &plan.provider.scheme;
        let stamp =
            scheme.timestamp.as_ref().map(|field| field.unit.render(request.time)).unwrap_or_default();
        let mut draft = Draft { headers: HeaderMap::new(), url: request.url.clone(), lacks_url: false };
        if let Some(id) = &request.id {
            draft.put(plan.id.as_ref(), id)?;
        }
        if let Some(event_type) = &request.event_type {
            draft.put(plan.event_type.as_ref(), event_type)?;
        }
        draft.put(plan.timestamp.as_ref(), &stamp)?;
        draft.put_checks(plan, request, &stamp)?;
        draft.put_list(plan, &request.headers)?;
        if let Some(id) = &request.id
            && splits(id.as_bytes(), &plan.id_end, &plan.id_start)
        {
            return Err(VerifyError::MalformedId { reason: "contains the separator of the signed content" });
        }
        #[cfg(feature = "message-signatures")]
        if let Some(message) = &plan.message {
            message.prepare(&mut draft.headers, &request.headers, &request.body);
        }
        let mut signed_headers = draft.all_headers(&request.headers);
        let items = self.items(request, &signed_headers);
        if let Some(items) = &items {
            put(&mut signed_headers, Some(&plan.signature), items)?;
        }
        let url = draft.url.clone();
        let values = Values {
            plan,
            gathered: &plan.wanted.gather(&signed_headers),
            method: &request.method,
            id: request.id.as_deref().map(str::as_bytes),
            timestamp: Some(stamp.as_bytes()),
            url: url.as_deref(),
            target: None,
        };
        #[cfg(feature = "jwt")]
        if let (Some(key), Some(rules)) = (&self.token, &scheme.token) {
            let field = self.field(
                &token::make(self, (key, rules), request, &values, &signed_headers)?,
                "",
                &stamp,
                None,
            );
            draft.put(Some(&plan.signature), &field)?;
            return Ok((draft, field));
        }
        #[cfg(feature = "message-signatures")]
        if let (Some(message), Some(key)) = (&plan.message, self.keys.iter().next()) {
            let signed = message_signature::sign(plan, message, key, &values, request.time)?;
            set(&mut draft.headers, &HeaderName::from_static("signature-input"), &signed.input)?;
            set(&mut draft.headers, &HeaderName::from_static("signature"), &signed.signature)?;
            return Ok((draft, signed.signature));
        }
        let (mut before, mut after) = (Rendered::new(), Rendered::new());
        before.render(&plan.before, &values)?;
        after.render(&plan.after, &values)?;
        if let Some(end) = ListEnd::of(&values)? {
            end.check(&request.body)?;
        }
        let document =
            if plan.signs_payload { payload_of(plan, &request.body)? } else { (&*request.body).into() };
        let body = render_body(plan, &plan.content.body, before.as_bytes(), &document)?;
        let mut field = String::new();
        if let Some(key) = self.keys.iter().next() {
            let ([a, b, c], [d, e, f]) = (before.pieces(key), after.pieces(key));
            let signature = key.signature(&[a, b, c, &body, d, e, f]);
            field = self.field(&String::from_utf8_lossy(&signature), key.id(), &stamp, items.as_deref());
            draft.put(Some(&plan.signature), &field)?;
        }
        Ok((draft, field))
    }

    /// Returns the signed items of the signature field: those of the request, and the list of all sent headers if
    /// the scheme signs listed headers.
    fn items(&self, request: &SigningRequest, headers: &HeaderMap) -> Option<String> {
        let Format::List { assign, separator, .. } = &self.plan.provider.scheme.signature.format else {
            return None;
        };
        let quote = if assign.len() > 1 && assign.ends_with('"') { "\"" } else { "" };
        let mut items: Vec<_> =
            request.items.iter().map(|(tag, value)| format!("{tag}{assign}{value}{quote}")).collect();
        if let Some(tag) = self.plan.content.header_list() {
            let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
            names.sort_unstable();
            items.push(format!("{tag}{assign}{}{quote}", names.join(" ")));
        }
        (!items.is_empty()).then(|| items.join(&between(separator)))
    }

    /// Returns the signature field with one signature, after the other items that are signed.
    fn field(&self, signature: &str, key_id: &str, stamp: &str, items: Option<&str>) -> String {
        let scheme = &self.plan.provider.scheme;
        let first = |alternatives: &str| alternatives.split('|').next().unwrap_or_default().to_owned();
        match &scheme.signature.format {
            Format::Value { prefixes, required: true } => first(prefixes) + signature,
            Format::Value { .. } => signature.to_owned(),
            Format::List { separator, assign, tags, .. } => {
                let item = match &**tags {
                    "" => signature.to_owned(),
                    "{key}" => format!("{key_id}{assign}{signature}"),
                    // A quote that `assign` opens is closed after the value.
                    tags if assign.ends_with('"') => first(tags) + assign + signature + "\"",
                    "*" => format!("v1{assign}{signature}"),
                    tags => first(tags) + assign + signature,
                };
                let between = between(separator);
                let item = match items {
                    Some(items) => format!("{items}{between}{item}"),
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

/// Returns the separator to write between two items: the first one that is not a space, followed by a space if that
/// comes next.
fn between(separators: &str) -> String {
    let mut characters = separators.trim_start_matches(' ').chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(' ')) => format!("{first} "),
        (Some(first), _) => first.to_string(),
        (None, _) => " ".to_owned(),
    }
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
