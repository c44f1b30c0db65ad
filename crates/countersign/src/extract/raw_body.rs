use std::fmt;
use std::ops::Deref;

use bytes::Bytes;

/// The verified body, byte for byte: neither decompressed nor converted. An extractor of axum and actix-web, which
/// copies nothing and leaves the body to other extractors.
///
/// ```
/// use countersign::RawBody;
///
/// async fn handle(body: RawBody) -> String {
///     format!("{} bytes", body.len())
/// }
/// ```
#[derive(Clone)]
pub struct RawBody(pub(super) Bytes);

impl RawBody {
    /// Returns the bytes.
    #[must_use]
    pub fn into_inner(self) -> Bytes {
        self.0
    }
}

impl Deref for RawBody {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.0
    }
}

impl fmt::Debug for RawBody {
    /// Shows the length only: the body may contain anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawBody").field("bytes", &self.0.len()).finish()
    }
}
