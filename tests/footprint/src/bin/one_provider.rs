//! A program that uses one provider.

use std::error::Error;

use countersign::providers;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    countersign_footprint::verify(&providers::STRIPE, &arguments)
}
