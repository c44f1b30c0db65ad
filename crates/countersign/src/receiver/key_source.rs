use std::future::Future;

use super::tenant::{ResolveError, ResolveFuture};
use crate::secret::SecretSet;

/// Supplies the keys that a provider publishes: JSON Web Keys, certificates. Asked once per request, when its body is
/// complete, with the name of the key that the request gives.
///
/// The name comes from the sender and is nothing but a claim: a source must not fetch an address only because a
/// request says it. The crate `countersign-keys` fetches, with pinned hosts; keys that are known before belong into the
/// [`Verifier`](crate::Verifier) and need no source.
///
/// Implemented for asynchronous functions:
///
/// ```
/// use countersign::receiver::{KeySource, ResolveError};
/// use countersign::{Secret, SecretSet};
///
/// async fn keys(key_id: Option<String>) -> Result<Option<SecretSet>, ResolveError> {
///     // Ask a database here. No key of this name: `None`, and the request is refused.
///     Ok((key_id.as_deref() == Some("2026")).then(|| SecretSet::new(Secret::new("its key").unwrap())))
/// }
///
/// fn is_source(_: impl KeySource) {}
/// is_source(keys);
/// ```
pub trait KeySource: Send + Sync + 'static {
    /// The keys of this name, or all where a request gives none; `None` where there is no such key.
    fn keys(&self, key_id: Option<String>) -> ResolveFuture;
}

impl<F, R> KeySource for F
where
    F: Fn(Option<String>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Option<SecretSet>, ResolveError>> + Send + 'static,
{
    fn keys(&self, key_id: Option<String>) -> ResolveFuture {
        Box::pin(self(key_id))
    }
}
