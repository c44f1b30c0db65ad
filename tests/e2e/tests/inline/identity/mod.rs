//! Tests that a recorded delivery is not handled again after its id was removed, emptied or, with the policy
//! `Reject`, changed.

mod missing;
mod recorded;
mod support;
mod unsigned_parts;
