//! `countersign types`: types for the events of a provider that publishes schemas.

pub(crate) mod cli;
mod docs;
mod emit;
mod events;
mod generator;
mod kinds;
mod lower;
mod model;
mod names;
mod schema;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use countersign::scheme::Location;
use serde_json::Value;

use self::cli::TypesArgs;
use self::events::Places;
use self::generator::Generator;
use crate::args::read_declaration;
use crate::error::CliError;
use crate::output::{self, stderr};
use crate::{Outcome, catalogue};

pub(crate) fn run(args: &TypesArgs) -> Result<Outcome, CliError> {
    let path = args.schema.display();
    let source = args.schema.file_name().unwrap_or_default().to_string_lossy();
    let generator = Generator {
        places: places(args)?,
        events: args.event.clone(),
        name: args.name.clone(),
        is_strict: args.strict,
    };
    let document = read(&args.schema)?;
    let usage = |problem| CliError::Usage(format!("{path}: {problem}"));
    let generated = generator.generate(document, &source).map_err(usage)?;
    for warning in &generated.warnings {
        stderr!("{path}: warning: {warning}");
    }
    output::text(&generated.rust)?;
    Ok(Outcome::Fine)
}

/// Returns the places of type and data: those of the options, or of the provider.
fn places(args: &TypesArgs) -> Result<Places, CliError> {
    let mut places = Places { name_at: args.name_at.clone(), ..Places::default() };
    let own = args.scheme.as_deref().map(read_declaration).transpose()?;
    let known = args.provider.as_deref().map(catalogue::find).transpose()?;
    if let Some(provider) = own.as_ref().or(known) {
        let of_type = provider.event.event_type.iter().flat_map(Location::alternatives);
        let pointer = |at: &Location| match at {
            Location::Json(pointer) => Some(pointer.as_str().to_owned()),
            _ => None,
        };
        places.event_type = of_type.filter_map(pointer).collect();
        places.data = provider.event.data.as_ref().map(|data| data.as_str().to_owned());
    } else {
        places.event_type = USUAL_TYPES.map(str::to_owned).into();
    }
    if let Some(type_at) = &args.type_at {
        places.event_type = vec![type_at.clone()];
    }
    if let Some(data) = &args.data {
        places.data = Some(data.clone()).filter(|data| !data.is_empty());
    }
    Ok(places)
}

/// Reads JSON, or YAML that means the same.
fn read(path: &Path) -> Result<Value, CliError> {
    let text = fs::read_to_string(path).map_err(CliError::unreadable(path))?;
    let read = if text.trim_start().starts_with(['{', '[']) {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    } else {
        serde_saphyr::from_str(&text).map_err(|error| error.to_string())
    };
    read.map_err(|problem| CliError::Usage(format!("{}: neither JSON nor YAML: {problem}", path.display())))
}

/// The usual places of the type of an event.
const USUAL_TYPES: [&str; 6] = ["/type", "/event", "/event_type", "/eventType", "/event_name", "/eventName"];
