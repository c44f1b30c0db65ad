//! Reads keys of the data files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::{ConfigError, Provider, Secret, Verifier};

use crate::fixtures;

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../data/keys/", $name))
    };
}

pub(crate) use key;

pub(crate) fn der(pem: &str) -> Vec<u8> {
    let digits: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(digits).unwrap()
}

pub(crate) fn verifier(provider: &Provider, text: &str) -> Result<Verifier, ConfigError> {
    Verifier::new(fixtures::complete(provider), Secret::new(text)?)
}
