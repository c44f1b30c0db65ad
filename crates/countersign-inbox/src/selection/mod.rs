//! Selects the deliveries that an endpoint stores: by their types, by conditions on their bodies, and by sampling. Reads their
//! ordering keys.

mod condition;
mod decimal;
mod lexer;
mod ordering_key;
mod parser;
mod paths;
mod selection;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod written;

pub(crate) use ordering_key::OrderingKey;
pub(crate) use selection::{Selection, without_type};
