use std::ffi::OsString;
use std::fs;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::Command;

use rustix::process::Signal;

use crate::child::Launch;
use crate::folder::Folder;
use crate::program::program;
use crate::server::{Kind, Server, Settings};
use crate::user::{User, unprivileged};

/// A PostgreSQL server with the superuser `postgres`, no password, and the default settings except for its size.
pub struct Postgres(Server);

impl Postgres {
    /// Starts a server.
    ///
    /// # Panics
    ///
    /// If PostgreSQL is not installed, or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// Starts a server with settings of `postgresql.conf`.
    ///
    /// # Panics
    ///
    /// See [`start`](Self::start).
    #[must_use]
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let user = unprivileged();
        let folder = Folder::new(user);
        let initdb = Launch {
            program: &program("initdb", PACKAGE),
            arguments: INITDB.iter().map(OsString::from).collect(),
            folder: folder.path(),
            user,
            last: Signal::KILL,
        };
        let is_done = initdb.spawn().and_then(|mut child| child.wait()).expect("initdb starts").success();
        assert!(
            is_done,
            "initdb fails: {}",
            fs::read_to_string(folder.path().join("log")).unwrap_or_default()
        );
        Self(Server::start(kind(user), folder, settings))
    }

    /// Copies a running server, and follows it as `application_name`: its standby, until it is
    /// [promoted](Self::promote).
    ///
    /// # Panics
    ///
    /// See [`start`](Self::start); also if the server allows no copy.
    #[must_use]
    pub fn standby_of(primary: &Self, application_name: &str) -> Self {
        let user = unprivileged();
        let folder = Folder::new(user);
        let connection = format!(
            "host=127.0.0.1 port={} user=postgres application_name={application_name}",
            primary.port()
        );
        let copy = Launch {
            program: &program("pg_basebackup", PACKAGE),
            arguments: ["-D", "data", "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", &connection]
                .map(OsString::from)
                .into(),
            folder: folder.path(),
            user,
            last: Signal::KILL,
        };
        let is_done =
            copy.spawn().and_then(|mut child| child.wait()).expect("pg_basebackup starts").success();
        let log = || fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        assert!(is_done, "pg_basebackup fails: {}", log());
        Self(Server::start(kind(user), folder, &[]))
    }

    /// Promotes a standby to a primary.
    ///
    /// # Panics
    ///
    /// If it is not a standby.
    pub fn promote(&self) {
        assert_eq!(execute(&self.url(), "SELECT pg_promote()"), "t");
    }

    /// Returns the URL of its database `postgres`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.port())
    }
}

impl Deref for Postgres {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

impl DerefMut for Postgres {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.0
    }
}

/// Runs one statement outside a transaction with psql. Returns its rows in psql's unaligned format.
///
/// # Panics
///
/// If PostgreSQL is not installed, or reports an error.
pub fn execute(url: &str, statement: &str) -> String {
    let output = Command::new(program("psql", PACKAGE))
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", statement, url])
        .output()
        .expect("psql starts");
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn kind(user: Option<User>) -> Kind {
    let program = program("postgres", PACKAGE);
    Kind { program, user, arguments, is_ready, stop: Signal::INT, last: Signal::QUIT }
}

fn arguments(folder: &Path, port: u16, settings: &Settings) -> Vec<OsString> {
    let own = [
        ("listen_addresses", "127.0.0.1".into()),
        ("port", port.to_string()),
        ("unix_socket_directories", folder.display().to_string()),
        ("max_connections", "200".into()),
        ("shared_buffers", "32MB".into()),
        ("timezone", "UTC".into()),
    ];
    let own = own.iter().map(|(name, value)| format!("{name}={value}"));
    let all = own.chain(settings.0.iter().map(|(name, value)| format!("{name}={value}")));
    let mut arguments = vec!["-D".into(), "data".into()];
    arguments.extend(all.flat_map(|setting| ["-c".into(), setting.into()]));
    arguments
}

/// Returns whether it is ready. The first line of `postmaster.pid` is the process id, the eighth its state.
fn is_ready(folder: &Path, pid: u32) -> bool {
    let state = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    let mut lines = state.lines().map(str::trim);
    lines.next() == Some(&pid.to_string()) && matches!(lines.nth(6), Some("ready" | "standby"))
}

fn url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

const PACKAGE: &str = "postgresql";

/// Durability at initialisation is not needed for tests.
const INITDB: [&str; 6] =
    ["--pgdata=data", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"];
