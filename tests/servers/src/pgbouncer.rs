use std::ffi::OsString;
use std::fs;
use std::ops::{Deref, DerefMut};
use std::path::Path;

use rustix::process::Signal;

use crate::folder::Folder;
use crate::postgres::Postgres;
use crate::program::program;
use crate::server::{Kind, Server, Settings};
use crate::user::unprivileged;

/// A PgBouncer in front of a PostgreSQL server.
pub struct PgBouncer(Server);

impl PgBouncer {
    /// Starts PgBouncer with settings of the section `[pgbouncer]` of `pgbouncer.ini`, including `pool_mode`.
    ///
    /// # Panics
    ///
    /// If PgBouncer is not installed, or does not start.
    #[must_use]
    pub fn before(postgres: &Postgres, settings: &[(&str, &str)]) -> Self {
        let user = unprivileged();
        let mut all = vec![("*", format!("host=127.0.0.1 port={} user=postgres", postgres.port()))];
        all.extend(settings.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let all: Vec<_> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let kind = Kind {
            program: program("pgbouncer", "pgbouncer"),
            user,
            arguments,
            is_ready,
            stop: Signal::INT,
            last: Signal::KILL,
        };
        Self(Server::start(kind, Folder::new(user), &all))
    }

    /// Returns the URL of the database `postgres` of the server behind it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port())
    }
}

impl Deref for PgBouncer {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

impl DerefMut for PgBouncer {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.0
    }
}

/// Returns the arguments; the settings are in a file.
fn arguments(folder: &Path, port: u16, settings: &Settings) -> Vec<OsString> {
    let mut databases = String::from("[databases]\n");
    let mut own = format!(
        "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nunix_socket_dir =\n\
         ignore_startup_parameters = extra_float_digits\n"
    );
    for (name, value) in &settings.0 {
        let section = if name == "*" { &mut databases } else { &mut own };
        section.push_str(&format!("{name} = {value}\n"));
    }
    fs::write(folder.join("pgbouncer.ini"), databases + &own).expect("the folder of a server");
    vec!["pgbouncer.ini".into()]
}

/// Returns whether it is ready. Its log is on standard error.
fn is_ready(folder: &Path, pid: u32) -> bool {
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    let own = format!("[{pid}]");
    log.lines().any(|line| line.contains(&own) && line.contains("process up"))
}
