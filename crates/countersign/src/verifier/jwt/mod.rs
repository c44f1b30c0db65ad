//! Decides on a JSON Web Token: its signature first, then its times, then its claims about the request.

mod decide;
mod listed;
mod parse;
mod times;

pub(super) use decide::{decide, kid};
pub(super) use listed::{claimed_headers, stand_ins};
