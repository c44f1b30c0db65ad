use sqlx::Error;

/// What can be done about an error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// The connection is gone, or of no use: another one may do.
    Broken,
    /// The server asks for a repetition.
    Conflict,
    /// Nothing, now.
    Lasting,
}

impl Fault {
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::Io(_) | Error::Protocol(_) | Error::WorkerCrashed => Self::Broken,
            Error::Database(error) => error.code().map_or(Self::Lasting, |code| Self::of_code(&code)),
            _ => Self::Lasting,
        }
    }

    /// By [SQLSTATE](https://www.postgresql.org/docs/current/errcodes-appendix.html).
    fn of_code(code: &str) -> Self {
        match code {
            // The server shuts down or has ended the connection; the primary has become a standby; the prepared
            // statement is not there any more, or is out of date; a transaction was left open that has failed.
            "25P02" | "57P01" | "57P02" | "57P05" | "25006" | "26000" | "0A000" => Self::Broken,
            code if code.starts_with("08") => Self::Broken,
            // A serialisation failure, a deadlock; a row was on its way into the common partition while one of its day was
            // attached.
            "40001" | "40P01" | "23514" => Self::Conflict,
            _ => Self::Lasting,
        }
    }
}
