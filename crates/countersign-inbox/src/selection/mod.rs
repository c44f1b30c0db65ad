//! Selects the deliveries that an endpoint stores: by their types, by conditions on their bodies, and by sampling.

mod condition;
mod decimal;
mod lexer;
mod parser;
mod paths;
mod selection;
#[cfg(test)]
mod tests;
mod types;
#[cfg(test)]
mod written;

pub(crate) use selection::Selection;
