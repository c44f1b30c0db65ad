use countersign::{Provider, Tolerance, Verifier};

use super::{DeclarationArgs, SecretArgs};
use crate::error::CliError;

/// Builds the verifier from the options.
pub(crate) fn verifier(
    declaration: &DeclarationArgs,
    secrets: &SecretArgs,
    tolerance: Option<u64>,
) -> Result<Verifier, CliError> {
    let mut builder = Verifier::builder(declaration.load()?, secrets.load()?);
    if let Some(seconds) = tolerance {
        builder = builder.with_tolerance(Tolerance::seconds(seconds));
    }
    builder.build().map_err(CliError::config("cannot verify"))
}

/// Returns the declaration with the tolerance from the options.
pub(crate) fn declared(declaration: &DeclarationArgs, tolerance: Option<u64>) -> Result<Provider, CliError> {
    let mut provider = declaration.load()?.into_owned();
    if let (Some(seconds), Some(timestamp)) = (tolerance, &mut provider.scheme.timestamp) {
        timestamp.tolerance = Tolerance::seconds(seconds);
    }
    Ok(provider)
}
