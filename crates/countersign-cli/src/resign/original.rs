use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use countersign::Provider;
use countersign::scheme::{Format, Location, Scheme};
use http::HeaderMap;
use serde_json::Value;

use super::body;
use crate::check::places;

/// Returns the names of the items of the signature field that a scheme signs.
pub(crate) fn signed_tags(scheme: &Scheme) -> impl Iterator<Item = &str> {
    let parts = scheme.content.as_str().split("{sig:").skip(1);
    parts.filter_map(|part| part.split(['}', ':']).next())
}

/// A signed request, from which the values are taken that a signer is given.
pub(super) struct Original<'r> {
    provider: &'r Provider,
    url: &'r str,
    headers: &'r HeaderMap,
    body: &'r Bytes,
    /// The claims of the JWT that is the signature.
    claims: Option<Vec<u8>>,
}

impl<'r> Original<'r> {
    pub(super) fn new(provider: &'r Provider, url: &'r str, headers: &'r HeaderMap, body: &'r Bytes) -> Self {
        let mut original = Self { provider, url, headers, body, claims: None };
        if let Some(rules) = &provider.scheme.jwt {
            let token = original.get(&provider.scheme.signature.at).unwrap_or_default();
            let token = token.rsplit([' ', ',']).next().unwrap_or_default();
            // A detached JWT has its claims in its header.
            let part = token.split('.').nth(usize::from(!rules.detached));
            original.claims = part.and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok());
        }
        original
    }

    pub(super) fn id(&self) -> Option<String> {
        self.get(self.provider.event.id.as_ref()?)
    }

    pub(super) fn event_type(&self) -> Option<String> {
        self.get(self.provider.event.event_type.as_ref()?)
    }

    /// Returns the items of the signature field that are signed themselves.
    pub(super) fn items(&self) -> Vec<(&'r str, String)> {
        let scheme = &self.provider.scheme;
        let Format::List { assign, .. } = &scheme.signature.format else { return Vec::new() };
        let Some(field) = self.get(&scheme.signature.at) else { return Vec::new() };
        let item = |tag: &'r str| Some((tag, field.get(places::item(&field, assign, tag)?)?.to_owned()));
        signed_tags(scheme).filter_map(item).collect()
    }

    /// Returns the body as it is given to a signer: without the signature, or the payload of the JWT.
    pub(super) fn unsigned_body(&self) -> Bytes {
        let scheme = &self.provider.scheme;
        let at = scheme.signature.at.alternatives().iter().find(|at| self.get(at).is_some());
        match (at, &self.claims) {
            (Some(Location::Body | Location::Json(_)), Some(claims)) => claims.clone().into(),
            (Some(Location::Form(name)), _) => body::without_field(self.body, name),
            _ => self.body.clone(),
        }
    }

    /// Returns the body that the new signature is put into: the unsigned one, unless that is the payload of a JWT.
    pub(super) fn template<'t>(&'t self, unsigned: &'t Bytes) -> &'t Bytes {
        if self.claims.is_some() { self.body } else { unsigned }
    }

    /// Returns the value at this place.
    fn get(&self, at: &Location) -> Option<String> {
        match at {
            Location::Header(names) => {
                let value = names.split(',').find_map(|name| self.headers.get(name.trim()))?;
                Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
            }
            Location::Json(pointer) => places::json(&self.document(), pointer.as_str()),
            Location::Form(name) => places::form(self.body, name),
            Location::Query(name) => places::query(self.url, name),
            Location::Claim(name) => {
                let claims: Value = serde_json::from_slice(self.claims.as_deref()?).ok()?;
                claims
                    .get(&**name)
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            }
            Location::Body => String::from_utf8(self.body.to_vec()).ok(),
            Location::FirstOf(all) => all.iter().find_map(|at| self.get(at)),
            _ => None,
        }
        .filter(|value| !value.is_empty())
    }

    /// Returns the JSON of the body: of the token, of a field, or all of it.
    fn document(&self) -> Cow<'_, [u8]> {
        if let Some(claims) = self.claims.as_deref().filter(|_| !self.body.starts_with(b"{")) {
            return Cow::Borrowed(claims);
        }
        match &self.provider.event.payload {
            Some(Location::Form(name)) if !self.body.trim_ascii_start().starts_with(b"{") => {
                Cow::Owned(places::form(self.body, name).unwrap_or_default().into_bytes())
            }
            _ => Cow::Borrowed(self.body),
        }
    }
}
