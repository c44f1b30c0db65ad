use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// What the receiver says, as lines of JSON: that is how the demo knows where it is.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// It can be sent to.
    Listening(SocketAddr),
    /// A handler has begun, and waits to be let go.
    Begun { id: String, attempt: u32 },
    /// It has done what it does.
    Handled { id: String },
}

/// What the receiver is told, a line each: one handler may go on.
pub(super) const GO: &str = "go";
/// It ends when nothing runs any more. Without a line, at the end of the pipe, it ends at once.
pub(super) const STOP: &str = "stop";
