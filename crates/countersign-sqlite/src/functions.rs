//! Functions for statements.

use countersign_inbox::error_pattern;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Result};

/// Adds `countersign_error_pattern` to a connection: the pattern of an error, or null. No index of the file uses it, so that other programs
/// can read and change the file.
pub(crate) fn add(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    // The type of the parameter differs between releases of rusqlite.
    connection.create_scalar_function("countersign_error_pattern", 1, flags, |of| {
        Ok(of.get_raw(0).as_str_or_null()?.map(error_pattern))
    })
}
