use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign::{Provider, Tolerance, Verifier};

use super::SecretArgs;
use crate::catalogue;
use crate::error::CliError;
use crate::output::stderr;

/// The signing provider: one of the catalogue, or a declaration in a file.
#[derive(Args)]
pub(crate) struct DeclarationArgs {
    #[command(flatten)]
    source: Source,
    /// A parameter that the declaration leaves open, for example `webhook_id=…` for PayPal; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
}

#[derive(Args)]
#[group(id = "declaration", required = true, multiple = false)]
struct Source {
    /// A provider of the catalogue, see `countersign providers`
    #[arg(long, value_name = "SLUG")]
    provider: Option<String>,
    /// A declaration of your own, in TOML or JSON
    #[arg(long, value_name = "FILE")]
    scheme: Option<PathBuf>,
}

/// Parses a name and a value.
pub(crate) fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("has no `=`")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl DeclarationArgs {
    /// Returns the name of the provider as it was given: its slug or an alias.
    pub(crate) fn given(&self) -> Option<&str> {
        self.source.provider.as_deref()
    }

    pub(crate) fn load(&self) -> Result<Cow<'static, Provider>, CliError> {
        load(self.source.provider.as_deref(), self.source.scheme.as_deref(), &self.parameters)
    }
}

/// Loads the declaration with this slug, or that of a file, and sets its parameters.
pub(crate) fn load(
    slug: Option<&str>,
    scheme: Option<&Path>,
    parameters: &[(String, String)],
) -> Result<Cow<'static, Provider>, CliError> {
    let provider = match (slug, scheme) {
        (Some(slug), _) => catalogue::find(slug).map(Cow::Borrowed),
        (None, Some(path)) => load_file(path).map(Cow::Owned),
        (None, None) => Err(CliError::Usage("give a provider or --scheme".to_owned())),
    }?;
    if parameters.is_empty() {
        return Ok(provider);
    }
    let with = |provider: Provider, (name, value): &(String, String)| provider.with_parameter(name, value);
    Ok(Cow::Owned(parameters.iter().fold(provider.into_owned(), with)))
}

fn load_file(path: &Path) -> Result<Provider, CliError> {
    let provider = read(path)?;
    for warning in provider.warnings().unwrap_or_default() {
        stderr!("{}: warning: {warning}", path.display());
    }
    Ok(provider)
}

/// Reads a declaration from a file. Its warnings are left to the caller.
pub(crate) fn read(path: &Path) -> Result<Provider, CliError> {
    let extension = path.extension().unwrap_or_default();
    let parse = if extension.eq_ignore_ascii_case("toml") {
        Provider::from_toml
    } else if extension.eq_ignore_ascii_case("json") {
        Provider::from_json
    } else {
        let path = path.display();
        return Err(CliError::Usage(format!(
            "{path}: a declaration is a file that ends with .toml or .json"
        )));
    };
    let text = fs::read_to_string(path).map_err(CliError::unreadable(path))?;
    let failed = CliError::config(path.display().to_string());
    parse(&text).map_err(failed)
}

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
