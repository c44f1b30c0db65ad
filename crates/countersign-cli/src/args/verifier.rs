use countersign::{Provider, Tolerance, Verifier};

use super::{DeclarationArgs, SecretArgs};
use crate::error::CliError;

/// The verifier that the options describe.
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

/// The declaration with the tolerance that the options describe.
pub(crate) fn declared(declaration: &DeclarationArgs, tolerance: Option<u64>) -> Result<Provider, CliError> {
    let mut provider = declaration.load()?.into_owned();
    if let (Some(seconds), Some(timestamp)) = (tolerance, &mut provider.scheme.timestamp) {
        timestamp.tolerance = Tolerance::seconds(seconds);
    }
    Ok(provider)
}
