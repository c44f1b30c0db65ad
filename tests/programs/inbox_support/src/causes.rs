use std::error::Error;

/// Formats an error with its sources, because the error alone ("the database cannot be reached") is rarely
/// sufficient.
#[must_use]
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        said = format!("{said}: {error}");
        source = error.source();
    }
    said
}
