use serde::{Deserialize, Serialize};

/// The accounts whose deliveries verify under a public key.
///
/// A provider that signs for all of its accounts with one key also signs for the accounts of others. A valid
/// signature then proves that the provider sent the delivery, not that it concerns your account.
///
/// In TOML: `key_scope = "provider"`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyScope {
    /// One account, application, endpoint or installation, which has its own key.
    Account,
    /// All accounts of the provider. The declaration has a parameter that names the intended one, and a
    /// [`Verifier`](crate::Verifier) cannot be built without it: see
    /// [`Provider::with_parameter`](crate::Provider::with_parameter).
    Provider,
    /// All accounts of the provider, and no signed value in a fixed place names the account. The handler must
    /// compare a value known to it; the notes name it.
    ProviderUnchecked,
}
