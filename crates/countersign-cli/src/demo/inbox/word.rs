use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

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

/// The command that lets one handler continue, on a line of its own.
pub(super) const GO: &str = "go";
/// The command to stop once no handler runs. The end of the pipe stops the process at once.
pub(super) const STOP: &str = "stop";
