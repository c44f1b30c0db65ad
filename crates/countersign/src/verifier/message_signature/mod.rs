//! HTTP Message Signatures (RFC 9421). The signatures of a request are parsed with its head and verified once the
//! body is complete.

mod component;
mod decide;
mod digest;
mod field;
mod head;
mod sign;

use crate::error::{ConfigError, VerifyError};
use crate::scheme::{Algorithm, MessageSignatureRules, Scheme};
use component::Component;

pub(super) use decide::decide;
pub(super) use head::MessageHead;
pub(crate) use sign::sign;

/// The compiled rules of a declaration.
#[derive(Debug)]
pub(crate) struct PlannedMessage {
    required: Vec<Component>,
    rules: MessageSignatureRules,
    algorithm: Algorithm,
    /// The name of the algorithm in a signature.
    algorithm_name: &'static str,
}

/// The largest number of signatures of a request, and of components of each.
const MOST_SIGNATURES: usize = 16;
const MOST_COMPONENTS: usize = 64;

/// The largest number of bytes of a request that are examined to build the signature bases.
const MOST_BYTES: usize = 256 << 10;

impl PlannedMessage {
    pub(super) fn new(scheme: &Scheme) -> Result<Option<Self>, ConfigError> {
        let Some(rules) = &scheme.message_signature else { return Ok(None) };
        let required = rules
            .components()
            .map(|text| Component::declared(text).map_err(|problem| invalid(format!("{text:?} {problem}"))));
        let required = required.collect::<Result<Vec<_>, _>>()?;
        if required.len() > MOST_COMPONENTS {
            return Err(invalid(format!("are more than {MOST_COMPONENTS}")));
        }
        let is_twice = |(index, component)| required.iter().skip(index + 1).any(|other| other == component);
        if required.iter().enumerate().any(is_twice) {
            return Err(invalid("name one component twice".to_owned()));
        }
        let Some(algorithm_name) = MessageSignatureRules::algorithm_name(scheme.algorithm) else {
            return Ok(None);
        };
        Ok(Some(Self { required, rules: rules.clone(), algorithm: scheme.algorithm, algorithm_name }))
    }
}

fn invalid(problem: String) -> ConfigError {
    ConfigError::new("scheme.message_signature.components", problem)
}

const fn malformed(reason: &'static str) -> VerifyError {
    VerifyError::MalformedSignature { reason }
}
