//! Opening the store that an option names.

use std::sync::Arc;

use countersign_inbox::OpsStore;

use crate::args::StoreUrl;
use crate::error::CliError;

/// The operator's side of a store, beside the server that owns it.
pub(super) async fn open(url: &StoreUrl) -> Result<Arc<dyn OpsStore>, CliError> {
    match url {
        StoreUrl::Sqlite(_) => Err(CliError::Usage(format!("{url}"))),
        StoreUrl::Postgres(_) => Err(CliError::Usage(format!("{url}"))),
    }
}
