use super::component::Component;
use crate::error::ConfigError;
use crate::scheme::{Algorithm, MessageSignatureRules, Scheme};

/// The compiled rules of a declaration.
#[derive(Debug)]
pub(crate) struct CompiledMessage {
    pub(crate) required: Vec<Component>,
    pub(crate) rules: MessageSignatureRules,
    pub(crate) algorithm: Algorithm,
    /// The name of the algorithm in a signature.
    pub(crate) algorithm_name: &'static str,
}

/// The largest number of components of a signature.
pub(crate) const MOST_COMPONENTS: usize = 64;

impl CompiledMessage {
    pub(in crate::compiled) fn new(scheme: &Scheme) -> Result<Option<Self>, ConfigError> {
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
