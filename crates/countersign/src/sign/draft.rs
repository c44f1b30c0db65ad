//! The values that a signer writes into the head of a request.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::request::SigningRequest;
use crate::compiled::{CompiledScheme, Source};
use crate::error::VerifyError;
use crate::scheme::{Needs, Value};
use crate::url;
use crate::verifier::Values;

/// The head of a request under construction.
pub(super) struct Draft {
    pub(super) headers: HeaderMap,
    pub(super) url: Option<String>,
    /// A value belongs into the query, but no URL was given.
    pub(super) lacks_url: bool,
}

impl Draft {
    /// Writes the value if its place is a header or the query.
    pub(super) fn put(&mut self, source: Option<&Source>, value: &str) -> Result<(), VerifyError> {
        match source {
            Some(Source::Query(name)) => {
                match self.url.as_deref() {
                    Some(url) => self.url = Some(url::with_parameter(url, name, value)),
                    None => self.lacks_url = true,
                }
                Ok(())
            }
            Some(Source::FirstOf { head, body_first: false, .. }) => self.put(head.first(), value),
            source => put(&mut self.headers, source, value),
        }
    }

    /// Returns all headers, including the given ones.
    pub(super) fn all_headers(&self, given: &HeaderMap) -> HeaderMap {
        let mut all = given.clone();
        all.extend(self.headers.clone());
        all
    }

    /// Writes the values that the declaration's checks require, unless they were given.
    pub(super) fn put_checks(
        &mut self,
        compiled: &CompiledScheme,
        request: &SigningRequest,
        stamp: &str,
    ) -> Result<(), VerifyError> {
        for check in &compiled.checks {
            let given = check.headers().next().is_some_and(|name| request.headers.contains_key(name));
            if given || !check.is_written_in_head() {
                continue;
            }
            let headers = self.all_headers(&request.headers);
            let values = Values {
                compiled,
                header_values: &compiled.header_index.collect(&headers),
                method: &request.method,
                id: request.id.as_deref().map(str::as_bytes),
                timestamp: Some(stamp.as_bytes()),
                url: self.url.as_deref(),
                target: None,
            };
            if let Some(value) = check.value(&values, &request.body)? {
                let source = check.source();
                self.put(Some(source), &value)?;
            }
        }
        Ok(())
    }

    /// Writes the list of the signed headers, all that are sent, if a header lists them.
    pub(super) fn put_list(
        &mut self,
        compiled: &CompiledScheme,
        given: &HeaderMap,
    ) -> Result<(), VerifyError> {
        let list = compiled.content.first(Needs::Headers).and_then(Value::header);
        let Some(list) = list.filter(|list| !given.contains_key(*list)) else { return Ok(()) };
        let all = self.all_headers(given);
        let mut names: Vec<_> = all.keys().chain([list]).map(HeaderName::as_str).collect();
        names.sort_unstable();
        set(&mut self.headers, list, &names.join(","))
    }
}

/// Sets the header if the value's place is a header.
pub(super) fn put(headers: &mut HeaderMap, source: Option<&Source>, value: &str) -> Result<(), VerifyError> {
    match source {
        Some(Source::Headers(names)) => names.first().map_or(Ok(()), |name| set(headers, name, value)),
        Some(Source::FirstOf { head, body_first: false, .. }) => put(headers, head.first(), value),
        _ => Ok(()),
    }
}

pub(super) fn set(headers: &mut HeaderMap, name: &HeaderName, value: &str) -> Result<(), VerifyError> {
    let value = HeaderValue::from_str(value).map_err(|_| VerifyError::MalformedHeader {
        name: name.to_string(),
        reason: "is not visible ASCII",
    })?;
    // The first of numbered headers.
    let first = name.as_str().strip_suffix('*').and_then(|start| format!("{start}1").parse().ok());
    headers.insert(first.unwrap_or_else(|| name.clone()), value);
    Ok(())
}
