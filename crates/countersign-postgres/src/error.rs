use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::StoreError;

/// An error of opening a store, for the developer and the operator.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL is not that of a database.
    Url(sqlx::Error),
    /// The name of the schema is not a plain identifier.
    SchemaName {
        /// The name.
        name: String,
    },
    /// The timeout of operations is not between 1 ms and an hour.
    OperationTimeout {
        /// The timeout.
        timeout: Duration,
    },
    /// The server is a standby, or read-only by default.
    ReadOnly,
    /// The database has another encoding than UTF-8: it could not hold every id, type and text of an error.
    Encoding {
        /// The encoding of the database, as the server names it.
        found: String,
    },
    /// The tables are older than this crate, and migrations are disabled.
    Outdated {
        /// The version of the tables; 0 means that there are none.
        found: i32,
        /// The version that this crate requires.
        needed: i32,
    },
    /// The tables are too new for this crate.
    TooNew {
        /// The oldest version that may use the tables.
        required: i32,
        /// The version of this crate.
        known: i32,
    },
    /// The owner of the tables may not own what an upgrade by another role adds.
    Owner {
        /// The owner of the tables.
        owner: String,
        /// The error of the server.
        source: sqlx::Error,
    },
    /// A pooler between this process and the server shares sessions between transactions.
    Pooled,
    /// The server gave no second connection, with which a pooler in between could be ruled out.
    SecondConnection {
        /// The error of the server, or of the pool after its timeout.
        source: sqlx::Error,
    },
    /// The connection timed out.
    TimedOut {
        /// The time that was waited.
        after: Duration,
    },
    /// An error of the server or the connection.
    Sql(sqlx::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(_) => f.write_str("not the URL of a database: postgres://user:password@host/database"),
            Self::SchemaName { name } => {
                write!(f, "{name:?} cannot be the schema: use up to 63 of a-z, 0-9 and _, not a digit first")
            }
            Self::OperationTimeout { timeout } => write!(
                f,
                "`with_operation_timeout` takes 1 ms to 1 h, and not {timeout:?}: for a longer statement of a handler use `SET \
                 LOCAL statement_timeout` in its transaction"
            ),
            Self::ReadOnly => f.write_str(
                "the server takes no writes: connect to the primary, e.g. through its own host name, and check \
                 `default_transaction_read_only`",
            ),
            Self::Encoding { found } => write!(
                f,
                "the database has the encoding {found}, which cannot hold every id, type and error: use one that was made by \
                 `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`"
            ),
            Self::Outdated { found, needed } => write!(
                f,
                "the tables are at version {found} and {needed} is needed: run `PostgresStoreBuilder::migrate` with a role \
                 that may change them, or leave out `without_migrations`"
            ),
            Self::TooNew { required, known } => write!(
                f,
                "the tables require version {required} of this store and this one knows {known}: upgrade \
                 countersign-postgres on this machine"
            ),
            Self::Owner { owner, .. } => write!(
                f,
                "the upgrade cannot give the tables and functions that it adds to {owner}, who owns the others: migrate with that \
                 role, or grant it `CREATE` on the schema"
            ),
            Self::Pooled => f.write_str(
                "a pooler in between shares sessions of the server, as PgBouncer does with `pool_mode = transaction`, and \
                 prepared statements and timeouts need a session: use the URL of the server itself, or set `pool_mode = \
                 session` for this database",
            ),
            Self::SecondConnection { .. } => f.write_str(
                "there is no second connection to the server, without which a pooler that shares sessions cannot be ruled out: allow \
                 two at least (`max_connections` of the server, `CONNECTION LIMIT` of the role and the database, the pool of a \
                 pooler), for a moment if the store has one",
            ),
            Self::TimedOut { after } => write!(f, "the server did not answer within {after:?}"),
            Self::Sql(_) => f.write_str("the database refused or cannot be reached"),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Url(source)
            | Self::Owner { source, .. }
            | Self::SecondConnection { source }
            | Self::Sql(source) => Some(source),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

/// An operation timed out. Its outcome is unknown, and it may be repeated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimedOut {
    pub(crate) after: Duration,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database did not answer within {:?}", self.after)
    }
}

impl Error for TimedOut {}

/// The connection broke while the server may have committed.
#[derive(Debug)]
pub(crate) struct OutcomeUnknown {
    pub(crate) source: sqlx::Error,
}

impl fmt::Display for OutcomeUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the connection to the database broke before the answer, and the change may have been made: look at what holds now, and \
             repeat the change if it was not made",
        )
    }
}

impl Error for OutcomeUnknown {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

/// A statement of an operator took too long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooSlow {
    pub(crate) after: Duration,
}

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the database did not finish this query within {:?}, and the query was ended: ask for fewer events at once (an endpoint, \
             a state, a smaller `limit`), or try again when fewer operators and deliveries use the database",
            self.after
        )
    }
}

impl Error for TooSlow {}

pub(crate) fn unavailable(error: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError::Unavailable(error.into())
}

/// Returns whether an operation took too long, here or by the `statement_timeout` of the server.
pub(crate) fn is_timeout(error: &StoreError) -> bool {
    let StoreError::Unavailable(source) = error else { return false };
    source.is::<TimedOut>() || source.downcast_ref().is_some_and(is_cancelled)
}

/// Returns whether a statement of an operator took too long.
pub(crate) fn is_too_slow(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(source) if source.is::<TooSlow>())
}

/// Returns whether the server has ended a transaction because of others.
pub(crate) fn is_conflict(error: &StoreError) -> bool {
    let StoreError::Unavailable(source) = error else { return false };
    let error: Option<&sqlx::Error> = source.downcast_ref();
    let code = error.and_then(|error| error.as_database_error()?.code());
    code.is_some_and(|code| CONFLICTS.contains(&&*code))
}

/// Returns whether the server has ended a statement, such as by its `statement_timeout`.
pub(crate) fn is_cancelled(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == CANCELLED)
}

/// Returns whether a lock was held for longer than the `lock_timeout` of a statement.
pub(crate) fn is_locked(error: &StoreError) -> bool {
    let StoreError::Unavailable(error) = error else { return false };
    matches!(error.downcast_ref(), Some(sqlx::Error::Database(error)) if error.code().as_deref() == Some("55P03"))
}

/// The SQLSTATE `query_canceled`.
const CANCELLED: &str = "57014";
/// The SQLSTATEs `serialization_failure` and `deadlock_detected`.
const CONFLICTS: [&str; 2] = ["40001", "40P01"];

/// An error that several callers share.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Arc<StoreError>);

impl Shared {
    pub(crate) fn new(error: StoreError) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            StoreError::Unavailable(source) => source.fmt(f),
            other => other.fmt(f),
        }
    }
}

impl Error for Shared {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &*self.0 {
            StoreError::Unavailable(source) => source.source(),
            other => other.source(),
        }
    }
}
