use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign::Provider;

use crate::catalogue;
use crate::error::CliError;

/// Who signs: a provider of the catalogue, or a declaration in a file.
#[derive(Args)]
#[group(id = "declaration", required = true, multiple = false)]
pub(crate) struct DeclarationArgs {
    /// A provider of the catalogue, see `countersign providers`
    #[arg(long, value_name = "SLUG")]
    provider: Option<String>,
    /// A declaration of your own, in TOML or JSON
    #[arg(long, value_name = "FILE")]
    scheme: Option<PathBuf>,
}

impl DeclarationArgs {
    pub(crate) fn load(&self) -> Result<Cow<'static, Provider>, CliError> {
        match (&self.provider, &self.scheme) {
            (Some(slug), _) => catalogue::find(slug).map(Cow::Borrowed),
            (None, Some(path)) => load(path).map(Cow::Owned),
            (None, None) => Err(CliError::Usage("give --provider or --scheme".to_owned())),
        }
    }
}

fn load(path: &Path) -> Result<Provider, CliError> {
    let extension = path.extension().unwrap_or_default();
    let read = if extension.eq_ignore_ascii_case("toml") {
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
    read(&text).map_err(CliError::config(path.display().to_string()))
}
