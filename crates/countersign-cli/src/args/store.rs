use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clap::Args;

use crate::error::CliError;

/// The option that names a store.
#[derive(Args)]
pub(crate) struct StoreArgs {
    /// `sqlite:PATH` or `postgres://…`; set a URL with a password in the variable, because other users can see
    /// options
    // No parser: clap would print text that it cannot parse, including the password.
    #[arg(long, value_name = "STORE", env = VARIABLE, hide_env_values = true)]
    store: OsString,
    /// The schema of the tables in PostgreSQL, if the server uses another one [default: countersign]
    #[arg(long, value_name = "NAME")]
    schema: Option<String>,
}

/// The address of a durable inbox. Displayed without user and password.
#[derive(Clone, Eq, PartialEq)]
pub(crate) enum StoreUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server, and its database.
    Postgres(String),
}

impl StoreArgs {
    pub(crate) fn url(&self) -> Result<StoreUrl, CliError> {
        StoreUrl::parse(&self.store)
    }

    /// Returns the option for printed commands, or no arguments if the variable is set.
    pub(crate) fn arguments(&self) -> Result<Vec<String>, CliError> {
        let is_default = env::var_os(VARIABLE).is_some_and(|variable| variable == self.store);
        let mut arguments = if is_default { Vec::new() } else { self.url()?.option().to_vec() };
        arguments.extend(self.schema.iter().flat_map(|schema| ["--schema".to_owned(), quoted(schema)]));
        Ok(arguments)
    }

    pub(crate) fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }
}

impl StoreUrl {
    pub(crate) fn parse(text: &OsString) -> Result<Self, CliError> {
        let text = text.to_str().ok_or_else(|| usage("the text is not UTF-8"))?;
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let url = rest.strip_prefix("postgres:").or_else(|| rest.strip_prefix("postgresql:"));
        match kind {
            "sqlite" => match rest.strip_prefix("//").unwrap_or(rest) {
                "" | ":memory:" => Err(usage("give the path of the file: sqlite:PATH")),
                path => Ok(Self::Sqlite(PathBuf::from(path))),
            },
            "postgres" | "postgresql" if rest.starts_with("//") => Ok(Self::Postgres(text.to_owned())),
            "postgres" if url.is_some_and(|url| url.starts_with("//")) => Ok(Self::Postgres(rest.to_owned())),
            "postgres" | "postgresql" => Err(usage("give the URL: postgres://user@host/database")),
            "redis" | "rediss" | "valkey" | "valkeys" => Err(usage(
                "Redis remembers deliveries for inline mode, and keeps no events: there is no inbox in it",
            )),
            "memory" => Err(usage("a store in memory is visible only to its own process, and ends with it")),
            _ => Err(usage("expected sqlite:PATH or postgres://…")),
        }
    }

    /// Returns the variable instead of a URL, which may contain a password.
    fn option(&self) -> [String; 2] {
        let value = match self {
            Self::Sqlite(path) => quoted(&format!("sqlite:{}", path.display())),
            Self::Postgres(url) if self.to_string() == *url => quoted(url),
            Self::Postgres(_) => format!("\"${VARIABLE}\""),
        };
        ["--store".to_owned(), value]
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => {
                let (_, rest) = url.split_once("//").unwrap_or_default();
                // The last one, because a password may contain others.
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                write!(f, "postgres://{}", place.split('?').next().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Quotes a word for a shell.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=+,@".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn usage(problem: &str) -> CliError {
    CliError::Usage(format!("--store or {VARIABLE}: {problem}"))
}

const VARIABLE: &str = "COUNTERSIGN_STORE";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_have_several_spellings() {
        let parsed = |text: &str| StoreUrl::parse(&text.into()).unwrap();
        let file = |path: &str| StoreUrl::Sqlite(path.into());
        for (text, store) in [
            ("sqlite:inbox.db", file("inbox.db")),
            ("sqlite:/var/lib/inbox.db", file("/var/lib/inbox.db")),
            ("sqlite://inbox.db", file("inbox.db")),
            ("sqlite:///var/lib/inbox.db", file("/var/lib/inbox.db")),
            ("postgres://db/a", StoreUrl::Postgres("postgres://db/a".to_owned())),
            ("postgresql://db/a", StoreUrl::Postgres("postgresql://db/a".to_owned())),
            ("postgres:postgres://db/a", StoreUrl::Postgres("postgres://db/a".to_owned())),
            ("postgres:postgresql://db/a", StoreUrl::Postgres("postgresql://db/a".to_owned())),
        ] {
            assert_eq!(parsed(text), store, "{text}");
        }
    }

    #[test]
    fn what_is_no_inbox_is_refused_with_the_reason_and_without_the_password() {
        for (text, reason) in [
            ("redis://:hunter2@cache", "there is no inbox in it"),
            ("memory", "visible only to its own process"),
            ("sqlite:", "give the path"),
            ("sqlite::memory:", "give the path"),
            ("postgres:hunter2", "give the URL"),
            ("mysql://root:hunter2@db", "expected sqlite:PATH"),
            ("hunter2", "expected sqlite:PATH"),
        ] {
            let said = StoreUrl::parse(&text.into()).unwrap_err().to_string();
            assert!(said.contains(reason) && !said.contains("hunter2"), "{text}: {said}");
        }
    }

    #[test]
    fn a_server_is_shown_without_name_and_password() {
        for (url, shown) in [
            ("postgres://db.example.com/hooks", "postgres://db.example.com/hooks"),
            ("postgres://ada:hunter2@db:5432/hooks?password=hunter2", "postgres://db:5432/hooks"),
            ("postgresql://ada:hunter2/@?hunter2@db/hooks", "postgres://db/hooks"),
        ] {
            let store = StoreUrl::parse(&url.into()).unwrap();
            assert_eq!((store.to_string(), format!("{store:?}")), (shown.to_owned(), shown.to_owned()));
            let option =
                if url == shown { format!("--store {url}") } else { format!("--store \"${VARIABLE}\"") };
            assert_eq!(store.option().join(" "), option);
        }
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_read_something_into_them() {
        assert_eq!(["a.b-c", "", "a b", "it's"].map(quoted), ["a.b-c", "''", "'a b'", r"'it'\''s'"]);
        let store = StoreUrl::Sqlite("my inbox.db".into());
        assert_eq!(store.option().join(" "), "--store 'sqlite:my inbox.db'");
    }
}
