//! Declarations, compiled once: everything about a scheme that does not depend on a request.

mod body;
mod body_fields;
mod boundaries;
pub(crate) mod challenges;
mod check;
mod compile;
mod complete;
mod coverage;
mod declaration;
mod envelope;
mod grammar;
mod guard;
mod header_values;
mod looked_for;
mod memory;
pub(crate) mod message_signature;
mod possible;
mod readable;
mod rules;
mod scheme;
mod source;
mod step;
mod tries;
mod variation;
mod verifier_inner;
mod warnings;

pub(crate) use self::verifier_inner::VerifierInner;
pub(crate) use body::{
    BodyKind, BodyRules, check_parts, items_in, missing, render_body, render_checked, render_items, scalar,
};
pub(crate) use body_fields::BodyFields;
pub(crate) use check::CompiledCheck;
pub use coverage::Coverage;
pub(crate) use grammar::Items;
pub(crate) use header_values::{HeaderValues, Occurrence, Slot};
pub(crate) use memory::Memory;
pub(crate) use scheme::CompiledScheme;
pub(crate) use source::Source;
pub(crate) use step::{HOLDS_SEPARATOR, Step, splits};
