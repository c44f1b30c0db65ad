//! Signs requests that were received, with another secret or at another time.

mod body;
mod original;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use countersign::scheme::{Location, Scheme};
use countersign::{Provider, SecretSet, SignedRequest, Signer, SigningRequest, UnixTime, VerifyError};
use http::{HeaderMap, HeaderValue, Method, header};

use self::original::Original;
pub(crate) use self::original::signed_tags;
use crate::destination::{Outgoing, RawClient, end_to_end};
use crate::error::CliError;

/// Replaces the signatures of a provider's requests.
pub(crate) struct Resigner {
    provider: Provider,
    signer: Signer,
    /// The public URL of the receiver, if it differs from the one that is sent to.
    url: Option<String>,
}

/// Returns the items of a signature field that a scheme signs, as a request has them.
pub(crate) fn signed_items<'r>(
    provider: &'r Provider,
    url: &'r str,
    headers: &'r HeaderMap,
    body: &'r Bytes,
) -> Vec<(&'r str, String)> {
    Original::new(provider, url, headers, body).items()
}

impl Resigner {
    /// Creates a resigner that uses the first secret.
    pub(crate) fn new(provider: Provider, secrets: SecretSet, url: Option<&str>) -> Result<Self, CliError> {
        let signer = Signer::new(provider.clone(), secrets).map_err(CliError::config("cannot sign"))?;
        Ok(Self { provider, signer, url: url.map(str::to_owned) })
    }

    /// Signs a request to a receiver anew, at this time.
    pub(crate) fn resign(&self, request: Outgoing, to: &RawClient, at: UnixTime) -> Result<Outgoing, String> {
        let mut headers = request.headers;
        headers.extend(HeaderValue::try_from(to.host()).ok().map(|host| (header::HOST, host)));
        let base = self.url.clone().unwrap_or_else(|| to.base());
        let mark = if base.contains('?') { "&" } else { "?" };
        let url = request.query.as_ref().map_or_else(|| base.clone(), |query| format!("{base}{mark}{query}"));
        let signed = self.sign(&request.method, &url, &headers, &request.body, at);
        let signed = signed.map_err(|error| format!("cannot be signed anew: {error}"))?;
        // A signer may add parameters. Those of the receiver's own URL come first, and are not sent twice.
        let query = signed.url.as_deref().and_then(|url| url.strip_prefix(&*base)?.get(1..));
        let headers = end_to_end(&signed.headers);
        Ok(Outgoing { method: request.method, query: query.map(str::to_owned), headers, body: signed.body })
    }

    fn sign(
        &self,
        method: &Method,
        url: &str,
        headers: &HeaderMap,
        body: &Bytes,
        at: UnixTime,
    ) -> Result<SignedRequest, VerifyError> {
        let scheme = &self.provider.scheme;
        let original = Original::new(&self.provider, url, headers, body);
        let unsigned = body::at_time(scheme, original.unsigned_body(), at);
        let mut request =
            SigningRequest::new(unsigned.clone(), at).with_method(method.as_str()).with_url(url);
        let written: Vec<_> = written_headers(scheme).collect();
        for (name, value) in headers.iter().filter(|(name, _)| !written.contains(&name.as_str())) {
            request = request.with_header(name.clone(), value.clone());
        }
        if let Some(id) = original.id() {
            request = request.with_id(id);
        }
        if let Some(event_type) = original.event_type() {
            request = request.with_event_type(event_type);
        }
        for (tag, value) in original.items() {
            request = request.with_signature_item(tag, value);
        }
        let mut signed = self.signer.sign_request(&request)?;
        if let Some(body) = body::spliced(scheme, original.template(&unsigned), &signed.body) {
            signed.body = body;
        }
        Ok(signed)
    }
}

/// Returns the names of the headers that a signer writes anew: signature, timestamp, and digests of the body.
fn written_headers(scheme: &Scheme) -> impl Iterator<Item = &str> {
    let timestamp = scheme.timestamp.as_ref().map(|field| &field.at);
    let checks = scheme.checks.iter().filter(|check| check.digest.is_some()).map(|check| &check.at);
    let places = std::iter::once(&scheme.signature.at).chain(timestamp).chain(checks);
    let names = places.flat_map(Location::alternatives).filter_map(|at| match at {
        Location::Header(names) => Some(names.split(',').map(str::trim)),
        _ => None,
    });
    let of_messages =
        scheme.message_signature.iter().flat_map(|_| ["signature", "signature-input", "content-digest"]);
    names.flatten().chain(of_messages)
}
