use std::sync::Arc;

use super::body_fields::{BodyFields, Fields};
use super::plan::Plan;
use super::source::Source;
use crate::error::{ConfigError, VerifyError};
use crate::json::Scalar;
use crate::mac::{KeyRing, Role};
use crate::scheme::{Limits, Text};
use crate::secret::SecretSet;

/// The state shared by a verifier and its deliveries.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) plan: Arc<Plan>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) limits: Limits,
    /// The tenant that owns the keys.
    pub(crate) tenant: Option<Arc<str>>,
    /// The slug of the primary declaration, if this verifier is a fallback.
    pub(crate) fallback_of: Option<Text>,
}

impl Core {
    pub(crate) fn new(plan: Plan, keys: Arc<KeyRing>) -> Self {
        let limits = plan.limits();
        Self { plan: Arc::new(plan), keys, limits, tenant: None, fallback_of: None }
    }

    /// Returns this verifier with other keys.
    pub(crate) fn with_secrets(&self, secrets: &SecretSet) -> Result<Self, ConfigError> {
        let keys = Arc::new(KeyRing::new(&self.plan.provider.scheme, secrets, Role::Verifier)?);
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
            id: self.plan.id.as_ref(),
            event_type: self.plan.event_type.as_ref(),
            payload: self.plan.payload.as_deref(),
            body_limit: self.limits.body_bytes,
        };
        BodyFields::with(fields, body, more)
    }
}
