//! The same program with the whole catalogue, to compare with the other one.

use std::error::Error;

use countersign::providers;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (slug, arguments) =
        arguments.split_first().ok_or("usage: every_provider SLUG SECRET NAME=VALUE ...")?;
    let provider = providers::find(slug).ok_or("no such provider")?;
    countersign_footprint::verify(provider, arguments)
}
