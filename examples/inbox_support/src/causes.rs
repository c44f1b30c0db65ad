use std::error::Error;
use std::iter::successors;

/// What an error says, and then its causes: "the database cannot be reached" alone helps nobody.
#[must_use]
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let errors = successors(Some(error), |error| error.source());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
