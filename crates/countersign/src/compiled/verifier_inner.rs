use std::sync::Arc;

use super::body_fields::{BodyFields, Fields};
use super::scheme::CompiledScheme;
use super::source::Source;
use crate::error::{ConfigError, VerifyError};
use crate::json::Scalar;
use crate::mac::{KeyRing, Role};
use crate::scheme::{Limits, Text};
use crate::secret::SecretSet;

/// The state shared by a verifier and its deliveries.
#[derive(Clone)]
pub(crate) struct VerifierInner {
    pub(crate) compiled: Arc<CompiledScheme>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) limits: Limits,
    /// The tenant that owns the keys.
    pub(crate) tenant: Option<Arc<str>>,
    /// The slug of the primary declaration, if this verifier is a fallback.
    pub(crate) fallback_of: Option<Text>,
}

impl VerifierInner {
    pub(crate) fn new(compiled: CompiledScheme, keys: Arc<KeyRing>) -> Self {
        let limits = compiled.limits();
        Self { compiled: Arc::new(compiled), keys, limits, tenant: None, fallback_of: None }
    }

    /// Returns this verifier with other keys.
    pub(crate) fn with_secrets(&self, secrets: &SecretSet) -> Result<Self, ConfigError> {
        let keys = Arc::new(KeyRing::new(&self.compiled.provider.scheme, secrets, Role::Verifier)?);
        let tenant = secrets.tenant().map(Arc::from).or_else(|| self.tenant.clone());
        Ok(Self { keys, tenant, ..self.clone() })
    }

    /// Checks that `more` bytes in addition to `taken` are within the limit.
    pub(crate) fn check_size(&self, more: usize, taken: usize) -> Result<(), VerifyError> {
        let limit = self.limits.body_bytes;
        if more > limit.saturating_sub(taken) { Err(VerifyError::PayloadTooLarge { limit }) } else { Ok(()) }
    }

    /// Looks up id and type, if they are in the body, and one further value.
    pub(crate) fn look_up(&self, body: &[u8], more: Option<&Source>) -> (BodyFields, Option<Scalar>) {
        let fields = Fields {
            id: self.compiled.id.as_ref(),
            event_type: self.compiled.event_type.as_ref(),
            payload: self.compiled.payload.as_deref(),
            body_limit: self.limits.body_bytes,
        };
        BodyFields::with(fields, body, more)
    }
}
