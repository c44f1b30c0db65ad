use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tokio::task::spawn_blocking;

/// A file that stands in for the effects of handlers: one line of JSON per handled event. In an application this is
/// an e-mail, a row, a call.
#[derive(Clone, Debug)]
pub struct Effects {
    path: Arc<Path>,
}

/// The effect of one event.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// The provider's id of the event.
    pub id: String,
    /// The type of the event.
    pub event_type: Option<String>,
    /// The number of the successful attempt; the first is 1.
    pub attempt: u32,
    /// Whether an operator replayed the event.
    pub replayed: bool,
}

impl Effects {
    /// Opens the file, and creates it if it does not exist.
    ///
    /// # Errors
    ///
    /// An error if the file is not writable.
    pub fn open(path: &Path) -> io::Result<Self> {
        append_to(path)?;
        Ok(Self { path: path.into() })
    }

    /// Appends a line. When this returns, the line survives a power loss.
    ///
    /// # Errors
    ///
    /// An error if the line may not be durable.
    pub async fn append(&self, effect: Effect) -> io::Result<()> {
        let path = Arc::clone(&self.path);
        let written = spawn_blocking(move || {
            let mut line = serde_json::to_vec(&effect)?;
            line.push(b'\n');
            // In one write, so that lines of several handlers and processes do not mix.
            let mut file = append_to(&path)?;
            file.write_all(&line)?;
            file.sync_data()
        });
        written.await.map_err(io::Error::other)?
    }
}

/// Opened for each line, because the file may have been moved.
fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}
