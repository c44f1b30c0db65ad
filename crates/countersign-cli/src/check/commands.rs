//! Commands that act on the receiver.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// The commands that make the receiver's work fail, and work again.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) fail: String,
    pub(super) recover: String,
}

/// Runs a command in a shell, and returns its output.
///
/// The output goes to a pipe only if it is wanted: a receiver that the command starts would keep the pipe open.
pub(super) async fn shell(
    command: &str,
    variables: &[(&str, &str)],
    limit: Duration,
    wants_output: bool,
) -> Result<(bool, String), String> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).envs(variables.iter().copied()).stdin(Stdio::null());
    shell.stdout(if wants_output { Stdio::piped() } else { Stdio::null() });
    shell.stderr(Stdio::null()).kill_on_drop(true);
    let child = shell.spawn().map_err(|error| format!("`{command}` cannot be run: {error}"))?;
    match timeout(limit, child.wait_with_output()).await {
        Ok(Ok(output)) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok((output.status.success(), text))
        }
        Ok(Err(error)) => Err(format!("`{command}` cannot be run: {error}")),
        Err(_) => Err(format!("`{command}` did not end within {} s", limit.as_secs())),
    }
}

/// Runs a command that must succeed.
pub(super) async fn run(command: &str, limit: Duration) -> Result<(), String> {
    match shell(command, &[], limit, false).await? {
        (true, _) => Ok(()),
        (false, _) => Err(format!("`{command}` failed")),
    }
}
