//! Receivers as processes that a command can kill and start again.

use std::ffi::OsStr;
use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A receiver, and the folder with its log and its effects. Killed on drop.
pub(crate) struct Receiver {
    folder: TempDir,
    addr: String,
}

impl Receiver {
    /// Starts a program on a free port. `variables` makes its environment out of its address and its folder.
    pub(crate) fn start(program: &Command, variables: impl Fn(&str, &Path) -> Vec<(String, String)>) -> Self {
        let folder = TempDir::new().unwrap();
        let addr = free_addr();
        let quoted = |text: &OsStr| format!("'{}'", text.to_str().unwrap().replace('\'', r"'\''"));
        let words: Vec<_> =
            [program.get_program()].into_iter().chain(program.get_args()).map(quoted).collect();
        let mut environment = variables(&addr, folder.path());
        environment.push(("ADDR".to_owned(), addr.clone()));
        let exports: String = environment
            .iter()
            .map(|(name, value)| format!("export {name}={}\n", quoted(OsStr::new(value))))
            .collect();
        // The port is free once the old process is gone.
        let script = format!(
            "cd {folder}\n{exports}\
             if [ -f pid ]; then kill -9 $(cat pid); while kill -0 $(cat pid) 2>/dev/null; do :; done; fi\n\
             {program} >> out 2>> log < /dev/null &\necho $! > pid\n",
            folder = quoted(folder.path().as_os_str()),
            program = words.join(" "),
        );
        fs::write(folder.path().join("restart"), script).unwrap();
        for file in ["log", "effects"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let receiver = Self { folder, addr };
        receiver.restart();
        receiver
    }

    pub(crate) fn addr(&self) -> &str {
        &self.addr
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the command that kills the receiver and starts it again.
    pub(crate) fn restart_command(&self) -> String {
        format!("sh {}", self.file("restart").display())
    }

    fn restart(&self) {
        let status = Command::new("sh").arg(self.file("restart")).status().unwrap();
        assert!(status.success());
        let began = Instant::now();
        while TcpStream::connect(&self.addr).is_err() {
            let log = fs::read_to_string(self.file("log")).unwrap();
            assert!(began.elapsed() < PATIENCE, "it does not listen: {log}");
            thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let pid = fs::read_to_string(self.file("pid")).unwrap_or_default();
        let _ = Command::new("kill").args(["-9", pid.trim()]).status();
    }
}

/// Returns an address whose port is free. Another process could take it before the receiver does.
fn free_addr() -> String {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().to_string()
}

const PATIENCE: Duration = Duration::from_secs(30);
