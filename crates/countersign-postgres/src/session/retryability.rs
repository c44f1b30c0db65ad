use sqlx::Error;

/// Whether and how an operation that failed may be retried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Retryability {
    /// The connection is broken or unusable: another one may work.
    Broken,
    /// The server requires a repetition.
    Conflict,
    /// None: the error persists.
    Lasting,
}

impl Retryability {
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::Io(_) | Error::Protocol(_) | Error::WorkerCrashed => Self::Broken,
            Error::Database(error) => error.code().map_or(Self::Lasting, |code| Self::of_code(&code)),
            _ => Self::Lasting,
        }
    }

    /// Returns whether the server has answered that it did nothing, although the connection is of no more use: otherwise an operation
    /// whose connection broke may have been committed.
    pub(crate) fn is_undone(error: &Error) -> bool {
        let code = error.as_database_error().and_then(|error| error.code());
        code.is_some_and(|code| UNDONE.contains(&&*code))
    }

    /// Classifies an error by its [SQLSTATE](https://www.postgresql.org/docs/current/errcodes-appendix.html).
    fn of_code(code: &str) -> Self {
        match code {
            // The server shuts down or has ended the connection; the primary has become a standby; the prepared
            // statement does not exist any more, or is outdated; a failed transaction was left open.
            "25P02" | "57P01" | "57P02" | "57P05" | "25006" | "26000" | "0A000" => Self::Broken,
            code if code.starts_with("08") => Self::Broken,
            // A serialisation failure or a deadlock; or a row was being inserted into the default partition while
            // the partition of its day was attached.
            "40001" | "40P01" | "23514" => Self::Conflict,
            _ => Self::Lasting,
        }
    }
}

/// Errors of `Broken` that come before the statement runs: it is not prepared any more, or the transaction or server takes no writes.
const UNDONE: [&str; 4] = ["25P02", "25006", "26000", "0A000"];
