use std::future::Future;

use super::tenant::{KeysFuture, ResolveError};
use crate::secret::SecretSet;

/// Supplies the published keys of a provider: JSON Web Keys or certificates. Called once per request when its body
/// is complete, with the name of the key that the request gives.
///
/// The name comes from the sender and is unverified: a source must not fetch an address only because a request
/// names it. The crate `countersign-keys` fetches keys from pinned hosts. Keys that are known in advance belong
/// into the [`Verifier`](crate::Verifier) and need no source.
///
/// Implemented for asynchronous functions:
///
/// ```
/// use countersign::receiver::{KeySource, ResolveError};
/// use countersign::{Secret, SecretSet};
///
/// async fn keys(key_id: Option<String>) -> Result<Option<SecretSet>, ResolveError> {
///     // Query a database here. If there is no key of this name, return `None`; the request is rejected.
///     Ok((key_id.as_deref() == Some("2026")).then(|| SecretSet::new(Secret::new("its key").unwrap())))
/// }
///
/// fn is_source(_: impl KeySource) {}
/// is_source(keys);
/// ```
pub trait KeySource: Send + Sync + 'static {
    /// Returns the keys of this name, or all keys if the request names none; `None` if there is no such key.
    fn keys(&self, key_id: Option<String>) -> KeysFuture;
}

impl<F, R> KeySource for F
where
    F: Fn(Option<String>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Option<SecretSet>, ResolveError>> + Send + 'static,
{
    fn keys(&self, key_id: Option<String>) -> KeysFuture {
        Box::pin(self(key_id))
    }
}
