//! Tries the known mistakes, one by one and in pairs, with the ordinary verifier.

mod basic;
mod body;
mod body_clue;
mod captured;
mod case;
mod cause;
mod clue;
mod code;
mod contents;
mod decimals;
mod diagnoser;
mod engine;
mod finding;
mod hash;
mod headers;
mod lines;
mod moment;
mod place;
mod scheme;
mod secret;
mod secret_cut;
mod secret_text;
mod signature;
mod swapped;
#[cfg(test)]
mod tests;
mod url;
mod verdict;
mod verification;
mod version;

pub use captured::Captured;
pub use cause::Cause;
pub use diagnoser::{Diagnoser, diagnose};
pub use engine::Effort;
pub use verdict::{Diagnosis, RejectionReason};
