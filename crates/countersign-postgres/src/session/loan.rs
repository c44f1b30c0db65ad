use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{Error, PgConnection, Postgres};

use super::fault::Fault;

/// A connection of the pool. Unless the operation came to an [end](Self::end), it is closed: one that was interrupted
/// may never answer again.
pub(crate) struct Loan {
    connection: PoolConnection<Postgres>,
    is_sound: bool,
}

impl Loan {
    pub(crate) const fn new(connection: PoolConnection<Postgres>) -> Self {
        Self { connection, is_sound: false }
    }

    /// The operation ended like this.
    pub(crate) fn end<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.is_sound = result.as_ref().err().is_none_or(|error| Fault::of(error) != Fault::Broken);
        result
    }
}

impl Deref for Loan {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Loan {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if !self.is_sound {
            self.connection.close_on_drop();
        }
    }
}
