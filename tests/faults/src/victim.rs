use std::env;
use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::setup::Setup;

/// A running inbox. Killed on drop.
pub struct Victim {
    child: Child,
    addr: String,
}

impl Victim {
    /// Starts a victim, and waits until it listens.
    #[must_use]
    pub fn start(setup: &Setup) -> Self {
        loop {
            match Self::try_start(setup) {
                Ok(victim) => return victim,
                // Another victim has taken the port.
                Err(logged) if logged.contains("AddrInUse") => {}
                // A busy server; a supervisor would start it again, too.
                Err(logged) if logged.contains("TimedOut") => {}
                Err(logged) => panic!("the victim ends without a word: {logged}"),
            }
        }
    }

    /// Starts a victim that is killed at a point, however early, and waits until it is dead.
    pub fn start_until_killed(setup: &Setup) {
        loop {
            match Self::try_start(setup) {
                Ok(mut victim) => {
                    victim.dies();
                    return;
                }
                Err(logged) if logged.contains("AddrInUse") || logged.contains("TimedOut") => {}
                // Before it listened.
                Err(_) => return,
            }
        }
    }

    fn try_start(setup: &Setup) -> Result<Self, String> {
        let addr = free_addr();
        let mut words = setup.through.iter().map(Into::into).chain([program("victim").into_os_string()]);
        let mut child = Command::new(words.next().unwrap())
            .args(words)
            .env_clear()
            .envs(setup.variables.iter().cloned())
            .env("ADDR", &addr)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        let mut logged = String::new();
        while !line.contains("listening on") {
            line.clear();
            if log.read_line(&mut line).unwrap() == 0 {
                let _ = child.wait();
                return Err(logged);
            }
            logged.push_str(&line);
        }
        let is_loud = env::var_os("FAULTS_LOUD").is_some();
        let file =
            setup.log.as_ref().map(|path| OpenOptions::new().create(true).append(true).open(path).unwrap());
        thread::spawn(move || match file {
            _ if is_loud => log.lines().map_while(Result::ok).for_each(|line| eprintln!("victim: {line}")),
            Some(mut file) => drop(writeln!(file, "{logged}").and_then(|()| io::copy(&mut log, &mut file))),
            None => drop(io::copy(&mut log, &mut io::sink())),
        });
        Ok(Self { child, addr })
    }

    /// Returns the URL of the endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/webhooks/proxiant", self.addr)
    }

    /// Returns the address for clients.
    #[must_use]
    pub fn addr(&self) -> &str {
        &self.addr
    }

    /// Returns the process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until its health check passes.
    ///
    /// # Panics
    ///
    /// If it takes too long.
    pub fn becomes_ready(&self) {
        until("it is ready", || self.ready().is_some_and(|(is_ready, _)| is_ready));
    }

    /// Waits until its health check reports that the store is not writable.
    ///
    /// # Panics
    ///
    /// If it takes too long.
    pub fn becomes_unready(&self) {
        until("it is not ready", || {
            self.ready().is_some_and(|(is_ready, why)| !is_ready && why.contains("takes no writes"))
        });
    }

    /// Returns whether it is ready, and the reasons; `None` if it does not answer.
    fn ready(&self) -> Option<(bool, String)> {
        let (status, text) = self.get("/ready")?;
        Some((status == 200, text))
    }

    /// Returns the number of unfinished events; `None` if it does not answer.
    #[must_use]
    pub fn unfinished(&self) -> Option<u64> {
        self.get("/unfinished")?.1.parse().ok()
    }

    /// Returns the number of events that are done, dead and unverified, as a sentence.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    #[must_use]
    pub fn counts(&self) -> String {
        self.get("/counts").unwrap().1
    }

    /// Returns the status and the body of a response; `None` if there is none. A connection costs less than a client,
    /// and the conditions of tests are polled.
    fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.addr).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: victim\r\nconnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    /// Waits until everything is done.
    ///
    /// # Panics
    ///
    /// If it takes too long.
    pub fn finish(&self) {
        until("everything is done", || self.unfinished() == Some(0));
    }

    /// Waits until it is killed.
    pub fn dies(&mut self) -> ExitStatus {
        let mut status = None;
        until("the victim dies", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Waits until it is killed, or no remaining event can reach its point. Returns whether it was killed.
    pub fn dies_or_finishes(&mut self) -> bool {
        let mut is_dead = false;
        until("the victim dies", || {
            let is_idle = self.unfinished() == Some(0);
            is_dead = self.child.try_wait().unwrap().is_some();
            is_dead || is_idle
        });
        is_dead
    }

    /// Kills the victim.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let _ = kill_process(pid.unwrap(), signal);
    }

    /// Stops the victim as a supervisor does.
    pub fn stop(&mut self) {
        self.signal(Signal::TERM);
        let status = self.dies();
        assert!(status.success(), "it does not end well: {status}");
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for an effect of another process.
///
/// # Panics
///
/// If it takes longer than three minutes.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    let mut pause = Duration::from_millis(2);
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(180), "it takes too long until {what}");
        thread::sleep(pause);
        // A long wait leaves the processor to what is waited for.
        pause = (pause * 5 / 4).min(Duration::from_millis(25));
    }
}

const PATIENCE: Duration = Duration::from_secs(20);

/// Returns a free address. The victim binds it right away, and no other process requests this port in between.
fn free_addr() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Returns the path of a program next to the tests or the command.
pub(crate) fn program(name: &str) -> PathBuf {
    let this = env::current_exe().unwrap();
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let found = this.ancestors().skip(1).take(2).map(|folder| folder.join(&file)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("`{name}` is not built: `cargo build -p countersign-faults --bins`"))
}
