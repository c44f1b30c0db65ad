use std::borrow::Cow;
use std::env::{self, VarError};

use countersign::receiver::{HandshakePolicy, Receiver};
use countersign::{Provider, Secret, SecretSet, Verifier, providers};

/// Returns the provider that `PROVIDER` names, or Proxiant.
///
/// # Errors
///
/// The variable, and the defect.
pub fn provider() -> Result<&'static Provider, String> {
    let slug = variable("PROVIDER")?.unwrap_or_else(|| "proxiant".to_owned());
    let found = providers::find(&slug);
    found.ok_or_else(|| {
        format!("PROVIDER={slug}: it is no slug of the catalogue, `countersign providers` lists them")
    })
}

/// Returns the variable with the secret of the provider, such as `PROXIANT_SECRET`.
#[must_use]
pub fn secret_name(provider: &Provider) -> String {
    name(provider, "secret")
}

/// Builds the receiver of the provider's deliveries. The previous secret during a rotation (`PROXIANT_SECRET_PREVIOUS`),
/// parameters of the declaration (`AWS_SNS_TOPICS`), the token of its handshake (`META_VERIFY_TOKEN`) and the public origin
/// (`PUBLIC_URL`) are in the environment.
///
/// # Errors
///
/// The missing or invalid variable, and the defect.
pub fn receiver(provider: &'static Provider, secret: String) -> Result<Receiver, String> {
    let named = |kind: &'static str| move |error| format!("{}: {error}", name(provider, kind));
    let secrets = SecretSet::new(Secret::new(secret).map_err(named("secret"))?);
    let secrets = secrets.and_env("previous", &name(provider, "secret_previous"));
    let secrets = secrets.map_err(named("secret_previous"))?;
    let verifier = Verifier::new(complete(provider)?, secrets).map_err(named("secret"))?;
    let mut builder = Receiver::builder(verifier);
    if let Some(token) = variable(&name(provider, "verify_token"))? {
        let token = Secret::new(token).map_err(named("verify_token"))?;
        builder = builder.with_handshakes(HandshakePolicy::new().with_verify_token(token));
    }
    if let Some(url) = variable("PUBLIC_URL")? {
        builder = builder.with_public_url(url);
    }
    builder.build().map_err(|error| match error.field() {
        "public_url" => format!("PUBLIC_URL: {error}"),
        _ => named("verify_token")(error),
    })
}

/// Returns the variable of this name.
///
/// # Errors
///
/// The variable, if it is not UTF-8.
pub fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
    }
}

/// Sets the parameters of the declaration, for example the account.
fn complete(provider: &'static Provider) -> Result<Cow<'static, Provider>, String> {
    let mut complete = Cow::Borrowed(provider);
    for parameter in provider.open_parameters() {
        let name = name(provider, &parameter);
        let value = variable(&name)?.ok_or_else(|| {
            format!(
                "{name} is not set: deliveries to other accounts of {} would be accepted without it",
                provider.name
            )
        })?;
        complete = Cow::Owned(complete.into_owned().with_parameter(&parameter, &value));
    }
    Ok(complete)
}

/// Returns the name of a variable of the provider.
fn name(provider: &Provider, kind: &str) -> String {
    format!("{}_{kind}", provider.slug).to_uppercase().replace('-', "_")
}
