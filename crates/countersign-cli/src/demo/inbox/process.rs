use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use std::{env, io};

use countersign::UnixTime;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::demo::player::Player;
use crate::error::CliError;

/// The receiver in a separate process. Killed on drop.
pub(super) struct Process {
    pub(super) player: Player,
    child: Child,
    orders: ChildStdin,
    words: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts the process on a file, and waits until it accepts connections.
    pub(super) async fn start(file: &Path, now: UnixTime) -> Result<Self, CliError> {
        let cannot = || CliError::io("cannot start the receiver of the demo");
        let mut command = Command::new(env::current_exe().map_err(cannot())?);
        command.arg("demo-receiver").arg(file).arg(now.as_secs().to_string());
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(cannot())?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, stdout) = pipes.ok_or_else(|| cannot()(io::ErrorKind::BrokenPipe.into()))?;
        let mut words = BufReader::new(stdout).lines();
        match word(&mut words).await? {
            Some(Word::Listening(addr)) => Ok(Self { player: Player::new(addr), child, orders, words }),
            _ => Err(cannot()(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// Returns its next message, or `None` after its end.
    pub(super) async fn word(&mut self) -> Result<Option<Word>, CliError> {
        word(&mut self.words).await
    }

    /// Lets one handler continue.
    pub(super) async fn go(&mut self) -> Result<(), CliError> {
        self.order(GO).await
    }

    /// Kills the process like `kill -9`, or the kernel when memory runs out. Returns its remaining messages.
    pub(super) async fn kill(mut self) -> Result<Vec<Word>, CliError> {
        self.child.kill().await.map_err(CliError::io("cannot kill the receiver of the demo"))?;
        self.last_words().await
    }

    /// Stops the process, and waits for its end. Returns its remaining messages.
    pub(super) async fn stop(mut self) -> Result<Vec<Word>, CliError> {
        self.order(STOP).await?;
        self.last_words().await
    }

    async fn order(&mut self, order: &str) -> Result<(), CliError> {
        let line = format!("{order}\n");
        let written = self.orders.write_all(line.as_bytes()).await;
        written.map_err(CliError::io("the receiver of the demo does not listen"))
    }

    async fn last_words(&mut self) -> Result<Vec<Word>, CliError> {
        let mut words = Vec::new();
        while let Some(word) = self.word().await? {
            words.push(word);
        }
        self.child.wait().await.map_err(CliError::io("the receiver of the demo does not end"))?;
        Ok(words)
    }
}

async fn word(words: &mut Lines<BufReader<ChildStdout>>) -> Result<Option<Word>, CliError> {
    let silent = || CliError::io("the receiver of the demo says nothing");
    let line = timeout(TIME_LIMIT, words.next_line()).await;
    match line.map_err(|_| silent()(io::ErrorKind::TimedOut.into()))?.map_err(silent())? {
        Some(line) => serde_json::from_str(&line).map(Some).map_err(|error| silent()(error.into())),
        None => Ok(None),
    }
}

/// A message of the receiver as a line of JSON, by which the demo follows its progress.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// It accepts connections.
    Listening(SocketAddr),
    /// A handler has started, and waits to continue.
    Begun { id: String, attempt: u32 },
    /// A handler has ended.
    Handled { id: String },
}

/// The process is local and answers within milliseconds.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// The command that lets one handler continue, on a line of its own.
pub(super) const GO: &str = "go";
/// The command to stop once no handler runs. The end of the pipe stops the process at once.
pub(super) const STOP: &str = "stop";
