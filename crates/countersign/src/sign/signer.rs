use std::borrow::Cow;

use http::HeaderMap;
#[cfg(feature = "message-signatures")]
use http::HeaderName;

#[cfg(feature = "message-signatures")]
use super::draft::set;
use super::draft::{Draft, put};
use super::field;
#[cfg(feature = "jwt")]
use super::jwt;
use super::request::SigningRequest;
use crate::compiled::{CompiledScheme, Source, items_in, render_body, splits};
use crate::error::{ConfigError, VerifyError};
#[cfg(feature = "jwt")]
use crate::mac::SigningKey;
use crate::mac::{KeyRing, Role};
use crate::provider::Provider;
use crate::scheme::Needs;
use crate::secret::SecretSet;
#[cfg(feature = "message-signatures")]
use crate::verifier::message_signature;
use crate::verifier::{ListEnd, Rendered, Values};

/// Signs requests as a provider does. See [`Verifier`](crate::Verifier) for an example of both sides.
#[derive(Debug)]
pub struct Signer {
    pub(super) compiled: CompiledScheme,
    keys: KeyRing,
    /// The key for schemes whose signature is a JWT.
    #[cfg(feature = "jwt")]
    jwt: Option<SigningKey>,
}

impl Signer {
    /// Creates a signer that uses the first secret: the private key for providers with key pairs, in PEM for JWTs.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the declaration is malformed, or a secret does not fit this provider.
    pub fn new(
        provider: impl Into<Cow<'static, Provider>>,
        secrets: impl Into<SecretSet>,
    ) -> Result<Self, ConfigError> {
        let compiled = CompiledScheme::new(provider.into())?;
        compiled.check_complete()?;
        let (scheme, secrets) = (&compiled.provider.scheme, secrets.into());
        #[cfg(feature = "jwt")]
        if let Some(rules) = &scheme.jwt {
            let first = secrets.iter().next();
            let jwt = first.map(|named| SigningKey::new(scheme, rules, named)).transpose()?;
            return Ok(Self { compiled, keys: KeyRing::default(), jwt });
        }
        let keys = KeyRing::new(scheme, &secrets, Role::Signer)?;
        Ok(Self {
            compiled,
            keys,
            #[cfg(feature = "jwt")]
            jwt: None,
        })
    }

    /// Returns whether a delivery id is required.
    #[must_use]
    pub fn needs_id(&self) -> bool {
        let is_rendered = self.compiled.content.needs(Needs::Id);
        (self.compiled.signs.id || is_rendered)
            && matches!(self.compiled.id, Some(Source::Headers(_) | Source::Claim(_)))
    }

    /// Returns whether the signature belongs into the body, so that the caller must put the result of
    /// [`signature`](Self::signature) there. A JWT may be the whole body.
    #[must_use]
    pub const fn is_in_body(&self) -> bool {
        self.compiled.signature.is_in_body()
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

    /// Returns the text of the signature field, for providers that send it in the body. Adding it must not change
    /// the signed part of the body. If the items of a body are signed one by one, it is that of the first item.
    ///
    /// # Errors
    ///
    /// [`VerifyError`], like [`sign`](Self::sign).
    pub fn signature(&self, request: &SigningRequest) -> Result<String, VerifyError> {
        self.draft(request).map(|(_, field)| field)
    }

    pub(super) fn draft(&self, request: &SigningRequest) -> Result<(Draft, String), VerifyError> {
        let compiled = &self.compiled;
        let scheme = &compiled.provider.scheme;
        let stamp =
            scheme.timestamp.as_ref().map(|field| field.format.render(request.time)).unwrap_or_default();
        let mut draft = Draft { headers: HeaderMap::new(), url: request.url.clone(), lacks_url: false };
        if let Some(id) = &request.id {
            draft.put(compiled.id.as_ref(), id)?;
        }
        if let Some(event_type) = &request.event_type {
            draft.put(compiled.event_type.as_ref(), event_type)?;
        }
        draft.put(compiled.timestamp.as_ref(), &stamp)?;
        draft.put_checks(compiled, request, &stamp)?;
        draft.put_list(compiled, &request.headers)?;
        if let Some(id) = &request.id
            && splits(id.as_bytes(), &compiled.id_end, &compiled.id_start)
        {
            return Err(VerifyError::MalformedId { reason: "contains the separator of the signed content" });
        }
        #[cfg(feature = "message-signatures")]
        if let Some(message) = &compiled.message {
            message.prepare(&mut draft.headers, &request.headers, &request.body);
        }
        let mut signed_headers = draft.all_headers(&request.headers);
        let items = field::items(compiled, request, &signed_headers);
        if let Some(items) = &items {
            put(&mut signed_headers, Some(&compiled.signature), items)?;
        }
        let url = draft.url.clone();
        let values = Values {
            compiled,
            header_values: &compiled.header_index.collect(&signed_headers),
            method: &request.method,
            id: request.id.as_deref().map(str::as_bytes),
            timestamp: Some(stamp.as_bytes()),
            url: url.as_deref(),
            target: None,
        };
        #[cfg(feature = "jwt")]
        if let (Some(key), Some(rules)) = (&self.jwt, &scheme.jwt) {
            let field = field::field(
                scheme,
                &jwt::make(compiled, (key, rules), request, &values, &signed_headers)?,
                "",
                &stamp,
                None,
            );
            draft.put(Some(&compiled.signature), &field)?;
            return Ok((draft, field));
        }
        #[cfg(feature = "message-signatures")]
        if let (Some(message), Some(key)) = (&compiled.message, self.keys.iter().next()) {
            let signed = message_signature::sign(compiled, message, key, &values, request.time)?;
            set(&mut draft.headers, &HeaderName::from_static("signature-input"), &signed.input)?;
            set(&mut draft.headers, &HeaderName::from_static("signature"), &signed.signature)?;
            return Ok((draft, signed.signature));
        }
        let (mut before, mut after) = (Rendered::new(), Rendered::new());
        before.render(&compiled.before, &values)?;
        after.render(&compiled.after, &values)?;
        if let Some(end) = ListEnd::of(&values)? {
            end.check(&request.body)?;
        }
        let document = if compiled.signs_payload {
            compiled.payload_of(&request.body)?
        } else {
            (&*request.body).into()
        };
        let item = first_item(compiled, &document)?;
        let body = render_body(compiled.body_rules(), &compiled.body, before.as_bytes(), item)?;
        let mut field = String::new();
        if let Some(key) = self.keys.iter().next() {
            let ([a, b, c], [d, e, f]) = (before.pieces(key), after.pieces(key));
            let signature = key.signature(&[a, b, c, &body, d, e, f]);
            field = field::field(
                scheme,
                &String::from_utf8_lossy(&signature),
                key.id(),
                &stamp,
                items.as_deref(),
            );
            draft.put(Some(&compiled.signature), &field)?;
        }
        Ok((draft, field))
    }
}

/// Returns the first item if the items are signed one by one, or the document itself.
fn first_item<'b>(compiled: &CompiledScheme, document: &'b [u8]) -> Result<&'b [u8], VerifyError> {
    let Some(path) = &compiled.for_each else { return Ok(document) };
    Ok(items_in(compiled.body_rules(), path, document)?.into_iter().next().unwrap_or(document))
}
