use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::binary;

/// A running example, killed on drop.
pub struct Example {
    child: Child,
    addr: String,
    printed: Receiver<String>,
    logged: Option<JoinHandle<String>>,
}

/// The output of an example.
pub struct Received {
    /// The lines on standard output that were not read before.
    pub printed: Vec<String>,
    /// The whole log.
    pub logged: String,
}

impl Example {
    /// Starts an example, such as `example-axum`, on a free port.
    ///
    /// # Errors
    ///
    /// Its output, if it does not listen.
    pub fn start(name: &str, variables: &[(&str, &str)]) -> Result<Self, String> {
        let mut command = binary(name, name);
        command.env("ADDR", "127.0.0.1:0").envs(variables.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let printed = lines(child.stdout.take().unwrap());
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut logged = String::new();
        while log.read_line(&mut logged).unwrap() > 0 {
            if let Some(addr) = address(&logged) {
                let logged = Some(thread::spawn(move || {
                    log.read_to_string(&mut logged).unwrap();
                    logged
                }));
                return Ok(Self { child, addr, printed, logged });
            }
        }
        let status = child.wait().unwrap();
        assert!(!status.success(), "{name} ends without a word: {logged}");
        Err(logged)
    }

    /// Returns host and port.
    #[must_use]
    pub fn addr(&self) -> &str {
        &self.addr
    }

    /// Returns the next line on standard output. It is printed before the sender gets its response.
    #[must_use]
    pub fn printed(&self) -> String {
        self.printed.recv_timeout(PATIENCE).expect("a line on standard output")
    }

    /// Asks it to end, as an orchestrator does, and returns its log.
    ///
    /// # Panics
    ///
    /// If it ends with an error.
    #[must_use]
    pub fn terminate(mut self) -> String {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).unwrap();
        let logged = self.logged.take().unwrap().join().unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {logged}");
        logged
    }

    /// Kills it.
    #[must_use]
    pub fn stop(mut self) -> Received {
        self.child.kill().unwrap();
        let logged = self.logged.take().unwrap().join().unwrap();
        Received { printed: self.printed.iter().collect(), logged }
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(logged: &str) -> Option<String> {
    let (_, addr) = logged.split_once("listening on http://")?;
    addr.split_whitespace().next().map(str::to_owned)
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The timeout, which is reached only on failures.
const PATIENCE: Duration = Duration::from_secs(30);
