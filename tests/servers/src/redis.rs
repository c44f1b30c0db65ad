use std::ffi::OsString;
use std::fs;
use std::iter;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::Command;

use rustix::process::Signal;

use crate::folder::Folder;
use crate::program::program;
use crate::server::{Kind, Server, Settings};

/// A Redis server without a password that writes every command to its disk before it answers, and evicts nothing.
pub struct Redis(Server);

impl Redis {
    /// Starts a server.
    ///
    /// # Panics
    ///
    /// If Redis is not installed, or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// Starts a server with settings of `redis.conf`.
    ///
    /// # Panics
    ///
    /// See [`start`](Self::start).
    #[must_use]
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let program = program("redis-server", "redis-server");
        let kind = Kind { program, user: None, arguments, is_ready, stop: Signal::TERM, last: Signal::KILL };
        Self(Server::start(kind, Folder::new(None), settings))
    }

    /// Starts a cluster of three servers, with a third of the slots each.
    ///
    /// # Panics
    ///
    /// See [`start`](Self::start); also if they do not form a cluster.
    #[must_use]
    pub fn cluster() -> Vec<Self> {
        let nodes: Vec<_> = (0..3).map(|_| Self::with(&[("cluster-enabled", "yes")])).collect();
        let cli = |arguments: &[&str]| {
            let output = Command::new(program("redis-cli", "redis-tools"))
                .args(arguments)
                .output()
                .expect("redis-cli starts");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let addresses: Vec<_> = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        let create = ["--cluster", "create"].into_iter().chain(addresses.iter().map(String::as_str));
        let created = cli(&create.chain(["--cluster-yes"]).collect::<Vec<_>>());
        assert!(created.contains("All 16384 slots covered"), "{created}");
        for node in &nodes {
            let port = node.port().to_string();
            while !cli(&["-p", &port, "cluster", "info"]).contains("cluster_state:ok") {}
        }
        nodes
    }

    /// Returns the URL of its database 0.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port())
    }
}

impl Deref for Redis {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

impl DerefMut for Redis {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.0
    }
}

fn arguments(folder: &Path, port: u16, settings: &Settings) -> Vec<OsString> {
    let port = port.to_string();
    let folder = folder.display().to_string();
    let own = [
        ("port", port.as_str()),
        ("bind", "127.0.0.1"),
        ("dir", folder.as_str()),
        ("save", ""),
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("maxmemory-policy", "noeviction"),
    ];
    let given = settings.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let own = own.into_iter().filter(|(name, _)| settings.0.iter().all(|(other, _)| name != other));
    own.chain(given)
        .flat_map(|(name, value)| iter::once(format!("--{name}").into()).chain([value.into()]))
        .collect()
}

/// Returns whether it has loaded its data and listens. Each line of its log begins with its process id.
fn is_ready(folder: &Path, pid: u32) -> bool {
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    let own = format!("{pid}:");
    log.lines().any(|line| line.starts_with(&own) && line.contains("Ready to accept connections"))
}
