use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::child::Launch;
use crate::folder::Folder;
use crate::port;
use crate::user::User;

/// A server of a single test. It ends when this value is dropped, and when the process ends.
pub struct Server {
    folder: Folder,
    port: u16,
    kind: Kind,
    settings: Settings,
    child: Option<Child>,
}

/// The properties of a kind of server.
pub(crate) struct Kind {
    pub(crate) program: PathBuf,
    pub(crate) user: Option<User>,
    pub(crate) arguments: fn(folder: &Path, port: u16, settings: &Settings) -> Vec<OsString>,
    pub(crate) is_ready: fn(folder: &Path, pid: u32) -> bool,
    /// Requests an orderly shutdown that does not wait for clients.
    pub(crate) stop: Signal,
    /// Ends it at once, without leftovers in the system.
    pub(crate) last: Signal,
}

/// Names and values, as in the server's configuration.
pub(crate) struct Settings(pub(crate) Vec<(String, String)>);

impl Settings {
    fn new(settings: &[(&str, &str)]) -> Self {
        Self(settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }
}

impl Server {
    pub(crate) fn start(kind: Kind, folder: Folder, settings: &[(&str, &str)]) -> Self {
        let mut server = Self { folder, port: 0, kind, settings: Settings::new(settings), child: None };
        server.launch(true);
        server
    }

    /// Returns the port on the loopback interface.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Returns the process id while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Returns its log.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read(self.folder.path().join("log"))
            .map(|log| String::from_utf8_lossy(&log).into_owned())
            .unwrap_or_default()
    }

    /// Stops the server in order. Clients are disconnected.
    pub fn stop(&mut self) {
        self.end(self.kind.stop);
    }

    /// Kills the server with SIGKILL.
    pub fn kill(&mut self) {
        self.end(Signal::KILL);
    }

    /// Starts it again after [`stop`](Self::stop) or [`kill`](Self::kill), with the same port and data. A running
    /// one is stopped first.
    pub fn restart(&mut self) {
        self.stop();
        self.launch(false);
    }

    /// Like [`restart`](Self::restart), with other settings from now on.
    pub fn restart_with(&mut self, settings: &[(&str, &str)]) {
        self.settings = Settings::new(settings);
        self.restart();
    }

    /// Like [`restart_with`](Self::restart_with), without waiting until it is ready: it may be loading its data.
    pub fn restart_unready_with(&mut self, settings: &[(&str, &str)]) {
        self.settings = Settings::new(settings);
        self.stop();
        self.child = Some(self.spawn());
    }

    /// Suspends the server (`SIGSTOP`). For PostgreSQL, only the process that accepts connections.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Resumes the server (`SIGCONT`).
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Starts the server and waits until it is ready. If it ends at once, the port was taken, or the killed process
    /// has not ended yet.
    fn launch(&mut self, is_new: bool) {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if is_new {
                self.port = port::free();
            }
            let mut child = self.spawn();
            while Instant::now() < deadline && matches!(child.try_wait(), Ok(None)) {
                if (self.kind.is_ready)(self.folder.path(), child.id()) {
                    self.child = Some(child);
                    return;
                }
                thread::sleep(POLL);
            }
            let _ = child.kill();
            let _ = child.wait();
            thread::sleep(POLL);
        }
        panic!("{} does not start:\n{}", self.kind.program.display(), self.log());
    }

    fn spawn(&self) -> Child {
        let arguments = (self.kind.arguments)(self.folder.path(), self.port, &self.settings);
        let Kind { program, user, last, .. } = &self.kind;
        let launch = Launch { program, arguments, folder: self.folder.path(), user: *user, last: *last };
        launch.spawn().expect("the server starts")
    }

    fn end(&mut self, signal: Signal) {
        self.signal(signal);
        if signal != Signal::KILL {
            // A suspended process cannot end.
            self.signal(Signal::CONT);
        }
        if let Some(mut child) = self.child.take() {
            child.wait().expect("the server ends");
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(child) = &self.child {
            // An ended process is a zombie until it is waited for: its id is not reused.
            kill_process(Pid::from_child(child), signal).expect("the server can be signalled");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end(self.kind.last);
    }
}

const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(10);
